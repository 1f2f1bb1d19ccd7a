package vc

import (
	"context"
	"slices"
	"strings"
)

// A surrounding is the CLR that contains a credential.
type surrounding struct {
	issuer      string
	subject     *Subject
	outcome     Outcome // whether the CLR's proof is valid and its issuer's
	doubted     idSet   // ids in signed credentials of the CLR whose proof is not valid
	mayExchange bool    // the credential may have exchanged its achievement with another
}

// An idSet is a set of ids.
type idSet map[string]bool

// add adds all ids in v.
func (s idSet) add(v *Value) { eachID(v, func(id string) bool { s[id] = true; return false }) }

// containsAny reports whether v contains one of the ids.
func (s idSet) containsAny(v *Value) bool {
	return len(s) > 0 && eachID(v, func(id string) bool { return s[id] })
}

// eachID calls yield with every id in v, including references by id alone, until
// yield returns true. It reports whether that happened.
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

// vouched returns the result for an unsigned credential in a CLR, based on the
// CLR's proof (specs C4).
func (c *check) vouched(s *surrounding) proved {
	switch s.outcome {
	case Passed:
		if s.doubted.containsAny(c.d.Claims) {
			return proved{outcome: Unknown, reason: ReasonSibling, detail: "a signed credential beside it shares an id with it and is not valid"}
		}
		if s.mayExchange {
			return proved{outcome: Unknown, reason: ReasonAmbiguous, detail: "the CLR does not fix which achievement belongs to which badge"}
		}
		if c.d.Credential.Issuer.ID == s.issuer {
			c.warn(ReasonVouched, "its issuer should have signed it, not only the document around it")
		}
		return proved{outcome: Skipped, reason: ReasonVouched, detail: s.issuer}
	case Unknown:
		return proved{outcome: Unknown, reason: ReasonNotRun, detail: "the proof of the document around it could not be checked"}
	}
	return proved{outcome: Failed, reason: ReasonNoProof}
}

// differs reports whether a contained credential has another subject than the CLR.
// Subjects without comparable identifiers count as equal.
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

// maybeSame reports whether two identities may belong to one person. Different
// types, and hashes with different salts, are not comparable.
func maybeSame(a, b Identity) bool {
	hashed := strings.Contains(a.Hash, "$") || strings.Contains(b.Hash, "$")
	return a.Type != b.Type || hashed && a.Salt != b.Salt || strings.EqualFold(a.Hash, b.Hash)
}

// contained verifies each credential in a CLR separately, as Sub of check proof
// (specs C4). Their verdicts do not affect the CLR's.
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

// children verifies embedded documents and puts their reports, in order, below
// check proof. Signed ones come first: an RDF proof covers statements, not the
// credential they belong to. It therefore vouches for an unsigned credential only
// if every signed one that shares an id with it is valid.
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
				around.mayExchange = !sealed && !c.coversAll() && mayExchange(d, docs)
			}
			r, err := c.child(ctx, d, opt, around)
			if err != nil {
				return err
			}
			reports[i] = r
			doubted.addInvalid(d, r)
		}
	}
	i := slices.IndexFunc(c.r.Checks, func(x Check) bool { return x.ID == CheckProof })
	c.r.Checks[i].Sub = reports
	return nil
}

// addInvalid adds the ids of d if its proof is not valid, and those of invalid documents
// in it. A token is only text to an RDF proof, so its ids do not matter.
func (s idSet) addInvalid(d *Document, r *Report) {
	if d.Form == Embedded && (r.Check(CheckProof).Outcome != Passed || r.Check(CheckIssuer).Outcome == Failed) {
		s.add(d.Claims)
	}
	if d.Credential == nil || d.Form != Embedded && d.Form != Unsigned {
		return
	}
	subs := r.Check(CheckProof).Sub
	for i, inner := range d.Credential.Contained {
		if i < len(subs) {
			s.addInvalid(inner, subs[i])
		}
	}
}

// coversAll reports whether the checked proof covers the text itself.
func (c *check) coversAll() bool {
	return c.d.jose() != nil || slices.Contains(textSuites, c.r.Suite)
}

// child verifies an embedded document. It inherits the stored contexts and schemas
// of the outer one.
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
