package wallettest

import (
	"testing"

	"backpack/vc"
	"backpack/vc/sample"
	vcstandard "backpack/vc/standard"
	"backpack/wallet"
)

// newStandard returns the verifier and suite of the product, over the
// in-memory web with the built-in sample issuer before it.
func newStandard(t testing.TB, web *Web, clock *Clock) standard {
	t.Helper()
	samples, err := sample.New(sample.Config{Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	fetcher := samples.Web(web)
	std, err := vcstandard.New(vcstandard.Config{Fetch: fetcher, Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	s := standard{verifier: std.Verifier, suite: std.Signing, contexts: std.Engine, fetcher: fetcher}
	for _, f := range samples.Files() {
		s.samples = append(s.samples, wallet.Input{Name: f.Name, Bytes: f.Bytes})
	}
	return s
}

// A standard is what verifies and signs.
type standard struct {
	verifier *vc.Verifier
	suite    vc.SigningSuite
	contexts wallet.Contexts
	fetcher  vc.Fetcher
	samples  []wallet.Input
}
