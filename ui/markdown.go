package ui

import (
	"bytes"
	"html/template"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	gmtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Limits of Markdown. The parser takes quadratic time on deep nesting.
const (
	maxMarkdown = 16 << 10
	maxDepth    = 20 // nested quotes and lists
	maxSigns    = 800
)

// A markdown renders untrusted Markdown. It is safe for concurrent use.
type markdown struct {
	parser goldmark.Markdown
	policy *bluemonday.Policy
}

// render returns Markdown as safe HTML: text, lists, tables and links to https,
// http and mailto. A picture becomes its alternative text, HTML becomes visible
// text, and a heading becomes bold text, so the outline of the page stays intact.
// Text beyond 16 KiB is cut. Text that nests too deep, or that renders to nothing,
// is shown as it is.
func (m *markdown) render(s string) template.HTML {
	s = cut(s, maxMarkdown)
	if s == "" {
		return ""
	}
	var b bytes.Buffer
	if tooDeep(s) || m.parser.Convert([]byte(s), &b) != nil {
		return plainText(s)
	}
	html := headings.ReplaceAllString(b.String(), "<${1}p>")
	html = strings.ReplaceAll(html, "<hp>", "<p><strong>")
	html = strings.ReplaceAll(html, "</hp>", "</strong></p>")
	out := m.policy.Sanitize(html)
	if strings.TrimSpace(anyTag.ReplaceAllString(out, "")) == "" && !strings.Contains(out, "<hr") {
		return plainText(s)
	}
	return template.HTML(out)
}

var anyTag = regexp.MustCompile(`<[^>]*>`)

// asText renders disallowed elements as text, so no content of a badge is lost.
type asText struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (asText) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(ast.KindRawHTML, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			escape(w, source, n.(*ast.RawHTML).Segments)
		}
		return ast.WalkSkipChildren, nil
	})
	reg.Register(ast.KindHTMLBlock, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			_, err := w.WriteString("</p>\n")
			return ast.WalkContinue, err
		}
		_, err := w.WriteString("<p>")
		escape(w, source, n.Lines())
		if block := n.(*ast.HTMLBlock); block.HasClosure() {
			_, err = w.Write(util.EscapeHTML(block.ClosureLine.Value(source)))
		}
		return ast.WalkContinue, err
	})
	reg.Register(ast.KindImage, func(util.BufWriter, []byte, ast.Node, bool) (ast.WalkStatus, error) {
		return ast.WalkContinue, nil // the words for it are inside
	})
}

// escape writes parts of the source as text; the writer keeps its first error.
func escape(w util.BufWriter, source []byte, parts *gmtext.Segments) {
	for i := range parts.Len() {
		s := parts.At(i)
		w.Write(util.EscapeHTML(s.Value(source)))
	}
}

// headings become paragraphs in bold, see render.
var headings = regexp.MustCompile(`<(/?h)[1-6][^>]*>`)

func newMarkdown() *markdown {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "hr",
		"table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("href").OnElements("a")
	ours := func(u *url.URL) bool { return link(u.String()) != "" }
	for _, scheme := range []string{"https", "http", "mailto"} {
		p.AllowURLSchemeWithCustomPolicy(scheme, ours)
	}
	p.AllowRelativeURLs(false)
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	return &markdown{
		parser: goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify),
			goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(asText{}, 100)))),
		policy: p,
	}
}

// cut returns at most n bytes of valid UTF-8.
func cut(s string, n int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= n {
		return s
	}
	s = s[:n]
	for len(s) > 0 {
		if r, size := utf8.DecodeLastRuneInString(s); r != utf8.RuneError || size != 1 {
			break
		}
		s = s[:len(s)-1]
	}
	return s + "…"
}

// tooDeep reports whether s nests quotes or lists too deep, or has too many signs
// that may open an element, to be parsed in reasonable time.
func tooDeep(s string) bool {
	signs := 0
	for _, sign := range []string{"[", "<", "*", "_", "`", "~"} {
		signs += strings.Count(s, sign)
	}
	if signs > maxSigns {
		return true
	}
	for line := range strings.Lines(s) {
		if nesting(line) > maxDepth {
			return true
		}
	}
	return false
}

// nesting returns the number of quote and list marks at the start of a line.
func nesting(line string) (n int) {
	for {
		line = strings.TrimLeft(line, " \t")
		digits := strings.TrimLeft(line, "0123456789")
		switch {
		case line == "":
			return n
		case line[0] == '>':
			line = line[1:]
		case strings.IndexByte("-+*", line[0]) >= 0 && spaced(line[1:]):
			line = line[1:]
		case digits != line && digits != "" && strings.IndexByte(".)", digits[0]) >= 0 && spaced(digits[1:]):
			line = digits[1:]
		default:
			return n
		}
		n++
	}
}

// spaced reports whether s begins with a space or tab, as it must after a list
// mark.
func spaced(s string) bool { return s != "" && (s[0] == ' ' || s[0] == '\t') }

// plainText returns s as preformatted text.
func plainText(s string) template.HTML {
	return template.HTML("<pre>" + template.HTMLEscapeString(s) + "</pre>")
}
