package report

import (
	"strings"
	"time"

	"backpack/server/view"
	"backpack/ui"
	"backpack/vc"
	"backpack/wallet/inspect"
)

// A textReporter prints for people, in the words of the pages.
type textReporter struct {
	w        *Writer
	words    words
	several  bool
	receipts *receipts
}

func (t *textReporter) Add(c *inspect.Checked, _ []ui.TableRow) {
	if t.receipts.add(c); c.Receipt != nil {
		return // receipts are reported at the end
	}
	if t.several {
		t.w.Printf("\n")
	}
	t.several = true
	t.print(c, "")
}

func (t *textReporter) Finish() error {
	t.receipts.print(t.w)
	return t.w.Err
}

func (t *textReporter) print(c *inspect.Checked, indent string) {
	line := func(format string, a ...any) { t.w.Printf(indent+format+"\n", a...) }
	name := Plain(c.Name, 200)
	if c.Problem != "" {
		reason, next := t.words.problem(c.Problem)
		line("%s", strings.TrimPrefix(name+": "+reason, ": "))
		line("  %s", next)
		if c.Detail != "" {
			line("  (%s)", Plain(c.Detail, 400))
		}
		return
	}
	box := view.New(t.words.texts, Lang, "").Box(c)
	line("%s", strings.TrimPrefix(name+": "+box.Title, ": "))
	line("  %s", box.Text)
	if c.Summary.Sample {
		line("  %s", t.words.text("badge.samplenote"))
	}
	if c.Summary.Picture == inspect.PictureBrought {
		line("  %s", t.words.text("picture.brought"))
	}
	line("")
	t.about(c, indent)
	if badge(c) {
		t.facts(inspect.Facts(&c.Summary, c.Report), indent+"  ")
		line("")
		line("  %s:", t.words.text("badge.checks"))
	}
	if c.Report != nil {
		t.checks(c.Report, indent+"  ", !badge(c))
	}
	for _, x := range c.Contained {
		line("")
		t.print(x, indent+"    ")
	}
}

// about prints what the badge says of itself.
func (t *textReporter) about(c *inspect.Checked, indent string) {
	s := &c.Summary
	for _, x := range []struct{ label, value string }{
		{"Title", s.Title}, {"Issuer", s.Issuer}, {"", s.IssuerID}, {"Kind", s.Version}, {"Holder", c.Holder},
		{t.words.text("badge.recipient"), t.recipient(c)}, {t.words.text("badge.awarded"), day(s.AwardedAt)}, {t.words.text("badge.expires"), day(s.ValidUntil)},
	} {
		if x.value != "" {
			t.w.Printf("%s  %s%s\n", indent, Pad(x.label, column), Plain(x.value, 200))
		}
	}
	t.w.Printf("\n")
}

// recipient prints whom the badge names, as the badge's word.
func (t *textReporter) recipient(c *inspect.Checked) string {
	if c.Document == nil || c.Document.Credential == nil {
		return ""
	}
	r := view.RecipientOf(&c.Document.Credential.Subject, c.Report)
	text := r.Line()
	if r.Name == "" {
		return text
	}
	if r.Only {
		text += ", " + t.words.text("badge.recipient.only")
	}
	return text + " " + t.words.text("badge.recipient.word")
}

// day formats a date in the issuer's time zone; "" for none.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// column is the start of the second column.
const column = len("Could not check") + 2

// badge reports whether c is a checked badge. The five facts are about one
// badge, not about a presentation of several.
func badge(c *inspect.Checked) bool {
	return c.Report != nil && c.Document != nil && c.Document.Presentation == nil
}

// facts prints the five facts.
func (t *textReporter) facts(facts []vc.Fact, indent string) {
	below := "\n" + indent + strings.Repeat(" ", column)
	for _, f := range facts {
		row := t.words.texts.Fact(Lang, ui.Finding{ID: string(f.ID), Outcome: string(f.Outcome), Reason: string(f.Reason), Value: Plain(f.Value, 200),
			Name: Plain(f.Name, 200), At: f.At})
		t.w.Printf("%s%s%s%s%s\n", indent, Pad(row.Answer, column), row.Title, below, row.Text)
	}
}

// checks prints a line for each check, followed by the reason unless the answer
// is a plain yes.
func (t *textReporter) checks(r *vc.Report, indent string, collection bool) {
	below := "\n" + indent + strings.Repeat(" ", column)
	for _, c := range r.Checks {
		if c.ID == vc.CheckKnown || c.Outcome == vc.Skipped && !worthALine(c) { // a fact, printed above
			continue
		}
		row := t.words.check(c)
		if collection {
			row = t.words.texts.CollectionCheck(Lang, string(c.ID), string(c.Outcome), string(c.Reason), c.Detail)
		}
		t.w.Printf("%s%s%s", indent, Pad(row.Answer, column), row.Title)
		if c.Outcome != vc.Passed || c.Reason != "" {
			t.w.Printf("%s%s", below, row.Text)
		}
		if c.Detail != "" && c.Outcome != vc.Passed {
			t.w.Printf("%s(%s)", below, Plain(c.Detail, 400))
		}
		t.w.Printf("\n")
	}
	for _, x := range r.Warnings {
		t.w.Printf("%s%s%s\n", indent, Pad("Remark", column), Plain(t.words.reason(x.Reason)+" ("+x.Detail+")", 400))
	}
}

// worthALine reports whether a check that does not apply is worth a line.
func worthALine(c vc.Check) bool {
	switch c.ID {
	case vc.CheckRefresh, vc.CheckEndorsement, vc.CheckResources, vc.CheckSchema:
		return false
	}
	return c.Reason != "" && c.Reason != vc.ReasonNobodyAsked && c.Reason != vc.ReasonEveryByte
}
