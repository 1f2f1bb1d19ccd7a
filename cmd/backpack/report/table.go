package report

import (
	"strings"
	"time"

	"backpack/ui"
	"backpack/wallet/inspect"
)

// A csvReporter writes a line for each row.
type csvReporter struct {
	csv *ui.CSV
	err error
}

func (c *csvReporter) Add(_ *inspect.Checked, rows []ui.TableRow) {
	for i := range rows {
		if c.err == nil {
			c.err = c.csv.Add(&rows[i])
		}
	}
}

func (c *csvReporter) Finish() error {
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
	w        *Writer
	texts    *ui.Renderer
	receipts *receipts
	columns  []tableColumn
	total    int
	started  bool
}

func newTable(w *Writer, known *receipts, columns int) *table {
	if columns == 0 {
		columns = usualWidth
	}
	t := &table{w: w, texts: known.words.texts, receipts: known, total: max(columns, leastWidth)}
	word := func(r *ui.TableRow) string { return r.Word }
	left := t.total - 15 - 5 - 4*2 // shared by the three widest columns
	all := []tableColumn{
		{"applicant", left * 3 / 10, applicantOrFile},
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

// applicantOrFile returns the applicant, else the file.
func applicantOrFile(r *ui.TableRow) string {
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

func (t *table) Add(c *inspect.Checked, rows []ui.TableRow) {
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
	t.line(func(c tableColumn) string { return strings.ToUpper(t.texts.Text(Lang, "table.head."+c.name)) })
}

// line prints one cell for each column.
func (t *table) line(cell func(tableColumn) string) {
	var b strings.Builder
	for i, c := range t.columns {
		if i > 0 {
			b.WriteString("  ")
		}
		b.WriteString(fit(Plain(cell(c), 300), c.width))
	}
	t.w.Printf("%s\n", strings.TrimRight(b.String(), " "))
}

// below prints the file of a row, and why its badge does not check out.
func (t *table) below(r *ui.TableRow) {
	text := Plain(r.Reason, 600)
	if file := Plain(r.File, 200); file != "" && file != applicantOrFile(r) {
		text = strings.TrimSuffix(file+": "+text, ": ")
	}
	if text == "" {
		return
	}
	for _, l := range wrap(text, t.total-4) {
		t.w.Printf("    %s\n", l)
	}
}

func (t *table) Finish() error {
	if t.started {
		t.w.Printf("\n")
		for _, l := range wrap(t.texts.Text(Lang, "table.legend"), t.total) {
			t.w.Printf("%s\n", l)
		}
	}
	t.receipts.print(t.w)
	return t.w.Err
}
