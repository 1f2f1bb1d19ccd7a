package story

import (
	"fmt"
	"strings"

	"backpack/ui"
)

// row returns a row of a table of checks.
func (b *book) row(part string, c ui.BadgeCard, facts ...string) ui.TableRow {
	r := ui.TableRow{Part: part, File: "applications.zip/" + part + ".png", Badge: c.Title, Issuer: c.Issuer, Domain: c.Domain,
		Verdict: c.Verdict, Expires: c.Expires}
	r.Word, r.Tone = b.r.RowWord("en", c.Verdict)
	reasons := map[string]string{"revoked": "revoked", "expired": "expired", "suspended": "suspended", "not_yet_valid": "not_yet_valid"}
	for i, id := range ui.TableFacts() {
		r.Facts = append(r.Facts, b.r.FactCell("en", ui.Finding{ID: id, Outcome: facts[i%len(facts)], Reason: reasons[c.Verdict]}))
	}
	return r
}

// many returns the report on the files of several applicants, with each outcome.
func (b *book) many(extra []ui.BadgeCard) *ui.VerifyReportPage {
	page := &ui.VerifyReportPage{Chrome: anyones("/verify"), CheckedAt: Now(), Data: "H4sIAAAA.story", Receipt: true}
	facts := map[string][]string{"valid": {"passed", "passed", "passed", "passed", "skipped"}, "invalid": {"failed", "skipped", "skipped", "skipped", "skipped"},
		"revoked":        {"passed", "passed", "skipped", "failed", "skipped"},
		"expired":        {"passed", "passed", "skipped", "failed", "skipped"},
		"irregular":      {"passed", "passed", "skipped", "passed", "skipped"},
		"valid_as_shown": {"passed", "passed", "skipped", "skipped", "skipped"},
		"sample":         {"passed", "skipped", "skipped", "passed", "skipped"},
		"undetermined":   {"unknown", "skipped", "skipped", "skipped", "skipped"}}
	tally, verdicts := ui.Tally{}, []string(nil)
	for i, c := range append(cards(), extra...) {
		v := b.view(c)
		v.ID = fmt.Sprint(i + 1)
		outcomes := facts[c.Verdict]
		if outcomes == nil {
			outcomes = []string{"passed", "passed", "skipped", "failed", "skipped"}
		}
		r := b.row("b-"+v.ID, c, outcomes...)
		r.Applicant = []string{"Amina Yusuf", "Ben Marlow", longWord, rightToLft}[i%4]
		if c.Verdict != "valid" {
			r.Reason = b.r.Text("en", "verdict."+c.Verdict+".text")
		}
		page.Items = append(page.Items, ui.VerifiedItem{Part: "p-" + v.ID, Name: r.File, Badge: &v})
		page.Table = append(page.Table, r)
		verdicts = append(verdicts, c.Verdict)
	}
	none := ui.TableRow{Part: "p-99", File: "applications.zip/ben/letter.pdf", Applicant: "Ben Marlow", Reason: b.r.Text("en", "problem.unsupported_kind")}
	none.Word, none.Tone = b.r.RowWord("en", ui.RowNone)
	late := ui.TableRow{Part: "p-98", File: "badge.json", Reason: b.r.Text("en", "problem.not_in_time"), Open: true}
	late.Word, late.Tone = b.r.RowWord("en", ui.RowOpen)
	page.Table = append(page.Table, none, late)
	page.Items = append(page.Items, ui.VerifiedItem{Part: "p-99", Name: none.File, Problem: "unsupported_kind"},
		ui.VerifiedItem{Part: "p-98", Name: late.File, Problem: "not_in_time"})
	for i := range page.Table {
		tally.Add(&page.Table[i])
	}
	page.Verdict = b.r.Bundle("en", verdicts)
	for i, s := range b.r.Counted("en", &tally) {
		if i == 0 {
			page.Verdict.Text = ""
		}
		page.Verdict.Text += s + " "
	}
	return page
}

// receipt returns the content of a receipt.
func (b *book) receipt(verdict, confirmed string) ui.VerifiedItem {
	r := &ui.ReceiptView{Box: b.r.ReceiptBox("en", verdict), Origin: "https://backpack.example", Key: "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
		Software: "Backpack v1.0", Occasion: "request", Confirmed: confirmed, CheckedAt: Now(), Unspoken: []string{"letter.png"}}
	for i, c := range cards()[:4] {
		x := ui.ReceiptRow{Title: c.Title, Issuer: "did:web:" + c.Domain, At: Now(), SHA256: fmt.Sprintf("%064x", i)}
		x.Word, x.Tone = b.r.RowWord("en", c.Verdict)
		if i%2 == 0 {
			x.Files = []string{fmt.Sprintf("amina/badge-%d.png", i)}
		}
		r.Results = append(r.Results, x)
	}
	return ui.VerifiedItem{Part: "p-1", Name: "receipt.json", Receipt: r}
}

func (b *book) tables() {
	b.add("verify/applicants", b.many(nil))
	b.add("verify/applicants-odd", b.many(odd()))
	for _, x := range [][2]string{{"valid", "passed"}, {"valid", "unknown"}, {"valid", "failed"}, {"invalid", ""}} {
		b.add(strings.TrimSuffix("verify/receipt-"+x[0]+"-"+x[1], "-"), &ui.VerifyReportPage{Chrome: anyones("/verify"), CheckedAt: Now(),
			Items: []ui.VerifiedItem{b.receipt(x[0], x[1])}})
	}
}
