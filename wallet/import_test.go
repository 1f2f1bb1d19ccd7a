package wallet_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	qrcode "github.com/skip2/go-qrcode"

	"backpack/vc"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

// genuine reports whether a sample's signature is valid, in any current status.
func genuine(v vc.Verdict) bool { return v != vc.Undetermined && v != vc.Invalid }

// TestImportSamples imports each sample alone: its form is recognised, nothing
// is stored before Keep, and Keep stores the input byte for byte.
func TestImportSamples(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	for _, f := range samples(t, e) {
		t.Run(f.Name, func(t *testing.T) {
			a := e.Learner(t, "Alma").ID
			imp := imported(t, e, a, inspect.Input{Name: f.Name, Bytes: f.Bytes})
			if len(imp.Items) != 1 || imp.Items[0].Entry == nil {
				t.Fatalf("items %+v", imp.Items)
			}
			it := imp.Items[0]
			if it.Entry.Verdict != f.State || it.Entry.Summary.Title != f.Title {
				t.Errorf("%s %q, want %s %q; checks %+v", it.Entry.Verdict, it.Entry.Summary.Title, f.State, f.Title, it.Entry.Report.Checks)
			}
			if !it.Entry.Summary.Sample || it.Entry.Summary.Issuer == "" || it.Entry.Summary.AwardedAt.IsZero() {
				t.Errorf("summary %+v", it.Entry.Summary)
			}
			if genuine(f.State) { // no picture is fetched for a forged badge
				if body, mediaType, err := e.ImportImage(t.Context(), a, imp.ID, 1); err != nil || len(body) == 0 || mediaType == "" {
					t.Errorf("picture: %d bytes, %q, %v", len(body), mediaType, err)
				}
			}
			if n := len(list(t, e, a)) + count(t, e, a, storage.KindBody) + count(t, e, a, storage.KindImage); n != 0 {
				t.Errorf("%d records were stored before Keep", n)
			}
			entries, err := e.Keep(t.Context(), a, imp.ID, []int{1})
			if err != nil || len(entries) != 1 {
				t.Fatalf("keep: %d, %v", len(entries), err)
			}
			b, err := e.Badge(t.Context(), a, entries[0].ID)
			if err != nil {
				t.Fatal(err)
			}
			if original := b.Body.File; string(original) != string(f.Bytes) && string(b.Body.Raw) != strings.TrimSpace(string(f.Bytes)) {
				t.Error("the stored file differs from the imported one")
			}
			if count(t, e, a, storage.KindImport)+count(t, e, a, storage.KindItem) != 0 {
				t.Error("records of the import remain")
			}
		})
	}
}

func TestKeepChosen(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	imp := imported(t, e, a, e.Samples...)
	entries, err := e.Keep(t.Context(), a, imp.ID, []int{3, 1, 3, 99, -1})
	if err != nil || len(entries) != 2 {
		t.Fatalf("kept %d, %v", len(entries), err)
	}
	got := []string{entries[0].Summary.Title, entries[1].Summary.Title}
	if want := []string{imp.Items[0].Entry.Summary.Title, imp.Items[2].Entry.Summary.Title}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("kept %v, want %v", got, want)
	}
	if ev := eventOf(t, e, a, "imported"); ev == nil || ev.Text != "2" {
		t.Errorf("event %+v", ev)
	}
	_, err = e.Keep(t.Context(), a, imp.ID, []int{2})
	wallettest.Refused(t, err, wallet.Missing, "import_gone")
}

