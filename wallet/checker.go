package wallet

import (
	"context"

	"backpack/vc"
)

// maxChecked is how many things are checked at once for somebody without an
// account, who can make us ask that many strangers' servers.
const maxChecked = 200

// Check has anything checked for anyone, at most 200 things at once. Nothing is
// stored.
func (ch *Checker) Check(ctx context.Context, in []Input) ([]*Checked, error) {
	few := *ch
	few.Limits.ImportItems = min(ch.Limits.withDefaults().ImportItems, maxChecked)
	return few.CheckFor(ctx, in, nil)
}

// CheckFor is Check for whom the limits of an import hold; it also checks
// whether things were awarded to one of people.
func (ch *Checker) CheckFor(ctx context.Context, in []Input, people []string) ([]*Checked, error) {
	finds := ch.openInputs(ctx, in, true)
	if len(finds) == 0 {
		return nil, fail(BadInput, "nothing_brought", nil)
	}
	groups := make([][]*Checked, len(finds))
	each(len(finds), func(i int) {
		for _, f := range ch.follow(ctx, finds[i], true) {
			groups[i] = append(groups[i], ch.checked(ctx, f, people))
		}
	})
	var out []*Checked
	for _, g := range groups {
		out = append(out, g...)
	}
	return out, ctx.Err()
}

func (ch *Checker) checked(ctx context.Context, f find, people []string) *Checked {
	x := ch.examine(ctx, f, people)
	c := &Checked{Name: f.item.Name, Problem: string(x.problem), Detail: x.detail, Summary: x.summary,
		Document: x.document, Original: x.original, Report: x.report, Verdict: x.verdict}
	if x.picture != nil {
		c.Image, c.Summary.ImageType = x.picture.body, x.picture.mediaType
	}
	if x.original != nil && x.original.Presentation != nil {
		c.Holder = x.original.Presentation.Holder
		c.Contained = ch.contained(ctx, x.original.Presentation, x.report)
	}
	return c
}

// contained pairs the credentials of a presentation with their reports.
func (ch *Checker) contained(ctx context.Context, p *vc.Presentation, r *vc.Report) []*Checked {
	subs := r.Check(vc.CheckProof).Sub
	out := make([]*Checked, len(p.Documents))
	each(len(out), func(i int) {
		doc := p.Documents[i]
		c := &Checked{Document: doc, Original: doc, Verdict: vc.Undetermined}
		if i < len(subs) {
			c.Report, c.Verdict = subs[i], subs[i].Verdict(ch.Policy())
		}
		if doc.Credential != nil {
			pic := ch.pictureOf(ctx, nil, doc.Credential)
			if c.Summary = summarise(doc, find{}, pic); pic != nil {
				c.Image = pic.body
			}
		}
		out[i] = c
	})
	return out
}
