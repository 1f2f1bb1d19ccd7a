package wallet_test

import (
	"archive/zip"
	"backpack/wallet/inspect"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"path"
	"testing"

	"backpack/vc"
	"backpack/vc/vctest"
	"backpack/wallet/wallettest"
)

// sealedZIP writes an archive with the service's own seal.
func sealedZIP(t testing.TB, e *wallettest.Env, folder string, files map[string][]byte) []byte {
	t.Helper()
	type file struct{ Name, SHA256 string }
	m := struct {
		Format  string   `json:"format"`
		Version int      `json:"version"`
		Badges  []string `json:"badges"`
		Files   []file   `json:"files"`
	}{"backpack-archive", 2, []string{folder}, nil}
	sum := func(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }
	for name, b := range files {
		m.Files = append(m.Files, file{name, sum(b)})
	}
	body, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	put := func(name string, b []byte) {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		f.Write(b)
	}
	for name, b := range files {
		put(name, b)
	}
	put("manifest.json", body)
	put("manifest.seal", []byte(e.Sealer.Lookup("archive", sum(body))))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// FuzzArchive imports archives that carry the service's seal, with arbitrary
// content for a badge and for the account.
func FuzzArchive(f *testing.F) {
	e := wallettest.New(f, wallettest.Options{})
	a := e.Learner(f, "Alma").ID
	badge := issuer(f, e).Issue(f, vctest.With("id", "https://issuer.example/1"))
	kept(f, e, a, text(badge))
	var about, account []byte
	for name, b := range exported(f, e, a, page) {
		switch path.Base(name) {
		case "about.json":
			about = b
		case "backpack.json":
			account = b
		}
	}
	f.Add(about, account)
	f.Add([]byte(`{"Entry":{"ID":"aaaaaaaaaaaaaaaaaaaaaaaaaa"},"Versions":["2026-01-01T00:00:00Z"]}`), []byte(`{"Shows":[null,{"ID":"","Entries":["x"]}]}`))
	f.Fuzz(func(t *testing.T, about, account []byte) {
		file := sealedZIP(t, e, "badges/1", map[string][]byte{"badges/1/about.json": about, "badges/1/badge.json": badge, "backpack.json": account})
		b := e.Learner(t, "Bela").ID
		id, err := e.StartImport(t.Context(), b, []inspect.Input{{Name: "a.zip", Bytes: file}})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.WorkImport(t.Context(), b, id); err != nil {
			t.Fatal(err)
		}
		imp, err := e.Import(t.Context(), b, id)
		if err != nil || len(imp.Items) != 1 {
			t.Fatalf("%+v, %v", imp, err)
		}
		got, err := e.Keep(t.Context(), b, id, []int{1})
		if err != nil || len(got) == 1 && got[0].Verdict != vc.Valid {
			t.Fatalf("%+v, %v", got, err)
		}
		if err := e.DeleteAccount(t.Context(), b, "Bela"); err != nil {
			t.Fatal(err)
		}
	})
}
