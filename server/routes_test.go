package server_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"backpack/wallet"
)

// The kinds of routes, by who may use them.
const (
	open     = "open"     // anybody
	asset    = "asset"    // anybody, before the guards
	learned  = "learned"  // learners
	shown    = "shown"    // viewers of a share
	operator = "operator" // the operator, by the token
)

// routes lists every route. TestRoutes fails if one is missing.
var routes = map[string]string{
	"GET /": open, "GET /about": open, "GET /privacy": open, "POST /theme": open, "GET /verify": open, "POST /verify": open, "POST /verify/save": open,
	"GET /.well-known/did.json": open, "GET /verify/list": open, "POST /verify/list": open, "GET /verify/list.json": open,
	"POST /api/vc/credentials/verify": open, "POST /api/vc/presentations/verify": open, "GET /api/vc/openapi.json": open,
	"GET /api/vc/status/:n": open, "GET /api/vc/issuers": operator, "POST /api/vc/credentials/status": operator, "POST /api/vc/credentials/derive": operator,
	"POST /api/vc/credentials/issue": operator, "POST /api/vc/issuers/:key/:suite/credentials/issue": operator,
	"GET /mail/stop/:token": open, "POST /mail/stop/:token": open, "GET /signup": open, "POST /signup": open, "GET /signin": open, "POST /signin": open,
	"POST /auth/passkey/signup/begin": open, "POST /auth/passkey/signup/finish": open,
	"POST /auth/passkey/signin/begin": open, "POST /auth/passkey/signin/finish": open,
	"GET /livez": asset, "GET /readyz": asset, "GET /assets/:name": asset, "GET /favicon.ico": asset, "GET /manifest.webmanifest": asset, "GET /robots.txt": asset,
	"GET /s/:token/": shown, "POST /s/:token/": shown, "POST /s/:token/check": shown, "GET /s/:token/presentation": shown, "GET /s/:token/receipt": shown,
	"GET /s/:token/badges/:id": shown, "GET /s/:token/badges/:id/evidence": shown, "GET /s/:token/evidence": shown, "GET /s/:token/pictures/:id": shown,
	"POST /signout": learned, "GET /backpack": learned, "POST /samples": learned, "GET /activity": learned, "POST /activity/seen": learned,
	"GET /badges/:id": learned, "GET /badges/:id/image": learned, "GET /badges/:id/original": learned, "GET /badges/:id/json": learned,
	"GET /badges/:id/evidence": learned,
	"GET /badges/:id/picture":  learned, "POST /badges/:id/check": learned, "POST /badges/:id/receipt": learned, "POST /badges/:id/note": learned,
	"GET /badges/:id/versions/:n": learned, "POST /badges/:id/contained/:n": learned,
	"GET /badges/:id/remove": learned, "POST /badges/:id/remove": learned,
	"GET /import": learned, "POST /import": learned, "GET /imports/:id": learned, "GET /imports/:id/events": learned,
	"GET /imports/:id/pictures/:n": learned, "POST /imports/:id/keep": learned, "POST /imports/:id/drop": learned,
	"GET /shares": learned, "GET /shares/new": learned, "POST /shares/preview": learned, "POST /shares": learned, "GET /shares/:id": learned,
	"GET /shares/:id/qr.png": learned, "GET /shares/:id/qr.svg": learned, "POST /shares/:id/revoke": learned, "POST /shares/:id/remove": learned,
	"GET /issuers/:id": learned,
	"GET /settings":    learned, "POST /settings/name": learned, "POST /settings/key": learned,
	"POST /auth/passkey/add/begin": learned, "POST /auth/passkey/add/finish": learned, "POST /settings/passkeys/:id/remove": learned,
	"POST /settings/mail": learned, "POST /settings/emails": learned, "GET /settings/emails/:id": learned, "POST /settings/emails/:id": learned,
	"POST /settings/emails/:id/resend": learned, "POST /settings/emails/:id/remove": learned,
	"POST /settings/sessions/end-others": learned, "POST /settings/sessions/:id/end": learned,
	"GET /settings/export": learned, "POST /settings/export": learned, "GET /settings/export.zip": learned, "GET /settings/delete": learned,
	"POST /settings/delete": learned,
}

