package view

import (
	"slices"
	"strings"

	"backpack/ui"
	"backpack/vc"
	"backpack/wallet/inspect"
)

// Rows returns the table rows of one checked item: one for each badge in it, or
// one that says why there is none. A presentation has a row of its own only if
// its signature is not valid.
func (m Mapper) Rows(c *inspect.Checked) []ui.TableRow {
	row := ui.TableRow{File: FileName(c), Applicant: c.Folder}
	if c.Receipt != nil {
		return []ui.TableRow{m.receiptRow(row, c)}
	}
	if c.Problem != "" {
		return []ui.TableRow{m.noBadge(row, c)}
	}
	if c.Document == nil || c.Document.Presentation == nil {
		return []ui.TableRow{m.badgeRow(row, c)}
	}
	var out []ui.TableRow
	if c.Own != vc.Valid {
		own := *c
		own.Verdict = c.Own
		set := m.badgeRow(row, &own)
		set.Badge, set.Set = m.texts.Text(m.lang, "table.set"), true
		if own.Verdict == vc.Undetermined && c.Together == inspect.TogetherNobody {
			set.Reason = m.texts.Text(m.lang, "together.nobody")
		}
		out = append(out, set)
	}
	badges, others := inside(c)
	for _, x := range badges {
		out = append(out, m.badgeRow(row, x))
	}
	for _, x := range others {
		if x.Receipt != nil {
			out = append(out, m.receiptRow(row, x))
		} else {
			out = append(out, m.noBadge(row, x))
		}
	}
	return out
}

// FileName returns the name of the file that held an item, with the ZIP around it.
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

// openProblems lists the problems with items that could not be read and may hold
// a badge.
var openProblems = []string{"unreachable", "address_forbidden", "port_forbidden", "address_inside", "no_such_host",
	"interrupted", "internal", "not_in_time", "unreadable"}

// Open reports whether an item with this problem may hold a badge.
func Open(problem string) bool { return slices.Contains(openProblems, problem) }

func (m Mapper) noBadge(row ui.TableRow, c *inspect.Checked) ui.TableRow {
	kind := ui.RowNone
	switch {
	case Open(c.Problem):
		kind, row.Open = ui.RowOpen, true
	case c.Problem == "keys_left_out", c.Problem == "left_aside":
		kind = ui.RowRemark
	}
	row.Word, row.Tone = m.texts.RowWord(m.lang, kind)
	key := "problem." + c.Problem
	if !m.texts.Has(key) {
		key = "problem.other"
	}
	row.Reason = m.texts.Text(m.lang, key)
	return row
}

func (m Mapper) badgeRow(row ui.TableRow, c *inspect.Checked) ui.TableRow {
	s := &c.Summary
	row.Badge, row.Issuer, row.Domain, row.Expires, row.Verdict = s.Title, s.Issuer, asciiHost(s.Domain), s.ValidUntil, string(c.Verdict)
	if row.Applicant == "" && c.Document != nil && c.Document.Credential != nil {
		row.Applicant = RecipientOf(&c.Document.Credential.Subject, c.Report).Line()
	}
	if s.Inside != "" {
		row.Verdict = string(stateOf(c))
	}
	if row.Word, row.Tone = m.texts.RowWord(m.lang, row.Verdict); s.Inside != "" {
		row.Word = m.texts.Text(m.lang, "state.inside")
	}
	for _, f := range inspect.Facts(s, c.Report) {
		row.Facts = append(row.Facts, m.texts.FactCell(m.lang, finding(f)))
	}
	row.Reason = m.because(c.Report)
	if s.Inside != "" {
		row.Reason = strings.TrimSpace(row.Reason + " " + m.Box(c).Title)
	}
	if c.LastGood != nil {
		row.Reason = m.Box(c).Title
	}
	row.Reason = strings.TrimSpace(row.Reason + " " + m.asOf(c))
	if s.Sample || c.Verdict == vc.Sample {
		row.Reason = strings.TrimSpace(row.Reason + " " + m.texts.Text(m.lang, "table.sample"))
	}
	return row
}

// receiptRow returns the row of a receipt, which does not count as a badge.
func (m Mapper) receiptRow(row ui.TableRow, c *inspect.Checked) ui.TableRow {
	row.Badge, row.Issuer, row.Receipt = m.texts.Text(m.lang, "table.receipt"), c.Receipt.Origin, true
	row.Word, row.Tone = m.texts.RowWord(m.lang, string(c.Verdict))
	row.Reason = m.texts.Text(m.lang, "table.receipt.reason", "n", len(c.Receipt.Verdicts()))
	if c.Verdict != vc.Valid {
		row.Reason = m.because(c.Report)
	}
	return row
}
