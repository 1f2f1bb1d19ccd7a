package server_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"backpack/server"
	"backpack/vc"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

// A gate is a suite that a test controls: a proof by a hostile key is checked until the
// test lets it pass. It counts the proofs that are checked at the same time.
type gate struct {
	let                    chan struct{} // each value lets one hostile proof pass
	running, most, hostile atomic.Int64
}

func (g *gate) IDs() []string { return []string{"GateProof"} }

func (g *gate) Verify(ctx context.Context, _ *vc.Document, p *vc.Proof, _ *vc.Key) error {
	n := g.running.Add(1)
	defer g.running.Add(-1)
	for most := g.most.Load(); n > most && !g.most.CompareAndSwap(most, n); most = g.most.Load() {
	}
	if strings.Contains(p.VerificationMethod, "hostile") {
		g.hostile.Add(1)
		select {
		case <-g.let:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return vc.ErrSignature
}

// ResolveKey implements vc.KeyResolver.
func (g *gate) ResolveKey(_ context.Context, r vc.KeyRequest) (*vc.Key, error) {
	return &vc.Key{ID: r.ID, Public: ed25519.PublicKey(make([]byte, 32)), Outcome: vc.Passed}, nil
}

func gated(key string, n int) string {
	return fmt.Sprintf(`{"verifiableCredential":{"@context":["https://www.w3.org/ns/credentials/v2"],"id":"urn:x:%[2]d","type":["VerifiableCredential"],"issuer":"did:x:%[1]s",
		"credentialSubject":{"id":"did:x:s"},"proof":{"type":"GateProof","proofPurpose":"assertionMethod","verificationMethod":"did:x:%[1]s#%[2]d","proofValue":"z1"}}}`, key, n)
}

// TestThreat09CostlyBadgesDelayNobodyElse sends 200 requests of one visitor whose badges
// take forever, and 200 of others. The number of checks at a time is bounded, that
// visitor is refused beyond a limit, and the others are all answered while nearly all
// hostile requests still wait.
func TestThreat09CostlyBadgesDelayNobodyElse(t *testing.T) {
	const room, each = 2, 200
	g := &gate{let: make(chan struct{})}
	s := newSiteAs(t, wallettest.Options{Turns: inspect.NewTurns(room, room)}, func(c *server.Config) {
		c.API.Prefix, c.Trusted = "/api/vc", []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		var err error
		if c.Wallet.Verifier, err = vc.NewVerifier(vc.Config{Suites: []vc.Suite{g}, Keys: g, Fetch: c.Wallet.Fetcher, Now: c.Now}); err != nil {
			t.Fatal(err)
		}
	})
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2 * each}}
	defer client.CloseIdleConnections()
	ask := func(network, body string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/api/vc/credentials/verify", strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return 0, ""
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Forwarded-For", network)
		res, err := client.Do(req)
		if err != nil {
			t.Error(err)
			return 0, ""
		}
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body)
		return res.StatusCode, string(b)
	}
	until := func(what string, holds func(inspect.Load) bool) {
		for !holds(s.Config.Turns.Load()) {
			if t.Context().Err() != nil {
				t.Fatal(what)
			}
			runtime.Gosched()
		}
	}
	var hostile, good sync.WaitGroup
	var admitted, refused, answered atomic.Int64
	for i := range each {
		hostile.Go(func() {
			switch status, text := ask("203.0.113.9", gated("hostile", i)); {
			case status == http.StatusTooManyRequests && strings.Contains(text, "Several of your checks are still running"):
				refused.Add(1)
			case status == http.StatusBadRequest && strings.Contains(text, `"verdict":"invalid"`):
				admitted.Add(1)
			default:
				t.Errorf("a hostile request: %d %s", status, text)
			}
		})
	}
	until("the surplus was not refused", func(l inspect.Load) bool {
		return refused.Load() == each-16 && l.Running == room && l.Waiting == 16-room
	})
	for i := range each {
		good.Go(func() {
			if status, text := ask(fmt.Sprintf("198.51.%d.7", i), gated("good", i)); status != http.StatusBadRequest || !strings.Contains(text, `"verdict":"invalid"`) {
				t.Errorf("a good request: %d %s", status, text)
			}
			answered.Add(1)
		})
	}
	until("the good ones do not wait", func(l inspect.Load) bool { return l.Waiting == 16-room+each })
	if answered.Load() != 0 || g.hostile.Load() != room {
		t.Errorf("%d answered and %d hostile begun while all turns were taken", answered.Load(), g.hostile.Load())
	}
	g.let <- struct{}{} // the next turn may be the hostile visitor's again
	g.let <- struct{}{}
	good.Wait()
	if begun := g.hostile.Load(); begun > room+2 {
		t.Errorf("%d hostile ones had a turn before the good ones", begun)
	}
	if most := g.most.Load(); most > room {
		t.Errorf("%d ran at a time", most)
	}
	close(g.let)
	hostile.Wait()
	if admitted.Load() != 16 || g.most.Load() > room {
		t.Errorf("%d of the hostile ones were answered, %d ran at a time", admitted.Load(), g.most.Load())
	}
	until("something is left", func(l inspect.Load) bool { return l.Running+l.Waiting+l.Admitted == 0 })
}

