package wallet_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/wallettest"
)

// TestVersions follows a badge through newer versions: earlier versions are
// kept byte for byte, and no worse version replaces a better one (specs A7.2,
// A7.3).
func TestVersions(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := issuer(t, e)
	const service = "https://issuer.example/refresh/1"
	version := func(o ...vctest.Option) []byte {
		return i.Issue(t, append([]vctest.Option{vctest.With("refreshService", vctest.Object{"id": service, "type": "1EdTechCredentialRefresh"})}, o...)...)
	}
	first := version(vctest.With("validUntil", "2026-11-25T00:00:00Z"))
	second := version(vctest.With("validFrom", "2026-11-01T00:00:00Z"), vctest.With("validUntil", "2027-06-01T00:00:00Z"), vctest.With("name", "second"))
	third := version(vctest.With("validFrom", "2026-11-20T00:00:00Z"), vctest.With("validUntil", "2028-06-01T00:00:00Z"), vctest.With("name", "third"))
	entry := kept(t, e, a, text(first))[0]
	step := func(what string, answer []byte, verdict vc.Verdict, versions ...[]byte) {
		t.Helper()
		if e.Web.Remove(service); answer != nil {
			e.Web.Put(service, "application/vc", answer)
		}
		e.Clock.Advance(3 * 24 * time.Hour)
		got, err := e.Recheck(t.Context(), a, entry.ID)
		if err != nil || got.Verdict != verdict {
			t.Fatalf("%s: %s, %v; want %s", what, got.Verdict, err, verdict)
		}
		b, err := e.Badge(t.Context(), a, entry.ID)
		if err != nil {
			t.Fatal(err)
		}
		history := b.History()
		if len(history) != len(versions) || b.Newer() != (len(versions) > 0) {
			t.Fatalf("%s: %d versions, want %d", what, len(history), len(versions))
		}
		for n, v := range history {
			if !bytes.Equal(v.Raw, versions[n]) || n > 0 && v.At.Before(history[n-1].At) {
				t.Errorf("%s: version %d, had %s, is %s", what, n, v.At, v.Raw)
			}
		}
	}
	if b, err := e.Badge(t.Context(), a, entry.ID); err != nil || b.History() != nil {
		t.Errorf("at first: %v, %v", b.History(), err)
	}
	step("the second", second, vc.Valid, first, second)
	step("silence, while the first is over", nil, vc.Valid, first, second)
	step("the first again", first, vc.Valid, first, second)
	step("a forged one", version(vctest.With("validFrom", "2026-11-21T00:00:00Z"), vctest.WrongKey), vc.Valid, first, second)
	step("one that is not valid yet", version(vctest.With("validFrom", "2027-05-01T00:00:00Z")), vc.Valid, first, second)
	step("the third", third, vc.Valid, first, second, third)
	step("the third again", third, vc.Valid, first, second, third)

	var out bytes.Buffer
	if err := e.Export(t.Context(), a, page, &out); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	if all := strings.Join(names, "\n"); !strings.Contains(all, "/earlier-version-01.json") || !strings.Contains(all, "/as-served-by-issuer.json") {
		t.Errorf("the export holds\n%s", all)
	}
}

// TestVersionsAreBounded asserts that an issuer with a new version each day
// does not fill the backpack, and that the imported version stays.
func TestVersionsAreBounded(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := issuer(t, e)
	const service = "https://issuer.example/refresh/1"
	refresh := vctest.With("refreshService", vctest.Object{"id": service, "type": "1EdTechCredentialRefresh"})
	first := i.Issue(t, refresh)
	entry := kept(t, e, a, text(first))[0]
	for n := range 30 {
		e.Web.Put(service, "application/vc", i.Issue(t, refresh, vctest.With("validFrom", fmt.Sprintf("2026-02-%02dT%02d:00:00Z", 1+n%28, n/28))))
		e.Web.Put(service, "application/vc", i.Issue(t, refresh, vctest.With("validFrom", fmt.Sprintf("2026-02-01T00:%02d:00Z", n))))
		e.Clock.Advance(time.Hour)
		if _, err := e.Recheck(t.Context(), a, entry.ID); err != nil {
			t.Fatal(err)
		}
	}
	b, err := e.Badge(t.Context(), a, entry.ID)
	if err != nil {
		t.Fatal(err)
	}
	if h := b.History(); len(h) != 22 || !bytes.Equal(h[0].Raw, first) || !strings.Contains(string(h[21].Raw), "00:29:00Z") {
		t.Errorf("%d versions", len(h))
	}
}

