package vc

import (
	"context"
	"slices"
)

// originalType marks an evidence as the older badge that a credential was made
// from (specs B5.3).
const originalType = "https://w3id.org/openbadges#Assertion"

// An OriginalVerifier is a LegacyVerifier that can verify a badge of which
// nothing is known but where it is: an https address, or a data: address that
// holds it (specs B5.5).
type OriginalVerifier interface {
	VerifyOriginal(ctx context.Context, address string, opt Options) (*Report, error)
}

// Original returns the address of the older badge that c says it was made from,
// or "". Of several only the first counts.
func (c *Credential) Original() string {
	for _, e := range c.Evidence {
		if slices.Contains(e.Types, originalType) && e.ID != "" {
			return e.ID
		}
	}
	return ""
}

// original verifies the older badge that a credential was made from by the
// rules of its own time, when that is asked for, and only of a credential that
// was proved: a forged one could lead anywhere. What comes out is a fact of its
// own, as Sub; it changes nothing in the verdict, for the issuer of this
// credential says anew what the older one said.
func (c *check) original(ctx context.Context) error {
	address := c.d.Credential.Original()
	legacy, ok := c.v.cfg.Legacy.(OriginalVerifier)
	if address == "" || !ok || !c.opt.Original || c.opt.Bare || c.opt.endorsement {
		return nil
	}
	if !c.trusted() {
		c.add(CheckOriginal, Skipped, ReasonNotRun, "")
		return nil
	}
	r, err := legacy.VerifyOriginal(ctx, address, Options{Recipients: c.opt.Recipients, Offline: c.opt.Offline, Fresh: c.opt.Fresh})
	if err != nil {
		return err
	}
	out := Check{ID: CheckOriginal, Detail: address, Sub: []*Report{r}}
	switch r.Verdict(Policy{}) {
	case Valid, AsShown, Irregular:
		out.Outcome = Passed
	case Sample:
		out.Outcome, out.Reason = Unknown, ReasonSample
	case Undetermined:
		out.Outcome, out.Reason = Unknown, r.first(Unknown)
	default:
		out.Outcome, out.Reason = Failed, r.first(Failed)
	}
	c.r.Checks = append(c.r.Checks, out)
	return nil
}

// first returns the reason of the first check that came out so.
func (r *Report) first(o Outcome) Reason {
	for _, c := range r.Checks {
		if c.Outcome == o && c.ID != CheckRecipient && c.ID != CheckEndorsement {
			return c.Reason
		}
	}
	return ""
}
