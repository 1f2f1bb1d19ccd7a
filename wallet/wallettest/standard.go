package wallettest

import (
	"context"
	"crypto/rand"
	"sync"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/kept"
	"backpack/vc/registry"
	"backpack/vc/sample"
	vcstandard "backpack/vc/standard"
	"backpack/wallet/inspect"
)

// A standard verifies and signs.
type standard struct {
	verifier *vc.Verifier
	suite    vc.SigningSuite
	suites   []vc.SigningSuite
	contexts inspect.Contexts
	fetcher  vc.Fetcher
}

// sharedSamples draws and signs the sample badges once per test process: their bytes
// do not depend on the time. They must not be changed.
var sharedSamples = sync.OnceValues(func() (*sample.Samples, error) {
	return sample.New(sample.Config{Now: func() time.Time { return time.Time{} }})
})

// Samples returns the built-in sample badges, which must not be changed.
func Samples() ([]sample.File, error) {
	s, err := sharedSamples()
	if err != nil {
		return nil, err
	}
	return s.Files()
}

// newStandard returns the product's verifier and suite over the in-memory web with the
// built-in sample issuer. Only the samples are shared: a verifier caches what it
// fetched.
func newStandard(t testing.TB, web vc.Fetcher, clock *Clock, known *registry.Set) standard {
	t.Helper()
	samples, err := sharedSamples()
	if err != nil {
		t.Fatal(err)
	}
	fetcher := kept.Recording(&dated{clock, samples.Web(web)})
	std, err := vcstandard.New(vcstandard.Config{Fetch: fetcher, Now: clock.Now, Registry: known, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	return standard{verifier: std.Verifier, suite: std.Signing, suites: std.Suites, contexts: std.Engine, fetcher: fetcher}
}

// dated sets the clock's time in answers of the shared samples, which have none.
type dated struct {
	clock *Clock
	next  vc.Fetcher
}

// Fetch implements vc.Fetcher.
func (d *dated) Fetch(ctx context.Context, req vc.FetchRequest) (*vc.Resource, error) {
	res, err := d.next.Fetch(ctx, req)
	if err != nil || !res.FetchedAt.IsZero() {
		return res, err
	}
	res.FetchedAt = d.clock.Now()
	if !res.Expires.IsZero() { // the zero time plus the lifetime
		res.Expires = res.FetchedAt.Add(res.Expires.Sub(time.Time{}))
	}
	return res, nil
}

// Replay is the Replay of a inspect.Checker.
func Replay(list []kept.Material, at time.Time) (*inspect.Checker, error) {
	fetcher := kept.Replay(list)
	std, err := vcstandard.New(vcstandard.Config{Fetch: fetcher, Now: func() time.Time { return at }})
	if err != nil {
		return nil, err
	}
	return &inspect.Checker{Verifier: std.Verifier, Fetcher: fetcher, Contexts: std.Engine}, nil
}