func TestImportZIP(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	files := map[string][]byte{}
	for _, f := range samples(t, e) {
		files["badges/"+f.Name] = f.Bytes
	}
	entries := kept(t, e, a, inspect.Input{Name: "all.zip", Bytes: zipped(t, files)})
	if len(entries) != len(files) {
		t.Fatalf("kept %d of %d", len(entries), len(files))
	}
	for _, s := range samples(t, e) {
		n := 0
		for _, entry := range entries {
			if entry.Summary.Title == s.Title && entry.Verdict == s.State {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s is in the backpack %d times", s.Title, n)
		}
	}
}

func TestDuplicates(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	guide := sampleNamed(t, e, "museum-guide.png")
	first := kept(t, e, a, guide, sampleNamed(t, e, "oral-history-interviewer.jwt"))
	address := bodyOf(t, e, a, first[0].ID).URL
	other := issuer(t, e).Issue(t)
	imp := imported(t, e, a,
		sampleNamed(t, e, "oral-history-interviewer.jwt"), // the same bytes
		guide,         // the same file
		link(address), // the same hosted badge, by its address
		text(other), text(other),
	)
	for i, want := range []struct {
		duplicate string
		same      int
	}{{first[1].ID, 0}, {first[0].ID, 0}, {first[0].ID, 2}, {"", 0}, {"", 4}} {
		if it := imp.Items[i]; it.Duplicate != want.duplicate || it.Same != want.same {
			t.Errorf("item %d: duplicate %q, same %d, want %q, %d (%s)", i+1, it.Duplicate, it.Same, want.duplicate, want.same, it.Problem)
		}
	}
	entries, err := e.Keep(t.Context(), a, imp.ID, numbers(imp))
	if err != nil || len(entries) != 1 || len(list(t, e, a)) != 3 {
		t.Errorf("kept %d, %v; %d in the backpack", len(entries), err, len(list(t, e, a)))
	}
	// Another learner may keep the same badge.
	if got := kept(t, e, e.Learner(t, "Bela").ID, guide); len(got) != 1 {
		t.Errorf("another learner kept %d", len(got))
	}
}

func bodyOf(t testing.TB, e *wallettest.Env, a storage.AccountID, id string) *wallet.Body {
	t.Helper()
	b, err := e.Badge(t.Context(), a, id)
	if err != nil {
		t.Fatal(err)
	}
	return b.Body
}

func TestImportProblems(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	e.Web.Answer("https://issuer.example/gone", status(404))
	e.Web.Answer("https://issuer.example/private", status(403))
	e.Web.Answer("https://issuer.example/taken-back", status(410))
	e.Web.Answer("https://intern.example/", func(vc.FetchRequest) (*vc.Resource, error) { return nil, vc.ErrForbidden })
	e.Web.Put("https://issuer.example/page", "text/html", []byte("<html><p>Hello"))
	e.Web.Put("https://issuer.example/huge", "application/json", make([]byte, 11<<20))
	tests := map[string]struct {
		in      inspect.Input
		problem string
	}{
		"not a badge": {inspect.Input{Name: "a.json", Bytes: []byte(`{"a":1}`)}, "not_a_badge"},
		"empty":       {inspect.Input{Name: "a.json"}, "empty"},
		"damaged":     {inspect.Input{Name: "a.json", Bytes: []byte(`{"@context":`)}, "damaged_text"},
		"gone":        {link("https://issuer.example/gone"), "address_gone"},
		"private":     {link("https://issuer.example/private"), "address_private"},
		"withdrawn":   {link("https://issuer.example/taken-back"), "withdrawn"},
		"unreachable": {link("https://nobody.example/badge"), "unreachable"},
		"forbidden":   {link("https://intern.example/"), "address_forbidden"},
		"page":        {link("https://issuer.example/page"), "html_page"},
		"huge":        {link("https://issuer.example/huge"), "too_large"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			imp := imported(t, e, a, tt.in)
			if len(imp.Items) != 1 || imp.Items[0].Problem != tt.problem || imp.Items[0].Entry != nil || imp.Items[0].Detail == "" {
				t.Errorf("items %+v", *imp.Items[0])
			}
			if got, err := e.Keep(t.Context(), a, imp.ID, []int{1}); err != nil || len(got) != 0 {
				t.Errorf("kept %d, %v", len(got), err)
			}
		})
	}
	_, err := e.StartImport(t.Context(), a, nil)
	wallettest.Refused(t, err, wallet.BadInput, "nothing_brought")
}

func status(code int) func(vc.FetchRequest) (*vc.Resource, error) {
	return func(r vc.FetchRequest) (*vc.Resource, error) {
		return &vc.Resource{URL: r.URL, Status: code, Body: []byte("no")}, nil
	}
}

