package standard_test

import (
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/vctest"
)

func selectiveWorld(t *testing.T) (*vctest.Issuer, *vc.Verifier) {
	t.Helper()
	web := vctest.NewWeb()
	return vctest.NewIssuer(t, web, vctest.DIDWeb, vctest.P256), newVerifier(t, web)
}

var bounds = vctest.Mandatory("/issuer", "/validFrom", "/credentialSubject")

// TestPrivateCopy checks that a base proof is valid for its holder only: alone, in
// a presentation, as an endorsement and beside another proof.
func TestPrivateCopy(t *testing.T) {
	issuer, v := selectiveWorld(t)
	base := issuer.Issue(t, vctest.As(vctest.Selective), bounds, vctest.With("validUntil", nil))
	r := verify(t, v, base, vc.Options{})
	expect(t, r, vc.CheckProof, vc.Failed, vc.ReasonPrivateCopy)
	expect(t, r, vc.CheckIssuer, vc.Skipped, vc.ReasonNotRun)
	verdict(t, r, vc.Invalid)

	r = verify(t, v, base, vc.Options{Own: true})
	expect(t, r, vc.CheckProof, vc.Passed, vc.ReasonOwnCopy)
	expect(t, r, vc.CheckIssuer, vc.Passed, "")
	expect(t, r, vc.CheckValidUntil, vc.Skipped, vc.ReasonNotStated) // nothing is hidden
	verdict(t, r, vc.Valid)

	changed := vctest.Alter(t, base, "Bakes bread.", "Bakes cakes.")
	expect(t, verify(t, v, changed, vc.Options{Own: true}), vc.CheckProof, vc.Failed, vc.ReasonBadSignature)
	expect(t, verify(t, v, issuer.Issue(t, vctest.As(vctest.Selective), vctest.WrongKey), vc.Options{Own: true}), vc.CheckProof, vc.Failed, vc.ReasonBadSignature)

	shown := vctest.NewHolder(t).Present(t, "1234", "shop.example", base, issuer.Issue(t, bounds, vctest.Derived("")))
	r = verify(t, v, shown, vc.Options{Challenge: "1234", Domain: "shop.example"})
	expect(t, r, vc.CheckProof, vc.Passed, "")
	expect(t, r.Check(vc.CheckProof).Sub[0], vc.CheckProof, vc.Failed, vc.ReasonPrivateCopy)
	expect(t, r.Check(vc.CheckProof).Sub[1], vc.CheckProof, vc.Passed, vc.ReasonPartShown)

	// As bbs-2023, whose base proofs differ in one byte of the header.
	other := strings.Replace(strings.Replace(string(base), "ecdsa-sd-2023", "bbs-2023", 1), `"u2V0A`, `"u2V0C`, 1)
	expect(t, verify(t, v, []byte(other), vc.Options{}), vc.CheckProof, vc.Failed, vc.ReasonPrivateCopy)
	expect(t, verify(t, v, []byte(other), vc.Options{Own: true}), vc.CheckProof, vc.Unknown, vc.ReasonUnsupportedSuite)
	if !vc.HoldsBase(parse(t, base).Claims) || !vc.HoldsBase(parse(t, shown).Claims) || vc.HoldsBase(parse(t, issuer.Issue(t, vctest.Derived(""))).Claims) {
		t.Error("HoldsBase is wrong")
	}
}

// TestNotDisclosed distinguishes what a derived proof does not disclose from what
// the badge does not state (specs D4.7).
func TestNotDisclosed(t *testing.T) {
	issuer, v := selectiveWorld(t)
	status := vctest.Status("BitstringStatusListEntry", "revocation", false)
	set := vctest.Status("BitstringStatusListEntry", "revocation", true)
	until := vctest.With("validUntil", "2030-01-01T00:00:00Z")
	for name, x := range map[string]struct {
		options                []vctest.Option
		revocation, validUntil vc.Reason
		verdict                vc.Verdict
	}{
		"nothing stated, all disclosed": {[]vctest.Option{bounds, vctest.With("validUntil", nil), vctest.Derived("")}, vc.ReasonNotDisclosed,
			vc.ReasonNotDisclosed, vc.AsShown},
		"all disclosed":                {[]vctest.Option{status, until, bounds, vctest.Derived("")}, "", "", vc.Valid},
		"revoked, all disclosed":       {[]vctest.Option{set, until, bounds, vctest.Derived("")}, vc.ReasonRevoked, "", vc.Revoked},
		"status and end not disclosed": {[]vctest.Option{set, until, bounds, vctest.Derived("/name")}, vc.ReasonNotDisclosed, vc.ReasonNotDisclosed, vc.AsShown},
		"end not disclosed":            {[]vctest.Option{status, until, bounds, vctest.Derived("/credentialStatus")}, "", vc.ReasonNotDisclosed, vc.AsShown},
		"mandatory status and end": {[]vctest.Option{set, until,
			vctest.Mandatory("/issuer", "/validFrom", "/credentialSubject", "/credentialStatus", "/validUntil"), vctest.Derived("/name")}, vc.ReasonRevoked,
			"", vc.Revoked},
	} {
		t.Run(name, func(t *testing.T) {
			r := verify(t, v, issuer.Issue(t, x.options...), vc.Options{})
			if got := r.Check(vc.CheckRevocation).Reason; got != x.revocation {
				t.Errorf("revocation: %q, want %q", got, x.revocation)
			}
			if got := r.Check(vc.CheckValidUntil).Reason; got != x.validUntil {
				t.Errorf("valid until: %q, want %q", got, x.validUntil)
			}
			if current := r.Fact(vc.FactCurrent); (current.Outcome == vc.Passed) == (x.revocation != "" || x.validUntil != "") {
				t.Errorf("current: %+v", current)
			}
			expect(t, r, vc.CheckProof, vc.Passed, vc.ReasonPartShown)
			expect(t, r, vc.CheckTerms, vc.Passed, "")
			verdict(t, r, x.verdict)
		})
	}
}

// TestNotDisclosedSDJWT is TestNotDisclosed for SD-JWTs of W3C's data model.
func TestNotDisclosedSDJWT(t *testing.T) {
	issuer, v := selectiveWorld(t)
	whole := string(issuer.Issue(t, vctest.As(string(vc.SDJWTVCDM)), vctest.With("validUntil", nil)))
	parts := strings.Split(whole, "~")
	for name, x := range map[string]struct {
		text string
		want vc.Reason
	}{
		"all disclosed":     {whole, vc.ReasonNotStated},
		"nothing disclosed": {parts[0] + "~", vc.ReasonNotDisclosed},
	} {
		d := parse(t, []byte(x.text))
		r := verify(t, v, []byte(x.text), vc.Options{})
		if got := r.Check(vc.CheckValidUntil).Reason; got != x.want {
			t.Errorf("%s: %q with %d hidden, want %q", name, got, d.SD.HiddenTop, x.want)
		}
	}
}
