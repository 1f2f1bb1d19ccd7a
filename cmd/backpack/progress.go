package main

import (
	"fmt"
	"io"
	"os"
)

// A progress is one line that says what is being done, for somebody who
// watches. Without a terminal it says nothing.
type progress struct{ w io.Writer }

func (p *program) progress() progress {
	if !p.terminal {
		return progress{io.Discard}
	}
	return progress{p.err}
}

// clearLine takes back what stands in the line.
const clearLine = "\r\x1b[K"

func (g progress) show(format string, a ...any) { fmt.Fprintf(g.w, clearLine+format, a...) }

func (g progress) clear() { io.WriteString(g.w, clearLine) }

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