// TestImportFanOut imports addresses that lead to ever more addresses: the
// number of requests is bounded, and a loop ends (specs A11.7).
func TestImportFanOut(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	for depth := range 4 {
		for i := range 30 {
			var more strings.Builder
			for j := range 30 {
				fmt.Fprintf(&more, "https://fan.example/%d/%d-%d\n", depth+1, i, j)
			}
			e.Web.Put(fmt.Sprintf("https://fan.example/%d/0-%d", depth, i), "text/plain", []byte(more.String()))
			e.Web.Put(fmt.Sprintf("https://fan.example/%d/%d-0", depth, i), "text/plain", []byte(more.String()))
		}
	}
	e.Web.Put("https://loop.example/a", "text/plain", []byte("https://loop.example/b"))
	e.Web.Put("https://loop.example/b", "text/plain", []byte("https://loop.example/a"))
	var wide strings.Builder
	for n := range 100 {
		fmt.Fprintf(&wide, "https://wide.example/%d\n", n)
	}
	e.Web.Put("https://wide.example/", "text/plain", []byte(wide.String()))
	imp := imported(t, e, a, link("https://fan.example/0/0-0"), link("https://loop.example/a"), link("https://wide.example/"))
	visits := map[string]int{}
	for _, v := range e.Web.Visits() {
		visits[strings.Split(v.URL, "/")[2]]++
	}
	if visits["fan.example"] > 40 || visits["loop.example"] != 2 || visits["wide.example"] != 40 {
		t.Errorf("requests: %v", visits)
	}
	if n := len(imp.Items); n > 300 || imp.Items[2].Problem == "" {
		t.Errorf("%d items", n)
	}
	for _, it := range imp.Items {
		if it.Problem == "" {
			t.Errorf("item %+v", it)
		}
	}
}

// TestImportFromQR imports a photo of a code that names a page that names the
// badge.
func TestImportFromQR(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	badge := issuer(t, e).Issue(t)
	e.Web.Put("https://issuer.example/b/1", "text/html", []byte(`<html><head><link rel="alternate" type="application/vc" href="/b/1.json">`))
	e.Web.Put("https://issuer.example/b/1.json", "application/vc", badge)
	photo, err := qrcode.Encode("https://issuer.example/b/1", qrcode.Medium, 400)
	if err != nil {
		t.Fatal(err)
	}
	got := kept(t, e, a, inspect.Input{Name: "photo.png", Bytes: photo})
	if len(got) != 1 || got[0].Verdict != vc.Valid || got[0].Source.Name != "https://issuer.example/b/1.json" {
		t.Fatalf("kept %+v", got)
	}
	if b := bodyOf(t, e, a, got[0].ID); string(b.Raw) != string(badge) || b.URL != "https://issuer.example/b/1.json" {
		t.Errorf("kept %q from %q", b.Raw, b.URL)
	}
}

func TestImportPresentation(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := issuer(t, e)
	one, two := i.Issue(t), i.Issue(t, vctest.As(vctest.JWT), vctest.With("id", "https://issuer.example/badges/2"))
	got := kept(t, e, a, text(vctest.NewHolder(t).Present(t, "", "", one, two)))
	if len(got) != 2 || got[0].Verdict != vc.Valid || got[1].Verdict != vc.Valid {
		t.Fatalf("kept %d: %+v", len(got), got)
	}
	if string(bodyOf(t, e, a, got[0].ID).Raw) != string(one) || string(bodyOf(t, e, a, got[1].ID).Raw) != string(two) {
		t.Error("the credentials differ from the presented ones")
	}
}

