package ui

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// A TableRow is a row of a table of checks: a badge, or a file without a badge.
type TableRow struct {
	File      string // the file and the place in it, or the address; "" for pasted text
	Applicant string // the folder of the file, else the recipient in the badge
	Badge     string
	Issuer    string // the issuer's name for itself
	Domain    string // the host in the issuer's address; "" for none
	Verdict   string // as BadgeCard.Verdict; "" without a badge
	Word      string // the verdict in a word or two
	Tone      string // good, bad, warn or calm
	Facts     []FactCell
	Expires   time.Time // with the issuer's offset; zero for no expiry date
	Reason    string    // in plain words; "" if Word says it all
	Part      string    // the id of its report in the page; "" for none
	Open      bool      // it could not be read, so it may contain a badge
	Receipt   bool      // a receipt of another check
	Set       bool      // a signed collection; its badges have their own rows
}

// A FactCell is one of the five facts in a table.
type FactCell struct {
	ID      string // authentic, control, known, current or awarded
	Outcome string // Yes, No, CantTell or NotStated
	Tone    string // as in CheckRow
	Answer  string // in words
}

// TableFacts returns the ids of the five facts, in order.
func TableFacts() []string { return []string{"authentic", "control", "known", "current", "awarded"} }

// FactCell returns the cell of a fact.
func (r *Renderer) FactCell(lang string, f Finding) FactCell {
	row := r.Fact(lang, f)
	return FactCell{ID: f.ID, Outcome: row.Outcome, Tone: row.Tone, Answer: row.Answer}
}

// Kinds of rows without a verdict, for RowWord.
const (
	RowNone   = "none"   // contains no badge
	RowOpen   = "open"   // could not be read
	RowRemark = "remark" // something else than a badge
)

// RowWord returns a verdict or Row constant in a word or two, and its tone.
func (r *Renderer) RowWord(lang, kind string) (word, toned string) {
	switch kind {
	case RowNone, RowRemark:
		return r.Text(lang, "table."+kind), "calm"
	case RowOpen:
		return r.Text(lang, "state.undetermined"), "warn"
	}
	return r.Text(lang, "state."+kind), tone(kind)
}

// A Tally counts the rows of a table.
type Tally struct {
	Files    int // set by the caller
	Badges   int
	Verdicts map[string]int // the number of badges for each verdict
	None     int            // items without a badge
	Open     int            // items that could not be read
	Receipts int            // receipts of other checks
	Sets     int            // signed collections that are invalid themselves
}

// Add counts a row.
func (t *Tally) Add(row *TableRow) {
	if t.Verdicts == nil {
		t.Verdicts = map[string]int{}
	}
	switch {
	case row.Set:
		t.Sets++
	case row.Verdict != "":
		t.Badges++
		t.Verdicts[row.Verdict]++
	case row.Receipt:
		t.Receipts++
	case row.Open:
		t.Open++
	case row.Tone != "":
		t.None++
	}
}

// Sum returns the counts in one line, the gravest verdict last: "40 files, 38
// badges. 31 check out. …".
func (r *Renderer) Sum(lang string, t *Tally) string {
	parts := []string{r.Text(lang, "table.files", "n", t.Files) + ", " + r.Text(lang, "table.badges", "n", t.Badges) + "."}
	return strings.Join(append(parts, r.Counted(lang, t)...), " ")
}

// Counted returns a sentence for each verdict and kind of row in the tally.
func (r *Renderer) Counted(lang string, t *Tally) []string {
	var out []string
	add := func(key string, n int) {
		if n > 0 {
			out = append(out, r.Text(lang, key, "n", n))
		}
	}
	for i := len(verdicts) - 1; i >= 0; i-- {
		add("bundle.count."+verdicts[i], t.Verdicts[verdicts[i]])
	}
	add("table.count.sets", t.Sets)
	add("table.count.receipts", t.Receipts)
	add("table.count.open", t.Open)
	add("table.count.none", t.None)
	return out
}

// A CSV writes rows as comma-separated values (RFC 4180) in UTF-8. Untrusted text
// can neither begin a formula nor break a line or a cell, whatever separator a
// spreadsheet uses (see csvCell). All CSV output goes through this type.
type CSV struct {
	r    *Renderer
	lang string
	w    *csv.Writer
}

// csvColumns are the columns before and after the five facts. The catalogue's key
// is "table.column.<name>".
var csvColumns = [2][]string{{"file", "applicant", "badge", "issuer", "domain", "verdict"}, {"expires", "reason"}}

// NewCSV returns a CSV that writes to w, and writes the line of column names.
func (r *Renderer) NewCSV(w io.Writer, lang string) (*CSV, error) {
	c := &CSV{r, r.Lang(lang), csv.NewWriter(w)}
	c.w.UseCRLF = true
	var head []string
	for _, name := range slices.Concat(csvColumns[0], TableFacts(), csvColumns[1]) {
		head = append(head, csvCell(r.Text(c.lang, "table.column."+name)))
	}
	return c, c.w.Write(head)
}

// Add writes a row.
func (c *CSV) Add(row *TableRow) error {
	line := []string{row.File, row.Applicant, row.Badge, row.Issuer, row.Domain, row.Word}
	for i := range TableFacts() {
		answer := ""
		if i < len(row.Facts) {
			answer = row.Facts[i].Answer
		}
		line = append(line, answer)
	}
	expires := ""
	if !row.Expires.IsZero() {
		expires = row.Expires.Format(time.DateOnly)
	}
	line = append(line, expires, row.Reason)
	for i := range line {
		line[i] = csvCell(line[i])
	}
	if err := c.w.Write(line); err != nil {
		return fmt.Errorf("write a row: %w", err)
	}
	return nil
}

// Flush writes buffered data and returns the first error of the writer.
func (c *CSV) Flush() error {
	c.w.Flush()
	return c.w.Error()
}
