package wallet_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"path"
	"strings"
	"testing"
	"time"
	"unicode"

	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

func page(name string, _ time.Time, badges []wallet.ExportedBadge) ([]byte, error) {
	return []byte(name + strings.Repeat("*", len(badges))), nil
}

// exported returns the files of an account's export.
func exported(t testing.TB, e *wallettest.Env, a storage.AccountID, p wallet.ExportPage) map[string][]byte {
	t.Helper()
	var out bytes.Buffer
	if err := e.Export(t.Context(), a, p, &out); err != nil {
		t.Fatal(err)
	}
	return unzipped(t, out.Bytes())
}

func TestExport(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma Example").ID
	e.Prove(t, a, "alma@example.org")
	entries, err := e.AddSamples(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	s, err := e.CreateShare(t.Context(), a, wallet.ShareRequest{Entries: []string{entries[0].ID}, Title: "For a job"})
	if err != nil {
		t.Fatal(err)
	}
	var shown []wallet.ExportedBadge
	files := exported(t, e, a, func(name string, at time.Time, badges []wallet.ExportedBadge) ([]byte, error) {
		shown = badges
		return page(name, at, badges)
	})
	if got := string(files["index.html"]); got != "Alma Example**********" {
		t.Errorf("index page %q", got)
	}
	for _, b := range shown {
		body := bodyOf(t, e, a, b.Entry.ID)
		found := map[string]bool{}
		for _, name := range append(b.Files, b.Picture) {
			content := files[path.Join(b.Folder, name)]
			found["raw"] = found["raw"] || bytes.Equal(content, body.Raw)
			found["file"] = found["file"] || bytes.Equal(content, body.File)
			if content == nil && (name != "" || genuine(b.Entry.Verdict)) {
				t.Errorf("%s: the page names %q, which is not there", b.Folder, name)
			}
		}
		if !found["raw"] || body.File != nil && !found["file"] {
			t.Errorf("%s has no original, only %v", b.Folder, b.Files)
		}
	}
	for _, f := range samples(t, e) {
		n := 0
		for _, content := range files {
			if string(content) == string(f.Bytes) || string(content) == strings.TrimSpace(string(f.Bytes)) {
				n++
			}
		}
		if n == 0 {
			t.Errorf("%s is not in the export unchanged", f.Name)
		}
	}
	account := string(files["backpack.json"])
	for _, want := range []string{"Alma Example", "alma@example.org", "For a job", "share_created"} {
		if !strings.Contains(account, want) {
			t.Errorf("backpack.json does not contain %q", want)
		}
	}
	for name, content := range files {
		if bytes.Contains(content, []byte(s.Token)) {
			t.Errorf("%s contains the secret of a share", name)
		}
	}
	// Importing the export into another backpack restores all badges.
	var whole bytes.Buffer
	if err := e.Export(t.Context(), a, page, &whole); err != nil {
		t.Fatal(err)
	}
	b := e.Learner(t, "Bela").ID
	kept(t, e, b, inspect.Input{Name: "backpack.zip", Bytes: whole.Bytes()})
	titles := map[string]bool{}
	for _, entry := range list(t, e, b) {
		titles[entry.Title] = true
	}
	for _, entry := range entries {
		if !titles[entry.Summary.Title] {
			t.Errorf("%s was not restored", entry.Summary.Title)
		}
	}
}

// TestExportNames imports files with names and titles that would escape the
// folder.
func TestExportNames(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := issuer(t, e)
	png := sampleNamed(t, e, "museum-guide.png").Bytes
	kept(t, e, a, inspect.Input{Name: `..\..\/etc/about.json`, Bytes: png})
	for n, title := range []string{"../../../evil", `C:\evil`, "/", "..", "CON", "a\x00b", "äöü", strings.Repeat("x/", 200), ""} {
		kept(t, e, a, inspect.Input{Name: "../badge.json", Bytes: i.Issue(t, vctest.With("id", "https://issuer.example/"+string(rune('a'+n))),
			vctest.With("credentialSubject.achievement.name", title))})
	}
	for name := range exported(t, e, a, page) {
		dir, file := path.Split(name)
		odd := strings.IndexFunc(name, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-./", r)
		})
		safe := odd < 0 && !strings.Contains(name, "..")
		if !safe || path.Clean(name) != name || strings.HasPrefix(name, "/") || len(name) > 100 || strings.HasPrefix(file, ".") || strings.Count(dir, "/") > 2 {
			t.Errorf("file %q", name)
		}
	}
	var about struct{ FileName string }
	for name, content := range exported(t, e, a, page) {
		if strings.HasSuffix(name, "museum-guide-for-a-day/about.json") {
			if err := json.Unmarshal(content, &about); err != nil {
				t.Fatal(err)
			}
		}
	}
	if about.FileName != "about.json" {
		t.Errorf("file name %q", about.FileName)
	}
}

// TestDeletedBadgesLeaveNothing deletes an account with badges, shares and an
// unfinished import: no record of any kind remains.
func TestDeletedBadgesLeaveNothing(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	entries, err := e.AddSamples(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.CreateShare(t.Context(), a, wallet.ShareRequest{Entries: []string{entries[0].ID}}); err != nil {
		t.Fatal(err)
	}
	imported(t, e, a, e.Samples...)
	if err := e.DeleteAccount(t.Context(), a, "Alma"); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(records(t, e), string(a)) {
		t.Error("the store still knows the account")
	}
	if err := e.Open(t); err != nil {
		t.Fatal(err)
	}
	if n, err := e.RunDue(t.Context(), 100); err != nil || n != 1 { // the job that overwrites free pages
		t.Errorf("%d jobs are due at once, %v", n, err)
	}
	e.Clock.Advance(30 * 24 * time.Hour)
	if n, err := e.RunDue(t.Context(), 100); err != nil || n != 0 {
		t.Errorf("%d jobs are due, %v", n, err)
	}
}

// TestNoBadgeInPlainText searches the data file for plain text (threat 25).
func TestNoBadgeInPlainText(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma Nightingale").ID
	e.Prove(t, a, "alma.nightingale@example.org")
	entries := kept(t, e, a, e.Samples...)
	if err := e.SetNote(t.Context(), a, entries[0].ID, "a note of mine"); err != nil {
		t.Fatal(err)
	}
	imported(t, e, a, e.Samples...)
	if _, err := e.Recheck(t.Context(), a, entries[0].ID); err != nil {
		t.Fatal(err)
	}
	secrets := []string{"Alma Nightingale", "alma.nightingale@example.org", "a note of mine", "samples.backpack.invalid",
		"openbadge", "OpenBadgeCredential", "\x89PNG", "<svg"}
	for _, entry := range entries {
		secrets = append(secrets, entry.Summary.Title, entry.Summary.Issuer)
		if entry.Summary.Description != "" {
			secrets = append(secrets, entry.Summary.Description[:20])
		}
	}
	e.Store.Close()
	data, err := os.ReadFile(e.Path)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range secrets {
		for shift := range 3 { // its base64 at each offset within a group of three
			plain := []byte(s)[min(shift, len(s)):]
			encoded := base64.RawStdEncoding.EncodeToString(plain[:len(plain)/3*3])
			if bytes.Contains(data, []byte(s)) || len(encoded) >= 8 && bytes.Contains(data, []byte(encoded)) {
				t.Errorf("%q is in the data file", s)
			}
		}
	}
	if !bytes.Contains(data, []byte(string(a))) {
		t.Error("the search proves nothing")
	}
}
