package wallet_test

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
	"backpack/wallet/wallettest"
)

// TestExamineKept asserts that the reference counts of check material stay
// correct while badges are added, rechecked and removed; that planted errors
// are found in both stores, and repaired where nothing is lost. The Sealer is a
// fresh one with a first key other than the store's, as during a rotation of
// the master key.
func TestExamineKept(t *testing.T) {
	onBoth(t, wallet.Limits{}, func(t *testing.T, e *wallettest.Env) {
		a := e.Learner(t, "Alma").ID
		i := webIssuer(t)
		one, two, three := i.Issue(t, inList(false)), i.Issue(t, inList(false), vctest.With("id", "urn:x:2")), i.Issue(t, inList(false), vctest.With("id", "urn:x:3"))
		publish(t, e, i, webDoc, bitsList)
		entries := kept(t, e, a, text(one), text(two))
		imported(t, e, a, text(three)) // and not decided
		if err := e.Remove(t.Context(), a, entries[1].ID); err != nil {
			t.Fatal(err)
		}
		other := make([]byte, vault.MasterKeySize)
		s, err := vault.NewSealer(other, rand.Reader, e.Master)
		if err != nil {
			t.Fatal(err)
		}
		store := e.Config.Store
		found := func() (whys []string, flaws []wallet.Flaw) {
			flaws, err := wallet.Examine(t.Context(), store, s, func(int) {})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range flaws {
				whys = append(whys, string(f.Why))
			}
			return whys, flaws
		}
		if whys, _ := found(); len(whys) > 0 {
			t.Fatalf("a healthy backpack: %v", whys)
		}
		var counts, blobs []storage.Key
		eachRecord(t, store, func(r *storage.Record) {
			switch {
			case r.Kind == storage.KindKept && strings.HasPrefix(r.ID, "n/"):
				counts = append(counts, r.Key)
			case r.Kind == storage.KindKept && strings.HasPrefix(r.ID, "b/"):
				blobs = append(blobs, r.Key)
			}
		})
		if len(blobs) < 2 || len(counts) != len(blobs) {
			t.Fatalf("%d counts of %d", len(counts), len(blobs))
		}
		err = store.Update(t.Context(), func(tx storage.Tx) error {
			return errors.Join(tx.Delete(counts[0]), tx.Delete(blobs[1]),
				tx.Create(&storage.Record{Key: storage.Key{Account: a, Kind: storage.KindKept, ID: "b/nobody"}, Data: []byte("x")}))
		})
		if err != nil {
			t.Fatal(err)
		}
		whys, flaws := found()
		if len(whys) != 3 {
			t.Errorf("found %q", whys)
		}
		if n, err := wallet.Mend(t.Context(), store, s, flaws); err != nil || n != 2 {
			t.Errorf("%d repaired, %v", n, err)
		}
		if whys, _ := found(); len(whys) != 1 || whys[0] != "stored check material is missing" {
			t.Errorf("remaining: %q", whys)
		}
		if err := e.Remove(t.Context(), a, entries[0].ID); err != nil { // lowers the repaired count
			t.Error(err)
		}
		if whys, _ := found(); len(whys) > 1 {
			t.Errorf("at the end %q", whys)
		}
	})
}
