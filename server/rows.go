package server

import (
	"slices"
	"strings"

	"backpack/ui"
	"backpack/vc"
	"backpack/wallet/inspect"
)

// Rows makes the rows of a table of what one thing turned out to be: one for
// each badge in it, else one that says why there is none. A collection that
// somebody signed gets a row of its own only when that does not hold.
func Rows(texts *ui.Renderer, lang string, c *inspect.Checked) []ui.TableRow {
	w := viewer{texts: texts, lang: lang, reads: []string{lang}}
	row := ui.TableRow{File: FileName(c), Applicant: c.Folder}
	if c.Receipt != nil {
		return []ui.TableRow{w.receiptRow(row, c)}
	}
	if c.Problem != "" {
		return []ui.TableRow{w.noBadge(row, c)}
	}
	if c.Document == nil || c.Document.Presentation == nil {
		return []ui.TableRow{w.badgeRow(row, c)}
	}
	var out []ui.TableRow
	if c.Own != vc.Valid {
		own := *c
		own.Verdict = c.Own
		set := w.badgeRow(row, &own)
		set.Badge, set.Set = texts.Text(lang, "table.set"), true
		if own.Verdict == vc.Undetermined && c.Together == inspect.TogetherNobody {
			set.Reason = texts.Text(lang, "together.nobody")
		}
		out = append(out, set)
	}
	badges, others := inside(c)
	for _, x := range badges {
		out = append(out, w.badgeRow(row, x))
	}
	for _, x := range others {
		if x.Receipt != nil {
			out = append(out, w.receiptRow(row, x))
		} else {
			out = append(out, w.noBadge(row, x))
		}
	}
	return out
}

// inside tells the badges in a collection from receipts that somebody put there.
func inside(c *inspect.Checked) (badges, others []*inspect.Checked) {
	for _, x := range c.Contained {
		if x.Receipt != nil || x.Problem != "" {
			others = append(others, x)
		} else {
			badges = append(badges, x)
		}
	}
	return badges, others
}

// FileName names the file that a thing was in, with the ZIP around it.
func FileName(c *inspect.Checked) string {
	switch {
	case c.File == "" || c.File == c.Name:
		return c.Name
	case c.Name == "":
		return c.File
	case strings.HasSuffix(strings.ToLower(c.File), ".zip"):
		return c.File + "/" + c.Name
	}
	return c.File + ", " + c.Name
}

// openProblems are of things that could not be looked at: there may be a badge
// in them.
var openProblems = []string{"unreachable", "address_forbidden", "port_forbidden", "address_inside", "no_such_host",
	"interrupted", "internal", "not_in_time", "unreadable"}

// Open reports whether a problem leaves open whether there is a badge.
func Open(problem string) bool { return slices.Contains(openProblems, problem) }

func (w viewer) noBadge(row ui.TableRow, c *inspect.Checked) ui.TableRow {
	kind := ui.RowNone
	switch {
	case Open(c.Problem):
		kind, row.Open = ui.RowOpen, true
	case c.Problem == "keys_left_out", c.Problem == "left_aside":
		kind = ui.RowRemark
	}
	row.Word, row.Tone = w.texts.RowWord(w.lang, kind)
	key := "problem." + c.Problem
	if !w.texts.Has(key) {
		key = "problem.other"
	}
	row.Reason = w.texts.Text(w.lang, key)
	return row
}

func (w viewer) badgeRow(row ui.TableRow, c *inspect.Checked) ui.TableRow {
	s := &c.Summary
	row.Badge, row.Issuer, row.Domain, row.Expires, row.Verdict = s.Title, s.Issuer, asciiHost(s.Domain), s.ValidUntil, string(c.Verdict)
	if row.Applicant == "" && c.Document != nil && c.Document.Credential != nil {
		row.Applicant = RecipientOf(&c.Document.Credential.Subject, c.Report).Line()
	}
	if s.Inside != "" {
		row.Verdict = string(stateOf(c))
	}
	if row.Word, row.Tone = w.texts.RowWord(w.lang, row.Verdict); s.Inside != "" {
		row.Word = w.texts.Text(w.lang, "state.inside")
	}
	for _, f := range inspect.Facts(s, c.Report) {
		row.Facts = append(row.Facts, w.texts.FactCell(w.lang, finding(f)))
	}
	row.Reason = w.because(c.Report)
	if s.Inside != "" {
		row.Reason = strings.TrimSpace(row.Reason + " " + Box(w.texts, w.lang, c).Title)
	}
	if c.LastGood != nil {
		row.Reason = Box(w.texts, w.lang, c).Title
	}
	row.Reason = strings.TrimSpace(row.Reason + " " + asOf(w.texts, w.lang, c))
	if s.Sample || c.Verdict == vc.Sample {
		row.Reason = strings.TrimSpace(row.Reason + " " + w.texts.Text(w.lang, "table.sample"))
	}
	return row
}

// because says in a sentence what decided the verdict, "" where nothing speaks
// against the badge.
func (w viewer) because(r *vc.Report) string {
	c := r.Deciding()
	if c == nil {
		return ""
	}
	return w.texts.Check(w.lang, string(c.ID), string(c.Outcome), string(c.Reason), "").Text
}

func finding(f vc.Fact) ui.Finding {
	return ui.Finding{ID: string(f.ID), Outcome: string(f.Outcome), Reason: string(f.Reason), Value: f.Value, Name: f.Name, At: f.At}
}
