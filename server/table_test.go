package server_test

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"backpack/ui/uitest"
	"backpack/vc/receipt"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/inspect"
)

var savableField = regexp.MustCompile(`name="data" value="([^"]+)"`)

// save submits a form of a page.
func (b *browser) save(page *answer, as string) *answer {
	b.t.Helper()
	m := savableField.FindStringSubmatch(page.body)
	if m == nil {
		b.t.Fatalf("no result to save in %.2000s", page.body)
	}
	return b.post("/verify/save", url.Values{"data": {m[1]}, "as": {as}})
}

// hiring returns the files of an employer: folders, a ZIP, a presentation, junk, a bomb.
func hiring(t testing.TB) []inspect.Input {
	t.Helper()
	i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	good := i.Issue(t)
	set := vctest.NewHolder(t).Present(t, "", "", good, i.Issue(t, vctest.Expired))
	return []inspect.Input{
		{Name: "all/amina/a.json", Bytes: good},
		{Name: "all/amina/b.json", Bytes: bytes.Replace(good, []byte("Baker"), []byte("Maker"), 1)},
		{Name: "all/ben/set.json", Bytes: set},
		{Name: "all/ben/letter.txt", Bytes: []byte("Dear Sir or Madam")},
		{Name: "all/=cmd()/<script>alert(1)</script>.json", Bytes: i.Issue(t, vctest.With("credentialSubject.achievement.name",
			`=HYPERLINK("https://evil.example","x")`))},
	}
}

func TestVerifyTable(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	a := b.upload("/verify", "", hiring(t)...).is(t, 200)
	for _, problem := range uitest.Problems([]byte(a.body)) {
		t.Error(problem)
	}
	a.has(t, "3 of 5 badges check out", "3 check out. 1 has expired. 1 does not hold. 1 file holds no badge.",
		"<bdi>amina</bdi>", "all/amina/a.json", `href="#b-1"`, "Checks out", `href="#b-2"`, "Does not hold", `href="#b-3-1"`, `href="#b-3-2"`, "Expired",
		"<bdi>ben</bdi>", `href="#p-4"`, "No badge", "=cmd()", `id="b-3-2"`, `id="p-4"`)
	a.hasNot(t, "<script>alert", `href="#p-3"`)

	file := b.save(a, "csv").is(t, 200)
	if kind, name := file.Header.Get("Content-Type"), file.Header.Get("Content-Disposition"); kind != "text/csv; charset=utf-8" ||
		!strings.HasSuffix(name, `.csv"`) {
		t.Errorf("%s, %s", kind, name)
	}
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.body, "\ufeff"))).ReadAll()
	if err != nil || len(lines) != 7 {
		t.Fatalf("%d lines, %v: %s", len(lines), err, file.body)
	}
	if l := lines[6]; l[1] != "'=cmd()" || !strings.HasPrefix(l[2], "'=HYPERLINK") || l[5] != "Checks out" || l[6] != "Yes" {
		t.Errorf("%q", l)
	}
	signed := b.save(a, "receipt").is(t, 200)
	if kind := signed.Header.Get("Content-Type"); kind != "application/vc" {
		t.Error(kind)
	}
	signed.hasNot(t, "amina", "all/", "letter.txt", "learner")

	// A receipt is shown as a receipt, with the files that it refers to.
	in := append(hiring(t)[:2], inspect.Input{Name: "receipt.json", Bytes: []byte(signed.body)}, inspect.Input{Name: "x/other.json", Bytes: []byte(samplesOf(s)[0])})
	a = b.upload("/verify", "", in...).is(t, 200)
	for _, problem := range uitest.Problems([]byte(a.body)) {
		t.Error(problem)
	}
	a.has(t, "1 file is a receipt of another check.", "Receipt of a check", "This receipt is unchanged", s.url, "That is this very service.",
		"all/amina/a.json", "Not among what you brought", "It says nothing of", "x/other.json")
	alone := b.upload("/verify", "", inspect.Input{Name: "receipt.json", Bytes: []byte(signed.body)}).is(t, 200)
	alone.has(t, "This receipt is unchanged").hasNot(t, "This badge checks out", "table.receipt")
	changed := strings.Replace(signed.body, `"verdict": "invalid"`, `"verdict": "valid"`, 1)
	b.upload("/verify", "", inspect.Input{Name: "receipt.json", Bytes: []byte(changed)}).is(t, 200).has(t, "This receipt does not hold").
		hasNot(t, "That is this very service")
	l := s.learner(t, "Ada Example")
	l.preview(l.upload("/import", "", inspect.Input{Name: "receipt.json", Bytes: []byte(signed.body)})).says(t, "It is a receipt of a check, not a badge.")
}

