package wallet_test

import (
	"encoding/base64"
	"errors"
	"math/rand/v2"
	"testing"

	"backpack/wallet"
	"backpack/wallet/wallettest"
)

// TestThreat15Guesses compares a million guessed share tokens with the stored
// hashes, as a thief of the store could, and tries some of them at the service:
// none is right, and every answer is the same.
func TestThreat15Guesses(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a, entry, s := newShare(t, e, wallet.ShareRequest{})
	lookups := map[string]bool{e.Sealer.Lookup("share", s.Token): true}
	for range 20 {
		more, err := e.CreateShare(t.Context(), a, wallet.ShareRequest{Entries: []string{entry.ID}})
		if err != nil {
			t.Fatal(err)
		}
		lookups[e.Sealer.Lookup("share", more.Token)] = true
	}
	raw, err := base64.RawURLEncoding.DecodeString(s.Token)
	if err != nil || len(raw)*8 < 128 {
		t.Fatalf("a token of %d bits: %v", len(raw)*8, err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	guess := func() string {
		for i := range raw {
			raw[i] = byte(r.Uint32())
		}
		return base64.RawURLEncoding.EncodeToString(raw)
	}
	for range 1_000_000 {
		if token := guess(); lookups[e.Sealer.Lookup("share", token)] {
			t.Fatalf("%s was guessed", token)
		}
	}
	for range 2_000 {
		_, err := e.OpenShare(t.Context(), guess(), wallet.OpenShareOptions{})
		var gone *wallet.Error
		if !errors.As(err, &gone) || gone.Code != "share_gone" {
			t.Fatalf("a guess is answered with %v", err)
		}
	}
	if v := opened(t, e, s, wallet.OpenShareOptions{}); v == nil {
		t.Error("the right token opens nothing")
	}
}
