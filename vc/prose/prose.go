package prose

import (
	"bytes"
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// Line returns Text(s) as one line, for names and titles.
func Line(s string) string { return strings.Join(strings.Fields(Text(s)), " ") }

// Text returns s without HTML. Block elements become lines and paragraphs, list items
// start as in Markdown, and character references such as &amp; become the characters.
// Invisible control characters are removed, especially those that change the direction
// of the following text.
func Text(s string) string {
	out := strings.Map(visible, strings.ReplaceAll(s, "\r\n", "\n"))
	if strings.ContainsAny(out, "<&") && len(out) <= maxText {
		out = reduced(out)
	}
	if strings.TrimSpace(out) == "" {
		return strings.Map(visible, s)
	}
	return out
}

// maxText is the maximum size in bytes of a text that is converted, more than a page
// shows.
const maxText = 256 << 10

// visible removes control characters except line feeds and tabs.
func visible(r rune) rune {
	switch {
	case r == '\r':
		return '\n'
	case r == '\n' || r == '\t':
		return r
	case unicode.IsControl(r), isBidiControl(r), r == '\ufeff':
		return -1
	}
	return r
}

// isBidiControl reports whether r is a bidirectional control that can change the order of the
// text after it. Direction marks do not count, as they affect only their neighbors.
func isBidiControl(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

func reduced(s string) string {
	once, tags := reduce(s)
	if !tags && tagged(once) { // escaped HTML
		once, _ = reduce(once)
	}
	return once
}

// tagged reports whether a text begins and ends with a tag.
func tagged(s string) bool {
	s = strings.TrimSpace(s)
	m, ok := next(s, 0)
	return ok && m.start == 0 && strings.HasSuffix(s, ">") && elements[m.name] != 0
}

var (
	// reference matches a character reference.
	reference = regexp.MustCompile(`&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});`)
	code      = regexp.MustCompile("(?s)```.*?```|`[^`\n]+`")
	alternate = regexp.MustCompile(`(?i)\salt\s*=\s*("[^"]*"|'[^']*')`)
	newlines  = regexp.MustCompile(`\n{3,}`)
)

// A kind is the effect of an element on the text.
type kind int

const (
	inline    kind = 1 + iota // no effect
	line                      // separate lines
	paragraph                 // separated by an empty line
	item
	cell
	void   // without an end tag
	hidden // content is not displayed
)

var elements = map[string]kind{
	"a": inline, "abbr": inline, "b": inline, "big": inline, "cite": inline, "code": inline, "del": inline, "em": inline, "font": inline, "i": inline,
	"ins": inline, "kbd": inline, "mark": inline, "o": inline, "q": inline, "s": inline, "small": inline, "span": inline, "strike": inline,
	"strong": inline, "sub": inline, "sup": inline, "tt": inline, "u": inline, "label": inline, "button": inline, "center": line,
	"div": line, "section": line, "article": line, "header": line, "footer": line, "main": line, "nav": line, "tr": line, "dt": line, "dd": line,
	"address": line, "figure": line, "figcaption": line, "caption": line, "thead": line, "tbody": line, "tfoot": line, "form": line, "body": line,
	"html": line, "p": paragraph, "h1": paragraph, "h2": paragraph, "h3": paragraph, "h4": paragraph, "h5": paragraph, "h6": paragraph, "ul": paragraph,
	"ol": paragraph, "dl": paragraph, "table": paragraph, "blockquote": paragraph, "pre": paragraph, "li": item, "td": cell, "th": cell, "br": void,
	"hr": void, "img": void, "wbr": void, "col": void, "input": void, "script": hidden, "style": hidden, "head": hidden, "title": hidden,
	"template": hidden, "iframe": hidden, "object": hidden, "svg": hidden, "noscript": hidden, "select": hidden, "textarea": hidden,
}

// optional are the elements with an optional end tag.
var optional = map[string]bool{"p": true, "li": true, "tr": true, "td": true, "th": true, "dt": true, "dd": true, "html": true, "body": true, "thead": true,
	"tbody": true}

// reduce converts s once, and reports whether it contains tags.
func reduce(s string) (string, bool) {
	w := &writer{pairs: pairs(s)}
	at := 0
	for _, c := range code.FindAllStringIndex(s, -1) {
		w.html(s[at:c[0]])
		w.text(s[c[0]:c[1]])
		at = c[1]
	}
	w.html(s[at:])
	out := string(w.b)
	if w.tags {
		out = newlines.ReplaceAllString(strings.TrimSpace(out), "\n\n")
	}
	return out, w.tags
}

// pairs returns the names of the elements with both a start tag and an end tag.
func pairs(s string) map[string]bool {
	starts, out := map[string]bool{}, map[string]bool{}
	for m, ok := next(s, 0); ok; m, ok = next(s, m.end) {
		if !m.closes {
			starts[m.name] = true
		} else if starts[m.name] {
			out[m.name] = true
		}
	}
	return out
}

// A writer writes plain text.
type writer struct {
	b     []byte
	pairs map[string]bool
	tags  bool
	brk   int    // line feeds to write before the next text
	lists []int  // last number of each enclosing list; -1 if it is not numbered
	until string // the hidden element being skipped
}

func (w *writer) html(s string) {
	at := 0
	for m, ok := next(s, 0); ok; m, ok = next(s, m.end) {
		if m.name != "" && !w.known(m.name, m.closes, s[:m.start]) {
			continue // plain text
		}
		w.chunk(s[at:m.start])
		at, w.tags = m.end, true
		w.tag(m.name, m.closes, m.attributes)
	}
	w.chunk(s[at:])
}

// known reports whether a tag is HTML: its element has an end tag, or needs none and
// follows a complete sentence.
func (w *writer) known(name string, end bool, before string) bool {
	k := elements[name]
	if k == 0 || k == void || w.pairs[name] {
		return k != 0
	}
	before = strings.TrimRight(before, " \t")
	return optional[name] && !end && (before == "" || strings.HasSuffix(before, "\n") || strings.ContainsAny(before[len(before)-1:], ">.!?:;"))
}

func (w *writer) chunk(s string) {
	if w.until == "" {
		w.text(reference.ReplaceAllStringFunc(s, func(r string) string {
			return strings.Map(visible, strings.ReplaceAll(html.UnescapeString(r), "\u00a0", " "))
		}))
	}
}

func (w *writer) text(s string) {
	if w.brk > 0 {
		if s = strings.TrimLeft(s, " \t\n"); s == "" {
			return
		}
		w.flush()
	}
	w.b = append(w.b, s...)
}

// flush writes the pending line feeds.
func (w *writer) flush() {
	if w.b = bytes.TrimRight(w.b, " \t\n"); len(w.b) > 0 {
		w.b = append(w.b, "\n\n"[:min(w.brk, 2)]...)
	}
	w.brk = 0
}

func (w *writer) tag(name string, end bool, attributes string) {
	k := elements[name]
	switch {
	case w.until != "":
		if end && name == w.until {
			w.until = ""
		}
	case k == hidden && !end:
		w.until = name
	case k == line:
		w.brk = max(w.brk, 1)
	case k == paragraph:
		w.list(name, end)
	case k == item && !end:
		w.brk = max(w.brk, 1)
		w.flush()
		w.b = append(w.b, w.mark()...)
	case k == item:
		w.brk = max(w.brk, 1)
	case k == cell && end:
		w.text(" ")
	case name == "br":
		w.brk++
	case name == "hr":
		w.brk = max(w.brk, 2)
	case name == "img":
		if m := alternate.FindStringSubmatch(attributes); m != nil {
			w.chunk(m[1][1 : len(m[1])-1])
		}
	}
}

// list starts or ends a paragraph or a list.
func (w *writer) list(name string, end bool) {
	n := 2
	switch {
	case name != "ul" && name != "ol":
	case end:
		if len(w.lists) > 0 {
			w.lists = w.lists[:len(w.lists)-1]
		}
	default:
		if len(w.lists) > 0 {
			n = 1
		}
		w.lists = append(w.lists, -1)
		if name == "ol" {
			w.lists[len(w.lists)-1] = 0
		}
	}
	w.brk = max(w.brk, n)
}

// maxIndent limits the indentation of nested lists.
const maxIndent = 6

// mark returns the start of an item of the innermost list.
func (w *writer) mark() string {
	n := len(w.lists)
	if n == 0 {
		return "- "
	}
	indent := strings.Repeat("   ", min(n-1, maxIndent))
	if w.lists[n-1] < 0 {
		return indent + "- "
	}
	w.lists[n-1]++
	return indent + strconv.Itoa(w.lists[n-1]) + ". "
}
