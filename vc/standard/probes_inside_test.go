package standard_test

import (
	"testing"

	"backpack/vc"
	"backpack/vc/vctest"
)

// praised returns a maker of a badge with an endorsement.
func praised(o ...vctest.Option) func(*bench) []byte {
	return func(b *bench) []byte {
		e := b.issue(append([]vctest.Option{types("VerifiableCredential", "EndorsementCredential"),
			vctest.With("credentialSubject",
				vctest.Object{"id": "https://issuer.example/achievements/baker", "type": []any{"EndorsementSubject"}, "endorsementComment": "Good bread."})}, o...)...)
		if e[0] != '{' {
			return b.issue(jcs, achievement("endorsementJwt", []any{string(e)}))
		}
		return b.issue(jcs, achievement("endorsement", []any{rawJSON(e)}))
	}
}

// probesOfEndorsements covers endorsements in a badge (specs G1.16). Check
// endorsement has their verdicts; the badge keeps its own.
func probesOfEndorsements() []probe {
	const id = "EndorsementInspector"
	const own = "an invalid endorsement says nothing about the badge (G4)"
	var r rows
	r.add(id, "holds", theyPass, praised(), vc.Valid, vc.CheckEndorsement, vc.Passed, "")
	r.add(id, "holds, as a JWT", theyPass, praised(jwt), vc.Valid, vc.CheckEndorsement, vc.Passed, "")
	for what, o := range map[string]vctest.Option{"changed": vctest.Tampered, "signed with another key": vctest.WrongKey, "unsigned": vctest.As(vctest.None),
		"expired": vctest.Expired, "not yet": vctest.NotYetValid, "revoked": vctest.Revoked} {
		if what == "changed" {
			o = func(t testing.TB, d *vctest.Draft) {
				d.After(func(t testing.TB, b []byte) []byte { return vctest.Alter(t, b, "Good bread.", "Bad bread.") })
			}
		}
		r.add(id, what, theyFatal, praised(o), vc.Valid, vc.CheckEndorsement, vc.Failed, vc.ReasonEndorsements, own)
	}
	r.add(id, "changed, as a JWT", theyFatal, praised(jwt, func(t testing.TB, d *vctest.Draft) {
		d.After(func(t testing.TB, b []byte) []byte { return vctest.Alter(t, b, "Good bread.", "Bad bread.") })
	}), vc.Valid, vc.CheckEndorsement, vc.Failed, vc.ReasonEndorsements, own)
	r.add(id, "issuer does not control the key", theyErr, praised(vctest.With("issuer.id", "did:web:other.example")),
		vc.Valid, vc.CheckEndorsement, vc.Unknown, vc.ReasonEndorsements, own)
	return r.list
}

// clr returns a maker of a CLR with the given children.
func clr(children func(b *bench) []any, o ...vctest.Option) func(*bench) []byte {
	return func(b *bench) []byte { return b.issue(append(clrOf(children(b)), o...)...) }
}

// holding returns a maker of children for a CLR.
func holding(o ...vctest.Option) func(*bench) []any {
	return func(b *bench) []any { return []any{rawJSON(b.issue(o...))} }
}

// probesOfCLR covers comprehensive learner records (specs G2).
func probesOfCLR() []probe {
	const each = "credentials in a CLR have their own verdicts; the CLR states what its publisher signed (specs C4)"
	foreign := vctest.With("issuer", vctest.Object{"id": "https://college.example", "type": []any{"Profile"}, "name": "College"})
	none := vctest.As(vctest.None)
	var r rows
	r.passes("CLR20Inspector", "JSON", theyPass, clr(holding()), vc.CheckProof)
	r.passes("CLR20Inspector", "JWT of data model 1.1", theyPass, clr(holding(), vctest.As(vctest.JWT11)), vc.CheckProof)
	r.passes("CLR20Inspector", "JWT of data model 2.0", theyFatal, clr(holding(), jwt), vc.CheckProof,
		"VC-JOSE-COSE puts the credential into the payload itself (specs D5)")
	r.fails("ContextPropertyProbe", "no CLR context", theyErr, clr(holding(), jcs, contexts(vc.ContextV2, obContext)), vc.CheckFormat, vc.ReasonContextOrder)
	r.fails("ContextPropertyProbe", "no Open Badges context", theyErr,
		clr(holding(), jcs, contexts(vc.ContextV2, "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json")), vc.CheckFormat, vc.ReasonContextOrder)
	r.fails("ClrSubjectProbe", "no ClrSubject", theyErr, clr(holding(), jcs, subject("type", []any{"Person"})), vc.CheckFormat, vc.ReasonWrongType)
	r.fails("ClrSubjectProbe", "no credentials", theyErr, clr(holding(), jcs, subject("verifiableCredential", nil)), vc.CheckFormat, vc.ReasonMissingMember)
	r.fails("EmbeddedProofProbe", "changed", theyErr, clr(holding(), vctest.WrongKey), vc.CheckProof, vc.ReasonBadSignature)
	r.add("ExpirationProbe", "expired", theyFatal, clr(holding(), vctest.Expired), vc.Expired, vc.CheckValidUntil, vc.Failed, vc.ReasonExpired)
	r.add("RevocationListProbe", "revoked", theyFatal, clr(holding(), vctest.Revoked), vc.Revoked, vc.CheckRevocation, vc.Failed, vc.ReasonRevoked)
	r.passes("OB30Inspector", "unsigned badge of another issuer", theyErr, clr(holding(none, foreign)), vc.CheckProof,
		"the publisher of the CLR vouches for it (G4)")
	r.passes("OB30Inspector", "unsigned badge of its own issuer", theyErr, clr(holding(none)), vc.CheckProof, each)
	r.passes("OB30Inspector", "expired badge", theyFatal, clr(holding(vctest.Expired)), vc.CheckProof, each)
	r.passes("OB30Inspector", "badge signed with another key", theyErr, clr(holding(vctest.WrongKey)), vc.CheckProof, each)
	return r.list
}

// TestProbesInsideCLR checks the verdicts inside a CLR where both validators agree.
func TestProbesInsideCLR(t *testing.T) {
	for what, x := range map[string]struct {
		child   func(*bench) []any
		verdict vc.Verdict
	}{
		"holds":                   {holding(), vc.Valid},
		"expired":                 {holding(vctest.Expired), vc.Expired},
		"signed with another key": {holding(vctest.WrongKey), vc.Invalid},
		"unsigned, another issuer": {holding(vctest.As(vctest.None),
			vctest.With("issuer", vctest.Object{"id": "https://college.example", "type": []any{"Profile"}})), vc.Undetermined},
	} {
		web, issuer, v := world(t)
		b := &bench{t, web, issuer}
		r := verify(t, v, clr(x.child)(b), vc.Options{})
		subs := r.Check(vc.CheckProof).Sub
		if len(subs) != 1 || subs[0].Verdict(vc.Policy{}) != x.verdict {
			t.Errorf("%s: %s", what, said(r))
		}
	}
}