// TestThreat09ManyNetworks lets 300 networks, whose badges take forever, fill what is open
// to strangers. A learner's import and viewers of shares still get their turns.
func TestThreat09ManyNetworks(t *testing.T) {
	t.Parallel()
	g := &gate{let: make(chan struct{})}
	s := newSiteAs(t, wallettest.Options{Turns: inspect.NewTurns(4, 2)}, func(c *server.Config) {
		c.API.Prefix, c.Trusted = "/api/vc", []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		var err error
		if c.Wallet.Verifier, err = vc.NewVerifier(vc.Config{Suites: []vc.Suite{g}, Keys: g, Fetch: c.Wallet.Fetcher, Now: c.Now}); err != nil {
			t.Fatal(err)
		}
	})
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 300}}
	defer client.CloseIdleConnections()
	var hostile sync.WaitGroup
	var served, busy atomic.Int64
	for i := range 300 {
		hostile.Go(func() {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/api/vc/credentials/verify", strings.NewReader(gated("hostile", i)))
			if err != nil {
				t.Error(err)
				return
			}
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("X-Forwarded-For", fmt.Sprintf("203.0.%d.%d", i/250, i%250))
			res, err := client.Do(req)
			if err != nil {
				t.Error(err)
				return
			}
			res.Body.Close()
			switch res.StatusCode {
			case http.StatusBadRequest:
				served.Add(1)
			case http.StatusServiceUnavailable:
				busy.Add(1)
			default:
				t.Errorf("status %d", res.StatusCode)
			}
		})
	}
	for l := s.Config.Turns.Load(); busy.Load() < 44 || l.Running < 3 || l.Waiting < 253; l = s.Config.Turns.Load() {
		if t.Context().Err() != nil {
			t.Fatalf("%+v, %d were refused", l, busy.Load())
		}
		runtime.Gosched()
	}
	learner := s.learner(t, "Robin Example")
	for i := range 5 {
		badge := strings.TrimSuffix(strings.TrimPrefix(gated("good", i), `{"verifiableCredential":`), "}")
		a := learner.upload("/import", "", inspect.Input{Name: "badge.json", Bytes: []byte(badge)})
		if page := learner.follow(a).is(t, http.StatusOK); !strings.Contains(page.body, "/keep") {
			t.Errorf("the import is not finished: %s", page.body)
		}
	}
	learner.get("/backpack").is(t, http.StatusOK)
	s.browser(t).post("/s/2222222222222222222222222222222222/check", map[string][]string{"csrf": {"none"}}).is(t, http.StatusNotFound)
	s.browser(t).post("/verify", map[string][]string{"csrf": {"none"}, "text": {"x"}}).is(t, http.StatusServiceUnavailable).
		has(t, "Very many badges are being checked")
	if n := g.hostile.Load(); n != 3 {
		t.Errorf("%d hostile ones were begun", n)
	}
	close(g.let)
	hostile.Wait()
	if served.Load() != 256 || busy.Load() != 44 {
		t.Errorf("%d served, %d refused", served.Load(), busy.Load())
	}
}
