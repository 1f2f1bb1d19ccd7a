package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"backpack/server/view"
	"backpack/ui"
	"backpack/vc"
	"backpack/wallet"
)

// A reporter reports results one after the other.
type reporter interface {
	add(c *wallet.Checked, rows []ui.TableRow)
	finish() error
}

// A jsonReport is an element of the array that verify --json prints. Members
// are added over time, never renamed.
type jsonReport struct {
	Name     string       `json:"name,omitempty"`
	Problem  string       `json:"problem,omitempty"`
	Detail   string       `json:"detail,omitempty"`
	Title    string       `json:"title,omitempty"`
	Issuer   string       `json:"issuer,omitempty"`
	IssuerID string       `json:"issuerId,omitempty"`
	Version  string       `json:"version,omitempty"`
	Sample   bool         `json:"sample,omitempty"` // signed by a sample issuer, so it proves nothing
	Verdict  vc.Verdict   `json:"verdict,omitempty"`
	Facts    []vc.Fact    `json:"facts,omitempty"` // of a badge: the five facts
	Report   *vc.Report   `json:"report,omitempty"`
	Holder   string       `json:"holder,omitempty"`
	Contains []jsonReport `json:"contains,omitempty"`
	// Of a collection: the verdict on its signature alone, and its signer.
	// Verdict is the gravest of that and of the verdicts on its content.
	Own      vc.Verdict `json:"own,omitempty"`
	Together string     `json:"together,omitempty"`
	Inside   vc.Verdict `json:"inside,omitempty"` // of a record: the gravest verdict on its content, if graver
	// The columns of a table; the badges of a presentation have their own.
	// Picture says where the picture of a badge comes from: sealed, fetched,
	// open, or brought, which is not part of what was signed.
	Picture   string    `json:"picture,omitempty"`
	Applicant string    `json:"applicant,omitempty"`
	AwardedTo string    `json:"awardedTo,omitempty"` // the recipient's name in the badge, as the badge's word
	Domain    string    `json:"domain,omitempty"`
	Awarded   time.Time `json:"awarded,omitzero"`
	Expires   time.Time `json:"expires,omitzero"`
	Because   string    `json:"because,omitempty"`
	SHA256    string    `json:"sha256,omitempty"`
	// AsOf is the time that a repeated check is about; LastGood is set if the
	// badge held at that time.
	AsOf     time.Time        `json:"asOf,omitzero"`
	LastGood *wallet.LastGood `json:"lastGood,omitempty"`
	// OwnWord: the answers of other servers are the file's own word.
	OwnWord bool `json:"byItsOwnWord,omitempty"`
}

// A jsonReporter prints the elements of the array.
type jsonReporter struct {
	w        *errWriter
	n        int
	receipts *receipts
}

func (j *jsonReporter) add(c *wallet.Checked, rows []ui.TableRow) {
	if j.receipts.add(c); c.Receipt != nil {
		return // receipts are reported at the end
	}
	out := toJSON(c)
	if at := len(rows) - len(out.Contains); at >= 0 && len(out.Contains) > 0 {
		for i := range out.Contains {
			out.Contains[i].row(&rows[at+i])
		}
	} else if len(rows) == 1 {
		out.row(&rows[0])
	}
	j.value(out)
}