// owned returns the ids of what a learner has, by the path segment before the id.
func (l *learner) owned() map[string]string {
	l.t.Helper()
	s, ctx := l.site, l.t.Context()
	l.samples()
	sh := l.share(wallet.ShareRequest{}, "Handling Historic Photographs")
	imp, err := s.StartImport(ctx, l.ID, s.Samples[:1])
	if err != nil {
		l.t.Fatal(err)
	}
	if err := s.WorkImport(ctx, l.ID, imp); err != nil {
		l.t.Fatal(err)
	}
	email, err := s.AddEmail(ctx, l.ID, "robin@example.org")
	if err != nil {
		l.t.Fatal(err)
	}
	b, err := s.Badge(ctx, l.ID, sh.Entries[0])
	if err != nil {
		l.t.Fatal(err)
	}
	return map[string]string{"badges": sh.Entries[0], "issuers": wallet.IssuerRef(b.Entry.Summary.IssuerID), "shares": sh.ID, "imports": imp,
		"emails": email.ID, "sessions": l.Session.ID,
		"passkeys": "cGFzc2tleQ", "token": sh.Token}
}

// fill replaces the parameters in the pattern of a route.
func fill(pattern string, ids map[string]string) string {
	parts := strings.Split(strings.TrimSuffix(pattern, "/"), "/")
	for i, p := range parts {
		switch {
		case p == ":id" && parts[i-1] == "pictures":
			parts[i] = ids["badges"]
		case p == ":id":
			parts[i] = ids[parts[i-1]]
		case p == ":n":
			parts[i] = "1"
		case p == ":token":
			parts[i] = ids["token"]
		case p == ":name":
			parts[i] = "none.css"
		}
	}
	return "/" + strings.TrimPrefix(strings.Join(parts, "/"), "/")
}

func eachRoute(do func(method, pattern, kind string)) {
	for _, r := range slices.Sorted(maps.Keys(routes)) {
		method, pattern, _ := strings.Cut(r, " ")
		do(method, pattern, routes[r])
	}
}

// TestRoutes requests every route without a session and without the operator's token,
// and checks that routes is complete.
func TestRoutes(t *testing.T) {
	s := newSite(t)
	for _, r := range s.server.Routes() {
		if routes[r] == "" {
			t.Errorf("%s is a new route: add it to the list", r)
		}
	}
	if got, want := len(s.server.Routes()), len(routes); got != want {
		t.Errorf("%d routes are registered, %d listed", got, want)
	}
	owner := s.learner(t, "Owner Example")
	ids := owner.owned()
	t.Run("signed out", func(t *testing.T) { signedOut(t, s, ids) })
	t.Run("no operator", func(t *testing.T) { noOperator(t, s, owner) })
	owner.untouched(ids)
}

// TestThreat24AnothersRecords requests every route with ids of another learner and finds
// nothing.
func TestThreat24AnothersRecords(t *testing.T) {
	s := newSite(t)
	owner, other := s.learner(t, "Owner Example"), s.learner(t, "Other Example")
	ids := owner.owned()
	anothers(t, owner, other, ids)
	owner.untouched(ids)
}

// TestThreat13ForeignForms posts to every route as another site's page could. Nothing
// changes.
func TestThreat13ForeignForms(t *testing.T) {
	s := newSite(t)
	owner := s.learner(t, "Owner Example")
	ids := owner.owned()
	foreign(t, s, owner, ids)
	owner.untouched(ids)
}

// untouched fails the test unless the learner still has what owned created.
func (l *learner) untouched(ids map[string]string) {
	l.t.Helper()
	s, ctx := l.site, l.t.Context()
	if list, err := s.Entries(ctx, l.ID, wallet.Query{}); err != nil || list.All != len(s.Samples) {
		l.t.Errorf("the owner has %d badges left: %v", list.All, err)
	}
	if imp, err := s.Import(ctx, l.ID, ids["imports"]); err != nil || len(imp.Items) != 1 {
		l.t.Errorf("the owner's import is %+v: %v", imp, err)
	}
	if sh, err := s.Share(ctx, l.ID, ids["shares"]); err != nil || !sh.Live(s.Clock.Now()) || sh.Views != 0 {
		l.t.Errorf("the owner's share is %+v: %v", sh, err)
	}
}

