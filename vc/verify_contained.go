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
	doubted idSet   // ids of sealed credentials in the CLR that do not hold
	mixed   bool    // the credential may have exchanged its achievement with another
}

// An idSet holds ids of things.
type idSet map[string]bool

// add takes in all ids in v.
func (s idSet) add(v *Value) { eachID(v, func(id string) bool { s[id] = true; return false }) }

// touches reports whether v names one of them.
func (s idSet) touches(v *Value) bool {
	return len(s) > 0 && eachID(v, func(id string) bool { return s[id] })
}

// eachID calls yield with every id in v, also with those of things that are
// given by their id alone, until it returns true, and reports whether it did.
func eachID(v *Value, yield func(id string) bool) bool {
	for i := range v.Items() {
		x := &v.kids[i]
		switch x.name {
		case "id", "@id", "issuer", "creator", "source", "credentialSubject", "achievement", "evidence":
			if x.Is(String) && yield(x.text) {
				return true
			}
		}
		if eachID(x, yield) {
			return true
		}
	}
	return false
}

// vouched is what holds in place of a proof for a credential that has none and
// stands in a CLR: its proof speaks for it (specs C4).
func (c *check) vouched(s *surrounding) proved {
	switch s.outcome {
	case Passed:
		if s.doubted.touches(c.d.Claims) {
			return proved{outcome: Unknown, reason: ReasonSibling, detail: "a sealed credential beside it names the same things and does not hold"}
		}
		if s.mixed {
			return proved{outcome: Unknown, reason: ReasonAmbiguous, detail: "the record does not tell which of its badges is for what"}
		}
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
// order, below check proof. Those with a seal come first: a proof over RDF
// covers statements, and not in which credential they stand, so that it vouches
// for a credential without a seal only while the others that name the same
// things hold.
func (c *check) children(ctx context.Context, docs []*Document, opt Options, around *surrounding) error {
	reports := make([]*Report, len(docs))
	doubted := idSet{}
	for _, sealed := range []bool{true, false} {
		if around != nil && !sealed && !c.coversAll() {
			around.doubted = doubted
		}
		for i, d := range docs {
			if (d.Form != Unsigned) != sealed {
				continue
			}
			if around != nil {
				around.mixed = !sealed && !c.coversAll() && mixed(d, docs)
			}
			r, err := c.child(ctx, d, opt, around)
			if err != nil {
				return err
			}
			reports[i] = r
			doubted.doubt(d, r)
		}
	}
	i := slices.IndexFunc(c.r.Checks, func(x Check) bool { return x.ID == CheckProof })
	c.r.Checks[i].Sub = reports
	return nil
}

// doubt takes in the ids of d when its seal does not hold, and those of what is
// in it. What stands in a token is text, and no part of others' statements.
func (s idSet) doubt(d *Document, r *Report) {
	if d.Form == Embedded && (r.Check(CheckProof).Outcome != Passed || r.Check(CheckIssuer).Outcome == Failed) {
		s.add(d.Claims)
	}
	if d.Credential == nil || d.Form != Embedded && d.Form != Unsigned {
		return
	}
	subs := r.Check(CheckProof).Sub
	for i, inner := range d.Credential.Contained {
		if i < len(subs) {
			s.doubt(inner, subs[i])
		}
	}
}

// coversAll reports whether the proof that was checked covers the text itself.
func (c *check) coversAll() bool {
	return c.d.jose() != nil || slices.Contains(textSuites, c.r.Suite)
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
