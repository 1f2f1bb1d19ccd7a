package wallet_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/bake"
	keptfile "backpack/vc/kept"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

// archived returns the archive of an account.
func archived(t testing.TB, e *wallettest.Env, a storage.AccountID) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := e.Export(t.Context(), a, page, &out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// fillBackpack fills a backpack with several weeks of use: badges of every
// version, a refreshed one, one with a status list, notes and shares.
func fillBackpack(t *testing.T, e *wallettest.Env, a storage.AccountID) {
	t.Helper()
	i := webIssuer(t)
	publish(t, e, i, webDoc, bitsList)
	e.Web.Put(bitsList, "application/vc", i.List(t, "revocation"))
	const service = "https://issuer.example/refresh/1"
	refresh := vctest.With("refreshService", vctest.Object{"id": service, "type": "1EdTechCredentialRefresh"})
	newer := func(from string) {
		e.Web.Put(service, "application/vc", i.Issue(t, refresh, vctest.With("validFrom", from)))
	}
	kept(t, e, a, text(i.Issue(t, inList(false), vctest.With("credentialSubject.achievement.name", "Listed"))))
	e.Clock.Advance(26 * time.Hour)
	var some []inspect.Input // of each version, baked and plain
	for n := 0; n < len(e.Samples); n += 2 {
		some = append(some, e.Samples[n])
	}
	all := kept(t, e, a, some...)
	e.Clock.Advance(time.Hour)
	refreshed := kept(t, e, a, text(i.Issue(t, refresh)))[0]
	for _, from := range []string{"2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"} {
		newer(from)
		e.Clock.Advance(30 * time.Hour)
		if _, err := e.Recheck(t.Context(), a, refreshed.ID); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.SetNote(t.Context(), a, all[2].ID, "Won in the rain — ask for “the bridge”."); err != nil {
		t.Fatal(err)
	}
	s, err := e.CreateShare(t.Context(), a, wallet.ShareRequest{Entries: []string{all[0].ID, all[1].ID}, Title: "For the bakery", Audience: "Marlow"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.OpenShare(t.Context(), s.Token, wallet.OpenShareOptions{}); err != nil {
		t.Fatal(err)
	}
}

// A keepsake holds every part of a badge that an archive must restore.
type keepsake struct {
	Title, Note, FileName, URL, Source string
	Added                              time.Time
	Verdict                            vc.Verdict
	Raw, File, Picture                 string
	Contexts                           map[string][]byte
	Evidence                           []string
	Held                               bool // whether a last good check is known
	ID                                 string
	Current, View, Versions, Record    string
	Keys, History                      int
}

// keepsakes returns the account's keepsakes in the order of the backpack.
func keepsakes(t *testing.T, e *wallettest.Env, a storage.AccountID) []keepsake {
	t.Helper()
	l, err := e.Entries(t.Context(), a, wallet.Query{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	var out []keepsake
	for _, listed := range l.Entries {
		badge, err := e.Badge(t.Context(), a, listed.ID)
		if err != nil {
			t.Fatal(err)
		}
		x, b := badge.Entry, badge.Body
		k := keepsake{ID: x.ID, Title: x.Summary.Title, Note: x.Note, FileName: b.FileName, URL: b.URL, Source: x.Source.Kind + " " + x.Source.Name,
			Added: x.AddedAt, Verdict: x.Verdict, Raw: string(b.Raw), File: string(b.File), Contexts: b.Contexts, Held: x.LastGood != nil,
			Current: string(b.Current), View: string(b.View), Record: string(b.Record), Keys: len(x.Keys), History: len(x.History)}
		for _, v := range b.Versions {
			k.Versions += v.At.String() + string(v.Raw)
		}
		if picture, _, err := e.Image(t.Context(), a, x.Summary.Image); err == nil {
			k.Picture = string(picture)
		}
		if file, err := e.Evidence(t.Context(), a, x.ID); err == nil {
			ev, err := keptfile.Read(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range ev.Badges[0].Material {
				k.Evidence = append(k.Evidence, fmt.Sprint(m.Role, " ", m.URL, " ", m.SHA256, " ", m.Omitted))
			}
		}
		out = append(out, k)
	}
	return out
}

// differences lists the fields in which keepsakes differ, except for the fields
// in but.
func differences(got, want []keepsake, but ...string) (out []string) {
	if len(got) != len(want) {
		return []string{fmt.Sprintf("%d badges instead of %d", len(got), len(want))}
	}
	for i := range want {
		g, w := reflect.ValueOf(got[i]), reflect.ValueOf(want[i])
		for f := range w.NumField() {
			name := w.Type().Field(f).Name
			if slices.Contains(but, name) || reflect.DeepEqual(g.Field(f).Interface(), w.Field(f).Interface()) {
				continue
			}
			out = append(out, fmt.Sprintf("%s: %s is %.200v instead of %.200v", want[i].Title, name, g.Field(f), w.Field(f)))
		}
	}
	return out
}

// TestThreat36ArchiveComesBackWhole exports a backpack, deletes it, and
// restores it: on the same service, on another one, and while no issuer
// answers.
func TestThreat36ArchiveComesBackWhole(t *testing.T) {
	t.Parallel()
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma Example").ID
	fillBackpack(t, e, a)
	want := keepsakes(t, e, a)
	whole := archived(t, e, a)
	var locked bytes.Buffer
	passphrase, err := e.SuggestPassphrase()
	if err != nil {
		t.Fatal(err)
	}
	if err := e.ExportLocked(t.Context(), a, page, &locked, 1, 1, passphrase); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(locked.Bytes(), []byte("badges/")) {
		t.Error("the locked archive reveals file names")
	}
	if err := e.DeleteAccount(t.Context(), a, "Alma Example"); err != nil {
		t.Fatal(err)
	}
	restore := func(t *testing.T, e *wallettest.Env, file []byte) storage.AccountID {
		t.Helper()
		b := e.Learner(t, "Alma Again").ID
		in, err := e.Unlock([]inspect.Input{{Name: "backpack.zip", Bytes: file}}, passphrase)
		if err != nil {
			t.Fatal(err)
		}
		e.Clock.Advance(time.Hour)
		if got := kept(t, e, b, in...); len(got) != len(want) {
			t.Fatalf("%d badges were restored, want %d", len(got), len(want))
		}
		return b
	}
	t.Run("the same service", func(t *testing.T) {
		b := restore(t, e, whole)
		for _, d := range differences(keepsakes(t, e, b), want) {
			t.Error(d)
		}
		// Shares are restored, but their links do not work.
		shares, err := e.Shares(t.Context(), b)
		if err != nil || len(shares) != 1 || shares[0].Title != "For the bakery" || shares[0].Audience != "Marlow" || len(shares[0].Entries) != 2 ||
			shares[0].Views != 1 || shares[0].Live(e.Clock.Now()) {
			t.Fatalf("shares %+v, %v", shares, err)
		}
		_, err = e.OpenShare(t.Context(), shares[0].Token, wallet.OpenShareOptions{})
		wallettest.Refused(t, err, wallet.Missing, "share_gone")
		if again := archived(t, e, b); len(again) < len(whole)/2 {
			t.Errorf("a second export has %d bytes, the first %d", len(again), len(whole))
		}
	})
	t.Run("another service", func(t *testing.T) {
		other := wallettest.New(t, wallettest.Options{Web: e.Web})
		other.Clock.Advance(e.Clock.Now().Sub(other.Clock.Now()))
		b := restore(t, other, locked.Bytes())
		// Each service signs its own records, and versions come from the issuer.
		for _, d := range differences(keepsakes(t, other, b), want, "Record", "Versions", "Keys", "History") {
			t.Error(d)
		}
	})
	t.Run("no issuer answers", func(t *testing.T) {
		for name, x := range map[string]struct {
			options wallettest.Options
			own     bool
		}{
			"the same service": {itself(t, e), true}, "another service": {wallettest.Options{}, false},
			"its key, a new store":  {wallettest.Options{Master: e.Master}, true},
			"its key, another name": {wallettest.Options{Master: e.Master, PublicURL: "https://other.example"}, false},
		} {
			own := x.own
			o := wallettest.New(t, x.options)
			o.Clock.Advance(e.Clock.Now().Sub(o.Clock.Now()))
			got := keepsakes(t, o, restore(t, o, whole))
			but := []string{"Verdict", "Held"}
			if !own {
				but = append(but, "Record", "Versions", "Keys", "History", "Current", "View", "Picture")
			} else if x.options.Store == nil {
				but = append(but, "Record") // the key that signed it is lost
			}
			for _, d := range differences(got, want, but...) {
				t.Errorf("%s: %s", name, d)
			}
			for i, k := range got {
				if listed := k.Title == "Listed"; listed && (k.Verdict != vc.Undetermined || k.Held != own) {
					t.Errorf("%s: %s is %s, has a last good check: %v", name, want[i].Title, k.Verdict, k.Held)
				}
			}
		}
	})
}

// TestThreat36ArchiveComesBackInParts exports a backpack in parts and imports
// them in another order: each part restores its badges at once, and all of them
// together restore the share.
func TestThreat36ArchiveComesBackInParts(t *testing.T) {
	t.Parallel()
	e := wallettest.New(t, wallettest.Options{Limits: wallet.Limits{PartBytes: 50_000}})
	a := e.Learner(t, "Alma").ID
	var ids []string
	for _, b := range kept(t, e, a, append(badgesOf(t, e, "part", 5, 60), badgesOf(t, e, "large", 2, 60_000)...)...) {
		ids = append(ids, b.ID)
	}
	if _, err := e.CreateShare(t.Context(), a, wallet.ShareRequest{Entries: ids}); err != nil {
		t.Fatal(err)
	}
	count, err := e.ExportParts(t.Context(), a)
	if err != nil || count < 2 {
		t.Fatalf("the export has %d parts, %v", count, err)
	}
	want := keepsakes(t, e, a)
	parts := make([][]byte, count)
	for n := range parts {
		var out bytes.Buffer
		if err := e.ExportPart(t.Context(), a, page, &out, n+1, count); err != nil {
			t.Fatal(err)
		}
		parts[n] = out.Bytes()
	}
	wallettest.Refused(t, e.ExportPart(t.Context(), a, page, io.Discard, count+1, count), wallet.Missing, "not_found")
	e.Clock.Advance(time.Minute)
	b := e.Learner(t, "Alma Again").ID
	n := 0
	for i := range parts {
		part := (i + count - 1) % count // starting with the last
		back := kept(t, e, b, inspect.Input{Name: "part.zip", Bytes: parts[part]})
		if n += len(back); len(list(t, e, b)) != n {
			t.Errorf("%d badges are restored, want %d", len(list(t, e, b)), n)
		}
	}
	for _, d := range differences(keepsakes(t, e, b), want) {
		t.Error(d)
	}
	if s, err := e.Shares(t.Context(), b); err != nil || len(s) != 1 || len(s[0].Entries) != 7 || s[0].Live(e.Clock.Now()) {
		t.Errorf("shares %+v, %v", s, err)
	}
}

// TestThreat36ArchiveSaysWhatIsInIt compares the manifest with the files, and
// opens the files with the readers of their formats.
func TestThreat36ArchiveSaysWhatIsInIt(t *testing.T) {
	t.Parallel()
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	fillBackpack(t, e, a)
	files := exported(t, e, a, page)
	var m struct {
		Format  string
		Version int
		Badges  []string
		Files   []struct {
			Name, SHA256 string
			Size         int
		}
	}
	if err := json.Unmarshal(files["manifest.json"], &m); err != nil || m.Format != "backpack-archive" || m.Version != 2 || len(m.Badges) != len(list(t, e, a)) {
		t.Fatalf("%v: %.300s", err, files["manifest.json"])
	}
	for _, f := range m.Files {
		if sum := sha256.Sum256(files[f.Name]); hex.EncodeToString(sum[:]) != f.SHA256 || f.Size != len(files[f.Name]) {
			t.Errorf("%s differs from its entry in the manifest", f.Name)
		}
		delete(files, f.Name)
	}
	if delete(files, "manifest.json"); len(files) != 1 || files["manifest.seal"] == nil {
		t.Errorf("the manifest does not name %d files", len(files)-1)
	}
	files = exported(t, e, a, page)
	for _, folder := range m.Badges {
		raw, baked := []byte(nil), []byte(nil)
		for name, b := range files {
			switch dir, base := path.Split(name); {
			case dir != folder+"/":
			case base == "badge.json" || base == "badge.jwt":
				raw = b
			case strings.HasPrefix(base, "original.") || strings.HasPrefix(base, "baked."):
				baked = b
			}
		}
		if found, err := bake.Extract(baked); baked != nil && (err != nil || len(found) != 1 || string(found[0].Text) != string(raw)) {
			t.Errorf("%s: the picture does not contain the badge: %v", folder, err)
		}
		if c := e.Checked(t, files[folder+"/receipt.json"]); c.Receipt == nil || c.Verdict != vc.Valid {
			t.Errorf("%s: no valid receipt", folder)
		}
		if ev := files[folder+"/evidence.zip"]; ev != nil && !keptfile.Is(ev) {
			t.Errorf("%s: the evidence file is not one", folder)
		}
	}
}

// unzipped returns the files of a ZIP archive.
func unzipped(t testing.TB, b []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name] != nil {
			t.Errorf("two files are called %s", f.Name)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// repack rewrites an archive with changed files; change returns nil to remove
// one.
func repack(t *testing.T, b []byte, prefix string, change func(name string, body []byte) []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, body := range unzipped(t, b) {
		if body = change(name, body); body == nil {
			continue
		}
		f, err := w.Create(prefix + name)
		if err != nil {
			t.Fatal(err)
		}
		f.Write(body)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
