package server_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"backpack/server"
	"backpack/wallet"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

var keyOnPage = regexp.MustCompile(`id="thekey"[^>]*>([0-9A-Z-]{34})<`)

// TestSignUp creates an account with a name only, after mistakes, and signs in
// with its key.
func TestSignUp(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	for name, want := range map[string]string{"": "Enter your name", " \t": "Enter your name", strings.Repeat("x", 81): "at most 80 characters",
		"a\x00b": "cannot be shown"} {
		a := b.post("/signup", url.Values{"name": {name}, "next": {"/import"}}).is(t, http.StatusBadRequest).says(t, "There is a problem", want)
		a.has(t, `href="#f-name"`, `aria-invalid="true"`, `aria-describedby=`, `name="next" value="/import"`, "<title>Error:")
	}
	a := b.post("/signup", url.Values{"name": {"Robin Example"}, "next": {"/import"}}).is(t, http.StatusOK).says(t, "the only time you see it", "Robin Example")
	m := keyOnPage.FindStringSubmatch(a.body)
	if m == nil || !strings.Contains(a.body, `action="/import"`) {
		t.Fatalf("no key, or no link to continue: %s", a.body)
	}
	b.get("/signup").leads(t, "/backpack")
	b.get("/signin?next=/settings").leads(t, "/settings")
	other := s.browser(t)
	for key, want := range map[string]string{"": "Enter your backpack key", "x": "typing mistake", slip(m[1]): "typing mistake"} {
		other.post("/signin", url.Values{"key": {key}, "next": {"/shares"}}).is(t, http.StatusBadRequest).says(t, want).
			has(t, `href="#f-key"`, `name="next" value="/shares"`).hasNot(t, m[1])
	}
	other.post("/signin", url.Values{"key": {strings.ToLower(strings.ReplaceAll(m[1], "-", " "))}, "next": {"/shares"}}).leads(t, "/shares")
	b.post("/signout", nil).leads(t, "/")
	b.get("/").says(t, "You are signed out")
	b.get("/").hasNot(t, "You are signed out")
	b.get("/settings?x=1").leads(t, "/signin?next=%2Fsettings%3Fx%3D1")
	if out := b.http.Jar.Cookies(a.Request.URL); len(out) > 0 {
		t.Errorf("cookies are left: %v", out)
	}
}

// slip mistypes the last character of a key.
func slip(key string) string {
	last := "0"
	if strings.HasSuffix(key, last) {
		last = "1"
	}
	return key[:len(key)-1] + last
}

