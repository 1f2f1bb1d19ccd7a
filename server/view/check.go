package view

import (
	"fmt"
	"strconv"
	"strings"

	"backpack/ui"
	"backpack/vc"
	"backpack/wallet"
	"backpack/wallet/inspect"
)

const (
	// maxTableRows is the number of table rows that a page shows.
	maxTableRows = 500
	// maxPictures bounds the bytes of all pictures inside the page of a check.
	maxPictures = 3 << 20
)

// List returns the view of a verifier's issuer list; l is nil if there is none.
func List(l *wallet.IssuerList, token, key string) ui.ListView {
	out := ui.ListView{Token: token, Key: key}
	if l == nil {
		return out
	}
	out.Name, out.Made, out.Number = l.Name, l.Made, l.ID[:min(8, len(l.ID))]
	for _, e := range l.Issuers {
		out.Issuers = append(out.Issuers, ui.ListedView{ID: e.ID, Name: e.Name})
	}
	return out
}

// Check fills the page of a check, which names the list of issuers and the form
// token already. service is the DID of this service. It returns the rows of the
// table, also those for which the page has no room.
func (m Mapper) Check(page *ui.VerifyReportPage, found []*inspect.Checked, service string) []ui.TableRow {
	for _, x := range found {
		item := m.checked(x, page)
		if x.Receipt != nil {
			item.Receipt = m.receipt(x, found, service)
		}
		page.Items = append(page.Items, item)
	}
	thin(page.Items)
	number(page.Items)
	return m.table(page, found)
}

// table fills the page with the rows and the verdict on everything together.
func (m Mapper) table(page *ui.VerifyReportPage, found []*inspect.Checked) []ui.TableRow {
	tally, verdicts, beside := ui.Tally{}, []string(nil), []string(nil)
	var all []ui.TableRow
	for i, c := range found {
		rows := m.Rows(c)
		link(rows, c, i)
		for k := range rows {
			switch r := &rows[k]; {
			case r.Set:
				beside = append(beside, r.Verdict)
			case r.Verdict != "":
				verdicts = append(verdicts, r.Verdict)
			case r.Open:
				beside = append(beside, string(vc.Undetermined))
			}
			tally.Add(&rows[k])
		}
		all = append(all, rows...)
	}
	page.Verdict = m.texts.NoBetter(m.lang, m.texts.Bundle(m.lang, verdicts), len(verdicts), tally.Verdicts[string(vc.Valid)], beside...)
	if len(all) > 1 {
		page.Table = all[:min(len(all), maxTableRows)]
		page.More = len(all) - len(page.Table)
		page.Verdict.Text = strings.Join(m.texts.Counted(m.lang, &tally), " ")
	}
	return all
}

// link points each row to its report in the page.
func link(rows []ui.TableRow, c *inspect.Checked, i int) {
	first, inside := strconv.Itoa(i+1), 0
	for k := range rows {
		switch r := &rows[k]; {
		case c.Problem != "" || c.Receipt != nil || r.Set || r.Verdict == "":
			r.Part = "p-" + first
		case c.Holder != "" || c.Contained != nil:
			inside++
			r.Part = "b-" + first + "-" + strconv.Itoa(inside)
		default:
			r.Part = "b-" + first
		}
	}
}

// number gives the badges of a report their ids: they are not stored and have
// none of their own.
func number(items []ui.VerifiedItem) {
	for i := range items {
		items[i].Part = "p-" + strconv.Itoa(i+1)
		if items[i].Badge != nil {
			items[i].Badge.ID = strconv.Itoa(i + 1)
		}
		for k := range items[i].Contained {
			items[i].Contained[k].ID = fmt.Sprintf("%d-%d", i+1, k+1)
		}
	}
}

// thin removes the pictures beyond maxPictures.
func thin(items []ui.VerifiedItem) {
	left := maxPictures
	fit := func(b *ui.BadgeView) {
		if left -= len(b.Image); left < 0 {
			b.Image = ""
		}
	}
	for i := range items {
		if items[i].Badge != nil {
			fit(items[i].Badge)
		}
		for k := range items[i].Contained {
			fit(&items[i].Contained[k])
		}
	}
}

// checked returns the view of one checked item.
func (m Mapper) checked(x *inspect.Checked, page *ui.VerifyReportPage) ui.VerifiedItem {
	out := ui.VerifiedItem{Name: x.Name, Problem: x.Problem, Detail: x.Detail}
	if x.Problem != "" || x.Receipt != nil {
		return out
	}
	out.Verdict = m.Box(x)
	if x.Document.Presentation == nil {
		b := m.checkedBadge(x, page)
		out.Badge = &b
		return out
	}
	out.Set, out.Holder, out.Checks = true, x.Holder, m.rowsOf(x.Report, m.texts.CollectionCheck)
	out.Form, out.Technical, out.Warnings = x.Summary.Version, m.technical(x.Document, x.Report), remarks(x.Report)
	if x.Report.Check(vc.CheckProof).Outcome != vc.Passed {
		out.Holder = ""
	}
	badges, _ := inside(x)
	for _, y := range badges {
		out.Contained = append(out.Contained, m.checkedBadge(y, page))
	}
	return out
}

func (m Mapper) checkedBadge(x *inspect.Checked, page *ui.VerifyReportPage) ui.BadgeView {
	e := &wallet.Entry{Summary: x.Summary, Verdict: x.Verdict}
	b := Card(e.Listed(), "")
	b.Image, b.ImageMark = dataImage(x.Image, x.Summary.ImageType), imageMark(x.Summary.Picture)
	r := x.Report
	if r == nil {
		r = &vc.Report{}
	}
	out := m.badge(b, &e.Summary, x.Document, r, x.Verdict)
	if !x.AsOf.IsZero() {
		out.Box = m.Box(x)
	}
	out.Listing = listing(x, page)
	return out
}

// listing returns the form that adds the badge's issuer to the verifier's list.
// It is nil for a sample, for an issuer that has not proved control of its id or
// is on the list, and if the verifier may not change the list.
func listing(x *inspect.Checked, page *ui.VerifyReportPage) *ui.ListingForm {
	l, id := page.List, x.Summary.IssuerID
	if x.Report == nil || x.Summary.Sample || id == "" || x.Report.Fact(vc.FactControl).Outcome != vc.Passed || l.Token != "" && l.Key == "" {
		return nil
	}
	for _, e := range l.Issuers {
		if e.ID == strings.TrimSuffix(id, "/") {
			return nil
		}
	}
	return &ui.ListingForm{List: l, Issuer: id, Label: x.Summary.Issuer, FormToken: page.FormToken}
}
