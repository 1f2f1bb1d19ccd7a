package server_test

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"backpack/server"
	"backpack/server/edge"
	"backpack/wallet"
	"backpack/wallet/wallettest"
)

// TestThreat10Headers checks the protective headers of every page, including errors.
func TestThreat10Headers(t *testing.T) {
	s := newSite(t)
	l := s.learner(t, "Robin Example")
	ids := l.owned()
	want := map[string]string{"Content-Security-Policy": edge.ContentPolicy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store, private"}
	paths := []string{"/nowhere", "/signin/nowhere", "/s/" + ids["token"] + "/nowhere"}
	eachRoute(func(method, pattern, _ string) {
		if method == http.MethodGet {
			paths = append(paths, fill(pattern, ids))
		}
	})
	l.get("/s/" + ids["token"]) // sets the grant
	for _, path := range paths {
		a := l.get(path)
		want := maps.Clone(want)
		switch {
		case strings.HasPrefix(path, "/s/"):
			want["Referrer-Policy"], want["X-Robots-Tag"], want["Cache-Control"] = "no-referrer", "noindex, noarchive", "no-store"
		case strings.HasPrefix(a.Header.Get("Content-Disposition"), "inline"):
			want["Cache-Control"] = "private, max-age=300"
		case path == "/favicon.ico" || path == "/manifest.webmanifest":
			want["Cache-Control"] = "public, max-age=3600"
		}
		if strings.HasPrefix(a.Header.Get("Content-Disposition"), "inline") {
			want["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
		}
		for name, value := range want {
			if got := a.Header[http.CanonicalHeaderKey(name)]; len(got) != 1 || got[0] != value {
				t.Errorf("%s %d: %s is %q, not %q", path, a.StatusCode, name, got, value)
			}
		}
		for _, name := range []string{"Strict-Transport-Security", "Server", "Access-Control-Allow-Origin"} {
			if got := a.Header.Get(name); got != "" {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
	}
	if want := "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"; edge.ContentPolicy != want {
		t.Errorf("the policy is %s", edge.ContentPolicy)
	}
}

// TestThreat14Cookies checks every cookie, with and without TLS before the server.
func TestThreat14Cookies(t *testing.T) {
	for _, secure := range []bool{false, true} {
		o, name := wallettest.Options{}, "backpack"
		if secure {
			o.PublicURL, name = "https://backpack.example", "__Host-backpack"
		}
		s := newSiteAs(t, o, nil)
		host := ""
		if secure {
			host = "backpack.example"
		}
		l := s.learner(t, "Robin Example")
		l.samples()
		sh := l.share(wallet.ShareRequest{}, "Handling Historic Photographs")
		found := map[string]bool{}
		for _, x := range []struct{ method, path, form string }{
			{http.MethodPost, "/signin", "key=" + l.Key}, {http.MethodPost, "/signup", "name=Robin"},
			{http.MethodPost, "/theme", "theme=dark"}, {http.MethodGet, "/s/" + sh.Token, ""}, {http.MethodGet, "/settings", ""},
		} {
			b := s.browser(t)
			req := b.request(x.method, x.path, strings.NewReader(x.form), "application/x-www-form-urlencoded")
			req.Host = host
			a := b.send(req)
			if got := a.Header.Get("Strict-Transport-Security"); (got == "max-age=31536000") != secure {
				t.Errorf("%s: Strict-Transport-Security is %q", x.path, got)
			}
			for _, c := range a.Cookies() {
				found[c.Name] = true
				if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure != secure || c.Domain != "" {
					t.Errorf("%s sets %s", x.path, c.Raw)
				}
				if path := map[bool]string{true: "/s/" + sh.Token, false: "/"}[c.Name == "show"]; c.Path != path {
					t.Errorf("%s sets %s", x.path, c.Raw)
				}
			}
		}
		for _, name := range []string{name, "theme", "show"} {
			if !found[name] {
				t.Errorf("no cookie %s among %v", name, found)
			}
		}
	}
}

// TestThreat14PlantedCookie checks that signing in ends the session that the browser
// had, and that signing out ends the new one.
func TestThreat14PlantedCookie(t *testing.T) {
	s := newSite(t)
	l := s.learner(t, "Robin Example")
	planted := s.learner(t, "Mallory Example")
	for name, brought := range map[string]string{"made up": strings.Repeat("A", 43), "another's": planted.Token, "empty": "", "old": l.Token} {
		b := s.browser(t)
		b.use(brought)
		a := b.post("/signin", url.Values{"key": {l.Key}}).leads(t, "/backpack")
		i := slices.IndexFunc(a.Cookies(), func(c *http.Cookie) bool { return c.Name == "backpack" })
		if i < 0 || a.Cookies()[i].Value == brought || len(a.Cookies()[i].Value) < 43 {
			t.Fatalf("%s: cookies %v", name, a.Cookies())
		}
		if _, err := s.Authenticate(t.Context(), brought); err == nil {
			t.Errorf("%s: the earlier session still works", name)
		}
		b.get("/settings").is(t, http.StatusOK).has(t, "Robin Example")
		fresh := a.Cookies()[i].Value
		b.post("/signout", nil).leads(t, "/")
		b.use(fresh)
		b.get("/backpack").leads(t, "/signin?next=%2Fbackpack")
	}
}

// raw sends bytes and returns the status; 0 if the connection is closed without an answer.
func (s *site) raw(t testing.TB, request string) (status int, header http.Header, body string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.Replace(strings.TrimPrefix(s.url, "http://"), "localhost", "127.0.0.1", 1))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Minute))
	io.WriteString(conn, request)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, nil, ""
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(b)
}

// TestHosts sends request lines and hosts of all kinds (threat 38).
func TestHosts(t *testing.T) {
	s := newSite(t)
	ours := strings.TrimPrefix(s.url, "http://")
	_, port, _ := net.SplitHostPort(ours)
	for _, x := range []struct {
		name, request string
		status        int
	}{
		{"ours", "GET /about HTTP/1.1\r\nHost: " + ours + "\r\n", 200},
		{"ours in capitals", "GET /about HTTP/1.1\r\nHost: " + strings.ToUpper(ours) + "\r\n", 200},
		{"loopback", "GET /about HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n", 200},
		{"loopback 6", "GET /about HTTP/1.1\r\nHost: [::1]:" + port + "\r\n", 200},
		{"absolute, ours", "GET http://" + ours + "/about HTTP/1.1\r\nHost: " + ours + "\r\n", 200},
		{"none", "GET /about HTTP/1.1\r\n", 400},
		{"empty", "GET /about HTTP/1.1\r\nHost:\r\n", 400},
		{"another", "GET /about HTTP/1.1\r\nHost: evil.example\r\n", 400},
		{"another port", "GET /about HTTP/1.1\r\nHost: localhost:1\r\n", 400},
		{"no port", "GET /about HTTP/1.1\r\nHost: localhost\r\n", 400},
		{"longer", "GET /about HTTP/1.1\r\nHost: " + ours + ".evil.example\r\n", 400},
		{"user", "GET /about HTTP/1.1\r\nHost: evil@" + ours + "\r\n", 400},
		{"path", "GET /about HTTP/1.1\r\nHost: " + ours + "/evil\r\n", 400},
		{"dot", "GET /about HTTP/1.1\r\nHost: localhost.:" + port + "\r\n", 400},
		{"other loopback", "GET /about HTTP/1.1\r\nHost: 127.0.0.2:" + port + "\r\n", 400},
		{"absolute, another", "GET http://evil.example/about HTTP/1.1\r\nHost: " + ours + "\r\n", 400},
		{"absolute, host another", "GET http://" + ours + "/about HTTP/1.1\r\nHost: evil.example\r\n", 400},
		{"forwarded", "GET /about HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: " + ours + "\r\n", 400},
		{"two slashes", "GET //evil.example/about HTTP/1.1\r\nHost: " + ours + "\r\n", 404},
	} {
		status, h, body := s.raw(t, x.request+"Connection: close\r\n\r\n")
		if status != x.status {
			t.Errorf("%s: %d", x.name, status)
		}
		if status == 400 && h != nil && h.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: no policy", x.name)
		}
		if strings.Contains(body, "evil.example") && x.name != "two slashes" {
			t.Errorf("%s: the page mentions evil.example", x.name)
		}
	}
	status, h, body := s.raw(t, "GET //evil.example/%5c..//backpack HTTP/1.1\r\nHost: "+ours+"\r\nConnection: close\r\n\r\n")
	if loc := h.Get("Location"); status == 303 && !strings.HasPrefix(loc, "/signin?next=") {
		t.Errorf("%d to %q: %.100s", status, loc, body)
	}
}