// TestSettings changes the name, confirms addresses after mistakes, and ends sessions.
func TestSettings(t *testing.T) {
	s := newSite(t)
	l := s.learner(t, "Robin Example")
	l.post("/settings/name", url.Values{"name": {""}}).is(t, http.StatusBadRequest).says(t, "Enter your name").has(t, `href="#f-name"`)
	l.follow(l.post("/settings/name", url.Values{"name": {"Robin Éxample"}})).says(t, "Name saved").has(t, `value="Robin Éxample"`)
	for address, want := range map[string]string{"": "Enter an e-mail address", "x": "Enter an e-mail address",
		"a@b\r\nBcc: c@d.example": "Enter an e-mail address"} {
		l.post("/settings/emails", url.Values{"email": {address}}).is(t, http.StatusBadRequest).says(t, want).has(t, `href="#f-email"`)
	}
	s.Mails.Fail(errors.New("the mail server is away"))
	l.post("/settings/emails", url.Values{"email": {"away@example.org"}}).is(t, http.StatusBadRequest).says(t, "The mail could not be sent")
	s.Mails.Fail(nil)
	a := l.post("/settings/emails", url.Values{"email": {"robin@example.org"}})
	path := a.Header.Get("Location")
	l.follow(a).says(t, "We have sent a code to robin@example.org", "Prove your address")
	l.post(path, url.Values{"code": {""}}).is(t, http.StatusBadRequest).says(t, "Enter the code from the mail").has(t, `href="#f-code"`)
	code := s.Mails.Code(t)
	wrong := map[bool]string{true: "111111", false: "222222"}[code != "111111"]
	l.post(path, url.Values{"code": {wrong}}).is(t, http.StatusBadRequest).says(t, "That is not the code")
	s.Clock.Advance(11 * time.Minute)
	l.post(path, url.Values{"code": {code}}).is(t, http.StatusBadRequest).says(t, "This code has run out")
	l.follow(l.post(path+"/resend", nil)).says(t, "We have sent a code")
	for range 5 {
		l.post(path, url.Values{"code": {"x"}}).is(t, http.StatusBadRequest).says(t, "That is not the code")
	}
	l.post(path, url.Values{"code": {s.Mails.Code(t)}}).is(t, http.StatusBadRequest).says(t, "Too many wrong codes")
	l.post(path+"/resend", nil).leads(t, path)
	l.follow(l.post(path, url.Values{"code": {" " + s.Mails.Code(t) + " "}})).says(t, "robin@example.org is proved")
	l.get(path).leads(t, "/settings")
	l.post("/settings/emails", url.Values{"email": {"robin@example.org"}}).leads(t, "/signin?again=1&next=%2Fsettings")
	l.post("/signin", url.Values{"key": {l.Key}})
	if now, err := s.Sessions(t.Context(), l.ID); err != nil || len(now) != 1 {
		t.Fatalf("sessions %v: %v", now, err)
	} else {
		l.Session = now[0]
	}
	l.post("/settings/emails", url.Values{"email": {"robin@example.org"}}).is(t, http.StatusBadRequest).says(t, "already on your list").has(t, `href="#f-email"`)
	l.post(path+"/resend", nil).is(t, http.StatusConflict)
	l.follow(l.post(path+"/remove", nil)).says(t, "Address removed")

	library, phone := s.browser(t), s.browser(t)
	library.post("/signin", url.Values{"key": {l.Key}})
	phone.post("/signin", url.Values{"key": {l.Key}})
	l.get("/settings").says(t, "This browser", "Sign out everywhere else")
	all, err := s.Sessions(t.Context(), l.ID)
	if err != nil || len(all) != 3 {
		t.Fatalf("%d sessions: %v", len(all), err)
	}
	for _, x := range all {
		if x.ID != l.Session.ID {
			l.follow(l.post("/settings/sessions/"+x.ID+"/end", nil)).says(t, "That browser is signed out")
			break
		}
	}
	l.follow(l.post("/settings/sessions/end-others", nil)).says(t, "All other browsers are signed out")
	for _, b := range []*browser{library, phone} {
		b.get("/backpack").leads(t, "/signin?next=%2Fbackpack")
	}
	l.post("/settings/sessions/"+l.Session.ID+"/end", nil).leads(t, "/")
	l.get("/backpack").leads(t, "/signin?next=%2Fbackpack")
}

