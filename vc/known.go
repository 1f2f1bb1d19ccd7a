package vc

import (
	"context"
	"slices"
)

// A Registry knows issuers, on somebody's word other than the issuer's own.
type Registry interface {
	// Known says what is known of an issuer that was proved to be the maker of
	// a badge. Not to be known proves nothing, so it never answers Failed:
	// Passed with what the registries say, Unknown with ReasonNotListed,
	// ReasonLookAlike or ReasonMixedScript, or with ReasonUnreachable when a
	// registry could not be read, and Skipped when there is no registry to ask.
	Known(ctx context.Context, q Inquiry) Known
}

// An Inquiry asks a Registry for an issuer.
type Inquiry struct {
	Issuer  string  // the issuer's id
	Binding Binding // how the key is known to be the issuer's
}

// A Known is what a Registry answers.
type Known struct {
	Outcome  Outcome
	Reason   Reason
	Detail   string // technical; of a look-alike the domain that it looks like
	Listings []Listing
}

// known asks the registries for the issuer. It comes after the proof and after
// the key: else who writes a listed issuer into a badge would borrow its name.
// It changes no verdict (specs 0.3).
func (c *check) known(ctx context.Context, issuer string) {
	registry := c.v.cfg.Registry
	if c.opt.Registry != nil {
		registry = c.opt.Registry
	}
	if registry == nil || issuer == "" || c.opt.Bare || c.opt.endorsement || !c.trusted() || c.r.Check(CheckIssuer).Outcome != Passed {
		return
	}
	found := registry.Known(ctx, Inquiry{Issuer: issuer, Binding: c.r.Binding})
	if found.Outcome == Skipped && found.Reason == ReasonNoRegistry {
		return
	}
	at := 1 + slices.IndexFunc(c.r.Checks, func(x Check) bool { return x.ID == CheckIssuer })
	c.r.Checks = slices.Insert(c.r.Checks, at, Check{ID: CheckKnown, Outcome: found.Outcome, Reason: found.Reason, Detail: found.Detail})
	c.r.Known = found.Listings
}

// legacy verifies a badge from before 3.0, and asks the registries for the
// issuer that its documents name.
func (c *check) legacy(ctx context.Context) (*Report, error) {
	r, err := c.v.cfg.Legacy.VerifyLegacy(ctx, c.d, c.opt)
	if err != nil {
		return nil, err
	}
	d := c.d
	if r.Current != nil {
		d = r.Current
	}
	if c.r = r; d.Credential != nil {
		c.known(ctx, d.Credential.Issuer.ID)
	}
	return r, nil
}
