package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const maxCell = 1_000 // characters

// formulaSigns are the characters, in all widths, that begin a formula or a
// command in some spreadsheet.
const formulaSigns = "=+-@|%\uff1d\uff0b\uff0d\uff20\uff5c\uff05\ufe66\ufe62\ufe63\ufe6b\u2212"

// csvCell returns untrusted text as one line without control characters that no
// spreadsheet takes for a formula, in whole or in part.
//
// Depending on the locale, spreadsheets split cells at semicolons or tabs
// whatever the file says, and ignore quotation marks in the middle of a cell. So
// the file contains neither: a semicolon becomes a comma, a tab becomes a space.
// A sign that begins a formula, at the start or after a separator or line break,
// gets an apostrophe before it, which marks text in a spreadsheet.
func csvCell(s string) string {
	var b strings.Builder
	first := true // no visible character of the cell so far
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
	invisible := func(r rune) bool { return r == ' ' || unicode.Is(unicode.Cf, r) }
	s = strings.TrimLeftFunc(strings.Join(strings.Fields(b.String()), " "), invisible)
	if r := []rune(s); len(r) > maxCell {
		s = string(r[:maxCell-1]) + "…"
	}
	if r, _ := utf8.DecodeRuneInString(s); strings.ContainsRune(formulaSigns, r) {
		return "'" + s // the characters before it were removed
	}
	return s
}
