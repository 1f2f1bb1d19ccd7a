package vc

import (
	"context"
	"slices"
)

// presentation checks who presents, and each credential on its own (specs
// D1.7): a broken one says nothing about the others.
func (c *check) presentation(ctx context.Context) error {
	if len(c.d.Problems) > 0 {
		c.add(CheckFormat, Failed, c.d.Problems[0].Reason, c.d.Problems[0].Detail)
	} else {
		c.add(CheckFormat, Passed, "", "")
	}
	var p proved
	if c.d.Form == Unsigned {
		p = proved{outcome: Skipped, reason: ReasonNoProof}
	} else {
		p = c.intended(c.proofs(ctx, Authentication, c.d.Presentation.Holder))
	}
	c.addTerms(p)
	c.addProof(p)
	i := len(c.r.Checks) - 1
	for _, d := range c.d.Presentation.Documents {
		r, err := c.contained(ctx, d)
		if err != nil {
			return err
		}
		c.r.Checks[i].Sub = append(c.r.Checks[i].Sub, r)
	}
	c.addController(CheckHolder, p)
	return nil
}

func (c *check) contained(ctx context.Context, d *Document) (*Report, error) {
	if d.Contexts == nil {
		d.Contexts = c.d.Contexts
	}
	opt := c.opt
	opt.Challenge, opt.Domain = "", ""
	return c.v.Verify(ctx, d, opt)
}

// intended demands that the presentation was made for who asks (specs D3.7,
// D5.2). When nobody asked for a challenge or domain, they are ignored.
func (c *check) intended(p proved) proved {
	if p.outcome != Passed {
		return p
	}
	challenge, domain := p.proof.Challenge, p.proof.Domain
	if j := p.proof.JOSE; j != nil {
		challenge, domain = j.Nonce, j.Audience
	}
	if c.opt.Challenge != "" && challenge != c.opt.Challenge {
		return p.with(Failed, ReasonChallenge, challenge)
	}
	if c.opt.Domain != "" && !slices.Contains(domain, c.opt.Domain) {
		return p.with(Failed, ReasonDomain, "")
	}
	return p
}
