package inspect_test

import (
	"testing"

	"backpack/vc"
	"backpack/vc/sample"
	"backpack/vc/vctest"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

func text(b []byte) inspect.Input { return inspect.Input{Bytes: b} }

func link(url string) inspect.Input { return inspect.Input{Bytes: []byte(url)} }

func genuine(v vc.Verdict) bool { return v != vc.Undetermined && v != vc.Invalid }

// issuer returns an issuer of Open Badges 3.0 that is a key.
func issuer(t testing.TB, _ *wallettest.Env) *vctest.Issuer {
	t.Helper()
	return vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
}

// webIssuer returns an issuer that is a website.
func webIssuer(t testing.TB) *vctest.Issuer {
	t.Helper()
	return vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDWeb, vctest.Ed25519)
}

// inList puts a badge on a status list.
func inList(set bool) vctest.Option {
	return vctest.Status("BitstringStatusListEntry", "revocation", set)
}

func samples(t testing.TB) []sample.File {
	t.Helper()
	files, err := wallettest.Samples()
	if err != nil {
		t.Fatal(err)
	}
	return files
}
