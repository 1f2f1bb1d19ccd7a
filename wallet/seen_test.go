package wallet_test

import (
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/registry"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

const didDocument = "https://issuer.example/.well-known/did.json"

// TestIssuerKeys follows an issuer that changes its key: earlier keys stay
// known, and are removed with the badges they were seen on.
func TestIssuerKeys(t *testing.T) {
	set, err := registry.NewList("The Register", []registry.Entry{{ID: "issuer.example", Name: "School, as registered"}})
	if err != nil {
		t.Fatal(err)
	}
	e := wallettest.New(t, wallettest.Options{Registries: (&registry.Set{}).With(set)})
	a := e.Learner(t, "Alma").ID
	first := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDWeb, vctest.Ed25519)
	online(e, first, didDocument)
	one := kept(t, e, a, text(first.Issue(t)))[0]
	start := e.Clock.Now()
	if f := one.Report.Fact(vc.FactKnown); f.Outcome != vc.Passed || f.Name != "School, as registered" {
		t.Errorf("recognised as %+v", f)
	}
	ref := wallet.IssuerRef(one.Summary.IssuerID)

	e.Clock.Advance(48 * time.Hour)
	if _, err := e.Recheck(t.Context(), a, one.ID); err != nil {
		t.Fatal(err)
	}
	got, err := e.IssuerSeen(t.Context(), a, ref)
	if err != nil || len(got.Keys) != 1 || !got.Keys[0].First.Equal(start) || !got.Keys[0].Last.Equal(e.Clock.Now()) || !got.Since.Equal(start) {
		t.Fatalf("one key: %+v, %v", got, err)
	}

	second := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDWeb, vctest.P256) // the same id, another key
	online(e, second, didDocument)
	e.Clock.Advance(time.Hour)
	two := kept(t, e, a, text(second.Issue(t, vctest.With("id", "urn:uuid:another"))))[0]
	if two.Summary.IssuerID != one.Summary.IssuerID || two.Verdict != vc.Valid {
		t.Fatalf("%s by %s", two.Verdict, two.Summary.IssuerID)
	}
	if _, err := e.Recheck(t.Context(), a, one.ID); err != nil { // signed with a key that the issuer no longer has
		t.Fatal(err)
	}
	got, err = e.IssuerSeen(t.Context(), a, ref)
	if err != nil || len(got.Entries) != 2 || len(got.Keys) != 2 || got.Keys[0].Thumbprint == got.Keys[1].Thumbprint || got.Keys[1].Thumbprint != two.Report.Key {
		t.Fatalf("two keys: %+v, %v", got, err)
	}
	if err := e.Remove(t.Context(), a, one.ID); err != nil {
		t.Fatal(err)
	}
	if got, err = e.IssuerSeen(t.Context(), a, ref); err != nil || len(got.Keys) != 1 || got.Keys[0].Thumbprint != two.Report.Key {
		t.Errorf("the keys seen on a removed badge remain: %+v, %v", got, err)
	}
	b := e.Learner(t, "Bela").ID
	_, err = e.IssuerSeen(t.Context(), b, ref)
	wallettest.Refused(t, err, wallet.Missing, "issuer_gone")
}

// TestIssuerKeysOfForgeries asserts that a forged badge adds no keys for its
// issuer.
func TestIssuerKeysOfForgeries(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDWeb, vctest.Ed25519)
	online(e, i, didDocument)
	for n, o := range []vctest.Option{vctest.WrongKey, vctest.Stranger, vctest.Tampered} {
		entry := kept(t, e, a, text(i.Issue(t, o)))[0]
		if entry.Verdict != vc.Invalid || len(entry.Keys) > 0 {
			t.Errorf("forgery %d: %s, keys %v", n, entry.Verdict, entry.Keys)
		}
	}
}

func TestFactsOfSamples(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	entries, err := e.AddSamples(t.Context(), e.Learner(t, "Alma").ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range entries {
		for _, f := range inspect.Facts(&x.Summary, x.Report) {
			if (f.ID == vc.FactControl || f.ID == vc.FactKnown) && f.Outcome != vc.Failed && f.Reason != inspect.ReasonSample {
				t.Errorf("%s: %+v", x.Summary.Title, f)
			}
		}
	}
}