func (j *jsonReporter) value(v any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("  ", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil && j.w.err == nil {
		j.w.err = err
	}
	between := ",\n  "
	if j.n++; j.n == 1 {
		between = "[\n  "
	}
	j.w.printf("%s%s", between, spelled(bytes.TrimRight(b.Bytes(), "\n")))
}

// spelled escapes the characters of JSON that control a terminal or change the
// direction of text; encoding/json escapes only the first 32. They occur in
// strings only, where an escape has the same meaning.
func spelled(b []byte) []byte {
	if bytes.IndexFunc(b, steers) < 0 {
		return b
	}
	out := make([]byte, 0, len(b)+64)
	for _, r := range string(b) {
		if steers(r) {
			for _, unit := range utf16.Encode([]rune{r}) {
				out = fmt.Appendf(out, `\u%04x`, unit)
			}
			continue
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

func steers(r rune) bool {
	return r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp))
}

func (j *jsonReporter) finish() error {
	for _, c := range j.receipts.all {
		j.value(j.receipts.json(c))
	}
	end := "\n]\n"
	if j.n == 0 {
		end = "[]\n"
	}
	j.w.printf("%s", end)
	return j.w.err
}

func (j *jsonReport) row(r *ui.TableRow) {
	j.Applicant, j.Domain, j.Expires, j.Because = r.Applicant, r.Domain, r.Expires, r.Reason
}

func toJSON(c *wallet.Checked) jsonReport {
	out := jsonReport{Name: c.Name, Problem: c.Problem, Detail: c.Detail, Title: c.Summary.Title, Issuer: c.Summary.Issuer,
		IssuerID: c.Summary.IssuerID, Version: c.Summary.Version, Sample: c.Summary.Sample, Verdict: c.Verdict, Report: c.Report, Holder: c.Holder, SHA256: c.SHA256,
		AsOf: c.AsOf, LastGood: c.LastGood, OwnWord: c.OwnWord, Picture: c.Summary.Picture, Own: c.Own, Together: c.Together,
		Inside: c.Summary.Inside}
	if badge(c) {
		out.Facts, out.Awarded = wallet.Facts(&c.Summary, c.Report), c.Summary.AwardedAt
		if c.Document.Credential != nil {
			out.AwardedTo = view.RecipientOf(&c.Document.Credential.Subject, c.Report).Name
		}
	}
	for _, x := range c.Contained {
		out.Contains = append(out.Contains, toJSON(x))
	}
	return out
}

// A textReporter prints for people, in the words of the pages.
type textReporter struct {
	w        *errWriter
	words    words
	several  bool
	receipts *receipts
}

func (t *textReporter) add(c *wallet.Checked, _ []ui.TableRow) {
	if t.receipts.add(c); c.Receipt != nil {
		return // receipts are reported at the end
	}
	if t.several {
		t.w.printf("\n")
	}
	t.several = true
	t.print(c, "")
}

func (t *textReporter) finish() error {
	t.receipts.print(t.w)
	return t.w.err
}

func (t *textReporter) print(c *wallet.Checked, indent string) {
	line := func(format string, a ...any) { t.w.printf(indent+format+"\n", a...) }
	name := plain(c.Name, 200)
	if c.Problem != "" {
		reason, next := t.words.problem(c.Problem)
		line("%s", strings.TrimPrefix(name+": "+reason, ": "))
		line("  %s", next)
		if c.Detail != "" {
			line("  (%s)", plain(c.Detail, 400))
		}
		return
	}
	box := view.New(t.words.texts, lang, "").Box(c)
	line("%s", strings.TrimPrefix(name+": "+box.Title, ": "))
	line("  %s", box.Text)
	if c.Summary.Sample {
		line("  %s", t.words.text("badge.samplenote"))
	}
	if c.Summary.Picture == wallet.PictureBrought {
		line("  %s", t.words.text("picture.brought"))
	}
	line("")
	t.about(c, indent)
	if badge(c) {
		t.sure(wallet.Facts(&c.Summary, c.Report), indent+"  ")
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
func (t *textReporter) about(c *wallet.Checked, indent string) {
	s := &c.Summary
	for _, x := range []struct{ label, value string }{
		{"Title", s.Title}, {"Issuer", s.Issuer}, {"", s.IssuerID}, {"Kind", s.Version}, {"Holder", c.Holder},
		{t.words.text("badge.recipient"), t.recipient(c)}, {t.words.text("badge.awarded"), day(s.AwardedAt)}, {t.words.text("badge.expires"), day(s.ValidUntil)},
	} {
		if x.value != "" {
			t.w.printf("%s  %s%s\n", indent, pad(x.label, column), plain(x.value, 200))
		}
	}
	t.w.printf("\n")
}

// recipient prints whom the badge names, as the badge's word.
func (t *textReporter) recipient(c *wallet.Checked) string {
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
func badge(c *wallet.Checked) bool {
	return c.Report != nil && c.Document != nil && c.Document.Presentation == nil
}

// sure prints the five facts.
func (t *textReporter) sure(facts []vc.Fact, indent string) {
	below := "\n" + indent + strings.Repeat(" ", column)
	for _, f := range facts {
		row := t.words.texts.Fact(lang, ui.Finding{ID: string(f.ID), Outcome: string(f.Outcome), Reason: string(f.Reason), Value: plain(f.Value, 200),
			Name: plain(f.Name, 200), At: f.At})
		t.w.printf("%s%s%s%s%s\n", indent, pad(row.Answer, column), row.Title, below, row.Text)
	}
}

// checks prints a line for each check, followed by the reason unless the answer
// is a plain yes.
func (t *textReporter) checks(r *vc.Report, indent string, collection bool) {
	below := "\n" + indent + strings.Repeat(" ", column)
	for _, c := range r.Checks {
		if c.ID == vc.CheckKnown || c.Outcome == vc.Skipped && !telling(c) { // a fact, printed above
			continue
		}
		row := t.words.check(c)
		if collection {
			row = t.words.texts.CollectionCheck(lang, string(c.ID), string(c.Outcome), string(c.Reason), c.Detail)
		}
		t.w.printf("%s%s%s", indent, pad(row.Answer, column), row.Title)
		if c.Outcome != vc.Passed || c.Reason != "" {
			t.w.printf("%s%s", below, row.Text)
		}
		if c.Detail != "" && c.Outcome != vc.Passed {
			t.w.printf("%s(%s)", below, plain(c.Detail, 400))
		}
		t.w.printf("\n")
	}
	for _, x := range r.Warnings {
		t.w.printf("%s%s%s\n", indent, pad("Remark", column), plain(t.words.reason(x.Reason)+" ("+x.Detail+")", 400))
	}
}

// telling reports whether a check that does not apply is worth a line.
func telling(c vc.Check) bool {
	switch c.ID {
	case vc.CheckRefresh, vc.CheckEndorsement, vc.CheckResources, vc.CheckSchema:
		return false
	}
	return c.Reason != "" && c.Reason != vc.ReasonNobodyAsked && c.Reason != vc.ReasonEveryByte
}

// lang is the language of the command line.
const lang = "en"

// words are the texts of the pages. A missing key is never printed.
type words struct{ texts *ui.Renderer }

func (w words) text(key string) string {
	if !w.texts.Has(key) {
		return ""
	}
	return w.texts.Text(lang, key)
}

func (w words) problem(p string) (reason, next string) {
	if !w.texts.Has("problem." + p) {
		p = "other"
	}
	return w.text("problem." + p), w.text("problem." + p + ".next")
}

func (w words) reason(r vc.Reason) string {
	if s := w.text("reason." + string(r)); s != "" {
		return s
	}
	return strings.ReplaceAll(string(r), "_", " ")
}

func (w words) check(c vc.Check) ui.CheckRow {
	row := w.texts.Check(lang, string(c.ID), string(c.Outcome), string(c.Reason), c.Detail)
	if !w.texts.Has("check." + string(c.ID) + ".title") {
		row.Title = strings.ReplaceAll(string(c.ID), "_", " ")
	}
	if row.Text == "" {
		row.Text = w.reason(c.Reason)
	}
	return row
}

// pad fills s with spaces to n characters.
func pad(s string, n int) string {
	return s + strings.Repeat(" ", max(1, n-utf8.RuneCountInString(s)))
}

// plain makes a stranger's text safe for a terminal: one line of at most n
// characters, without control characters or changes of direction.
func plain(s string, n int) string {
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

// An errWriter remembers the first write error.
type errWriter struct {
	w   io.Writer
	err error
}

func (w *errWriter) printf(format string, a ...any) {
	if w.err == nil {
		_, w.err = fmt.Fprintf(w.w, format, a...)
	}
}
