package wallet_test

import (
	"bytes"
	"cmp"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"backpack/wallet"
	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

// TestArchiveHoldsKinds looks in an archive for the content of every kind that
// storage.Kinds calls archived. A new archived kind needs a probe here.
func TestArchiveHoldsKinds(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma Example").ID
	e.Prove(t, a, "alma@example.org")
	badge := kept(t, e, a, sampleNamed(t, e, "museum-guide.png"))[0]
	if _, err := e.CreateShare(t.Context(), a, wallet.ShareRequest{Entries: []string{badge.ID}, Title: "For a job"}); err != nil {
		t.Fatal(err)
	}
	files := exported(t, e, a, page)
	account := string(files["backpack.json"])
	file := func(want string) bool {
		return slices.ContainsFunc(slices.Collect(maps.Keys(files)), func(name string) bool { return strings.HasPrefix(path.Base(name), want) })
	}
	probes := map[storage.Kind]bool{
		storage.KindAccount: strings.Contains(account, "Alma Example"),
		storage.KindLogin:   strings.Contains(account, "alma@example.org"),
		storage.KindShare:   strings.Contains(account, "For a job"),
		storage.KindEvent:   strings.Contains(account, "share_created"),
		storage.KindEntry:   file("about.json"),
		storage.KindImage:   file("picture."),
		storage.KindKept:    file("evidence.zip"),
		storage.KindBody: slices.ContainsFunc(slices.Collect(maps.Values(files)), func(b []byte) bool {
			return bytes.Equal(b, bodyOf(t, e, a, badge.ID).Raw)
		}),
	}
	for _, role := range storage.Kinds {
		if holds, probed := probes[role.Kind]; role.Archived != probed || role.Archived != holds {
			t.Errorf("%s: archived is %v; probed %v, found %v", role.Kind, role.Archived, probed, holds)
		}
	}
}

// TestExamineCoversKinds removes an account's records of one kind, or adds a
// stray one, and asserts that the doctor reports it for exactly the kinds that
// storage.Kinds calls examined.
func TestExamineCoversKinds(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := e.Learner(t, "Canary Nightingale")
	records := everything(t, e, e.Store, l).records
	if flaws := flawsOf(t, e, e.Sealer); len(flaws) > 0 {
		t.Fatalf("a healthy backpack has flaws: %v", flaws)
	}
	change := func(fn func(tx storage.Tx) error) {
		t.Helper()
		if err := e.Store.Update(t.Context(), fn); err != nil {
			t.Fatal(err)
		}
	}
	ids := map[storage.Kind]string{storage.KindJob: "check/stray", storage.KindItem: "stray/000001"}
	for _, role := range storage.Kinds {
		if !role.Personal {
			continue
		}
		stray := &storage.Record{Key: storage.Key{Account: l.ID, Kind: role.Kind, ID: cmp.Or(ids[role.Kind], "stray")}, Data: []byte("{}")}
		change(func(tx storage.Tx) error { return tx.Create(stray) })
		reported := len(flawsOf(t, e, e.Sealer)) > 0
		change(func(tx storage.Tx) error { return tx.Delete(stray.Key) })
		each := func(fn func(tx storage.Tx, r *storage.Record) error) {
			change(func(tx storage.Tx) (err error) {
				for _, r := range records {
					if r.Kind == role.Kind {
						err = errors.Join(err, fn(tx, r))
					}
				}
				return err
			})
		}
		each(func(tx storage.Tx, r *storage.Record) error { return tx.Delete(r.Key) })
		reported = len(flawsOf(t, e, e.Sealer)) > 0 || reported
		each(func(tx storage.Tx, r *storage.Record) error { return tx.Restore(r) })
		if reported != role.Examined {
			t.Errorf("%s: examined is %v, reported %v", role.Kind, role.Examined, reported)
		}
	}
}
