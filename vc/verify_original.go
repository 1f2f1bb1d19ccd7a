package vc

import (
	"context"
	"slices"
)

// originalType marks evidence as the older badge from which a credential was made
// (specs B5.3).
const originalType = "https://w3id.org/openbadges#Assertion"

// An OriginalVerifier is a LegacyVerifier that can verify a badge given only its
// address: an https URL, or a data URL with the badge (specs B5.5).
type OriginalVerifier interface {
	VerifyOriginal(ctx context.Context, address string, opt Options) (*Report, error)
}

// Original returns the address of the older badge from which c was made, or "". Of
// several, only the first counts.
func (c *Credential) Original() string {
	for _, e := range c.Evidence {
		if slices.Contains(e.Types, originalType) && e.ID != "" {
			return e.ID
		}
	}
	return ""
}

// original verifies the older badge from which a credential was made, by the rules
// of its version, if Options.Original is set. The credential must be proved, since
// a forged one could name any address. The result is a Sub and does not affect the
// verdict: the issuer of this credential restates what the older badge said.
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

// first returns the reason of the first check with outcome o.
func (r *Report) first(o Outcome) Reason {
	for _, c := range r.Checks {
		if c.Outcome == o && c.ID != CheckRecipient && c.ID != CheckEndorsement {
			return c.Reason
		}
	}
	return ""
}
