package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"backpack/server"
	"backpack/vc"
	"backpack/wallet/wallettest"
)

// TestDrain checks that a draining server is not ready, answers as before, and closes
// its connections.
func TestDrain(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	b.get("/readyz").is(t, http.StatusOK)
	s.server.Drain()
	b.get("/readyz").is(t, http.StatusServiceUnavailable).has(t, "shutting down")
	b.get("/livez").is(t, http.StatusOK)
	if a := b.get("/verify").is(t, http.StatusOK); !a.Close {
		t.Error("the connection is kept")
	}
	b.post("/signup", map[string][]string{"name": {"Alma"}}).is(t, http.StatusOK)
}

// TestShutdownWaits checks that Shutdown waits until a request under way is answered
// and a progress stream has ended.
func TestShutdownWaits(t *testing.T) {
	s := newSite(t)
	const slow = "https://slow.example/badge.json"
	reached, gate := make(chan struct{}, 8), make(chan struct{})
	s.Web.Answer(slow, func(vc.FetchRequest) (*vc.Resource, error) {
		reached <- struct{}{}
		<-gate
		return nil, fmt.Errorf("%w: gone", vc.ErrUnreachable)
	})
	b := s.browser(t)
	fields := map[string][]string{"csrf": {"none"}, "text": {slow}}
	answered := make(chan *answer, 1)
	go func() { answered <- b.post("/verify", fields) }()
	<-reached
	down := make(chan error, 1)
	go func() { down <- s.server.Shutdown() }()
	for end := time.After(time.Minute); ; { // it no longer listens
		c, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get(s.url + "/livez")
		if err != nil {
			break
		}
		c.Body.Close()
		select {
		case <-end:
			t.Fatal("it still listens")
		default:
		}
	}
	select {
	case err := <-down:
		t.Fatalf("it did not wait: %v", err)
	default:
	}
	close(gate)
	if a := <-answered; a.StatusCode >= 500 {
		t.Errorf("status %d: %.500s", a.StatusCode, a.body)
	}
	if err := <-down; err != nil {
		t.Error(err)
	}
}

// TestStreamsEnd checks that a progress stream does not delay Shutdown.
func TestStreamsEnd(t *testing.T) {
	s := newSiteAs(t, wallettest.Options{}, func(c *server.Config) { c.ImportTime = time.Millisecond })
	const stalled = "https://slow.example/badge.json"
	s.Web.Stall(stalled)
	b := s.browser(t)
	b.post("/signup", map[string][]string{"name": {"Alma"}}).is(t, http.StatusOK)
	to := b.upload("/import", stalled).is(t, http.StatusSeeOther).Header.Get("Location")
	path, _, _ := strings.Cut(to, "?")
	res, err := b.http.Do(b.request(http.MethodGet, path+"/events", nil, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	stream := bufio.NewReader(res.Body)
	if line, err := stream.ReadString('\n'); err != nil || !strings.HasPrefix(line, "data: ") {
		t.Fatalf("%q, %v", line, err)
	}
	s.server.Drain()
	if rest, err := io.ReadAll(stream); err != nil || strings.Contains(string(rest), `"finished":true`) {
		t.Errorf("%s, %v", rest, err)
	}
}
