package prose

import (
	"bytes"
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// Line returns s as one line, for names and titles.
func Line(s string) string { return strings.Join(strings.Fields(Text(s)), " ") }

// Text returns s without HTML, with its paragraphs and lines. Block elements
// make lines, items of lists begin as they do in Markdown, and references such
// as &amp; are the characters that they stand for. Controls that nobody sees are
// dropped, above all those that turn the direction of what follows.
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

// maxText bounds what is reduced, in bytes: more than a page shows.
const maxText = 256 << 10

// visible drops a control but for those that make lines and columns.
func visible(r rune) rune {
	switch {
	case r == '\r':
		return '\n'
	case r == '\n' || r == '\t':
		return r
	case unicode.IsControl(r), Turns(r), r == '\ufeff':
		return -1
	}
	return r
}

// Turns reports whether r is a control of direction that can make text read
// other than it is written, also what follows it. The marks of direction, which
// stand for one letter, are none.
func Turns(r rune) bool { return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' }

func reduced(s string) string {
	once, tags := reduce(s)
	if !tags && tagged(once) { // HTML that was escaped as a whole
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
	// reference matches a reference to a character.
	reference = regexp.MustCompile(`&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});`)
	code      = regexp.MustCompile("(?s)```.*?```|`[^`\n]+`")
	alternate = regexp.MustCompile(`(?i)\salt\s*=\s*("[^"]*"|'[^']*')`)
	newlines  = regexp.MustCompile(`\n{3,}`)
)

// A kind says what an element does to a text.
type kind int

const (
	inline    kind = 1 + iota // nothing
	line                      // it has lines of its own
	paragraph                 // and is set apart from others
	item
	cell
	void   // it has no end
	hidden // what is in it is not for people
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

// optional are the elements whose end may be left out.
var optional = map[string]bool{"p": true, "li": true, "tr": true, "td": true, "th": true, "dt": true, "dd": true, "html": true, "body": true, "thead": true, "tbody": true}

// reduce reduces s once, and reports whether there were tags to reduce.
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

// pairs returns the names of the elements of which there is a start and an end.
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
	brk   int    // line ends due before the next text
	lists []int  // of each list around: its last number, or -1 for one without
	until string // the hidden element that is being passed over
}

func (w *writer) html(s string) {
	at := 0
	for m, ok := next(s, 0); ok; m, ok = next(s, m.end) {
		if m.name != "" && !w.known(m.name, m.closes, s[:m.start]) {
			continue // it is text
		}
		w.chunk(s[at:m.start])
		at, w.tags = m.end, true
		w.tag(m.name, m.closes, m.attributes)
	}
	w.chunk(s[at:])
}

// known reports whether a tag is one of HTML: its element has an end, or needs
// none and stands where a sentence is over.
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
		w.due()
	}
	w.b = append(w.b, s...)
}

// due writes the line ends that are due.
func (w *writer) due() {
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
		w.due()
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

// list begins or ends a paragraph, which may be a list.
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

// maxIndent is how many lists in each other are told apart.
const maxIndent = 6

// mark returns what an item of the innermost list begins with.
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
