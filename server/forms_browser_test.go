package server_test

import (
	"fmt"
	"html"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"backpack/server"
	"backpack/server/edge"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/wallettest"
)

// An outsider is another website on this machine. It records its requests.
type outsider struct {
	port    string
	mu      sync.Mutex
	pages   map[string]string
	referer []string
}

func newOutsider(t testing.TB) *outsider {
	t.Helper()
	o := &outsider{pages: map[string]string{}}
	s := httptest.NewServer(o)
	t.Cleanup(s.Close)
	_, o.port, _ = net.SplitHostPort(s.Listener.Addr().String())
	return o
}

func (o *outsider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if r.URL.Path != "/favicon.ico" {
		o.referer = append(o.referer, r.Header.Get("Referer"))
	}
	w.Header().Set("Content-Type", "text/html")
	fmt.Fprint(w, "<!doctype html><title>outside</title>"+o.pages[r.URL.Path])
}

// at returns the outsider's address under a host name of this machine.
func (o *outsider) at(host, path string) string { return "http://" + host + ":" + o.port + path }

// attack returns a page that sends a form to every route that accepts one, each into
// its own frame, in each encoding of forms.
func attack(site string, ids map[string]string, key string) (body string, forms int) {
	var b strings.Builder
	codings := []string{"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"}
	eachRoute(func(method, pattern, _ string) {
		if method == http.MethodGet {
			return
		}
		forms++
		fmt.Fprintf(&b, `<iframe name="f%d"></iframe><form target="f%d" method="post" action="%s" enctype="%s">`, forms, forms,
			html.EscapeString(site+fill(pattern, ids)), codings[forms%3])
		for name, value := range map[string]string{"name": "Mallory", "key": key, "title": "x", "note": "x", "email": "mallory@example.org",
			"code": "123456", "text": "x", "theme": "dark", "badge": ids["badges"], "confirm": "1", "passcode": "x", "csrf": "x"} {
			fmt.Fprintf(&b, `<input name="%s" value="%s">`, name, html.EscapeString(value))
		}
		b.WriteString("</form>\n")
	})
	b.WriteString(`<script>(async () => { // one after another: browsers drop some if many frames wait
		for (const f of document.forms) await new Promise(next => {
			document.querySelector("iframe[name=" + f.target + "]").onload = next;
			setTimeout(next, 2000);
			HTMLFormElement.prototype.submit.call(f);
		});
	})()</script>`)
	return b.String(), forms
}

// TestThreat13BrowserForms lets another website send forms with a learner's browser to
// every route that accepts one: from another host, and from another port of the same
// host, which sends the cookies. Each is refused, and nothing changes.
func TestThreat13BrowserForms(t *testing.T) {
	t.Parallel()
	answered := make(chan edge.Answered, 1000)
	s, out := newSiteAs(t, wallettest.Options{}, func(c *server.Config) {
		c.API.Prefix, c.Observe = "/api/vc", func(a edge.Answered) { answered <- a }
	}), newOutsider(t)
	l, mallory := s.learner(t, "Robin Example"), s.learner(t, "Mallory Example")
	ids := l.owned()
	body, forms := attack(s.url, ids, mallory.Key)
	out.pages["/attack"] = body
	b := newTab(t, s, 1280, 900)
	b.as(l)
	for _, host := range []string{"127.0.0.1", "localhost"} {
		for len(answered) > 0 {
			<-answered
		}
		b.do(chromedp.Navigate(out.at(host, "/attack")))
		for n := 0; n < forms; {
			select {
			case a := <-answered:
				if a.Method != http.MethodPost {
					continue
				}
				if n++; a.Status != http.StatusForbidden {
					t.Errorf("from %s: %s answers %d", host, a.Route, a.Status)
				}
			case <-time.After(patience):
				t.Fatalf("from %s %d of %d forms arrived", host, n, forms)
			}
		}
	}
	b.open("/settings")
	var name string
	b.do(chromedp.Value("input[name=name]", &name, chromedp.ByQuery))
	if name != "Robin Example" {
		t.Errorf("the browser is now %q", name)
	}
	l.untouched(ids)
	if a, err := s.Account(t.Context(), l.ID); err != nil || a.Name != "Robin Example" {
		t.Errorf("the account is now %+v: %v", a, err)
	}
}