// TestSmuggling checks that a request that two servers could read differently is refused.
func TestSmuggling(t *testing.T) {
	s := newSite(t)
	host := "Host: " + strings.TrimPrefix(s.url, "http://") + "\r\n"
	for name, request := range map[string]string{
		"one host twice":       "GET /about HTTP/1.1\r\n" + host + host + "\r\n",
		"one length twice":     "POST /theme HTTP/1.1\r\n" + host + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde",
		"chunked twice":        "POST /theme HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
		"two hosts":            "GET /about HTTP/1.1\r\n" + host + "Host: evil.example\r\n\r\n",
		"two lengths":          "POST /theme HTTP/1.1\r\n" + host + "Content-Length: 5\r\nContent-Length: 40\r\n\r\nGET /about HTTP/1.1\r\n" + host + "\r\n",
		"negative length":      "POST /theme HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n",
		"length no number":     "POST /theme HTTP/1.1\r\n" + host + "Content-Length: +5\r\n\r\nabcde",
		"length and chunks":    "POST /theme HTTP/1.1\r\n" + host + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
		"space before colon":   "GET /about HTTP/1.1\r\n" + host + "Transfer-Encoding : chunked\r\n\r\n",
		"bad chunk":            "POST /theme HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
		"header of 20,000":     "GET /about HTTP/1.1\r\n" + host + "X: " + strings.Repeat("a", 20_000) + "\r\n\r\n",
		"no HTTP":              "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
		"control in the path":  "GET /ab\x00out HTTP/1.1\r\n" + host + "\r\n",
		"body without a limit": "POST /verify HTTP/1.1\r\n" + host + "Content-Length: 99999999999\r\n\r\n",
	} {
		status, _, _ := s.raw(t, request)
		if status < 400 && status != 0 || status >= 500 {
			t.Errorf("%s: %d", name, status)
		}
	}
}

