package view

import (
	"strings"
	"time"

	"backpack/ui"
	"backpack/vc"
	"backpack/wallet/inspect"
)

// Box puts the result of a check into words. A check with kept material is
// described as of the time of that material.
func (m Mapper) Box(c *inspect.Checked) ui.VerdictBox {
	if c.LastGood != nil && c.Verdict == vc.Undetermined {
		return m.texts.Then(m.lang, c.LastGood.Why, c.LastGood.At)
	}
	box := m.box(c.Verdict, c.Report)
	if c.Document != nil && c.Document.Presentation != nil {
		box = m.collection(c)
	}
	if said := m.asOf(c); said != "" {
		box.Text += " " + said
	}
	return box
}

// asOf states the time that a check with kept material is about, and whether
// only the file itself vouches for the material; "" for any other check.
func (m Mapper) asOf(c *inspect.Checked) string {
	key := "then.asof"
	switch {
	case c.AsOf.IsZero():
		return ""
	case c.OwnWord:
		key = "then.ownword"
	}
	return m.texts.Text(m.lang, key, "date", c.AsOf.UTC().Format(time.DateOnly))
}

// box puts the verdict on a badge into words. A record that holds other
// credentials has words of its own.
func (w wording) box(verdict vc.Verdict, r *vc.Report) ui.VerdictBox {
	inside := r.Inside(vc.Policy{})
	if len(inside) == 0 {
		box := w.texts.Verdict(w.lang, string(verdict))
		switch c := r.Deciding(); {
		case c == nil:
		case verdict == vc.Undetermined:
			box = w.texts.Obstacle(w.lang, box, string(c.Reason), c.Detail)
		case verdict == vc.Irregular:
			box.Text = strings.TrimSpace(box.Text + " " + w.because(r))
		}
		return box
	}
	var all []string
	for _, v := range inside {
		all = append(all, string(v))
	}
	return w.texts.Record(w.lang, string(verdict), all)
}

// collection puts the result for a presentation and its badges into words.
func (m Mapper) collection(c *inspect.Checked) ui.VerdictBox {
	badges, _ := inside(c)
	var all []string
	for _, x := range badges {
		all = append(all, string(stateOf(x)))
	}
	return m.texts.Collection(m.lang, string(c.Own), c.Together, all)
}

// stateOf returns the gravest verdict on a badge and on what it holds.
func stateOf(c *inspect.Checked) vc.Verdict {
	if c.Summary.Inside != "" {
		return vc.Gravest(c.Verdict, c.Summary.Inside)
	}
	return c.Verdict
}

// inside separates the badges of a presentation from receipts and problems.
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

// then adds that the badge was valid at an earlier time, if today's verdict is
// undetermined or changed because of the issuer's key.
func (m Mapper) then(b *ui.BadgeView, g *inspect.LastGood) {
	if g == nil {
		return
	}
	changed := g.Why == inspect.WhyKey && b.Verdict == string(vc.Invalid)
	if b.Verdict != string(vc.Undetermined) && !changed {
		return
	}
	b.Then = &ui.ThenView{Box: m.texts.Then(m.lang, g.Why, g.At), At: g.At, Aside: changed}
	if g.Report != nil {
		b.Then.Sure = m.sure(g.Report.Facts())
	}
}
