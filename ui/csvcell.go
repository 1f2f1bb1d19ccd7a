package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const maxCell = 1_000 // characters

// formulaSigns are what spreadsheets take for the beginning of a formula or a
// command, in all their widths.
const formulaSigns = "=+-@|%\uff1d\uff0b\uff0d\uff20\uff5c\uff05\ufe66\ufe62\ufe63\ufe6b\u2212"

// csvCell makes a stranger's text one line without control characters, and
// keeps a spreadsheet from taking any part of it for a formula.
//
// In half of the world spreadsheets part cells at semicolons, whatever the file
// says; others part them at tabs. They then do not see our quotation marks,
// which stand in the middle of what they take for a cell. So neither sign gets
// into the file: a semicolon becomes a comma, and a tab a space. What begins
// like a formula, at the start or after a separator or line break, gets an
// apostrophe before it, as spreadsheets mark text themselves.
func csvCell(s string) string {
	var b strings.Builder
	first := true // nothing of a cell has come that would be shown
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case r == ';':
			first, r = true, ','
		case r == ',' || r == '|' && !first:
			first = true
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			first, r = true, ' '
		case unicode.In(r, unicode.Bidi_Control) || r == '\uFEFF':
			continue
		case unicode.IsSpace(r):
			r = ' '
		case first && strings.ContainsRune(formulaSigns, r):
			b.WriteByte('\'')
			first = false
		case !unicode.Is(unicode.Cf, r) && r != '"' && r != '\'':
			first = false
		}
		b.WriteRune(r)
	}
	s = strings.TrimLeftFunc(strings.Join(strings.Fields(b.String()), " "), func(r rune) bool { return r == ' ' || unicode.Is(unicode.Cf, r) })
	if r := []rune(s); len(r) > maxCell {
		s = string(r[:maxCell-1]) + "…"
	}
	if r, _ := utf8.DecodeRuneInString(s); strings.ContainsRune(formulaSigns, r) {
		return "'" + s // what was before it is gone
	}
	return s
}
