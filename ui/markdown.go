package ui

import (
	"bytes"
	"html/template"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

// Bounds of Markdown. The parser takes quadratic time on deep quotes.
const (
	maxMarkdown   = 16 << 10
	maxQuoteDepth = 20
	maxLine       = 4 << 10
)

// RenderMarkdown returns a stranger's Markdown as HTML that can do no harm:
// text, lists, tables and links to https, http and mailto; no pictures, no
// HTML of its own, headings as bold text so that the page's outline stays
// ours. Text beyond 16 KiB is cut, and what nests too deep is shown as it is
// written.
func RenderMarkdown(s string) template.HTML {
	s = cut(s, maxMarkdown)
	if s == "" {
		return ""
	}
	if tooDeep(s) {
		return plainText(s)
	}
	var b bytes.Buffer
	if err := markdownParser().Convert([]byte(s), &b); err != nil {
		return plainText(s)
	}
	html := headings.ReplaceAllString(b.String(), "<${1}p>")
	html = strings.ReplaceAll(html, "<hp>", "<p><strong>")
	html = strings.ReplaceAll(html, "</hp>", "</strong></p>")
	return template.HTML(markdownPolicy().Sanitize(html))
}

// headings become paragraphs in bold, see RenderMarkdown.
var headings = regexp.MustCompile(`<(/?h)[1-6][^>]*>`)

func markdownParser() goldmark.Markdown {
	return goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify))
}

func markdownPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "hr",
		"table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("https", "http", "mailto")
	p.AllowRelativeURLs(false)
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	return p
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

// tooDeep reports whether a line nests quotes or brackets so deep, or is so
// long, that parsing it would take more time than it is worth.
func tooDeep(s string) bool {
	for line := range strings.Lines(s) {
		marks := strings.Count(strings.TrimLeft(line, " \t"), ">")
		if marks > maxQuoteDepth && strings.HasPrefix(strings.TrimLeft(line, " \t"), ">") {
			return true
		}
		if len(line) > maxLine && (strings.Count(line, "[") > 200 || strings.Count(line, "*") > 400 || strings.Count(line, "_") > 400 ||
			strings.Count(line, "`") > 400 || strings.Count(line, "<") > 200) {
			return true
		}
	}
	return false
}

// plainText shows text as it is written, with its lines.
func plainText(s string) template.HTML {
	return template.HTML("<pre>" + template.HTMLEscapeString(s) + "</pre>")
}
