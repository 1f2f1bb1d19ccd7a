package standard_test

import (
	"testing"

	"backpack/vc"
	"backpack/vc/registry"
	"backpack/vc/vctest"
)

// listed returns a registry that lists an issuer.
func listed(t testing.TB, id string) *registry.Set {
	t.Helper()
	l, err := registry.NewList("The Register", []registry.Entry{{ID: id, Name: "School of Bread, as registered"}})
	if err != nil {
		t.Fatal(err)
	}
	return (&registry.Set{}).With(l)
}

// TestKnownNeedsControl checks that a listing counts only for an issuer that
// controls the key, and that it changes no verdict.
func TestKnownNeedsControl(t *testing.T) {
	for _, way := range []string{vctest.DIDKey, vctest.DIDWeb, vctest.HTTPS} {
		web := vctest.NewWeb()
		issuer := vctest.NewIssuer(t, web, way, vctest.Ed25519)
		v, set := newVerifier(t, web), listed(t, issuer.ID)
		for name, x := range map[string]struct {
			options []vctest.Option
			opt     vc.Options
			known   vc.Outcome
		}{
			"own":                  {nil, vc.Options{Registry: set}, vc.Passed},
			"own, expired":         {[]vctest.Option{vctest.Expired}, vc.Options{Registry: set}, vc.Passed},
			"own, revoked":         {[]vctest.Option{vctest.Revoked}, vc.Options{Registry: set}, vc.Passed},
			"no registry":          {nil, vc.Options{}, vc.Skipped},
			"forged, another key":  {[]vctest.Option{vctest.WrongKey}, vc.Options{Registry: set}, vc.Skipped},
			"forged by a stranger": {[]vctest.Option{vctest.Stranger}, vc.Options{Registry: set}, vc.Skipped},
			"altered":              {[]vctest.Option{vctest.Tampered}, vc.Options{Registry: set}, vc.Skipped},
			"not listed":           {nil, vc.Options{Registry: listed(t, "did:web:elsewhere.example")}, vc.Unknown},
		} {
			signed := issuer.Issue(t, x.options...)
			r := verify(t, v, signed, x.opt)
			f := r.Fact(vc.FactKnown)
			if f.Outcome != x.known || (len(r.Known) == 1) != (x.known == vc.Passed) {
				t.Errorf("%s, %s: %+v %+v", way, name, f, r.Known)
			}
			if f.Outcome == vc.Passed && (f.Value != "The Register" || f.Name != "School of Bread, as registered") {
				t.Errorf("%s, %s: known as %+v", way, name, f)
			}
			x.opt.Registry = nil
			if bare := verify(t, v, signed, x.opt); bare.Verdict(vc.Policy{}) != r.Verdict(vc.Policy{}) {
				t.Errorf("%s, %s: %s with a registry, %s without", way, name, r.Verdict(vc.Policy{}), bare.Verdict(vc.Policy{}))
			}
		}
	}
}

// TestKnownOffline checks that a listing is not used while the issuer's key is
// unavailable.
func TestKnownOffline(t *testing.T) {
	web := vctest.NewWeb()
	issuer := vctest.NewIssuer(t, web, vctest.HTTPS, vctest.Ed25519)
	r := verify(t, newVerifier(t, web), issuer.Issue(t), vc.Options{Registry: listed(t, issuer.ID), Offline: true})
	if f := r.Fact(vc.FactKnown); f.Outcome != vc.Skipped || f.Reason != vc.ReasonNotRun || len(r.Known) > 0 {
		t.Errorf("%+v %+v", f, r.Known)
	}
}