// TestThreat13BrowserFrames checks that no page can be framed by another site.
func TestThreat13BrowserFrames(t *testing.T) {
	t.Parallel()
	s, out := newSite(t), newOutsider(t)
	l := s.learner(t, "Robin Example")
	ids := l.owned()
	b := newTab(t, s, 1280, 900)
	b.as(l)
	paths := []string{"/", "/backpack", "/badges/" + ids["badges"], "/badges/" + ids["badges"] + "/image", "/shares/" + ids["shares"], "/settings",
		"/settings/delete", "/signin", "/verify", "/s/" + ids["token"], "/nowhere", "/api/vc/openapi.json"}
	for _, path := range paths {
		out.pages["/frames"] += `<iframe src="` + s.url + path + `"></iframe>`
	}
	refused := make(chan bool, 100)
	chromedp.ListenTarget(b.ctx, func(ev any) {
		if e, ok := ev.(*network.EventLoadingFailed); ok && e.Type == network.ResourceTypeDocument && e.ErrorText == "net::ERR_BLOCKED_BY_RESPONSE" {
			refused <- true
		}
	})
	for _, host := range []string{"127.0.0.1", "localhost"} {
		b.do(chromedp.Navigate(out.at(host, "/frames")))
		for n := range paths {
			select {
			case <-refused:
			case <-time.After(patience):
				t.Fatalf("in a page of %s only %d of %d frames were refused", host, n, len(paths))
			}
		}
	}
}

// TestThreat17BrowserLeavesNoTrace checks that a link from a share, or from any page, to
// another website sends no referrer, and that the log does not hold the token.
func TestThreat17BrowserLeavesNoTrace(t *testing.T) {
	t.Parallel()
	s, out := newSite(t), newOutsider(t)
	l := s.learner(t, "Robin Example")
	ids := l.owned()
	b := newTab(t, s, 1280, 900)
	b.as(l)
	pages := []string{"/s/" + ids["token"], "/badges/" + ids["badges"], "/shares/" + ids["shares"]}
	for _, path := range pages {
		for _, leave := range []string{`location.href = %s`, `(() => { const a = document.createElement("a"); a.href = %s; document.body.append(a); a.click() })()`} {
			b.open(path)
			b.arrive(func() { b.eval(fmt.Sprintf(leave, jsText(t, out.at("127.0.0.1", "/out")))+";0", nil) })
		}
	}
	out.mu.Lock()
	defer out.mu.Unlock()
	if len(out.referer) != 2*len(pages) {
		t.Errorf("%d visits arrived", len(out.referer))
	}
	for _, r := range out.referer {
		if r != "" {
			t.Errorf("a referrer was sent: %q", r)
		}
	}
	if strings.Contains(s.Logs.String(), ids["token"]) {
		t.Error("the token is in the log")
	}
}

// TestThreat18BrowserAsksNobodyElse opens every page of a badge full of foreign
// addresses many times. The browser sends requests to this server only, and the server
// sends none because of a view.
func TestThreat18BrowserAsksNobodyElse(t *testing.T) {
	t.Parallel()
	s := newSiteAs(t, wallettest.Options{}, nil)
	l, b := s.learner(t, "Robin Example"), newTab(t, s, 1280, 900)
	b.as(l)
	e := l.keeps(phoning(t))
	sh := l.share(wallet.ShareRequest{})
	before := len(s.Web.Visits())
	paths := []string{"/backpack", "/badges/" + e.ID, "/badges/" + e.ID + "/image", "/issuers/" + wallet.IssuerRef(e.Summary.IssuerID), "/shares",
		"/shares/" + sh.ID, "/shares/new?badge=" + e.ID, "/activity", "/s/" + sh.Token}
	for range 3 {
		for _, path := range paths {
			b.open(path)
		}
	}
	b.sees("Baker")
	b.clean() // reports requests to other hosts
	for range 20 {
		s.browser(t).get("/s/"+sh.Token).is(t, http.StatusOK)
	}
	if after := len(s.Web.Visits()); after != before {
		t.Errorf("%d requests because of views: %v", after-before, s.Web.Visits()[before:])
	}
}

// phoning returns a badge with foreign addresses wherever it can have one.
func phoning(t testing.TB) []byte {
	t.Helper()
	i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	at := func(path string) string { return "https://phone.example/" + path }
	return i.Issue(t, vctest.With("credentialSubject.achievement.image", vctest.Object{"id": at("i.png"), "type": "Image"}),
		vctest.With("image", vctest.Object{"id": at("j.png"), "type": "Image"}),
		vctest.With("credentialSubject.achievement.criteria", vctest.Object{"id": at("criteria"), "narrative": "Bake. ![x](" + at("k.png") + ")"}),
		vctest.With("issuer.url", at("")), vctest.With("issuer.image", vctest.Object{"id": at("l.png"), "type": "Image"}),
		vctest.With("evidence", []any{vctest.Object{"id": at("e"), "type": []any{"Evidence"}, "narrative": "<img src=" + at("m.png") + ">"}}))
}