// TestKeptSchema asserts that an issuer's own schema is stored with the badge
// and used when its address no longer answers.
func TestKeptSchema(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := issuer(t, e)
	const schema = "https://schemas.example/loaf.json"
	e.Web.Put(schema, "application/schema+json", []byte(`{"required":["name"]}`))
	named := vctest.With("credentialSchema", []any{vctest.Object{"id": schema, "type": "1EdTechJsonSchemaValidator2019"}})
	entry := kept(t, e, a, text(i.Issue(t, named)))[0]
	if c := entry.Report.Check(vc.CheckSchema); c.Outcome != vc.Passed {
		t.Fatalf("%+v", c)
	}
	e.Web.Remove(schema)
	e.Clock.Advance(30 * 24 * time.Hour)
	got, err := e.Recheck(t.Context(), a, entry.ID)
	if err != nil || got.Report.Check(vc.CheckSchema).Outcome != vc.Passed {
		t.Errorf("%v, %+v", err, got.Report.Checks)
	}
	if b, err := e.Badge(t.Context(), a, entry.ID); err != nil || string(b.Body.Schemas[schema]) != `{"required":["name"]}` {
		t.Errorf("kept %v, %v", b.Body.Schemas, err)
	}
}

// TestSealedPicture asserts that a picture that differs from the badge's digest
// is not shown, also after a recheck (specs D1.5).
func TestSealedPicture(t *testing.T) {
	const address = "https://issuer.example/picture.png"
	right, wrong := pngOf(t, drawing(8, 8)), pngOf(t, drawing(9, 9))
	for name, x := range map[string]struct {
		served  []byte
		outcome vc.Outcome
		shown   bool
	}{"as sealed": {right, vc.Passed, true}, "another": {wrong, vc.Failed, false}, "none": {nil, vc.Skipped, false}} {
		t.Run(name, func(t *testing.T) {
			e := wallettest.New(t, wallettest.Options{})
			a := e.Learner(t, "Alma").ID
			badge := issuer(t, e).Issue(t, vctest.With("credentialSubject.achievement.image", vctest.Object{"id": address, "type": "Image"}),
				vctest.With("relatedResource", []any{vctest.Object{"id": address, "mediaType": "image/png", "digestSRI": sri(right)}}))
			if x.served != nil {
				e.Web.Put(address, "image/png", x.served)
			}
			entry := kept(t, e, a, text(badge))[0]
			check := func(what string, r *vc.Report, verdict vc.Verdict) {
				t.Helper()
				if c := r.Check(vc.CheckResources); c.Outcome != x.outcome || verdict != vc.Valid {
					t.Errorf("%s: %+v, %s", what, c, verdict)
				}
			}
			check("kept", entry.Report, entry.Verdict)
			if (entry.Summary.Image != "") != x.shown {
				t.Errorf("picture %q", entry.Summary.Image)
			}
			got, err := e.Recheck(t.Context(), a, entry.ID)
			if err != nil {
				t.Fatal(err)
			}
			check("checked again", got.Report, got.Verdict)
			s, err := e.CreateShare(t.Context(), a, wallet.ShareRequest{Entries: []string{entry.ID}})
			if err != nil {
				t.Fatal(err)
			}
			it := opened(t, e, s, wallet.OpenShareOptions{}).Items[0]
			check("shown", it.Report, it.Verdict)
		})
	}
}
