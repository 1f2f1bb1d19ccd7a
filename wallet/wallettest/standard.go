package wallettest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"backpack/vc"
)

// newStandard returns a verifier that knows no proofs and a suite that signs
// nothing.
func newStandard(t testing.TB, web *Web, clock *Clock) standard {
	t.Helper()
	v, err := vc.NewVerifier(vc.Config{Keys: noKeys{}, Fetch: web, Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	return standard{verifier: v, suite: noSuite{}, contexts: noContexts{}}
}

type noKeys struct{}

func (noKeys) ResolveKey(context.Context, vc.KeyRequest) (*vc.Key, error) {
	return nil, fmt.Errorf("no keys here: %w", vc.ErrUnreachable)
}

type noSuite struct{}

var errNoSuite = errors.New("no suite here")

func (noSuite) IDs() []string                                                  { return nil }
func (noSuite) Verify(context.Context, *vc.Document, *vc.Proof, *vc.Key) error { return errNoSuite }
func (noSuite) Sign(context.Context, []byte, vc.SignOptions, vc.Signer) ([]byte, error) {
	return nil, errNoSuite
}

type noContexts struct{}

func (noContexts) Known(string) bool                 { return false }
func (noContexts) CheckContext(string, []byte) error { return errNoSuite }
