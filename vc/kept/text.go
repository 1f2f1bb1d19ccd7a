package kept

import (
	"bytes"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// Limits of a page's text.
const (
	maxText   = 64 << 10
	maxTokens = 100_000
	maxToken  = 256 << 10
)

// unread lists elements whose text is not displayed.
var unread = map[string]bool{"script": true, "style": true, "noscript": true, "template": true, "iframe": true, "svg": true, "select": true}

// breaks lists elements that begin a line.
var breaks = map[string]bool{"p": true, "div": true, "br": true, "li": true, "tr": true, "h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true,
	"section": true, "article": true, "header": true, "footer": true, "nav": true, "ul": true, "ol": true, "table": true,
	"dt": true, "dd": true, "title": true, "main": true}

// Text returns the plain text of an HTML page, at most 64 KiB. It never fails: if
// page is not HTML, it returns the readable characters.
func Text(page []byte) string {
	z := html.NewTokenizer(bytes.NewReader(page))
	z.SetMaxBuf(maxToken)
	var b strings.Builder
	for hidden, n := 0, 0; n < maxTokens && b.Len() < maxText; n++ {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		name, _ := z.TagName()
		switch {
		case kind == html.TextToken && hidden == 0:
			b.WriteString(line(z.Token().Data))
		case kind == html.StartTagToken && unread[string(name)]:
			hidden++
		case kind == html.EndTagToken && unread[string(name)] && hidden > 0:
			hidden--
		case breaks[string(name)]:
			b.WriteByte('\n')
		}
	}
	return normalize(b.String())
}

// line collapses white space to single spaces and drops unprintable characters.
func line(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r == unicode.ReplacementChar, unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// normalize drops empty lines and repeated spaces, and cuts at maxText.
func normalize(s string) string {
	var out []string
	size := 0
	for l := range strings.Lines(s) {
		l = strings.Join(strings.Fields(l), " ")
		if l == "" {
			continue
		}
		if size+len(l) > maxText {
			return strings.Join(append(out, strings.ToValidUTF8(l[:maxText-size], "")), "\n")
		}
		size += len(l) + 1
		out = append(out, l)
	}
	return strings.Join(out, "\n")
}
