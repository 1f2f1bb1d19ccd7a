package issue_test

import (
	"testing"

	"backpack/vc"
	"backpack/wallet/issue"
	"backpack/wallet/keys"
	"backpack/wallet/wallettest"
)

// TestThreat42OwnStatusAtOnce asserts that no check of the service, by
// whichever process on the store, misses a status that the service has changed,
// and that the service asks nobody for its own list.
func TestThreat42OwnStatusAtOnce(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	other := wallettest.New(t, wallettest.Options{Store: e.Store, Master: e.Master})
	ctx := t.Context()
	signed, err := e.Issuing.Issue(ctx, issue.Request{Credential: []byte(plainV2), Suite: "eddsa-rdfc-2022", Key: keys.Ed25519, ID: "urn:uuid:1",
		Purposes: []string{"revocation", "suspension"}, Lists: wallettest.PublicURL + "/api/vc/status/"})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		purpose string
		on      bool
		want    vc.Verdict
	}{{"", false, vc.Valid}, {"revocation", true, vc.Revoked}, {"revocation", false, vc.Valid},
		{"suspension", true, vc.Suspended}, {"revocation", true, vc.Revoked}} {
		if x.purpose != "" {
			if err := other.Issuing.SetStatus(ctx, "urn:uuid:1", x.purpose, x.on); err != nil {
				t.Fatal(err)
			}
		}
		for name, w := range map[string]*wallettest.Env{"this process": e, "another process": other} {
			d, err := vc.Parse(signed)
			if err != nil {
				t.Fatal(err)
			}
			r, err := w.Checker.Verify(ctx, d, vc.Options{})
			if err != nil || r.Verdict(w.Policy()) != x.want {
				t.Errorf("%s %t in %s: %v, %v; want %s", x.purpose, x.on, name, r.Verdict(w.Policy()), err, x.want)
			}
		}
	}
	if n := len(e.Web.Visits()) + len(other.Web.Visits()); n != 0 {
		t.Errorf("%d requests", n)
	}
	d, err := vc.Parse(signed)
	if err != nil {
		t.Fatal(err)
	}
	r, err := e.Checker.Verify(ctx, d, vc.Options{Offline: true})
	if err != nil || r.Verdict(e.Policy()) != vc.Undetermined {
		t.Errorf("offline: %v, %v", r.Verdict(e.Policy()), err)
	}
}
