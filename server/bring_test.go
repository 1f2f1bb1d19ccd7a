package server_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/skip2/go-qrcode"
	"go.etcd.io/bbolt"

	"backpack/vc"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

// sample returns the sample badge whose file name contains part.
func (s *site) sample(t testing.TB, part string) inspect.Input {
	t.Helper()
	for _, f := range s.Samples {
		if strings.Contains(f.Name, part) {
			return f
		}
	}
	t.Fatalf("no sample %s", part)
	return inspect.Input{}
}

func zipped(t testing.TB, files ...inspect.Input) inspect.Input {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		p, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		p.Write(f.Bytes)
	}
	w.Close()
	return inspect.Input{Name: "export.zip", Bytes: b.Bytes()}
}

// qrPhoto returns a picture of a QR code.
func qrPhoto(t testing.TB, text string) inspect.Input {
	t.Helper()
	b, err := qrcode.Encode(text, qrcode.Medium, 480)
	if err != nil {
		t.Fatal(err)
	}
	return inspect.Input{Name: "photo.png", Bytes: b}
}

func plainPNG(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 40))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// records counts the records in the store.
func records(t testing.TB, e *wallettest.Env) string {
	t.Helper()
	if err := e.Store.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(e.Path, 0o600, &bbolt.Options{ReadOnly: true, Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	err = db.View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
			_, err := fmt.Fprintf(&out, "%s %d; ", name, b.Stats().KeyN)
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	return out.String()
}

// TestVerifySamples checks all samples at once: there is an answer for each and one
// for all, and nothing is stored.
func TestVerifySamples(t *testing.T) {
	s := newSite(t)
	l := s.learner(t, "Robin Example")
	l.get("/backpack") // updates the session record
	b := s.browser(t)
	a := b.upload("/verify", "", s.Samples...).is(t, http.StatusOK)
	a.says(t, "0 of 10 badges check out", "6 are samples and prove nothing.", "A sample, for trying out", "Taken back by the issuer", "Expired",
		"This badge does not hold", "Could not be fully checked",
		"Handling Historic Photographs", "Open Badges 2.0", "Nothing was stored")
	l.upload("/verify", string(s.Samples[0].Bytes[:40]), s.Samples[1:3]...).is(t, http.StatusOK)
	entries, err := s.Entries(t.Context(), l.ID, wallet.Query{})
	if err != nil || entries.All != 0 {
		t.Errorf("%d entries, %v", entries.All, err)
	}
	before := wallettest.New(t, wallettest.Options{})
	before.Learner(t, "Robin Example")
	if got, want := records(t, s.Env), records(t, before); got != want {
		t.Errorf("the store holds %s, without checks it would hold %s", got, want)
	}
}

// TestVerifyProblems checks that anything but a badge gets a reason and a next step.
func TestVerifyProblems(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	files := map[string][]byte{"picture.png": plainPNG(t), "song.mp3": []byte("ID3\x04\x00song"), "page.html": []byte("<!doctype html><p>hello"),
		"empty.zip": zipped(t).Bytes, "broken.json": []byte(`{"@context": [`), "other.json": []byte(`{"a":1}`),
		"cut.png": s.sample(t, ".png").Bytes[:300], "twice.json": []byte(`{"a":1,"a":2}`)}
	var in []inspect.Input
	for name, body := range files {
		in = append(in, inspect.Input{Name: name, Bytes: body})
	}
	a := b.upload("/verify", "", in...).is(t, http.StatusOK)
	if got := strings.Count(a.body, "No badge found"); got != len(files) {
		t.Errorf("%d problems of %d", got, len(files))
	}
	for name := range files {
		a.says(t, name)
	}
	a.says(t, "there is no badge inside", "Download it again").hasNot(t, "problem.", "%!")
	b.upload("/verify", "https://nowhere.example/badge").is(t, http.StatusOK).says(t, "The address did not answer", "Try again later")
	a = b.upload("/verify", "").is(t, http.StatusBadRequest).says(t, "There is a problem", "Choose a file, take a photo")
	if !strings.Contains(a.body, "<title>Error:") {
		t.Error("the title does not mention the error")
	}
	b.post("/verify", nil).is(t, http.StatusBadRequest)
	b.upload("/verify", " \n\t").is(t, http.StatusBadRequest)
}

// TestBring brings badges in every way, to check them and to import them.
func TestBring(t *testing.T) {
	s := newSite(t)
	web := vctest.NewWeb()
	issuer := vctest.NewIssuer(t, web, vctest.DIDKey, vctest.Ed25519)
	badge := func(n int, form string) string {
		return string(issuer.Issue(t, vctest.With("id", fmt.Sprintf("urn:uuid:00000000-0000-4000-8000-%012d", n)), vctest.With("name", fmt.Sprintf("Way %d", n)),
			vctest.With("credentialSubject.achievement.name", fmt.Sprintf("Way %d", n)), vctest.As(form)))
	}
	const rdfc = "eddsa-rdfc-2022"
	s.Web.Put("https://issuer.example/badge", "application/vc+ld+json", []byte(badge(4, rdfc)))
	s.Web.Put("https://issuer.example/scanned", "application/json", []byte(badge(5, rdfc)))
	file := func(n int) inspect.Input {
		return inspect.Input{Name: fmt.Sprintf("way%d.json", n), Bytes: []byte(badge(n, rdfc))}
	}
	for _, x := range []struct {
		name, text string
		photo      bool
		files      []inspect.Input
		want       []int
	}{
		{name: "file", files: []inspect.Input{file(1)}, want: []int{1}},
		{name: "pasted JSON", text: "\n " + badge(2, "eddsa-jcs-2022") + " \n", want: []int{2}},
		{name: "pasted JWT", text: badge(3, vctest.JWT), want: []int{3}},
		{name: "address", text: " https://issuer.example/badge ", want: []int{4}},
		{name: "photo", photo: true, files: []inspect.Input{qrPhoto(t, "https://issuer.example/scanned")}, want: []int{5}},
		{name: "ZIP", files: []inspect.Input{zipped(t, file(6), file(7), inspect.Input{Name: "notes.txt", Bytes: []byte("hello")})}, want: []int{6, 7}},
		{name: "a mix", text: badge(8, vctest.JWT), files: []inspect.Input{file(9), zipped(t, file(10)), {Name: "x.png", Bytes: plainPNG(t)}}, want: []int{8, 9, 10}},
	} {
		t.Run(x.name, func(t *testing.T) {
			field := "files"
			if x.photo {
				field = "photo"
			}
			var titles []string
			for _, n := range x.want {
				titles = append(titles, fmt.Sprintf("Way %d", n))
			}
			l := s.learner(t, "Robin Example")
			l.uploadAs("/verify", field, x.text, x.files...).is(t, http.StatusOK).says(t, titles...)
			preview := l.preview(l.uploadAs("/import", field, x.text, x.files...)).is(t, http.StatusOK).says(t, titles...).says(t, "This badge checks out")
			l.keep(preview).says(t, titles...)
			all, err := s.Entries(t.Context(), l.ID, wallet.Query{})
			if err != nil || all.All != len(x.want) {
				t.Fatalf("%d badges, %v", all.All, err)
			}
			for _, e := range all.Entries {
				if e.Verdict != vc.Valid {
					t.Errorf("%s is %s", e.Title, e.Verdict)
				}
			}
			again := l.preview(l.uploadAs("/import", field, x.text, x.files...)).says(t, "You have this one already", "Nothing new to keep")
			l.post(strings.TrimSuffix(again.Request.URL.Path, "/")+"/drop", nil).leads(t, "/import")
		})
	}
}

// preview returns the preview of an upload when every item is done.
func (l *learner) preview(a *answer) *answer {
	l.t.Helper()
	id := strings.TrimPrefix(a.Header.Get("Location"), "/imports/")
	for range 100 {
		if imp, err := l.site.Import(l.t.Context(), l.ID, id); err != nil || imp.Finished {
			break
		}
		if err := l.site.WorkImport(l.t.Context(), l.ID, id); err != nil {
			l.t.Fatal(err)
		}
	}
	l.get("/imports/" + id + "/events") // ends when other workers are done
	return l.follow(a)
}

// keep ticks every item of a preview and keeps it.
func (b *browser) keep(preview *answer) *answer {
	b.t.Helper()
	fields := url.Values{}
	for n := range 600 {
		fields.Add("item", fmt.Sprint(n))
	}
	return b.follow(b.post(preview.Request.URL.Path+"/keep", fields))
}

// uploadAs is upload with the files in another field.
func (b *browser) uploadAs(path, field, text string, files ...inspect.Input) *answer {
	b.t.Helper()
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	w.WriteField("csrf", b.token())
	w.WriteField("text", text)
	for _, f := range files {
		part, err := w.CreateFormFile(field, f.Name)
		if err != nil {
			b.t.Fatal(err)
		}
		part.Write(f.Bytes)
	}
	w.Close()
	return b.send(b.request(http.MethodPost, path, &buf, w.FormDataContentType()))
}

// TestImportChoice keeps a part of the items, among them badges that are not valid.
func TestImportChoice(t *testing.T) {
	s := newSite(t)
	l := s.learner(t, "Robin Example")
	a := l.upload("/import", "", s.Samples...)
	preview := l.preview(a).says(t, "10 badges to keep", "This badge does not hold", "Taken back")
	path := preview.Request.URL.Path
	for n := 9; n <= 10; n++ { // the picture of an invalid badge is not fetched
		l.get(fmt.Sprintf("%s/pictures/%d", path, n)).is(t, http.StatusNotFound)
	}
	for n := 1; n <= 8; n++ {
		pic := l.get(fmt.Sprintf("%s/pictures/%d", path, n))
		if pic.StatusCode != http.StatusOK || !strings.HasPrefix(pic.Header.Get("Content-Type"), "image/") {
			t.Errorf("picture %d: %d", n, pic.StatusCode)
		}
	}
	l.get(path+"/pictures/11").is(t, http.StatusNotFound)
	l.get(path+"/pictures/-1").is(t, http.StatusNotFound)
	l.get(path+"/pictures/x").is(t, http.StatusNotFound)
	a = l.post(path+"/keep", url.Values{"item": {"1", "9", "9", "77", "-3", "x"}}).leads(t, "/backpack")
	l.follow(a).says(t, "2 badges kept")
	l.get(path).is(t, http.StatusNotFound)
	l.post(path+"/keep", nil).is(t, http.StatusNotFound)
}

func TestImportMistakes(t *testing.T) {
	s := newSite(t)
	l := s.learner(t, "Robin Example")
	l.upload("/import", "").is(t, http.StatusBadRequest).says(t, "Choose a file, take a photo")
	many := make([]inspect.Input, 501)
	for i := range many {
		many[i] = inspect.Input{Name: "x", Bytes: []byte("x")}
	}
	l.upload("/import", "", many...).is(t, http.StatusBadRequest).says(t, "That is more than 500 files")
	l.upload("/verify", "", many...).is(t, http.StatusBadRequest).says(t, "That is more than 500 files")
	a := l.preview(l.upload("/import", "this is no badge")).is(t, http.StatusOK).says(t, "Nothing new to keep", "There is no badge in it", "download it again")
	l.post(a.Request.URL.Path+"/drop", nil).leads(t, "/import")
}

// TestFullBackpack checks that a full backpack is not answered as a rate limit.
func TestFullBackpack(t *testing.T) {
	s := newSiteAs(t, wallettest.Options{Limits: wallet.Limits{Entries: 2, Shares: 1}}, nil)
	l := s.learner(t, "Robin Example")
	l.post("/samples", nil).is(t, http.StatusConflict).says(t, "Your backpack is full")
	l.keep(l.preview(l.upload("/import", "", s.Samples[:2]...)))
	l.upload("/import", "", s.Samples[2]).is(t, http.StatusBadRequest).says(t, "Your backpack is full")
	l.share(wallet.ShareRequest{})
	all, _ := s.Entries(t.Context(), l.ID, wallet.Query{})
	l.post("/shares", url.Values{"badge": {all.Entries[0].ID}, "expires": {"2026-12-24"}}).is(t, http.StatusBadRequest).says(t, "You have too many links")
}

// TestProgress checks that a long import shows its progress as a stream, and as a
// page that reloads itself.
func TestProgress(t *testing.T) {
	s := newSiteAs(t, wallettest.Options{}, nil) // no worker runs in the background
	l := s.learner(t, "Robin Example")
	id, err := s.StartImport(t.Context(), l.ID, s.Samples[:4])
	if err != nil {
		t.Fatal(err)
	}
	path := "/imports/" + id
	l.get(path).is(t, http.StatusOK).says(t, "Looking at what you brought", "0 of 4 looked at").has(t, `http-equiv="refresh"`)
	l.post(path+"/keep", url.Values{"item": {"1"}}).is(t, http.StatusConflict).says(t, "Wait until it is done")
	events, err := l.http.Do(l.request(http.MethodGet, path+"/events", nil, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer events.Body.Close()
	stream := bufio.NewReader(events.Body)
	first, err := stream.ReadString('\n')
	if got := events.Header.Get("Content-Type"); err != nil || got != "text/event-stream" {
		t.Error(got, err)
	}
	if err := s.WorkImport(t.Context(), l.ID, id); err != nil { // the stream is open
		t.Fatal(err)
	}
	rest, err := io.ReadAll(stream) // ends when the import is done
	if err != nil || first != `data: {"done":0,"total":4,"finished":false}`+"\n" ||
		!strings.HasSuffix(string(rest), `data: {"done":4,"total":4,"finished":true}`+"\n\n") {
		t.Errorf("events: %v\n%s%s", err, first, rest)
	}
	l.get(path).is(t, http.StatusOK).says(t, "4 badges to keep").hasNot(t, `http-equiv="refresh"`)
	l.ask(http.MethodHead, path+"/events", nil).is(t, http.StatusOK)
	l.get("/imports/none/events").is(t, http.StatusNotFound)
}
