package report

import (
	"io"

	"backpack/ui"
	"backpack/wallet/inspect"
)

// A Reporter reports results one after the other. Add gets a result with its
// rows of a table; Finish completes the report and returns the first error.
type Reporter interface {
	Add(c *inspect.Checked, rows []ui.TableRow)
	Finish() error
}

// Formats are the formats of a report.
var Formats = []string{"text", "table", "csv", "json"}

// New returns a Reporter that writes a format to w; an unknown format is text.
// columns is the width of the terminal, and 0 if w is none.
func New(format string, w io.Writer, texts *ui.Renderer, columns int) (Reporter, error) {
	out, known := &Writer{w: w}, newReceipts(words{texts})
	switch format {
	case "json":
		return &jsonReporter{w: out, receipts: known}, nil
	case "table":
		return newTable(out, known, columns), nil
	case "csv":
		c, err := texts.NewCSV(w, Lang)
		return &csvReporter{csv: c}, err
	}
	return &textReporter{w: out, words: words{texts}, receipts: known}, nil
}
