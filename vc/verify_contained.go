package vc

import (
	"context"
	"slices"
	"strings"
)

// A surrounding is the CLR that a credential stands in.
type surrounding struct {
	issuer  string
	subject *Subject
	outcome Outcome // whether the CLR's own proof holds, and is its issuer's
}

// vouched is what holds in place of a proof for a credential that has none and
// stands in a CLR: its proof speaks for it (specs C4).
func (c *check) vouched(s *surrounding) proved {
	switch s.outcome {
	case Passed:
		if c.d.Credential.Issuer.ID == s.issuer {
			c.warn(ReasonVouched, "the issuer of the document around it should have signed it")
		}
		return proved{outcome: Skipped, reason: ReasonVouched, detail: s.issuer}
	case Unknown:
		return proved{outcome: Unknown, reason: ReasonNotRun, detail: "the proof of the document around it could not be checked"}
	}
	return proved{outcome: Failed, reason: ReasonNoProof}
}

// differs reports whether a contained credential is about somebody else than
// the CLR. Where one has an id and the other only identifiers, nobody can tell.
func (s *surrounding) differs(inner *Subject) bool {
	if s == nil || s.subject.ID == "" && len(s.subject.Identifiers) == 0 {
		return false
	}
	if s.subject.ID != "" && inner.ID != "" {
		return s.subject.ID != inner.ID
	}
	if len(s.subject.Identifiers) == 0 || len(inner.Identifiers) == 0 {
		return false
	}
	return !slices.ContainsFunc(inner.Identifiers, func(a Identity) bool {
		return slices.ContainsFunc(s.subject.Identifiers, func(b Identity) bool { return maybeSame(a, b) })
	})
}

// maybeSame reports whether two identities can be one person's: hashes with
// different salts, or of different kinds, cannot be compared.
func maybeSame(a, b Identity) bool {
	hashed := strings.Contains(a.Hash, "$") || strings.Contains(b.Hash, "$")
	return a.Type != b.Type || hashed && a.Salt != b.Salt || strings.EqualFold(a.Hash, b.Hash)
}

// contained verifies the credentials in a CLR, each on its own (specs C4), as
// Sub of check proof. Their verdicts never change that of the CLR.
func (c *check) contained(ctx context.Context) error {
	cred := c.d.Credential
	if c.opt.Bare || len(cred.Contained) == 0 {
		return nil
	}
	around := &surrounding{issuer: cred.Issuer.ID, subject: &cred.Subject, outcome: c.r.Check(CheckProof).Outcome}
	if around.outcome == Passed && !c.trusted() {
		around.outcome = Failed
	}
	opt := c.opt
	opt.NoRefresh = true
	return c.children(ctx, cred.Contained, opt, around)
}

// children verifies documents inside this one and puts their reports, in their
// order, below check proof.
func (c *check) children(ctx context.Context, docs []*Document, opt Options, around *surrounding) error {
	i := slices.IndexFunc(c.r.Checks, func(x Check) bool { return x.ID == CheckProof })
	for _, d := range docs {
		r, err := c.child(ctx, d, opt, around)
		if err != nil {
			return err
		}
		c.r.Checks[i].Sub = append(c.r.Checks[i].Sub, r)
	}
	return nil
}

// child verifies one document inside this one. What contexts and schemas were
// kept beside the outer one serve the inner one too.
func (c *check) child(ctx context.Context, d *Document, opt Options, around *surrounding) (*Report, error) {
	ctx = withoutHolding(ctx)
	inner := *d
	if inner.Contexts == nil {
		inner.Contexts = c.d.Contexts
	}
	if inner.Schemas == nil {
		inner.Schemas = c.d.Schemas
	}
	d = &inner
	if d.Credential == nil {
		return c.v.dispatch(ctx, d, opt)
	}
	return (&check{v: c.v, d: d, opt: opt, r: newReport(c.r.At)}).credential(ctx, around)
}
