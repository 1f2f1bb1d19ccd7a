package inspect

import (
	"context"
	"encoding/hex"

	"golang.org/x/sync/errgroup"

	"backpack/vc"
	"backpack/vc/receipt"
)

// checked examines a find for a person who keeps nothing of it: with digests
// of its bytes, the badges in a presentation, and the content of a receipt.
func (ch *Checker) checked(ctx context.Context, f Find, people []string) *Checked {
	c := ch.Examine(ctx, f, people, false)
	if c.Original != nil {
		c.SHA256, c.FileSHA256 = hexDigest(c.Original.Raw), hex.EncodeToString(f.Item.FileSum[:])
		c.Foreign = f.Item.Image != nil && (!c.Summary.OwnPicture() || !LooksLike(ctx, f.Item.Image, c.Summary.Image))
	}
	if c.Original != nil && c.Original.Presentation != nil {
		c.Holder = c.Original.Presentation.Holder
		c.Contained = ch.contained(ctx, c.Original.Presentation, c.Report)
		c.Own, c.Together = c.Verdict, Together(c.Original.Presentation, c.Report)
		c.Verdict = vc.Gravest(c.Own, c.gravestInside())
	}
	ch.readReceipt(ctx, c)
	return c
}

// contained pairs the credentials of a presentation with their reports.
func (ch *Checker) contained(ctx context.Context, p *vc.Presentation, r *vc.Report) []*Checked {
	subs := r.Check(vc.CheckProof).Sub
	out := make([]*Checked, len(p.Documents))
	var g errgroup.Group
	g.SetLimit(workers)
	for i, doc := range p.Documents {
		c := &Checked{Document: doc, Original: doc, Verdict: vc.Undetermined, SHA256: hexDigest(doc.Raw)}
		if i < len(subs) {
			c.Report, c.Verdict = subs[i], subs[i].Verdict(ch.Policy())
		}
		out[i] = c
		g.Go(func() error {
			ch.describeContained(ctx, c)
			return nil
		})
	}
	_ = g.Wait() // no function fails
	return out
}

func (ch *Checker) describeContained(ctx context.Context, c *Checked) {
	if cr := c.Document.Credential; cr != nil {
		fetch, cancel := ch.fetching(ctx, 0)
		defer cancel()
		c.describe("", ch.pictureOf(fetch, nil, cr, c.Report))
		c.Summary.Inside = GraverInside(c.Report, c.Verdict)
	}
	ch.readReceipt(ctx, c)
}

// gravestInside returns the gravest verdict on the badges in a presentation.
// Receipts do not count.
func (c *Checked) gravestInside() vc.Verdict {
	out := vc.Valid
	for _, x := range c.Contained {
		if x.Receipt != nil || x.Problem != "" {
			continue
		}
		if out = vc.Gravest(out, x.Verdict); x.Summary.Inside != "" {
			out = vc.Gravest(out, x.Summary.Inside)
		}
	}
	return out
}

// readReceipt reads c as a receipt, if it is one. If the receipt holds, the
// website that it names is asked whether the key is its own.
func (ch *Checker) readReceipt(ctx context.Context, c *Checked) {
	if !receipt.Is(c.Original) {
		return
	}
	r, err := receipt.Parse(c.Original)
	if err != nil {
		c.Problem, c.Detail, c.Verdict = string(ProblemReceiptForm), err.Error(), ""
		return
	}
	c.Receipt, c.Confirmed = r, vc.Skipped
	if c.Verdict != vc.Valid {
		return
	}
	fetch, cancel := ch.fetching(ctx, Patience)
	defer cancel()
	c.Confirmed, err = receipt.Confirm(fetch, ch.Fetcher, r)
	if err != nil {
		c.Detail = err.Error()
	}
}

// Results returns the results that a receipt states: of each badge, and of each
// presentation before the badges in it. Checks with kept answers are left out,
// since they found nothing new.
func Results(found []*Checked) []receipt.Result {
	var out []receipt.Result
	for _, c := range found {
		if c.Problem != "" || c.Receipt != nil || c.Original == nil || !c.AsOf.IsZero() {
			continue
		}
		out = append(out, resultOf(c, ""))
		for _, x := range c.Contained {
			if x.Receipt == nil && x.Problem == "" {
				out = append(out, resultOf(x, c.SHA256))
			}
		}
	}
	return out
}

func resultOf(c *Checked, within string) receipt.Result {
	file := c.FileSHA256
	if c.Foreign {
		file = ""
	}
	out := receipt.NewResult(c.Original, file, c.Summary.Title, c.Summary.Version, c.Report, c.Verdict)
	out.Within = within
	return out
}
