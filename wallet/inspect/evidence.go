package inspect

import (
	"context"
	"errors"
	"time"

	"backpack/vc"
)

// checkEvidence checks a badge with the answers kept from an earlier check (see
// package vc/kept). A badge that held then gets the verdict Undetermined, or
// Expired if it has expired since, with LastGood: the result is about the past.
// Results that rest on a file without our mark are marked as its own word.
func (ch *Checker) checkEvidence(ctx context.Context, f Find, people []string) *Checked {
	at, now := f.evidence.CheckedAt, ch.Verifier.Now()
	refused := func(err error) *Checked {
		return ch.checked(ctx, f.trouble(ProblemEvidence, err), nil)
	}
	if at.After(now) {
		return refused(errors.New("the evidence states a time in the future"))
	}
	replay, err := ch.Replay(f.evidence.Material, at)
	if err != nil {
		return ch.checked(ctx, f.trouble(ProblemInternal, err), nil)
	}
	replay.fetchDeadline = ch.fetchDeadline
	if f.Item.Doc, err = f.document(ctx); err != nil {
		return refused(err)
	}
	var word ownWord
	if len(f.Item.Doc.Contexts) > 0 {
		word.add(vc.RoleContext)
	}
	c := replay.checked(word.heard(ctx), f, people)
	if f.marked {
		word = ownWord{}
	}
	ch.asOf(c, at, now, &word)
	return c
}

// asOf marks a result as one of an earlier time, and replaces a good verdict by
// one for today.
func (ch *Checker) asOf(c *Checked, at, now time.Time, word *ownWord) {
	held, expired := c.Verdict.Genuine(), false
	if held {
		expired = vc.Dated(c.Document, c.Report, now).Verdict(ch.Policy()) == vc.Expired
	}
	c.AsOf = at
	why := WhyKept
	if word.said() {
		why = WhyOwnWord
		word.mark(c)
	}
	for _, x := range c.Contained {
		ch.asOf(x, at, now, word)
	}
	switch {
	case held && expired:
		c.Verdict, c.LastGood = vc.Expired, &LastGood{At: at, Why: why}
	case held:
		c.Verdict, c.LastGood = vc.Undetermined, &LastGood{At: at, Why: why}
	}
}
