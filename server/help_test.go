package server_test

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"backpack/server"
	"backpack/ui"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

// A site is a running server on the real store, with the sample issuer.
type site struct {
	*wallettest.Env
	url    string
	server *server.Server
}

// pages returns the renderer. Its templates are parsed once for all tests.
var pages = sync.OnceValues(func() (*ui.Renderer, error) { return ui.New(ui.Config{}) })

// operatorToken is the token of the operator.
const operatorToken = "a token that only the operator knows"

// newSite starts a server on a free port of this machine.
func newSite(t testing.TB) *site { return newSiteWith(t, wallettest.Options{}) }

// newSiteWith is newSite with options for the wallet.
func newSiteWith(t testing.TB, o wallettest.Options) *site {
	t.Helper()
	s := newSiteAs(t, o, func(c *server.Config) { c.API = server.API{Prefix: "/api/vc", Token: operatorToken} })
	work, stop := context.WithCancel(context.Background())
	var background sync.WaitGroup
	background.Go(func() { s.Run(work, nil) })
	t.Cleanup(func() { stop(); background.Wait() })
	return s
}

// A browser is a client that keeps cookies, follows no redirect, and sends the headers
// that a browser sends with forms.
type browser struct {
	t    testing.TB
	site *site
	http *http.Client
}

func (s *site) browser(t testing.TB) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, s, &http.Client{Jar: jar, Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// An answer is a response and its body.
type answer struct {
	*http.Response
	body string
}

func (b *browser) send(req *http.Request) *answer {
	b.t.Helper()
	res, err := b.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return &answer{res, string(body)}
}

func (b *browser) request(method, path string, body io.Reader, kind string) *http.Request {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.site.url+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if method == http.MethodPost {
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return req
}

func (b *browser) get(path string) *answer {
	b.t.Helper()
	return b.send(b.request(http.MethodGet, path, nil, ""))
}

// post sends a form, with the form token of a signed-in learner.
func (b *browser) post(path string, fields url.Values) *answer {
	b.t.Helper()
	if fields == nil {
		fields = url.Values{}
	}
	if fields.Get("csrf") == "" {
		fields.Set("csrf", b.token())
	}
	return b.send(b.request(http.MethodPost, path, strings.NewReader(fields.Encode()), "application/x-www-form-urlencoded"))
}

var tokenField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// token returns the form token in a page.
func (b *browser) token() string {
	if m := tokenField.FindStringSubmatch(b.get("/about").body); m != nil {
		return m[1]
	}
	return ""
}

// upload sends files and text as a multipart form.
func (b *browser) upload(path string, text string, files ...inspect.Input) *answer {
	b.t.Helper()
	return b.uploadWith(path, map[string]string{"text": text}, files...)
}

// uploadWith is upload with other fields.
func (b *browser) uploadWith(path string, fields map[string]string, files ...inspect.Input) *answer {
	b.t.Helper()
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	w.WriteField("csrf", b.token())
	for name, value := range fields {
		w.WriteField(name, value)
	}
	for _, f := range files {
		part, err := w.CreateFormFile("files", f.Name)
		if err != nil {
			b.t.Fatal(err)
		}
		part.Write(f.Bytes)
	}
	w.Close()
	return b.send(b.request(http.MethodPost, path, &buf, w.FormDataContentType()))
}

// follow gets the page to which an answer redirects.
func (b *browser) follow(a *answer) *answer {
	b.t.Helper()
	if a.StatusCode != http.StatusSeeOther {
		b.t.Fatalf("status %d instead of a redirect: %s", a.StatusCode, a.body)
	}
	return b.get(a.Header.Get("Location"))
}

// has fails the test unless the body holds every text.
func (a *answer) has(t testing.TB, texts ...string) *answer {
	t.Helper()
	for _, s := range texts {
		if !strings.Contains(a.body, s) {
			t.Errorf("%s %d: %q is missing in\n%.3000s", a.Request.URL.Path, a.StatusCode, s, a.body)
		}
	}
	return a
}

// hasNot fails the test if the body holds one of the texts.
func (a *answer) hasNot(t testing.TB, texts ...string) *answer {
	t.Helper()
	for _, s := range texts {
		if strings.Contains(a.body, s) {
			t.Errorf("%s: %q must not be there", a.Request.URL.Path, s)
		}
	}
	return a
}

func (a *answer) is(t testing.TB, status int) *answer {
	t.Helper()
	if a.StatusCode != status {
		t.Errorf("%s %s: status %d instead of %d: %.600s", a.Request.Method, a.Request.URL.Path, a.StatusCode, status, a.body)
	}
	return a
}

// onlyAccount returns the only account in the store.
func (s *site) onlyAccount(t testing.TB) storage.AccountID {
	t.Helper()
	var found storage.AccountID
	err := s.Store.View(t.Context(), func(tx storage.Tx) error {
		due, err := tx.Due(storage.KindSession, s.Clock.Now().Add(1000*time.Hour), 10)
		for _, r := range due {
			found = r.Account
		}
		return err
	})
	if err != nil || found == "" {
		t.Fatalf("no account: %v", err)
	}
	return found
}
