package wallet_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/bolt"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

// TestThreat36ForgedArchiveProvesNothing imports modified archives. Files that
// differ from the manifest are reported; with a forged manifest, nothing in the
// archive counts as this service's own result.
func TestThreat36ForgedArchiveProvesNothing(t *testing.T) {
	t.Parallel()
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := webIssuer(t)
	publish(t, e, i, webDoc, bitsList)
	e.Web.Put(bitsList, "application/vc", i.List(t, "revocation"))
	for n := range 3 {
		kept(t, e, a, text(i.Issue(t, inList(false), vctest.With("id", fmt.Sprint("https://issuer.example/", n)))))
		e.Clock.Advance(time.Minute)
	}
	whole := archived(t, e, a)
	e.Web.Remove(webDoc)
	e.Web.Remove(bitsList)
	e.Clock.Advance(8 * 24 * time.Hour)
	bring := func(file []byte) (problems, believed, badges int) {
		t.Helper()
		for _, it := range imported(t, e, e.Learner(t, "Bela").ID, inspect.Input{Name: "archive.zip", Bytes: file}).Items {
			switch {
			case it.Problem == string(wallet.ProblemArchive):
				problems++
			case it.Entry == nil:
				t.Errorf("problem %s", it.Problem)
			default:
				if badges++; it.Entry.LastGood != nil || len(it.Entry.History) > 0 {
					believed++
				}
			}
		}
		return problems, believed, badges
	}
	forge := func(name string, b []byte) []byte {
		if path.Base(name) == "about.json" {
			b = bytes.Replace(b, []byte(`"Note": ""`), []byte(`"Note": "", `+
				`"LastGood": {"at": "2026-11-23T12:00:00Z", "why": "silent"}, `+
				`"History": [{"At": "2026-11-23T12:00:00Z", "From": "valid", "To": "invalid"}]`),
				1)
		}
		return b
	}
	for name, x := range map[string]struct {
		file                       []byte
		problems, believed, badges int
	}{
		"unchanged":          {whole, 0, 3, 3},
		"in a folder":        {repack(t, whole, "backpack-2026/", func(_ string, b []byte) []byte { return b }), 0, 3, 3},
		"a note is changed":  {repack(t, whole, "", func(n string, b []byte) []byte { return changed(n, "0001-", "about.json", b, append(b, ' ')) }), 1, 2, 2},
		"a badge is missing": {repack(t, whole, "", func(n string, b []byte) []byte { return changed(n, "0002-", "badge.json", b, nil) }), 1, 2, 2},
		"a later version": {repack(t, whole, "", func(n string, b []byte) []byte {
			return changed(n, "", "manifest.json", b, bytes.Replace(b, []byte(`"version": 2`), []byte(`"version": 3`), 1))
		}), 1, 0, 0},
		"another's seal": {repack(t, whole, "", func(n string, b []byte) []byte {
			return changed(n, "", "manifest.seal", b, bytes.Repeat([]byte("a"), len(b)))
		}), 0, 0, 3},
		"manifest forged": {fitManifest(t, repack(t, whole, "", forge)), 0, 0, 3},
	} {
		if problems, believed, badges := bring(x.file); problems != x.problems || believed != x.believed || badges != x.badges {
			t.Errorf("%s: %d problems, %d of %d badges have a last good check; want %d, %d of %d", name, problems, believed, badges, x.problems, x.believed, x.badges)
		}
	}
}

// changed returns now for the named file in the folder, otherwise b.
func changed(name, folder, base string, b, now []byte) []byte {
	if strings.Contains(name, folder) && path.Base(name) == base {
		return now
	}
	return b
}

// fitManifest rewrites the manifest of an archive to match its content.
func fitManifest(t *testing.T, b []byte) []byte {
	t.Helper()
	files := unzipped(t, b)
	var m map[string]any
	if err := json.Unmarshal(files["manifest.json"], &m); err != nil {
		t.Fatal(err)
	}
	for _, f := range m["files"].([]any) {
		f := f.(map[string]any)
		sum := sha256.Sum256(files[f["name"].(string)])
		f["sha256"] = hex.EncodeToString(sum[:])
	}
	now, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return repack(t, b, "", func(name string, b []byte) []byte { return changed(name, "", "manifest.json", b, now) })
}

// itself returns options for a service with the identity of e: the same keys
// and secrets, but an empty store and an empty cache.
func itself(t *testing.T, e *wallettest.Env) wallettest.Options {
	t.Helper()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "itself.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	var own []*storage.Record
	err = e.Store.View(t.Context(), func(tx storage.Tx) error {
		meta, metaErr := tx.List("", storage.KindMeta, "", 100)
		keys, keysErr := tx.List("", storage.KindKey, "", 100)
		own = append(meta, keys...)
		return errors.Join(metaErr, keysErr)
	})
	if err == nil {
		err = store.Update(t.Context(), func(tx storage.Tx) error {
			for _, r := range own {
				if err := tx.Restore(r); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return wallettest.Options{Master: e.Master, Store: store}
}
