package standard_test

import (
	"testing"

	"backpack/vc"
	"backpack/vc/standard"
	"backpack/vc/vctest"
)

func newVerifier(t testing.TB, web *vctest.Web) *vc.Verifier {
	t.Helper()
	s, err := standard.New(standard.Config{Fetch: web, Now: vctest.Now})
	if err != nil {
		t.Fatal(err)
	}
	return s.Verifier
}

func parse(t testing.TB, b []byte) *vc.Document {
	t.Helper()
	d, err := vc.Parse(b)
	if err != nil {
		t.Fatalf("parse: %v\n%s", err, b)
	}
	return d
}

func verify(t testing.TB, v *vc.Verifier, b []byte, opt vc.Options) *vc.Report {
	t.Helper()
	r, err := v.Verify(t.Context(), parse(t, b), opt)
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	return r
}

// TestForms issues and verifies a badge in every form, with every kind of key and
// every binding.
func TestForms(t *testing.T) {
	bindings := map[string]vc.Binding{vctest.DIDKey: vc.BindingDID, vctest.DIDWeb: vc.BindingDID,
		vctest.HTTPS: vc.BindingDocument, vctest.KeySet: vc.BindingKeySet}
	for _, kind := range []string{vctest.Ed25519, vctest.P256, vctest.P384, vctest.RSA} {
		for way, binding := range bindings {
			if kind == vctest.RSA && way == vctest.DIDKey {
				continue // did:key does not support RSA
			}
			web := vctest.NewWeb()
			v, issuer := newVerifier(t, web), vctest.NewIssuer(t, web, way, kind)
			for _, form := range vctest.Forms(kind) {
				embedded := form != vctest.JWT && form != vctest.JWT11 && form != vctest.JOSEVC
				if embedded && way == vctest.KeySet {
					continue // a key set serves JWTs only
				}
				t.Run(kind+"/"+way+"/"+form, func(t *testing.T) {
					signed := issuer.Issue(t, vctest.As(form))
					r := verify(t, v, signed, vc.Options{Recipients: []string{"did:example:learner"}})
					if got := r.Verdict(vc.Policy{}); got != vc.Valid || r.Binding != binding {
						t.Errorf("%s, bound by %q\n%+v\n%s", got, r.Binding, r, signed)
					}
					if len(r.Warnings) > 0 {
						t.Errorf("warnings %v", r.Warnings)
					}
				})
			}
		}
	}
}
