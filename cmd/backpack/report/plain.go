package report

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Plain makes a stranger's text safe for a terminal: one line of at most n
// characters, without control characters or changes of direction.
func Plain(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s[:min(len(s), 8*n)], "\uFFFD"))
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > n {
		s = string(runes[:n-1]) + "…"
	}
	return s
}

// A Writer prints to w and remembers the first error in Err.
type Writer struct {
	w   io.Writer
	Err error
}

// NewWriter returns a Writer to w.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Printf writes a formatted text unless an earlier write failed.
func (w *Writer) Printf(format string, a ...any) {
	if w.Err == nil {
		_, w.Err = fmt.Fprintf(w.w, format, a...)
	}
}

// steers reports whether a character controls a terminal or changes the direction
// of text.
func steers(r rune) bool {
	return r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp))
}
