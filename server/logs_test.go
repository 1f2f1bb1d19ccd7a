package server_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"backpack/wallet"
	"backpack/wallet/inspect"
)

// TestThreat34NothingInLogs writes a unique word into every field and searches the log
// for these words, tokens and keys (threats 17 and 34).
func TestThreat34NothingInLogs(t *testing.T) {
	s := newSite(t)
	n := 0
	canary := func() string { n++; return fmt.Sprintf("canary%03dx", n) }
	l := s.learner(t, "Robin "+canary())
	l.samples()
	sh := l.share(wallet.ShareRequest{Title: canary(), Audience: canary(), Passcode: "open sesame"})
	secrets := []string{"canary", l.Token, l.Key, sh.Token, l.token(), "open sesame", "Robin", string(l.ID)}
	ids := map[string]string{"badges": sh.Entries[0], "shares": sh.ID, "imports": canary(), "emails": canary(), "sessions": canary(),
		"passkeys": canary(), "token": sh.Token}
	fields := url.Values{}
	for _, f := range []string{"name", "next", "key", "email", "code", "note", "title", "audience", "passcode", "text", "theme", "edit", "expires",
		"max_views", "badge", "item"} {
		fields.Set(f, canary())
	}
	fields.Set("csrf", l.token())
	fields.Set("email", canary()+"@example.org")
	seen := s.browser(t)
	seen.post("/s/"+sh.Token, url.Values{"passcode": {"open sesame"}})
	eachRoute(func(method, pattern, kind string) {
		if pattern == "/signout" || pattern == "/settings/delete" {
			return
		}
		for _, ids := range []map[string]string{ids, {"badges": canary(), "shares": canary(), "token": canary()}} {
			path := fill(pattern, ids)
			headers := []string{"User-Agent", canary(), "Referer", s.url + "/" + canary(), "X-Forwarded-For", canary(), "Accept-Language", canary(),
				"X-Request-Id", canary(), "Cookie", "theme=" + canary()}
			body, types := fields.Encode(), "application/x-www-form-urlencoded"
			if strings.HasPrefix(path, "/auth/") {
				body, types = fmt.Sprintf(`{"name":%q,"id":%q,"answer":{"id":%q},"next":%q}`, canary(), canary(), canary(), canary()), "application/json"
			}
			if method == http.MethodGet {
				body = ""
			}
			for _, b := range []*browser{l.browser, seen} {
				b.ask(method, path+"?"+canary()+"="+canary(), strings.NewReader(body), append(headers, "Content-Type", types)...)
			}
		}
	})
	l.ask("CANARY", "/about", nil)
	l.ask(http.MethodGet, "/"+canary(), nil)
	for _, path := range []string{"/verify", "/import"} {
		l.upload(path, "https://"+canary()+".example/"+canary(), inspect.Input{Name: canary(), Bytes: []byte(`{"@context":"` + canary())})
		l.upload(path, s.url+"/s/"+sh.Token, inspect.Input{Name: canary(), Bytes: []byte(canary() + "." + canary() + "." + canary())})
		l.upload(path, "https://user:"+canary()+"@issuer.example/?token="+canary())
	}
	s.raw(t, "GET /s/"+sh.Token+" HTTP/1.1\r\nHost: "+canary()+"\r\nConnection: close\r\n\r\n")
	s.raw(t, "POST /s/"+sh.Token+" HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
	if _, err := s.RunDue(t.Context(), 100); err != nil {
		t.Fatal(err)
	}
	// An internal error is logged without the data that caused it.
	s.Store.Close()
	l.get("/backpack").is(t, http.StatusServiceUnavailable)
	s.browser(t).get("/s/"+sh.Token).is(t, http.StatusServiceUnavailable)
	l.post("/signin", url.Values{"key": {l.Key}}).is(t, http.StatusServiceUnavailable)
	log := s.Logs.String()
	if lines := strings.Count(log, "\n"); lines < 150 {
		t.Errorf("only %d lines: too few for the search", lines)
	}
	for _, secret := range secrets {
		for _, form := range []string{secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret)), fmt.Sprintf("%x", secret)} {
			if i := strings.Index(strings.ToLower(log), strings.ToLower(form)); i >= 0 {
				t.Errorf("the log holds %q: %s", secret, log[max(0, i-200):min(len(log), i+100)])
			}
		}
	}
	if !strings.Contains(log, "route=/s/:token") || !strings.Contains(log, "level=ERROR") {
		t.Error("the log does not report the error")
	}
}