// TestKeptContext imports a badge with a context that is not embedded: it is
// fetched once, and later checks without a network use the stored copy.
func TestKeptContext(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	const url = "https://issuer.example/context.json"
	body := []byte(`{"@context":{"colour":"https://issuer.example/terms#colour"}}`)
	i := issuer(t, e)
	badge := i.Issue(t, vctest.As("eddsa-jcs-2022"), vctest.With("@context",
		[]any{vc.ContextV2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", url}), vctest.With("colour", "green"))
	signed, err := e.Config.Suite.Sign(t.Context(), unsigned(t, badge), vc.SignOptions{VerificationMethod: i.Method,
		Purpose: vc.AssertionMethod, Created: vctest.Now(), Contexts: map[string][]byte{url: body}}, i.Signer)
	if err != nil {
		t.Fatal(err)
	}
	if got := imported(t, e, a, text(signed)).Items[0]; got.Entry == nil || got.Entry.Verdict == vc.Valid {
		t.Fatalf("without its context the badge is %+v", got)
	}
	e.Web.Put(url, "application/ld+json", body)
	entry := kept(t, e, a, text(signed))[0]
	if entry.Verdict != vc.Valid {
		t.Fatalf("%s: %+v", entry.Verdict, entry.Report.Checks)
	}
	if got := bodyOf(t, e, a, entry.ID).Contexts[url]; string(got) != string(body) {
		t.Errorf("stored context %q", got)
	}
	e.Web.Remove(url)
	if entry, err = e.Recheck(t.Context(), a, entry.ID); err != nil || entry.Verdict != vc.Valid {
		t.Errorf("checked again: %s, %v", entry.Verdict, err)
	}
	s, err := e.CreateShare(t.Context(), a, wallet.ShareRequest{Entries: []string{entry.ID}})
	if err != nil {
		t.Fatal(err)
	}
	vp, err := e.Present(t.Context(), a, s.ID)
	if err != nil {
		t.Fatalf("present: %v", err)
	}
	e.Web.Put(url, "application/ld+json", body)
	if got := e.Checked(t, vp); got.Verdict != vc.Valid || len(got.Contained) != 1 || got.Contained[0].Verdict != vc.Valid {
		t.Errorf("the presentation is %s: %+v", got.Verdict, got.Report.Checks)
	}
}

func TestQuota(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{Limits: wallet.Limits{Entries: 2}, Request: inspect.Limits{Items: 5}})
	a := e.Learner(t, "Alma").ID
	i := issuer(t, e)
	badge := func(n int) inspect.Input {
		return text(i.Issue(t, vctest.With("id", fmt.Sprint("https://issuer.example/badges/", n))))
	}
	one, two := imported(t, e, a, badge(1), badge(2)), imported(t, e, a, badge(3))
	if got, err := e.Keep(t.Context(), a, one.ID, numbers(one)); err != nil || len(got) != 2 {
		t.Fatalf("kept %d, %v", len(got), err)
	}
	_, err := e.Keep(t.Context(), a, two.ID, numbers(two))
	wallettest.Refused(t, err, wallet.Limited, "too_many_badges")
	_, err = e.StartImport(t.Context(), a, []inspect.Input{badge(4)})
	wallettest.Refused(t, err, wallet.Limited, "too_many_badges")
	if _, err := e.Import(t.Context(), a, two.ID); err != nil {
		t.Errorf("the import that did not fit is gone: %v", err)
	}

	small := wallettest.New(t, wallettest.Options{Limits: wallet.Limits{Bytes: 20_000}})
	a = small.Learner(t, "Bela").ID
	_, err = small.StartImport(t.Context(), a, []inspect.Input{sampleNamed(t, small, "museum-guide.png")})
	wallettest.Refused(t, err, wallet.Limited, "backpack_full")
	if n := count(t, small, a, storage.KindItem); n != 0 {
		t.Errorf("%d items were stored", n)
	}

	half := wallettest.New(t, wallettest.Options{Limits: wallet.Limits{Bytes: 20_000}})
	a = half.Learner(t, "Dora").ID
	for n, full := 0, false; !full; n++ {
		if n == 20 {
			t.Fatal("the backpack is never full")
		}
		id, err := half.StartImport(t.Context(), a, []inspect.Input{badge(n)})
		if full = err != nil; full {
			wallettest.Refused(t, err, wallet.Limited, "backpack_full")
		} else if err := half.WorkImport(t.Context(), a, id); err != nil {
			t.Fatal(err)
		}
	}

	few := wallettest.New(t, wallettest.Options{Request: inspect.Limits{Items: 3}})
	imp := imported(t, few, few.Learner(t, "Cleo").ID, badge(1), badge(2), badge(3), badge(4), badge(5))
	if len(imp.Items) != 4 || imp.Items[3].Problem != "too_many" {
		t.Errorf("items %+v", imp.Items)
	}
}

func TestDropImport(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	left := func() (n int) {
		for _, kind := range []storage.Kind{storage.KindImport, storage.KindItem, storage.KindJob, storage.KindImage, storage.KindBody} {
			n += count(t, e, a, kind)
		}
		return n
	}
	before := left() // jobs of the account
	imp := imported(t, e, a, e.Samples...)
	if err := e.DropImport(t.Context(), a, imp.ID); err != nil || left() != before {
		t.Errorf("%d records left, %v", left(), err)
	}
	_, err := e.Import(t.Context(), a, imp.ID)
	wallettest.Refused(t, err, wallet.Missing, "import_gone")

	imported(t, e, a, e.Samples...)
	e.Clock.Advance(6 * 24 * time.Hour)
	if _, err := e.RunDue(t.Context(), 10); err != nil || left() == before {
		t.Errorf("an import was deleted too early: %v", err)
	}
	e.Clock.Advance(25 * time.Hour)
	if _, err := e.RunDue(t.Context(), 10); err != nil || left() != before {
		t.Errorf("%d records of an undecided import remain, %v", left(), err)
	}
}
