package server_test

import (
	"archive/zip"
	"crypto/rand"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"backpack/server"
	"backpack/server/edge"
	"backpack/wallet"
	"backpack/wallet/wallettest"
)

// transport returns the configuration of the edge in front of a wallet.
func transport(env *wallettest.Env, public *url.URL) edge.Config {
	return edge.Config{PublicURL: public, Now: env.Clock.Now, Log: env.Config.Log, After: time.After, Rand: rand.Reader}
}

// newSiteAs is newSite with options for the wallet and a configuration that change may
// alter. Tests use plain HTTP whatever the public address is. ready is called before
// the first request.
func newSiteAs(t testing.TB, o wallettest.Options, change func(*server.Config), ready ...func(*server.Server)) *site {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	origin := "http://localhost:" + port
	if o.PublicURL == "" {
		o.PublicURL = origin
	}
	env := wallettest.New(t, o)
	pages, err := pages()
	if err != nil {
		t.Fatal(err)
	}
	public, err := url.Parse(o.PublicURL)
	if err != nil {
		t.Fatal(err)
	}
	cfg := server.Config{Config: transport(env, public), Wallet: env.Wallet, UI: pages,
		Secret: env.Sealer.Secret, Turns: env.Config.Turns, Suites: env.Config.Suites, Version: "test",
		ImportTime: 40 * time.Second, // no progress is shown, however slow the machine is
		Rates:      server.Rates{SignIn: 10_000, Check: 10_000, View: 10_000, Import: 10_000}}
	if change != nil {
		change(&cfg)
	}
	srv, err := server.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, fn := range ready {
		fn(srv)
	}
	go srv.Serve(l)
	t.Cleanup(func() { srv.Shutdown() })
	return &site{Env: env, url: origin, server: srv}
}

// A learner is a signed-in browser and its account.
type learner struct {
	*browser
	*wallettest.Learner
}

// learner creates an account and gives its session to a new browser.
func (s *site) learner(t testing.TB, name string) *learner {
	t.Helper()
	l := &learner{s.browser(t), s.Learner(t, name)}
	l.use(l.Token)
	return l
}

// use sets the session cookie of the browser.
func (b *browser) use(token string) {
	b.t.Helper()
	u, err := url.Parse(b.site.url)
	if err != nil {
		b.t.Fatal(err)
	}
	b.http.Jar.SetCookies(u, []*http.Cookie{{Name: "backpack", Value: token, Path: "/"}})
}

// samples imports the sample badges and returns them by title.
func (l *learner) samples() map[string]*wallet.Entry {
	l.t.Helper()
	kept, err := l.site.AddSamples(l.t.Context(), l.ID)
	if err != nil {
		l.t.Fatal(err)
	}
	out := map[string]*wallet.Entry{}
	for _, e := range kept {
		out[e.Summary.Title] = e
	}
	return out
}

// share makes a share of the samples with the titles; without titles, of all.
func (l *learner) share(r wallet.ShareRequest, titles ...string) *wallet.Share {
	l.t.Helper()
	all, err := l.site.Entries(l.t.Context(), l.ID, wallet.Query{Limit: 100})
	if err != nil {
		l.t.Fatal(err)
	}
	for _, e := range all.Entries {
		for _, title := range titles {
			if e.Title == title {
				r.Entries = append(r.Entries, e.ID)
			}
		}
		if len(titles) == 0 {
			r.Entries = append(r.Entries, e.ID)
		}
	}
	sh, err := l.site.CreateShare(l.t.Context(), l.ID, r)
	if err != nil {
		l.t.Fatal(err)
	}
	return sh
}

// ask sends a request with headers, given in pairs. An empty value removes a header.
func (b *browser) ask(method, path string, body io.Reader, headers ...string) *answer {
	b.t.Helper()
	req := b.request(method, path, body, "")
	for i := 0; i < len(headers); i += 2 {
		if req.Header.Del(headers[i]); headers[i+1] != "" {
			req.Header.Set(headers[i], headers[i+1])
		}
	}
	return b.send(req)
}

// text returns the text of a page, without markup.
func (a *answer) text(t testing.TB) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			out.WriteString(n.Data + " ")
		}
	}
	return regexp.MustCompile(`\s+`).ReplaceAllString(out.String(), " ")
}

// says fails the test unless the page's text holds every text.
func (a *answer) says(t testing.TB, texts ...string) *answer {
	t.Helper()
	page := a.text(t)
	for _, s := range texts {
		if !strings.Contains(page, s) {
			t.Errorf("%s %d: %q is missing in\n%.3000s", a.Request.URL.Path, a.StatusCode, s, page)
		}
	}
	return a
}

// leads fails the test unless the answer redirects to the path.
func (a *answer) leads(t testing.TB, path string) *answer {
	t.Helper()
	if got := a.Header.Get("Location"); a.StatusCode != http.StatusSeeOther || got != path {
		t.Errorf("%s %s: status %d to %q, not 303 to %q: %.600s", a.Request.Method, a.Request.URL.Path, a.StatusCode, got, path, a.body)
	}
	return a
}

// unzip returns the files of an archive by name.
func unzip(t testing.TB, body string) map[string]string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		out[f.Name] = string(b)
	}
	return out
}

func b64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
