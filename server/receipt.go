package server

import (
	"slices"

	"backpack/ui"
	"backpack/vc"
	"backpack/wallet/inspect"
)

// receiptRow is the row of a receipt: no badge, whatever it says of badges.
func (w viewer) receiptRow(row ui.TableRow, c *inspect.Checked) ui.TableRow {
	row.Badge, row.Issuer, row.Receipt = w.texts.Text(w.lang, "table.receipt"), c.Receipt.Origin, true
	row.Word, row.Tone = w.texts.RowWord(w.lang, string(c.Verdict))
	row.Reason = w.texts.Text(w.lang, "table.receipt.reason", "n", len(c.Receipt.Verdicts()))
	if c.Verdict != vc.Valid {
		row.Reason = w.because(c.Report)
	}
	return row
}

// receipt makes the view of a receipt; brought is all that came with it.
func (w viewer) receipt(c *inspect.Checked, brought []*inspect.Checked, own string) *ui.ReceiptView {
	r := c.Receipt
	out := &ui.ReceiptView{Box: w.texts.ReceiptBox(w.lang, string(c.Verdict)), Origin: r.Origin, Key: r.Issuer, Software: r.Software,
		Occasion: r.Occasion, CheckedAt: r.Checked()}
	switch {
	case c.Verdict != vc.Valid:
	case r.Issuer == own:
		out.Confirmed = "own"
	default:
		out.Confirmed = string(c.Confirmed)
	}
	for _, x := range r.Results {
		v := ui.ReceiptRow{Title: x.Title, Issuer: x.Issuer, At: x.At, SHA256: x.SHA256, Set: x.Challenged != ""}
		v.Word, v.Tone = w.texts.RowWord(w.lang, string(x.Verdict))
		out.Results = append(out.Results, v)
	}
	for _, b := range brought {
		spoken := false
		for _, d := range append([]*inspect.Checked{b}, b.Contained...) {
			for _, i := range r.Speaks(Digests(d)...) {
				spoken = true
				out.Results[i].Now, out.Results[i].NowTone = w.texts.RowWord(w.lang, string(stateOf(d)))
				if vc.Gravest(stateOf(d), r.Results[i].Verdict) != r.Results[i].Verdict {
					out.Box = w.texts.ReceiptPast(w.lang, out.Box)
				}
				if name := FileName(b); !slices.Contains(out.Results[i].Files, name) {
					out.Results[i].Files = append(out.Results[i].Files, name)
				}
			}
		}
		if !spoken && b.Receipt == nil && b.Problem == "" {
			out.Unspoken = append(out.Unspoken, FileName(b))
		}
	}
	return out
}

// Digests are those by which a receipt knows a thing again.
func Digests(c *inspect.Checked) []string {
	var out []string
	for _, s := range []string{c.SHA256, c.FileSHA256} {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
