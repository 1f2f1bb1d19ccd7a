package wallet_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"backpack/wallet"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
	"backpack/wallet/wallettest"
)

func flawsOf(t *testing.T, e *wallettest.Env, s *vault.Sealer) []wallet.Flaw {
	t.Helper()
	flaws, err := wallet.Examine(t.Context(), e.Store, s, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	return flaws
}

// TestExamine asserts that a backpack in use has no flaws, that each planted
// flaw is found, and that only useless records are deleted.
func TestExamine(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := e.Learner(t, "Ada")
	if _, err := e.AddSamples(t.Context(), l.ID); err != nil {
		t.Fatal(err)
	}
	if flaws := flawsOf(t, e, e.Sealer); len(flaws) > 0 {
		t.Fatalf("a healthy backpack: %v", flaws)
	}
	var entry, body, picture *storage.Record
	eachRecord(t, e.Store, func(r *storage.Record) {
		switch r.Kind {
		case storage.KindEntry:
			entry = r
		case storage.KindBody:
			if body == nil {
				body = r
			}
		case storage.KindImage:
			picture = r
		}
	})
	err := e.Store.Update(t.Context(), func(tx storage.Tx) error {
		record := func(a storage.AccountID, kind storage.Kind, id string) error {
			return tx.Create(&storage.Record{Key: storage.Key{Account: a, Kind: kind, ID: id}, Data: []byte("{}")})
		}
		return errors.Join(record(l.ID, storage.KindJob, "check/gone"), record(l.ID, storage.KindItem, "gone/000001"),
			record(l.ID, storage.KindImage, "unused"), record(l.ID, storage.KindBody, "unlisted"), record("ghost", storage.KindEvent, "1"),
			tx.Delete(body.Key), tx.Delete(picture.Key))
	})
	if err != nil {
		t.Fatal(err)
	}
	whys := func(flaws []wallet.Flaw) []string {
		var list []string
		for _, f := range flaws {
			list = append(list, fmt.Sprint(f.Kind, " ", f.Harmless, ": ", f.Why))
		}
		slices.Sort(list)
		return slices.Compact(list)
	}
	serious := []string{"body false: badge content without an entry", "entry false: the content of a badge is missing",
		"entry false: the picture of a badge is missing", "key false: the key of the account is missing, so its records cannot be read"}
	harmless := []string{"image true: a picture that belongs to no badge", "item true: an item of an import that no longer exists",
		"job true: a job for something that no longer exists"}
	flaws := flawsOf(t, e, e.Sealer)
	if got, want := whys(flaws), slices.Sorted(slices.Values(append(serious, harmless...))); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if n, err := wallet.Mend(t.Context(), e.Store, e.Sealer, flaws); err != nil || n != 3 {
		t.Errorf("%d deleted, %v", n, err)
	}
	if got := whys(flawsOf(t, e, e.Sealer)); !slices.Equal(got, serious) {
		t.Errorf("remaining:\n%s", strings.Join(got, "\n"))
	}

	err = e.Store.Update(t.Context(), func(tx storage.Tx) error {
		r, err := tx.Get(entry.Key)
		if err != nil {
			return err
		}
		r.Data[len(r.Data)-1] ^= 1
		return tx.Update(r)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(whys(flawsOf(t, e, e.Sealer)), "\n"); !strings.Contains(got, "a record does not open with its key") ||
		strings.Contains(got, "belongs to no badge") {
		t.Errorf("an unreadable entry: %s", got)
	}
	if got := strings.Join(whys(flawsOf(t, e, nil)), "\n"); strings.Contains(got, "does not open") {
		t.Errorf("without the master key: %s", got)
	}
}