// TestThreat14SignInAgain checks that keeping, copying or destroying a backpack
// needs a recent sign-in.
func TestThreat14SignInAgain(t *testing.T) {
	s := newSite(t)
	l := s.learner(t, "Robin Example")
	renewed := l.post("/settings/key", nil).is(t, http.StatusOK).says(t, "Your new backpack key", "The earlier key has stopped working")
	s.browser(t).post("/signin", url.Values{"key": {l.Key}}).is(t, http.StatusBadRequest).says(t, "No backpack opens with this key")
	key := keyOnPage.FindStringSubmatch(renewed.body)[1]
	l.get("/settings/delete").is(t, http.StatusOK)

	s.Clock.Advance(10 * time.Minute)
	for _, x := range []struct{ method, path, back string }{
		{http.MethodPost, "/settings/key", "/settings"}, {http.MethodPost, "/settings/passkeys/x/remove", "/settings"},
		{http.MethodPost, "/settings/emails", "/settings"},
		{http.MethodGet, "/settings/export", "/settings/export"}, {http.MethodGet, "/settings/export.zip", "/settings/export"}, {http.MethodPost,
			"/settings/export", "/settings/export"},
		{http.MethodGet, "/settings/delete", "/settings/delete"}, {http.MethodPost, "/settings/delete", "/settings/delete"},
	} {
		a := l.ask(x.method, x.path, strings.NewReader("name=Robin+Example"), "Content-Type", "application/x-www-form-urlencoded", "X-Form-Token", l.token())
		l.follow(a.leads(t, "/signin?again=1&next="+url.QueryEscape(x.back))).is(t, http.StatusOK).says(t, "sign in once more", "Backpack key").
			has(t, `name="next" value="`+x.back+`"`)
	}
	a := l.ask(http.MethodPost, "/auth/passkey/add/begin", strings.NewReader("{}"), "X-Form-Token", l.token()).is(t, http.StatusForbidden)
	var problem struct{ Error, Code string }
	if err := json.Unmarshal([]byte(a.body), &problem); err != nil || problem.Code != "sign_in_again" || !strings.Contains(problem.Error, "sign in once more") {
		t.Errorf("%s: %v", a.body, err)
	}
	if acc, err := s.Account(t.Context(), l.ID); err != nil || acc.Name != "Robin Example" {
		t.Fatalf("the account is gone: %v", err)
	}
	for _, e := range []string{"/settings", "/import"} { // the rest needs none
		l.get(e).is(t, http.StatusOK)
	}

	old, _ := s.Sessions(t.Context(), l.ID)
	l.follow(l.post("/signin", url.Values{"key": {key}, "next": {"/settings/delete"}})).is(t, http.StatusOK).says(t, "Delete your backpack?")
	if now, err := s.Sessions(t.Context(), l.ID); err != nil || len(now) != 1 || now[0].ID == old[0].ID {
		t.Errorf("sessions %v: %v", now, err)
	}
	l.post("/settings/delete", url.Values{"name": {"Robin"}}).is(t, http.StatusBadRequest).says(t, "That is not the name of this backpack").
		has(t, `href="#f-name"`)
	l.follow(l.post("/settings/delete", url.Values{"name": {"robin example"}}).leads(t, "/")).says(t, "Your backpack and everything in it is deleted")
	l.get("/backpack").leads(t, "/signin?next=%2Fbackpack")
	if _, err := s.Account(t.Context(), l.ID); err == nil {
		t.Error("the account still exists")
	}
}

var suggested = regexp.MustCompile(`name="passphrase"[^>]* value="([^"]+)"`)

// TestExport exports a backpack, with and without a passphrase, and imports it again.
func TestExport(t *testing.T) {
	s := newSite(t)
	l := s.learner(t, "Robin Example")
	l.samples()
	l.get("/settings/export").is(t, http.StatusOK).says(t, "with 10 badges")
	a := l.get("/settings/export.zip").is(t, http.StatusOK)
	if got := a.Header.Get("Content-Type") + " " + a.Header.Get("Content-Disposition"); got != `application/zip attachment; filename="backpack-2026-11-23.zip"` {
		t.Error(got)
	}
	files, page := map[string]bool{}, ""
	for name, body := range unzip(t, a.body) {
		if files[body] = true; name == "index.html" {
			page = body
		}
	}
	for _, f := range s.Samples {
		if !files[string(f.Bytes)] && !files[strings.TrimSpace(string(f.Bytes))] { // space around JSON is not part of a badge
			t.Errorf("%s is missing or changed", f.Name)
		}
	}
	for _, want := range []string{"Robin Example", "Handling Historic Photographs", "Planetarium Evening Host"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not mention %s", want)
		}
	}
	l.get("/settings/export.zip?part=2").is(t, http.StatusNotFound)
	if a := l.get("/settings/export.zip?part=1").is(t, http.StatusOK); !strings.Contains(a.Header.Get("Content-Disposition"), "-part-1-of-1.zip") {
		t.Error(a.Header)
	}
	form := l.get("/settings/export")
	passphrase := suggested.FindStringSubmatch(form.body)[1]
	l.post("/settings/export", url.Values{"passphrase": {"geheim"}}).is(t, http.StatusBadRequest).says(t, "too easy to guess").has(t, `href="#f-passphrase"`)
	sealed := l.post("/settings/export", url.Values{"passphrase": {passphrase}}).is(t, http.StatusOK)
	if got := sealed.Header.Get("Content-Disposition"); got != `attachment; filename="backpack-2026-11-23-locked.zip"` ||
		strings.Contains(sealed.body, "badges/") {
		t.Error(got)
	}
	other := s.learner(t, "Kim Example")
	locked := inspect.Input{Name: "backpack.zip", Bytes: []byte(sealed.body)}
	other.upload("/import", "", locked).is(t, http.StatusBadRequest).says(t, "This file is locked").has(t, `href="#f-passphrase"`)
	other.uploadWith("/import", map[string]string{"passphrase": passphrase + "x"}, locked).is(t, http.StatusBadRequest).says(t, "not the passphrase of this file")
	other.keep(other.preview(other.uploadWith("/import", map[string]string{"passphrase": passphrase}, locked)).says(t, "10 badges to keep"))
	if l, err := s.Entries(t.Context(), other.ID, wallet.Query{}); err != nil || l.All != len(s.Samples) {
		t.Errorf("%d badges arrived: %v", l.All, err)
	}
	if a := l.ask(http.MethodHead, "/settings/export.zip", nil).is(t, http.StatusOK); a.body != "" {
		t.Error("HEAD has a body")
	}
}

