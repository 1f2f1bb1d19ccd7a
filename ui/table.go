package ui

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// A TableRow is one badge among many that were checked, or one thing brought
// that is none.
type TableRow struct {
	File      string // the file that was brought, and where in it; the address; "" for pasted text
	Applicant string // whose it is: the folder that it came in, else whom the badge names
	Badge     string
	Issuer    string // the name that the issuer gives itself
	Domain    string // the host that the issuer's address names; "" for none
	Verdict   string // as BadgeCard.Verdict; "" when there is no badge
	Word      string // the verdict in a word or two
	Tone      string // good, bad, warn or calm
	Facts     []FactCell
	Expires   time.Time // at the offset that the issuer wrote; zero: no expiry date
	Reason    string    // in plain words; "" when there is nothing to say beside the word
	Part      string    // of the page: the id of its report; "" for none
	Open      bool      // it could not be looked at, so there may be a badge in it
	Receipt   bool      // it is a receipt of another check
	Set       bool      // it is a signed collection of badges, which have rows of their own
}

// A FactCell is one of the five facts in a table.
type FactCell struct {
	ID      string // authentic, control, known, current or awarded
	Outcome string // Yes, No, CantTell or NotStated
	Tone    string // as in CheckRow
	Answer  string // in words
}

// TableFacts are the ids of the five facts, in their order.
func TableFacts() []string { return []string{"authentic", "control", "known", "current", "awarded"} }

// FactCell makes the cell of a fact.
func (r *Renderer) FactCell(lang string, f Finding) FactCell {
	row := r.Fact(lang, f)
	return FactCell{ID: f.ID, Outcome: row.Outcome, Tone: row.Tone, Answer: row.Answer}
}

// Verdict words of rows without a verdict.
const (
	RowNone   = "none"   // no badge in it
	RowOpen   = "open"   // it could not be looked at
	RowRemark = "remark" // something beside badges
)

// RowWord returns a verdict, or one of the Row constants, in a word or two, and
// its tone.
func (r *Renderer) RowWord(lang, kind string) (word, toned string) {
	switch kind {
	case RowNone, RowRemark:
		return r.Text(lang, "table."+kind), "calm"
	case RowOpen:
		return r.Text(lang, "state.undetermined"), "warn"
	}
	return r.Text(lang, "state."+kind), tone(kind)
}

// A Tally counts rows.
type Tally struct {
	Files    int            // that were brought
	Badges   int            //
	Verdicts map[string]int // of the badges
	None     int            // things that hold no badge
	Open     int            // things that could not be looked at
	Receipts int            // receipts of other checks
	Sets     int            // signed collections that do not hold themselves
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

// Sum returns one line on what was counted, "40 files, 38 badges. 31 check
// out. …", gravest last.
func (r *Renderer) Sum(lang string, t *Tally) string {
	parts := []string{r.Text(lang, "table.files", "n", t.Files) + ", " + r.Text(lang, "table.badges", "n", t.Badges) + "."}
	return strings.Join(append(parts, r.Counted(lang, t)...), " ")
}

// Counted returns a sentence for each kind of answer that there is.
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

// A CSV writes rows as comma-separated values (RFC 4180) in UTF-8. What
// strangers wrote can neither begin a formula nor break a line or a cell,
// whichever separator a spreadsheet takes (see csvCell). Whatever writes CSV
// goes through here.
type CSV struct {
	r    *Renderer
	lang string
	w    *csv.Writer
}

// csvColumns are the columns of a CSV before and after the five facts; each
// has its text under "table.column.".
var csvColumns = [2][]string{{"file", "applicant", "badge", "issuer", "domain", "verdict"}, {"expires", "reason"}}

// NewCSV writes the line of column names to w.
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

// Flush writes what is still held back.
func (c *CSV) Flush() error {
	c.w.Flush()
	return c.w.Error()
}
