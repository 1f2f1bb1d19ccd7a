package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Widths of tables, in columns of a terminal.
const (
	usualWidth = 80
	leastWidth = 60
	wideWidth  = 120 // from this width on there is room for more columns
)

// Pad fills s with spaces to n characters.
func Pad(s string, n int) string {
	return s + strings.Repeat(" ", max(1, n-utf8.RuneCountInString(s)))
}

// cells returns how many columns of a terminal a character takes.
func cells(r rune) int {
	switch k := width.LookupRune(r).Kind(); {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case k == width.EastAsianWide, k == width.EastAsianFullwidth, r >= 0x1F300 && r <= 0x1FAFF:
		return 2
	}
	return 1
}

// Span returns how many columns of a terminal s takes.
func Span(s string) int {
	n := 0
	for _, r := range s {
		n += cells(r)
	}
	return n
}

// cut splits s after at most n columns.
func cut(s string, n int) (head, rest string) {
	at := 0
	for i, r := range s {
		if at += cells(r); at > n {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

// fit pads or shortens s to exactly n columns.
func fit(s string, n int) string {
	if Span(s) > n {
		head, _ := cut(s, n-1)
		s = head + "…"
	}
	return s + strings.Repeat(" ", max(0, n-Span(s)))
}

// wrap breaks s between words into lines of at most n columns, and breaks
// longer words.
func wrap(s string, n int) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && Span(line)+1+Span(word) > n {
			out, line = append(out, line), ""
		}
		for Span(word) > n {
			var head string
			head, word = cut(word, n)
			out = append(out, head)
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(out, line)
}
