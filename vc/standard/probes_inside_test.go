package standard_test

import (
	"testing"

	"backpack/vc"
	"backpack/vc/vctest"
)

// praised puts an endorsement into a badge.
func praised(o ...vctest.Option) func(*bench) []byte {
	return func(b *bench) []byte {
		e := b.issue(append([]vctest.Option{types("VerifiableCredential", "EndorsementCredential"),
			vctest.With("credentialSubject", vctest.Object{"id": "https://issuer.example/achievements/baker", "type": []any{"EndorsementSubject"}, "endorsementComment": "Good bread."})}, o...)...)
		if e[0] != '{' {
			return b.issue(jcs, achievement("endorsementJwt", []any{string(e)}))
		}
		return b.issue(jcs, achievement("endorsement", []any{rawJSON(e)}))
	}
}

// probesOfEndorsements: endorsements in a badge (specs G1.16). The check
// endorsement has their verdicts; that of the badge is its own.
func probesOfEndorsements() []probe {
	const id = "EndorsementInspector"
	const own = "an endorsement that fails says nothing against the badge (G4)"
	var r rows
	r.add(id, "holds", theyPass, praised(), vc.Valid, vc.CheckEndorsement, vc.Passed, "")
	r.add(id, "holds, as a JWT", theyPass, praised(jwt), vc.Valid, vc.CheckEndorsement, vc.Passed, "")
	for what, o := range map[string]vctest.Option{"changed": vctest.Tampered, "sealed by another key": vctest.WrongKey, "unsigned": vctest.As(vctest.None),
		"over": vctest.Expired, "not yet": vctest.NotYetValid, "taken back": vctest.Revoked} {
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
	r.add(id, "by another than its key's owner", theyErr, praised(vctest.With("issuer.id", "did:web:other.example")),
		vc.Valid, vc.CheckEndorsement, vc.Unknown, vc.ReasonEndorsements, own)
	return r.list
}

// clr makes a CLR of badges.
func clr(children func(b *bench) []any, o ...vctest.Option) func(*bench) []byte {
	return func(b *bench) []byte { return b.issue(append(clrOf(children(b)), o...)...) }
}

// holding are badges to be in a CLR.
func holding(o ...vctest.Option) func(*bench) []any {
	return func(b *bench) []any { return []any{rawJSON(b.issue(o...))} }
}

// probesOfCLR: comprehensive learner records (specs G2).
func probesOfCLR() []probe {
	const each = "what is in a CLR has verdicts of its own; the CLR says what its publisher sealed (specs C4)"
	foreign := vctest.With("issuer", vctest.Object{"id": "https://college.example", "type": []any{"Profile"}, "name": "College"})
	none := vctest.As(vctest.None)
	var r rows
	r.passes("CLR20Inspector", "JSON", theyPass, clr(holding()), vc.CheckProof)
	r.passes("CLR20Inspector", "JWT as data model 1.1 has it", theyPass, clr(holding(), vctest.As(vctest.JWT11)), vc.CheckProof)
	r.passes("CLR20Inspector", "JWT as data model 2.0 has it", theyFatal, clr(holding(), jwt), vc.CheckProof, "VC-JOSE-COSE puts the credential into the payload itself (specs D5)")
	r.fails("ContextPropertyProbe", "that of CLR is missing", theyErr, clr(holding(), jcs, contexts(vc.ContextV2, obContext)), vc.CheckFormat, vc.ReasonContextOrder)
	r.fails("ContextPropertyProbe", "that of Open Badges is missing", theyErr, clr(holding(), jcs, contexts(vc.ContextV2, "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json")), vc.CheckFormat, vc.ReasonContextOrder)
	r.fails("ClrSubjectProbe", "no ClrSubject", theyErr, clr(holding(), jcs, subject("type", []any{"Person"})), vc.CheckFormat, vc.ReasonWrongType)
	r.fails("ClrSubjectProbe", "nothing in it", theyErr, clr(holding(), jcs, subject("verifiableCredential", nil)), vc.CheckFormat, vc.ReasonMissingMember)
	r.fails("EmbeddedProofProbe", "changed", theyErr, clr(holding(), vctest.WrongKey), vc.CheckProof, vc.ReasonBadSignature)
	r.add("ExpirationProbe", "over", theyFatal, clr(holding(), vctest.Expired), vc.Expired, vc.CheckValidUntil, vc.Failed, vc.ReasonExpired)
	r.add("RevocationListProbe", "taken back", theyFatal, clr(holding(), vctest.Revoked), vc.Revoked, vc.CheckRevocation, vc.Failed, vc.ReasonRevoked)
	r.passes("OB30Inspector", "an unsigned badge of another issuer", theyErr, clr(holding(none, foreign)), vc.CheckProof, "the publisher of the CLR vouches for it (G4)")
	r.passes("OB30Inspector", "an unsigned badge of its own issuer", theyErr, clr(holding(none)), vc.CheckProof, each)
	r.passes("OB30Inspector", "a badge that is over", theyFatal, clr(holding(vctest.Expired)), vc.CheckProof, each)
	r.passes("OB30Inspector", "a badge sealed by another key", theyErr, clr(holding(vctest.WrongKey)), vc.CheckProof, each)
	return r.list
}

// TestProbesInsideCLR pins the verdicts of what is inside, where the two tell
// the same again.
func TestProbesInsideCLR(t *testing.T) {
	for what, x := range map[string]struct {
		child   func(*bench) []any
		verdict vc.Verdict
	}{
		"holds":                    {holding(), vc.Valid},
		"over":                     {holding(vctest.Expired), vc.Expired},
		"sealed by another key":    {holding(vctest.WrongKey), vc.Invalid},
		"unsigned, another issuer": {holding(vctest.As(vctest.None), vctest.With("issuer", vctest.Object{"id": "https://college.example", "type": []any{"Profile"}})), vc.Undetermined},
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
