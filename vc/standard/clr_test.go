package standard_test

import (
	"encoding/json"
	"testing"

	"backpack/vc"
	"backpack/vc/vctest"
)

func rawJSON(b []byte) json.RawMessage { return b }

// clrOf returns the options for a CLR with the given children.
func clrOf(children []any, more ...vctest.Option) []vctest.Option {
	return append([]vctest.Option{
		vctest.With("@context", []any{vc.ContextV2, "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
			"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"}),
		vctest.With("type", []any{"VerifiableCredential", "ClrCredential"}), vctest.With("id", "https://issuer.example/clrs/1"),
		vctest.With("credentialSubject", vctest.Object{"id": "did:example:learner", "type": []any{"ClrSubject"}, "verifiableCredential": children}),
	}, more...)
}

// TestThreat03Exchanged checks that unsigned badges in a CLR with an RDF proof,
// which could exchange their achievements, are vouched for only if an exchange
// would be harmless.
func TestThreat03Exchanged(t *testing.T) {
	child := func(n string, more ...vctest.Option) func(*testing.T, *vctest.Issuer) any {
		return func(t *testing.T, i *vctest.Issuer) any {
			return rawJSON(i.Issue(t, append([]vctest.Option{vctest.As(vctest.None), vctest.With("id", "urn:badge:"+n),
				vctest.With("credentialSubject.achievement.id", "urn:achievement:"+n), vctest.With("credentialSubject.achievement.name", "Step "+n)}, more...)...))
		}
	}
	failed := vctest.With("credentialSubject.result", []any{vctest.Object{"type": []any{"Result"}, "status": "Failed"}})
	for name, x := range map[string]struct {
		form     string
		children []func(*testing.T, *vctest.Issuer) any
		vouched  bool
	}{
		"alike": {"eddsa-rdfc-2022", []func(*testing.T, *vctest.Issuer) any{child("1"), child("2")}, true},
		"different names": {"eddsa-rdfc-2022",
			[]func(*testing.T, *vctest.Issuer) any{child("1", vctest.With("name", "A")), child("2", vctest.With("name", "B"))}, true},
		"one expired": {"eddsa-rdfc-2022", []func(*testing.T, *vctest.Issuer) any{child("1", vctest.Expired), child("2")}, false},
		"one of another issuer": {"eddsa-rdfc-2022",
			[]func(*testing.T, *vctest.Issuer) any{child("1", vctest.With("issuer.id", "https://other.example")), child("2")}, false},
		"one failed":      {"eddsa-rdfc-2022", []func(*testing.T, *vctest.Issuer) any{child("1", failed), child("2")}, false},
		"one failed, JCS": {"eddsa-jcs-2022", []func(*testing.T, *vctest.Issuer) any{child("1", failed), child("2")}, true},
		"two learners": {"eddsa-rdfc-2022",
			[]func(*testing.T, *vctest.Issuer) any{child("1", failed), child("2", vctest.With("credentialSubject.id", nil))}, true},
		"one failed, alone": {"eddsa-rdfc-2022", []func(*testing.T, *vctest.Issuer) any{child("1", failed)}, true},
	} {
		t.Run(name, func(t *testing.T) {
			_, issuer, v := world(t)
			var children []any
			for _, c := range x.children {
				children = append(children, c(t, issuer))
			}
			r := verify(t, v, issuer.Issue(t, append(clrOf(children), vctest.As(x.form))...), vc.Options{})
			verdict(t, r, vc.Valid)
			want := vc.ReasonAmbiguous
			if x.vouched {
				want = vc.ReasonVouched
			}
			for i, sub := range r.Check(vc.CheckProof).Sub {
				if got := sub.Check(vc.CheckProof); got.Reason != want {
					t.Errorf("badge %d: %+v, want %s", i, got, want)
				}
			}
		})
	}
}