func signedOut(t *testing.T, s *site, ids map[string]string) {
	b := s.browser(t)
	eachRoute(func(method, pattern, kind string) {
		if kind != learned {
			return
		}
		path := fill(pattern, ids)
		if method == http.MethodGet {
			b.get(path+"?a=b").leads(t, "/signin?next="+url.QueryEscape(path+"?a=b"))
			b.ask(http.MethodHead, path, nil).leads(t, "/signin?next="+url.QueryEscape(path))
			return
		}
		b.ask(method, path, nil).is(t, http.StatusForbidden).has(t, "You are signed out")
	})
}

// noOperator checks that neither a stranger nor a learner can issue, and that a token
// must match exactly.
func noOperator(t *testing.T, s *site, owner *learner) {
	stranger := s.browser(t)
	eachRoute(func(method, pattern, kind string) {
		if kind != operator {
			return
		}
		for _, header := range []string{"", "Bearer ", "Bearer " + operatorToken[1:], "Bearer " + operatorToken + "x", "Basic " + operatorToken, operatorToken} {
			stranger.ask(method, pattern, nil, "Authorization", header).is(t, http.StatusUnauthorized)
			owner.ask(method, pattern, nil, "Authorization", header, "X-Form-Token", owner.token()).is(t, http.StatusUnauthorized)
		}
	})
}

func anothers(t *testing.T, owner, other *learner, ids map[string]string) {
	eachRoute(func(method, pattern, kind string) {
		if kind != learned || !strings.Contains(pattern, ":") {
			return
		}
		path := fill(pattern, ids)
		if pattern == "/imports/:id/drop" { // dropping a missing import succeeds
			other.post(path, nil).leads(t, "/import")
			return
		}
		if method == http.MethodPost {
			other.post(path, url.Values{"item": {"1"}, "code": {"123456"}, "note": {"mine now"}}).is(t, http.StatusNotFound)
			return
		}
		other.get(path).is(t, http.StatusNotFound)
		if a := owner.get(path); a.StatusCode != http.StatusOK && pattern != "/badges/:id/picture" {
			t.Errorf("%s: the owner gets %d, so the 404 proves nothing", path, a.StatusCode)
		}
	})
	show := url.Values{"badge": {ids["badges"]}, "expires": {"2026-12-24"}}
	other.post("/shares", show).is(t, http.StatusNotFound)
	other.post("/shares/preview", show).is(t, http.StatusBadRequest).hasNot(t, "Handling Historic Photographs")
	other.get("/shares/new?badge="+ids["badges"]).is(t, http.StatusOK).hasNot(t, "Handling Historic Photographs")
}

func foreign(t *testing.T, s *site, owner *learner, ids map[string]string) {
	stranger := s.browser(t)
	eachRoute(func(method, pattern, kind string) {
		if method == http.MethodGet {
			return
		}
		path := fill(pattern, ids)
		for _, headers := range [][]string{
			{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Sec-Fetch-Site", "odd"},
			{"Sec-Fetch-Site", "cross-site", "Origin", s.url},
			{"Sec-Fetch-Site", "", "Origin", "https://evil.example"}, {"Sec-Fetch-Site", "", "Origin", "null"},
			{"Sec-Fetch-Site", "", "Origin", s.url + ".evil.example"}, {"Sec-Fetch-Site", "", "Origin", strings.Replace(s.url, "http:", "https:", 1)},
			{"Sec-Fetch-Site", "", "Origin", "http://evil.example/" + s.url}, {"Sec-Fetch-Site", "", "Origin", "%zz"},
		} {
			headers = append(headers, "X-Form-Token", owner.token())
			owner.ask(method, path, nil, headers...).is(t, http.StatusForbidden)
			stranger.ask(method, path, nil, headers...).is(t, http.StatusForbidden)
		}
		owner.ask(method, path, nil, "Sec-Fetch-Site", "", "X-Form-Token", owner.token()).is(t, http.StatusForbidden)
		if kind == learned {
			owner.ask(method, path, nil).is(t, http.StatusForbidden)
			owner.ask(method, path, nil, "X-Form-Token", "AAAABBBBCCCCDDDDEEEEFFFF").is(t, http.StatusForbidden)
		}
	})
}
