package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/width"

	"backpack/ui"
	"backpack/wallet"
)

// reporter returns the reporter for a format.
func (p *program) reporter(format string, w io.Writer, words words) (reporter, error) {
	known := newReceipts(words)
	switch format {
	case "json":
		return &jsonReporter{w: &errWriter{w: w}, receipts: known}, nil
	case "table":
		return newTable(&errWriter{w: w}, known, p.width), nil
	case "csv":
		c, err := words.texts.NewCSV(w, lang)
		return &csvReporter{csv: c}, err
	}
	return &textReporter{w: &errWriter{w: w}, words: words, receipts: known}, nil
}

// write calls fn with the destination of a report: standard output, or the
// file, which appears only when it is complete.
func (p *program) write(file string, fn func(io.Writer) error) error {
	if file == "" {
		return fn(p.out)
	}
	if err := noFolder(file); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".backpack-*") // for the owner only
	if err != nil {
		return &exitError{exitUsage, fmt.Errorf("write %s: %w", file, err)}
	}
	defer os.Remove(f.Name()) // gone after the renaming
	err = fn(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}

// A csvReporter writes a line for each row.
type csvReporter struct {
	csv *ui.CSV
	err error
}

func (c *csvReporter) add(_ *wallet.Checked, rows []ui.TableRow) {
	for i := range rows {
		if c.err == nil {
			c.err = c.csv.Add(&rows[i])
		}
	}
}

func (c *csvReporter) finish() error {
	if err := c.csv.Flush(); c.err == nil {
		c.err = err
	}
	return c.err
}

// A tableColumn is a column of a table.
type tableColumn struct {
	name  string
	width int
	cell  func(*ui.TableRow) string
}

// A table prints rows as they come, so its columns share the width of the
// terminal instead of waiting for the widest cell. The reason why a badge does
// not check out stands below its row.
type table struct {
	w        *errWriter
	texts    *ui.Renderer
	receipts *receipts
	columns  []tableColumn
	total    int
	started  bool
}

// Widths of tables, in columns of a terminal.
const (
	usualWidth = 80
	leastWidth = 60
	wideWidth  = 120 // from this width on there is room for more columns
)

func newTable(w *errWriter, known *receipts, columns int) *table {
	if columns == 0 {
		columns = usualWidth
	}
	t := &table{w: w, texts: known.words.texts, receipts: known, total: max(columns, leastWidth)}
	word := func(r *ui.TableRow) string { return r.Word }
	left := t.total - 15 - 5 - 4*2 // shared by the three widest columns
	all := []tableColumn{
		{"applicant", left * 3 / 10, who},
		{"badge", left * 4 / 10, func(r *ui.TableRow) string { return r.Badge }},
		{"issuer", left * 3 / 10, func(r *ui.TableRow) string { return r.Issuer }},
		{"verdict", 15, word}, {"facts", 5, factMarks},
	}
	if t.total >= wideWidth {
		left -= 10 + 2 + 2
		share := left / 9
		all[0].width, all[1].width, all[2].width = share*2, share*3, share*2
		all = append(all[:3:3], tableColumn{"domain", left - share*7, func(r *ui.TableRow) string { return r.Domain }}, all[3], all[4],
			tableColumn{"expires", 10, expiry})
	}
	t.columns = all
	return t
}

// who returns the applicant, else the file.
func who(r *ui.TableRow) string {
	if r.Applicant != "" {
		return r.Applicant
	}
	return r.File
}

func expiry(r *ui.TableRow) string {
	if r.Expires.IsZero() {
		return ""
	}
	return r.Expires.Format(time.DateOnly)
}

// marks returns the answers of the five facts, one character each.
var marks = map[string]string{ui.Yes: "y", ui.No: "N", ui.CantTell: "?", ui.NotStated: "-"}

func factMarks(r *ui.TableRow) string {
	var b strings.Builder
	for _, f := range r.Facts {
		b.WriteString(marks[f.Outcome])
	}
	return b.String()
}

func (t *table) add(c *wallet.Checked, rows []ui.TableRow) {
	t.receipts.add(c)
	if !t.started {
		t.head()
	}
	for i := range rows {
		t.line(func(c tableColumn) string { return c.cell(&rows[i]) })
		if rows[i].Verdict != "valid" || rows[i].Reason != "" {
			t.below(&rows[i])
		}
	}
}

func (t *table) head() {
	t.started = true
	t.line(func(c tableColumn) string { return strings.ToUpper(t.texts.Text(lang, "table.head."+c.name)) })
}

// line prints one cell for each column.
func (t *table) line(cell func(tableColumn) string) {
	var b strings.Builder
	for i, c := range t.columns {
		if i > 0 {
			b.WriteString("  ")
		}
		b.WriteString(fit(plain(cell(c), 300), c.width))
	}
	t.w.printf("%s\n", strings.TrimRight(b.String(), " "))
}

// below prints the file of a row, and why its badge does not check out.
func (t *table) below(r *ui.TableRow) {
	text := plain(r.Reason, 600)
	if file := plain(r.File, 200); file != "" && file != who(r) {
		text = strings.TrimSuffix(file+": "+text, ": ")
	}
	if text == "" {
		return
	}
	for _, l := range wrap(text, t.total-4) {
		t.w.printf("    %s\n", l)
	}
}

func (t *table) finish() error {
	if t.started {
		t.w.printf("\n")
		for _, l := range wrap(t.texts.Text(lang, "table.legend"), t.total) {
			t.w.printf("%s\n", l)
		}
	}
	t.receipts.print(t.w)
	return t.w.err
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

func span(s string) int {
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
	if span(s) > n {
		head, _ := cut(s, n-1)
		s = head + "…"
	}
	return s + strings.Repeat(" ", max(0, n-span(s)))
}

// wrap breaks s between words into lines of at most n columns, and breaks
// longer words.
func wrap(s string, n int) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && span(line)+1+span(word) > n {
			out, line = append(out, line), ""
		}
		for span(word) > n {
			var head string
			head, word = cut(word, n)
			out = append(out, head)
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(out, line)
}
