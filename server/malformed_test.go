package server_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand"
	"net/http"
	"strings"
	"testing"
	"time"

	"backpack/server"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

// spoil damages a badge: it flips, cuts, doubles or swaps bytes, or inserts tokens that
// matter to parsers.
func spoil(r *rand.Rand, b, other []byte) []byte {
	b = bytes.Clone(b)
	for range 1 + r.Intn(3) {
		if len(b) == 0 {
			return b
		}
		i := r.Intn(len(b))
		n := min(1+r.Intn(48), len(b)-i)
		switch r.Intn(6) {
		case 0:
			b[i] ^= 1 << r.Intn(8)
		case 1:
			b[i] = "\x00\xff{}[]\"<>&.,:%\r\n"[r.Intn(16)]
		case 2:
			b = append(b[:i], b[i+n:]...)
		case 3:
			b = append(b[:i:i], append(bytes.Repeat(b[i:i+n], 1+r.Intn(100)), b[i:]...)...)
		case 4:
			b = b[:i]
		case 5:
			j := r.Intn(len(other))
			b = append(b[:i:i], append(bytes.Clone(other[j:min(len(other), j+200)]), b[i:]...)...)
		}
	}
	return b
}

// TestThreat07MalformedBadges checks and imports thousands of damaged badges. Each gets
// an answer, none is an internal error, and none takes long.
func TestThreat07MalformedBadges(t *testing.T) {
	count, batch := 5_000, 100
	if testing.Short() {
		count = 600
	}
	s := newSite(t)
	l := s.learner(t, "Robin Example")
	seeds := [][]byte{zipped(t, s.Samples[0], s.Samples[4]).Bytes, qrPhoto(t, "https://issuer.example/badge").Bytes,
		[]byte("https://issuer.example/badge"),
		[]byte("<!doctype html><html><head><meta property=\"og:image\" content=\"https://issuer.example/i.png\"></head></html>")}
	for i, f := range s.Samples {
		if i == 0 || !strings.HasSuffix(f.Name, ".png") { // one PNG stands for all: drawing takes longest
			seeds = append(seeds, f.Bytes)
		}
	}
	r := rand.New(rand.NewSource(5_000))
	var slowest time.Duration
	for n := 0; n < count; n += batch {
		var in []inspect.Input
		for i := range batch {
			in = append(in, inspect.Input{Name: fmt.Sprintf("spoiled-%d", i), Bytes: spoil(r, seeds[(n+i)%len(seeds)], seeds[r.Intn(len(seeds))])})
		}
		start, path := time.Now(), "/verify"
		if n/batch%2 == 1 {
			path = "/import"
		}
		a := l.upload(path, string(spoil(r, seeds[5], seeds[6])), in...)
		slowest = max(slowest, time.Since(start))
		switch {
		case a.StatusCode == http.StatusSeeOther:
			if a = l.get(a.Header.Get("Location")); a.StatusCode != http.StatusOK {
				t.Errorf("inputs %d: preview %d", n, a.StatusCode)
			}
		case a.StatusCode != http.StatusOK:
			t.Errorf("inputs %d: %d %.300s", n, a.StatusCode, a.text(t))
		}
		if strings.Contains(a.body, "That is our fault") {
			t.Errorf("inputs %d: an internal error", n)
		}
	}
	if strings.Contains(s.Logs.String(), "panic") || strings.Contains(s.Logs.String(), "request failed") {
		t.Errorf("the log has failures:\n%.3000s", s.Logs)
	}
	t.Logf("%d inputs, the slowest batch of %d took %v", count, batch, slowest)
}

// TestThreat07MalformedRequests sends malformed forms and bodies.
func TestThreat07MalformedRequests(t *testing.T) {
	s := newSite(t)
	l := s.learner(t, "Robin Example")
	token := l.token()
	multi := "multipart/form-data; boundary=x"
	for name, x := range map[string]struct{ kind, body string }{
		"no boundary": {"multipart/form-data", "--x\r\n"}, "unfinished": {multi, "--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a\"\r\n\r\nabc"},
		"empty": {multi, ""}, "no name": {multi, "--x\r\nContent-Disposition: form-data\r\n\r\nabc\r\n--x--\r\n"}, "odd headers": {multi,
			"--x\r\nContent-Disposition\r\n\r\nabc\r\n--x--\r\n"},
		"path": {multi, "--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"../../../etc/passwd\"\r\n\r\n{}\r\n--x--\r\n"},
		"NUL":  {multi, "--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n\x00\x00\r\n--x--\r\n"}, "no form": {"text/plain", "abc"},
		"no type":       {"", "abc"},
		"bad escapes":   {"application/x-www-form-urlencoded", "text=%zz%&&&=;;name=%00&name=a&item=1&item="},
		"10,000 fields": {"application/x-www-form-urlencoded", strings.Repeat("a=b&", 10_000)},
		"JSON":          {"application/json", `{"name":`}, "BOM": {"application/json", "\xef\xbb\xbf{}"}, "deep": {"application/json", strings.Repeat("[", 100_000)},
		"not UTF-8":     {"application/x-www-form-urlencoded", "name=%ff%fe&note=%ff&text=%ff&audience=%ff"},
		"gzip":          {"application/x-www-form-urlencoded", "\x1f\x8b\x08\x00\x00"},
		"types in JSON": {"application/json", `{"name":7,"id":[],"answer":"x","next":{}}`},
	} {
		eachRoute(func(method, pattern, kind string) {
			if method != http.MethodPost || pattern == "/signout" || pattern == "/samples" { // these read no form
				return
			}
			path := fill(pattern, map[string]string{"badges": "a", "shares": "b", "imports": "c", "emails": "d", "sessions": "e", "passkeys": "f", "token": "g"})
			a := l.ask(method, path, strings.NewReader(x.body), "Content-Type", x.kind, "X-Form-Token", token)
			if a.StatusCode >= 500 {
				t.Errorf("%s to %s: %d", name, path, a.StatusCode)
			}
			if strings.HasPrefix(path, "/auth/") && a.StatusCode >= 400 && (a.Header.Get("Content-Type") != "application/problem+json" ||
				!strings.Contains(a.body, `"error":"`)) {
				t.Errorf("%s to %s: %s %s", name, path, a.Header.Get("Content-Type"), a.body)
			}
		})
	}
	if log := s.Logs.String(); strings.Contains(log, "panic") || strings.Contains(log, "request failed") {
		t.Errorf("the log has failures:\n%.3000s", log)
	}
}

// TestPanic checks that a panic ends one request only, and that its value is not logged.
func TestPanic(t *testing.T) {
	s := newSiteAs(t, wallettest.Options{}, nil, func(srv *server.Server) {
		srv.Break("/break/text", "CANARY-panic")
		srv.Break("/break/error", errors.New("CANARY-panic"))
	})
	b := s.browser(t)
	for _, path := range []string{"/break/text", "/break/error"} {
		b.get(path).is(t, http.StatusInternalServerError).says(t, "Something went wrong on our side").hasNot(t, "CANARY", "goroutine")
	}
	b.get("/about").is(t, http.StatusOK)
	if log := s.Logs.String(); strings.Contains(log, "CANARY") || !strings.Contains(log, "panic of type string") {
		t.Errorf("log: %s", log)
	}
}