// TestTooLarge checks that a body above the limit is answered with a page, not a reset.
func TestTooLarge(t *testing.T) {
	s := newSite(t)
	eachRoute(func(method, pattern, _ string) {
		path := fill(pattern, map[string]string{"token": "guess"})
		status, _, _ := s.raw(t, fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n", path, strings.TrimPrefix(s.url, "http://"), 65<<20))
		if status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d", path, status)
		}
	})
	status, h, body := s.raw(t, fmt.Sprintf("POST /verify HTTP/1.1\r\nHost: %s\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: %d\r\n\r\n",
		strings.TrimPrefix(s.url, "http://"), 65<<20))
	if status != http.StatusRequestEntityTooLarge || !strings.Contains(body, "That is larger than we can take at once") {
		t.Errorf("%d %.300s", status, body)
	}
	if h.Get("Content-Security-Policy") != edge.ContentPolicy {
		t.Errorf("policy %q", h.Get("Content-Security-Policy"))
	}
}

// TestThreat12NextPath checks that signing in never leads to another site (threat 12).
func TestThreat12NextPath(t *testing.T) {
	s := newSite(t)
	for _, next := range []string{"/", "/backpack", "/backpack?q=a%20b&sort=title", "/badges/abc", "/badges/abc/remove", "/imports/x?y=z",
		"/shares/new?badge=a&badge=b",
		"/settings/emails/e1", "/settings/delete", "/activity", "/verify", "/s/TOKEN", "/about#who", "/?//evil.example/..//"} {
		if got := server.NextPath(s.server, next); got != next {
			t.Errorf("%q became %q", next, got)
		}
	}
	for _, next := range badNext {
		if got := server.NextPath(s.server, next); got != "/backpack" {
			t.Errorf("%q leads to %q", next, got)
		}
	}
	l := s.Learner(t, "Robin Example")
	for _, next := range badNext {
		s.browser(t).post("/signin", url.Values{"key": {l.Key}, "next": {next}}).leads(t, "/backpack")
	}
	b := s.browser(t)
	for _, next := range badNext {
		if strings.HasPrefix(next, "/backpack") {
			continue
		}
		b.post("/theme", url.Values{"theme": {"dark"}, "next": {next}}).leads(t, "/")
	}
}

