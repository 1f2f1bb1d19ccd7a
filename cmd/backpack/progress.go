package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"backpack/cmd/backpack/report"
)

// A progress reports progress on the last line of a terminal, and elsewhere as
// a plain line now and then.
type progress struct {
	w        io.Writer
	terminal bool
	total    int // number of things; 0 disables the report
}

func (p *program) progress(total int) progress { return progress{p.err, p.terminal, total} }

// clearLine clears the last line of a terminal.
const clearLine = "\r\x1b[K"

// Sizes of the report.
const (
	barWidth  = 20  // characters
	plainStep = 100 // things between two plain lines
)

// show reports that done things are finished and names the next.
func (g progress) show(done int, next string) {
	switch {
	case g.terminal:
		full := barWidth * done / max(1, g.total)
		fmt.Fprintf(g.w, "%s[%s%s] %d of %d: %s", clearLine, strings.Repeat("#", full), strings.Repeat(".", barWidth-full), done, g.total, report.Plain(next, 40))
	case done > 0 && done%plainStep == 0 && done < g.total:
		fmt.Fprintf(g.w, "checked %d of %d\n", done, g.total)
	}
}

// clear clears the report before other output.
func (g progress) clear() {
	if g.terminal {
		io.WriteString(g.w, clearLine)
	}
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
