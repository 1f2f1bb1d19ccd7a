package vc

import (
	"context"
	"slices"
)

// presentation checks the holder's proof and each credential separately (specs
// D1.7). An invalid credential does not affect the others.
func (c *check) presentation(ctx context.Context) error {
	holder := c.d.Presentation.Holder
	p := proved{outcome: Skipped, reason: ReasonNoProof}
	if c.d.Form != Unsigned {
		p = c.intended(c.proofs(ctx, Authentication, holder))
	}
	if err := c.format(ctx, p); err != nil {
		return err
	}
	c.addTerms(p)
	c.addProof(p)
	opt := c.opt
	opt.Challenge, opt.Domain = "", ""
	if err := c.children(ctx, c.d.Presentation.Documents, opt, nil); err != nil {
		return err
	}
	c.addController(CheckHolder, p, holder)
	return nil
}

// intended checks that the presentation was made for Challenge and Domain (specs
// D3.7, D5.2). Empty ones accept any.
func (c *check) intended(p proved) proved {
	if p.outcome != Passed {
		return p
	}
	challenge, ours := p.proof.Challenge, len(p.proof.Domain) > 0
	for _, d := range p.proof.Domain { // compared as sets
		ours = ours && d == c.opt.Domain
	}
	if j := p.proof.JOSE; j != nil {
		challenge, ours = j.Nonce, slices.Contains(j.Audience, c.opt.Domain)
	}
	switch {
	case c.opt.Challenge != "" && challenge != c.opt.Challenge:
		return p.with(Failed, ReasonChallenge, challenge)
	case c.opt.Domain != "" && !ours:
		return p.with(Failed, ReasonDomain, "")
	}
	return p
}