var badNext = []string{
	"", " ", "backpack", "evil.example", "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\/evil.example", "\\\\evil.example",
	"/\\/evil.example", "//\\evil.example", "/%5cevil.example", "/%5Cevil.example", "/%5c%5cevil.example", "/%2fevil.example", "/%2Fevil.example",
	"/%2f%2fevil.example",
	"/%09/evil.example", "/\t/evil.example", "/\n/evil.example", "/\r\n/evil.example", "\t//evil.example", "/ /evil.example", "/./evil.example",
	"/.//evil.example",
	"/..//evil.example", "/../evil.example", "/backpack/..//evil.example", "/backpack/../../evil.example", "/backpack//evil.example",
	"/backpack/%2e%2e//evil.example",
	"/%2e%2e//evil.example", "/;//evil.example", "http://evil.example", "https://evil.example", "HTTPS://evil.example", "https:evil.example",
	"https:/evil.example",
	"http:\\\\evil.example", "https:///evil.example", "//evil.example/backpack", "//evil.example:80/backpack", "//user@evil.example",
	"//localhost@evil.example", "/@evil.example", "/user:pass@evil.example",
	"javascript:alert(1)", "JavaScript:alert(1)", "java\nscript:alert(1)", "/javascript:alert(1)", "data:text/html,x", "vbscript:x",
	"mailto:x@evil.example", "file:///etc/passwd",
	"/evil", "/admin", "/evil.example", "/\u2215evil.example", "/\uff0fevil.example", "/\u3002evil.example", "\uff0f\uff0fevil.example",
	"/backpack\\@evil.example", "/backpack\x00", "/backpack\x7f",
	"/b\u00e4dges", "/backpack/", "/backpack/.", "/backpack%2f..", "/backpack\u202e", "?next=//evil.example", "#//evil.example", "/%zz", "/backpack%",
	"/" + strings.Repeat("a", 600), "/backpack?" + strings.Repeat("a", 600),
}

func TestSafeNames(t *testing.T) {
	for name, want := range map[string]string{"badge.png": "badge.png", "": "badge", "..": "badge", "../../etc/passwd": "etc-passwd",
		".bashrc": "bashrc", "-rf": "rf",
		"a\"b.png": "a-b.png", "a\r\nSet-Cookie: x=y": "a-Set-Cookie-x-y", "Zertifikät.svg": "Zertifikat.svg", "a;b%20c": "a-b-20c", "\u202egnp.exe": "gnp.exe",
		strings.Repeat("a", 200) + ".png": strings.Repeat("a", 96) + ".png"} {
		if got := server.SafeName(name); got != want {
			t.Errorf("%q became %q", name, got)
		}
	}
}