// TestRates checks that each limit answers with a page that says when to retry.
func TestRates(t *testing.T) {
	for name, x := range map[string]struct {
		rates server.Rates
		ask   func(b *learner) *answer
		json  bool
	}{
		"sign-in": {server.Rates{SignIn: 3}, func(b *learner) *answer { return b.post("/signin", url.Values{"key": {"x"}}) }, false},
		"sign-up": {server.Rates{SignIn: 3}, func(b *learner) *answer { return b.post("/signup", nil) }, false},
		"passkey": {server.Rates{SignIn: 3}, func(b *learner) *answer { return b.post("/auth/passkey/signin/begin", nil) }, true},
		"checks":  {server.Rates{Check: 3}, func(b *learner) *answer { return b.post("/verify", nil) }, false},
		"views":   {server.Rates{View: 3}, func(b *learner) *answer { return b.get("/s/guess") }, false},
		"tokens":  {server.Rates{View: 3}, func(b *learner) *answer { return b.get("/s/guess/badges/x") }, false},
		"imports": {server.Rates{Import: 3}, func(b *learner) *answer { return b.upload("/import", "") }, false},
		"samples": {server.Rates{Import: 3}, func(b *learner) *answer { return b.post("/samples", nil) }, false},
		"export":  {server.Rates{Import: 3}, func(b *learner) *answer { return b.get("/settings/export.zip") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSiteAs(t, wallettest.Options{}, func(c *server.Config) { c.Rates = x.rates })
			l := s.learner(t, "Robin Example")
			for range 3 {
				if a := x.ask(l); a.StatusCode == http.StatusTooManyRequests {
					t.Fatal("refused below the limit")
				}
			}
			a := x.ask(l).is(t, http.StatusTooManyRequests)
			if got := a.Header.Get("Retry-After"); got != "60" {
				t.Errorf("Retry-After %q", got)
			}
			if !x.json {
				a.says(t, "A little slower, please", "Wait a minute")
			}
			l.get("/about").is(t, http.StatusOK)
			s.Clock.Advance(time.Minute)
			if a := x.ask(l); a.StatusCode == http.StatusTooManyRequests {
				t.Error("still refused a minute later")
			}
		})
	}
}

// TestThreat40LeftOutIsSaid imports more than a backpack may hold. The pages state
// how much fits, and what was left out.
func TestThreat40LeftOutIsSaid(t *testing.T) {
	s := newSiteWith(t, wallettest.Options{Limits: wallet.Limits{Entries: 3}})
	l := s.learner(t, "Robin Example")
	preview := l.preview(l.upload("/import", "", s.Samples...)).says(t, "There is room for 3 more", "it holds 0 badges of at most 3")
	if n := strings.Count(preview.body, " checked>"); n != 3 {
		t.Errorf("%d badges are ticked", n)
	}
	fields := url.Values{}
	for n := range 20 {
		fields.Add("item", strconv.Itoa(n))
	}
	l.post(preview.Request.URL.Path+"/keep", fields).is(t, http.StatusConflict).says(t, "3 badges were kept", "7 badges were left out",
		"Your backpack is full", "it holds 3 badges of at most 3")
	l.get("/import").says(t, "Your backpack is full: it holds 3 badges of at most 3")
	l.upload("/import", "", s.Samples...).is(t, http.StatusBadRequest).says(t, "Remove some first")
	l.get("/settings").says(t, "it holds 3 badges of at most 3")
	if err := s.SetQuota(t.Context(), l.ID, wallet.Quota{Badges: 10}); err != nil {
		t.Fatal(err)
	}
	l.follow(l.post(preview.Request.URL.Path+"/keep", fields)).says(t, "7 badges kept")
}
