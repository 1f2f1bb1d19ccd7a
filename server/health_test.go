package server_test

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"backpack/server"
	"backpack/wallet/wallettest"
)

// TestReady checks that each missing dependency makes the server unready and is named.
func TestReady(t *testing.T) {
	var mu sync.Mutex
	var fault error
	s := newSiteAs(t, wallettest.Options{}, func(c *server.Config) {
		c.Probes = []server.Probe{{Says: "the disk is full", Check: func(context.Context) error {
			mu.Lock()
			defer mu.Unlock()
			return fault
		}}}
	})
	b := s.browser(t)
	b.get("/livez").is(t, http.StatusOK)
	b.get("/readyz").is(t, http.StatusOK).has(t, "ready")
	mu.Lock()
	fault = errors.New("CANARY")
	mu.Unlock()
	b.get("/readyz").is(t, http.StatusServiceUnavailable).has(t, "the disk is full").hasNot(t, "CANARY")
	s.Store.Close()
	b.get("/readyz").is(t, http.StatusServiceUnavailable).has(t, "the store does not answer")
	b.get("/livez").is(t, http.StatusOK)
}

var madeByUs = regexp.MustCompile(`^[A-Z2-7]{12}$`)

// TestRequestIDs checks that every answer has an id of its own, whatever id the client
// sends, and that the log and the error page have the same id.
func TestRequestIDs(t *testing.T) {
	s := newSiteAs(t, wallettest.Options{}, nil, func(srv *server.Server) { srv.Break("/break", "x") })
	b := s.browser(t)
	seen := map[string]bool{}
	for _, path := range []string{"/", "/", "/livez", "/nowhere", "/robots.txt", "/s/x", "/break", "/api/vc/nothing"} {
		a := b.ask(http.MethodGet, path, nil, "X-Request-Id", "AAAAAAAAAAAA")
		id := a.Header.Get("X-Request-Id")
		if !madeByUs.MatchString(id) || id == "AAAAAAAAAAAA" || seen[id] || len(a.Header["X-Request-Id"]) != 1 {
			t.Errorf("%s: %q", path, id)
		}
		seen[id] = true
		if path == "/break" {
			a.has(t, id)
			for _, want := range []string{"level=ERROR msg=\"request failed\" id=" + id, "id=" + id + " method=GET route=/break status=500"} {
				if !strings.Contains(s.Logs.String(), want) {
					t.Errorf("%s is missing in %s", want, s.Logs)
				}
			}
		}
	}
	if status, h, _ := s.raw(t, "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"); status != 400 ||
		!madeByUs.MatchString(h.Get("X-Request-Id")) {
		t.Errorf("%d %v", status, h)
	}
}
