package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
)

// A seeded is the content of a filled store.
type seeded struct {
	t         testing.TB
	issuer    *vctest.Issuer
	issued    atomic.Int64
	share     string // token
	few, many string // sessions
	importers []string
	plain     bool // badges have no pictures
}

// importers is the number of learners that import, since each may import only
// so much in a minute.
const importers = 400

// seed fills a store as learners would: everything is imported, checked and
// kept.
func seed(t testing.TB, at home, o loadOptions) *seeded {
	t.Helper()
	begun := time.Now()
	x, done := openWallet(t, at)
	w := x.wallet
	defer done()
	s := &seeded{t: t, issuer: vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)}
	var a storage.AccountID
	a, s.few = s.learner(w)
	s.share = s.shareOf(w, a, s.keep(w, a, 5))
	for _, what := range o.what {
		switch what {
		case "list5000":
			a, s.many = s.learner(w)
			s.keep(w, a, 5000)
		case "import":
			for range importers {
				_, token := s.learner(w)
				s.importers = append(s.importers, token)
			}
		}
	}
	t.Logf("filled in %v", time.Since(begun).Round(time.Second))
	return s
}

// openWallet opens the store of a home with the program's own wiring.
func openWallet(t testing.TB, at home) (*parts, func()) {
	t.Helper()
	values, err := (&program{env: func(name string) string { return at.env()[name] }}).values("serve", nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := parseConfig(values)
	if err != nil {
		t.Fatal(err)
	}
	x, err := build(t.Context(), c, newMetrics(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return x, func() { x.store.Close() }
}

func (s *seeded) learner(w *wallet.Wallet) (storage.AccountID, string) {
	s.t.Helper()
	session, token, _, err := w.SignUpWithKey(context.Background(), "Robin Example", "en", "load")
	if err != nil {
		s.t.Fatal(err)
	}
	return session.Account, token
}

// badge issues a new badge with one of ten pictures.
func (s *seeded) badge() []byte {
	n := s.issued.Add(1)
	picture := vctest.With("credentialSubject.achievement.image", map[string]any{"id": pictures[n%10], "type": "Image"})
	if s.plain {
		picture = vctest.With("credentialSubject.achievement.image", nil)
	}
	return s.issuer.Issue(s.t, picture, vctest.With("id", fmt.Sprint("https://issuer.example/badges/", n, "-", rand.Uint64())),
		vctest.With("name", fmt.Sprint("Baker ", n)),
		vctest.With("credentialSubject.achievement.name", fmt.Sprint("Baker ", n)))
}

// pictures are ten badge images of about 4 kB.
var pictures = func() (out [10]string) {
	for i := range out {
		m := image.NewNRGBA(image.Rect(0, 0, 200, 200))
		for y := range 200 {
			for x := range 200 {
				if r := (x-100)*(x-100) + (y-100)*(y-100); r < 9000 {
					m.Set(x, y, color.NRGBA{uint8(25 * i), uint8(y / 4 * 4), uint8(r / 1500 * 40), 255})
				}
			}
		}
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			panic(err)
		}
		out[i] = "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())
	}
	return out
}()

// keep imports and keeps badges, and returns their ids.
func (s *seeded) keep(w *wallet.Wallet, a storage.AccountID, count int) (ids []string) {
	s.t.Helper()
	for ctx := context.Background(); len(ids) < count; {
		var in []inspect.Input
		var items []int
		for len(in) < min(1000, count-len(ids)) {
			in = append(in, inspect.Input{Name: fmt.Sprint(len(in), ".json"), Bytes: s.badge()})
			items = append(items, len(in))
		}
		id, err := w.StartImport(ctx, a, in)
		if err == nil {
			err = w.WorkImport(ctx, a, id)
		}
		entries, keepErr := w.Keep(ctx, a, id, items)
		if err = errors.Join(err, keepErr); err != nil || len(entries) != len(in) {
			s.t.Fatalf("kept %d of %d: %v", len(entries), len(in), err)
		}
		for _, e := range entries {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

func (s *seeded) shareOf(w *wallet.Wallet, a storage.AccountID, ids []string) string {
	s.t.Helper()
	sh, err := w.CreateShare(context.Background(), a, wallet.ShareRequest{Entries: ids, ExpiresAt: time.Now().AddDate(0, 0, 90)})
	if err != nil {
		s.t.Fatal(err)
	}
	return sh.Token
}

// asker returns the asker for a page.
func (s *seeded) asker(what string) asker {
	switch what {
	case "page":
		return func(c *loadClient, _ int) error { return c.opens(s.share) }
	case "list5":
		return func(c *loadClient, _ int) error { return c.lists(s.few) }
	case "list5000":
		return func(c *loadClient, _ int) error { return c.lists(s.many) }
	case "import":
		return func(c *loadClient, n int) error { return c.imports(s.importers[n%len(s.importers)], s.badge()) }
	}
	s.t.Fatalf("there is no page %q", what)
	return nil
}

// A loadClient has connections of its own; each of its requests comes from
// another network, as a proxy would report it.
type loadClient struct {
	http *http.Client
	url  string
	csrf map[string]string // by session
}

func newLoadClient(url string) *loadClient {
	return &loadClient{url: url, csrf: map[string]string{}, http: &http.Client{Timeout: 2 * time.Minute, Transport: &http.Transport{},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (v *loadClient) close() { v.http.CloseIdleConnections() }

// ask sends a request, requires a status, and returns the page and its
// location.
func (v *loadClient) ask(method, path, session string, fields url.Values, status int) (body, location string, err error) {
	req, err := http.NewRequest(method, v.url+path, strings.NewReader(fields.Encode()))
	if err != nil {
		return "", "", err
	}
	req.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", rand.IntN(256), rand.IntN(256), rand.IntN(256)))
	req.Header.Set("Accept", "text/html")
	req.Header.Set("User-Agent", "Mozilla/5.0 (load)")
	if session != "" {
		req.AddCookie(&http.Cookie{Name: "backpack", Value: session})
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	res, err := v.http.Do(req)
	if err != nil {
		return "", "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != status {
		err = fmt.Errorf("%s %.20s: %d: %.300s", method, path, res.StatusCode, b)
	}
	return string(b), res.Header.Get("Location"), err
}

// opens opens a share for the first time, which counts a view.
func (v *loadClient) opens(token string) error {
	body, _, err := v.ask(http.MethodGet, "/s/"+token, "", nil, 200)
	return wants(err, body, "Baker")
}

// lists requests the list of badges of a signed-in learner.
func (v *loadClient) lists(session string) error {
	body, _, err := v.ask(http.MethodGet, "/backpack", session, nil, 200)
	return wants(err, body, "Baker")
}

func wants(err error, body, text string) error {
	if err == nil && !strings.Contains(body, text) {
		return fmt.Errorf("a page without %s: %.300s", text, body)
	}
	return err
}

var csrfField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// imports submits a badge, reads the preview, and keeps the badge.
func (v *loadClient) imports(session string, badge []byte) error {
	if v.csrf[session] == "" {
		body, _, err := v.ask(http.MethodGet, "/import", session, nil, 200)
		m := csrfField.FindStringSubmatch(body)
		if err != nil || m == nil {
			return fmt.Errorf("no form to import with: %w", err)
		}
		v.csrf[session] = m[1]
	}
	form := url.Values{"csrf": {v.csrf[session]}, "text": {string(badge)}}
	_, at, err := v.ask(http.MethodPost, "/import", session, form, 303)
	if err != nil {
		return err
	}
	body, _, err := v.ask(http.MethodGet, at, session, nil, 200)
	if err := wants(err, body, "Baker"); err != nil {
		return err
	}
	_, _, err = v.ask(http.MethodPost, at+"/keep", session, url.Values{"csrf": {v.csrf[session]}, "item": {"1"}}, 303)
	return err
}