func samplesOf(s *site) [][]byte {
	var out [][]byte
	for _, x := range s.Samples {
		out = append(out, x.Bytes)
	}
	return out
}

// TestVerifySaveRefuses checks that the service signs and sends only results of its own
// checks.
func TestVerifySaveRefuses(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	a := b.upload("/verify", "", hiring(t)[:2]...).is(t, 200)
	data := savableField.FindStringSubmatch(a.body)[1]
	packed, mark, _ := strings.Cut(data, ".")
	for name, value := range map[string]string{
		"nothing": "", "no mark": packed, "another mark": packed + "." + strings.Repeat("a", len(mark)), "another's": packed[:40] + packed[44:] + "." + mark,
		"junk": "\x00\xff", "long": strings.Repeat("A", 5<<20), "a mark alone": "." + mark,
	} {
		for _, as := range []string{"csv", "receipt"} {
			if got := b.post("/verify/save", url.Values{"data": {value}, "as": {as}}); got.StatusCode != http.StatusBadRequest {
				t.Errorf("%s as %s: status %d", name, as, got.StatusCode)
			}
		}
	}
	s.Clock.Advance(25 * time.Hour)
	b.post("/verify/save", url.Values{"data": {data}, "as": {"receipt"}}).is(t, http.StatusBadRequest).says(t, "That page can no longer be saved.")

	none := b.upload("/verify", "", inspect.Input{Name: "a.txt", Bytes: []byte("hello")}).is(t, 200)
	none.hasNot(t, "Signed receipt")
	b.save(none, "receipt").is(t, http.StatusConflict).says(t, "There is nothing to make a receipt of.")
}

// TestReceiptsOfKept downloads the receipts of a share and of a badge.
func TestReceiptsOfKept(t *testing.T) {
	s := newSite(t)
	l := s.learner(t, "Ada Example")
	l.samples()
	sh := l.share(wallet.ShareRequest{}, "Handling Historic Photographs")
	own := l.post("/badges/"+sh.Entries[0]+"/receipt", nil).is(t, 200)
	viewer := s.browser(t)
	viewer.get("/s/"+sh.Token+"/receipt").is(t, 404)
	viewer.get("/s/"+sh.Token).is(t, 200).has(t, "/s/"+sh.Token+"/receipt")
	shown := viewer.get("/s/"+sh.Token+"/receipt").is(t, 200)
	badge := viewer.get("/s/"+sh.Token+"/badges/"+sh.Entries[0]).is(t, 200)
	for occasion, a := range map[string]*answer{receipt.OnKeeping: own, receipt.OnShow: shown} {
		a.hasNot(t, "Ada Example", sh.Token)
		found, err := s.Check(t.Context(), []inspect.Input{{Name: "r.json", Bytes: []byte(a.body)}, {Name: "b", Bytes: []byte(badge.body)}})
		if err != nil || found[0].Receipt == nil || found[0].Verdict != "valid" || found[0].Receipt.Occasion != occasion {
			t.Fatalf("%s: %+v, %v", occasion, found, err)
		}
		if len(found[0].Receipt.Speaks(found[1].SHA256)) != 1 {
			t.Errorf("%s: it does not refer to the downloaded badge", occasion)
		}
	}
	if got := s.browser(t).get("/.well-known/did.json").StatusCode; got != 404 {
		t.Errorf("without https: status %d", got)
	}
}
