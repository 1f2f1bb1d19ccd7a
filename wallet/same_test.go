package wallet_test

import (
	"bytes"
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/vctest"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

// TestSameBadge imports one badge in seven serialisations: the one
// in a picture is kept, and each of the others is then recognised as kept.
func TestSameBadge(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	var in []inspect.Input
	for _, name := range []string{"a.json", "b-minified.json", "c-reordered.json", "g-presentation.json", "i-unicode-escapes.json", "d.png", "e.png"} {
		in = append(in, inspect.Input{Name: name, Bytes: vctest.CaseFile(t, "reports/same-badge-other-writing/"+name)})
	}
	imp := imported(t, e, a, in...)
	for _, it := range imp.Items {
		if rich := it.Name == "d.png"; it.Entry == nil || rich != (it.Same == 0) {
			t.Errorf("%s: same as %d, %s", it.Name, it.Same, it.Problem)
		}
	}
	entries, err := e.Keep(t.Context(), a, imp.ID, numbers(imp))
	if err != nil || len(entries) != 1 {
		t.Fatalf("kept %d, %v", len(entries), err)
	}
	for _, it := range imported(t, e, a, in...).Items {
		if it.Duplicate != entries[0].ID {
			t.Errorf("%s is not recognised as kept", it.Name)
		}
	}
	// An altered badge is not recognised as the kept one.
	forged := strings.Replace(string(in[0].Bytes), `"Twin"`, `"Other"`, 1)
	if it := imported(t, e, a, text([]byte(forged))).Items[0]; it.Duplicate != "" || it.Same != 0 {
		t.Error("a forgery is taken for the badge")
	}
}

// TestSameAfterRecheck starts with a badge stored when badges were identified by
// their bytes alone: after the next check, another serialisation of it is
// recognised.
func TestSameAfterRecheck(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	badge := issuer(t, e).Issue(t)
	entry := kept(t, e, a, text(badge))[0]
	err := e.Store.Update(t.Context(), func(tx storage.Tx) error {
		rec, err := tx.Get(storage.Key{Account: a, Kind: storage.KindEntry, ID: entry.ID})
		if err != nil {
			return err
		}
		if len(rec.Lookups) != 2 {
			t.Errorf("%d lookups", len(rec.Lookups))
		}
		rec.Lookups = rec.Lookups[1:] // the lookup by bytes
		return tx.Update(rec)
	})
	if err != nil {
		t.Fatal(err)
	}
	other := text(append([]byte(" "), bytes.ReplaceAll(badge, []byte(`":`), []byte(`" : `))...))
	if it := imported(t, e, a, other).Items[0]; it.Duplicate != "" {
		t.Error("another serialisation is recognised before a check")
	}
	for range 2 {
		if _, err := e.Recheck(t.Context(), a, entry.ID); err != nil {
			t.Fatal(err)
		}
		for _, in := range []inspect.Input{other, text(badge)} {
			if it := imported(t, e, a, in).Items[0]; it.Duplicate != entry.ID {
				t.Errorf("not recognised as kept: %+v", it)
			}
		}
	}
}

// TestSameKeptTwice starts with two serialisations of one badge, stored when
// they counted as two: both are still checked.
func TestSameKeptTwice(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := webIssuer(t)
	badge := i.Issue(t)
	writings := []inspect.Input{text(badge), text(bytes.ReplaceAll(badge, []byte(`"Baker"`), []byte(`"Bake\u0072"`)))}
	var ids []string
	for n, in := range writings {
		entry := kept(t, e, a, in)
		if len(entry) != 1 {
			t.Fatalf("kept %d", len(entry))
		}
		ids = append(ids, entry[0].ID)
		err := e.Store.Update(t.Context(), func(tx storage.Tx) error { // as if identified by its bytes alone
			rec, err := tx.Get(storage.Key{Account: a, Kind: storage.KindEntry, ID: ids[n]})
			if err == nil {
				rec.Lookups = rec.Lookups[1:]
				err = tx.Update(rec)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	publish(t, e, i, webDoc)
	for _, id := range append(ids, ids...) {
		if got, err := e.Recheck(t.Context(), a, id); err != nil || got.Verdict != vc.Valid {
			t.Errorf("%+v, %v", got, err)
		}
	}
}

// TestPictureOverHTTPS asserts that a picture named by an http URL is requested
// over https.
func TestPictureOverHTTPS(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	e.Clock.Advance(30 * day) // past the badge's issue date
	a := e.Learner(t, "Alma").ID
	e.Web.Put("https://cdn.example/a.png", "image/png", vctest.CaseFile(t, "reports/http-picture/small.png"))
	imp := imported(t, e, a, text(vctest.CaseFile(t, "reports/http-picture/http-url.json")))
	if imp.Items[0].Entry == nil || imp.Items[0].Entry.Summary.Image == "" {
		t.Errorf("no picture: %+v", imp.Items[0])
	}
}

// TestExportOfAnother imports the export of another backpack: each badge
// appears once, all other files share one item, and nothing is requested.
func TestExportOfAnother(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	imp := imported(t, e, a, inspect.Input{Name: "export.zip", Bytes: vctest.CaseFile(t, "reports/foreign-export-zip/export.zip")})
	keep, other := 0, 0
	for _, it := range imp.Items {
		switch {
		case it.Problem != "":
			other++
		case it.Same == 0:
			keep++
		}
	}
	if keep != 13 || other != 1 || imp.Items[len(imp.Items)-1].Problem != "left_aside" {
		t.Errorf("%d badges, %d other items", keep, other)
	}
	for _, v := range e.Web.Visits() {
		t.Errorf("%s was requested", v.URL)
	}
}

// TestHTMLTexts asserts that names and descriptions become plain text.
func TestHTMLTexts(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	s := imported(t, e, a, text(vctest.CaseFile(t, "reports/html-in-texts/entities.json"))).Items[0].Entry.Summary
	if s.Title != "Research & Development – Café" || s.Description != "Learn archives & more\n\n- one\n- two" {
		t.Errorf("%q: %q", s.Title, s.Description)
	}
	s = imported(t, e, a, text(vctest.CaseFile(t, "reports/description-lines/markdown.json"))).Items[0].Entry.Summary
	if s.Description != "First line\nSecond line\n\nNew paragraph with *stars*" {
		t.Errorf("description %q", s.Description)
	}
	s = imported(t, e, a, text(vctest.CaseFile(t, "reports/never-by-trying-again/v10-localhost.json"))).Items[0].Entry.Summary
	if s.Title != "" {
		t.Errorf("title %q", s.Title)
	}
}
