package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// progress tells somebody who waits how far it is, on the last line of a
// terminal. Elsewhere it is a plain line now and then.
type progress struct {
	w        io.Writer
	terminal bool
	total    int // things named; 0: nothing is told
}

func (p *program) progress(total int) progress { return progress{p.err, p.terminal, total} }

// clearLine takes back what stands on the last line.
const clearLine = "\r\x1b[K"

// Sizes of what is told.
const (
	barWidth  = 20  // characters
	plainStep = 100 // things between two plain lines
)

// show tells that so many are done, and which comes next.
func (g progress) show(done int, next string) {
	switch {
	case g.terminal:
		full := barWidth * done / max(1, g.total)
		fmt.Fprintf(g.w, "%s[%s%s] %d of %d: %s", clearLine, strings.Repeat("#", full), strings.Repeat(".", barWidth-full), done, g.total, plain(next, 40))
	case done > 0 && done%plainStep == 0 && done < g.total:
		fmt.Fprintf(g.w, "checked %d of %d\n", done, g.total)
	}
}

// clear makes room for what is to stay.
func (g progress) clear() {
	if g.terminal {
		io.WriteString(g.w, clearLine)
	}
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
