package vc

import (
	"context"
	"slices"
)

// A Registry knows issuers by a source other than the issuers themselves.
type Registry interface {
	// Known returns what the registries say about the proved issuer of a badge. An
	// unknown issuer is not a fault, so the outcome is never Failed: Passed with
	// listings; Unknown with ReasonNotListed, ReasonLookAlike or ReasonMixedScript,
	// or with ReasonUnreachable if a registry could not be read; Skipped if there
	// is no registry.
	Known(ctx context.Context, q Inquiry) Known
}

// An Inquiry asks a Registry about an issuer.
type Inquiry struct {
	Issuer  string  // the issuer's id
	Binding Binding // how the key was confirmed as the issuer's
}

// A Known is a Registry's answer.
type Known struct {
	Outcome  Outcome
	Reason   Reason
	Detail   string // technical; the imitated domain of a look-alike
	Listings []Listing
}

// known asks the registries about the issuer. It requires a valid proof by the
// issuer's key: otherwise any badge could borrow a listed issuer's name. It changes
// no verdict (specs 0.3).
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

// legacy verifies a badge before Open Badges 3.0 and asks the registries about the
// issuer named in its documents.
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
