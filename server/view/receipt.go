package view

import (
	"slices"

	"backpack/ui"
	"backpack/vc"
	"backpack/wallet/inspect"
)

// receipt returns the view of a receipt. brought are the items that came with it,
// and own is the DID of this service.
func (m Mapper) receipt(c *inspect.Checked, brought []*inspect.Checked, own string) *ui.ReceiptView {
	r := c.Receipt
	out := &ui.ReceiptView{Box: m.texts.ReceiptBox(m.lang, string(c.Verdict)), Origin: r.Origin, Key: r.Issuer, Software: r.Software,
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
		v.Word, v.Tone = m.texts.RowWord(m.lang, string(x.Verdict))
		out.Results = append(out.Results, v)
	}
	for _, b := range brought {
		spoken := false
		for _, d := range append([]*inspect.Checked{b}, b.Contained...) {
			for _, i := range r.Speaks(Digests(d)...) {
				spoken = true
				out.Results[i].Now, out.Results[i].NowTone = m.texts.RowWord(m.lang, string(stateOf(d)))
				if vc.Gravest(stateOf(d), r.Results[i].Verdict) != r.Results[i].Verdict {
					out.Box = m.texts.ReceiptPast(m.lang, out.Box)
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

// Digests returns the digests by which a receipt refers to an item.
func Digests(c *inspect.Checked) []string {
	var out []string
	for _, s := range []string{c.SHA256, c.FileSHA256} {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
