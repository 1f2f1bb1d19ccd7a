package inspect_test

import (
	"errors"
	"testing"

	"backpack/vc"
	"backpack/vc/sample"
	"backpack/vc/vctest"
	"backpack/wallet/fault"
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

// refused demands an Error of the kind and code.
func refused(t testing.TB, err error, kind fault.Kind, code string) {
	t.Helper()
	var got *fault.Error
	if !errors.As(err, &got) || got.Kind != kind || code != "" && got.Code != code {
		t.Errorf("error %v, want kind %s and code %s", err, kind, code)
	}
}

func samples(t testing.TB) []sample.File {
	t.Helper()
	files, err := wallettest.Samples()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// checked checks one thing that is not a problem.
func checked(t testing.TB, e *wallettest.Env, b []byte) *inspect.Checked {
	t.Helper()
	got, err := e.Check(t.Context(), []inspect.Input{text(b)})
	if err != nil || len(got) != 1 || got[0].Problem != "" {
		t.Fatalf("check: %+v, %v", got, err)
	}
	return got[0]
}
