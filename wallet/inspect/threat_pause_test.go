package inspect_test

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/fetch"
	"backpack/vc/standard"
	"backpack/vc/vctest"
	"backpack/wallet/inspect"
)

const victim = "https://issuer.example"

// A street is the real fetcher, with the victim's name leading to a server here.
type street struct {
	*fetch.Client
	here string
}

func (s street) Fetch(ctx context.Context, req vc.FetchRequest) (*vc.Resource, error) {
	req.URL = strings.Replace(req.URL, victim, s.here, 1)
	res, err := s.Client.Fetch(ctx, req)
	if res != nil {
		res.URL = strings.Replace(res.URL, s.here, victim, 1)
	}
	return res, err
}

// A gate lets nobody through to TLS while it is shut.
type gate struct {
	net.Listener
	shut atomic.Bool
	came atomic.Int32
}

func (g *gate) Accept() (net.Conn, error) {
	for {
		c, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		g.came.Add(1)
		if !g.shut.Load() {
			return c, nil
		}
		c.Close()
	}
}

// victims serves what a web serves of the victim, sends who asks below /loop/
// round and round, and has a Checker with a fetcher of its own that asks there.
func victims(t *testing.T, web *vctest.Web, now func() time.Time) (*inspect.Checker, street, *gate) {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/loop/") {
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
			return
		}
		res, err := web.Fetch(context.WithoutCancel(r.Context()), vc.FetchRequest{URL: victim + r.URL.Path})
		if err != nil || !res.OK() {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", res.ContentType)
		w.Write(res.Body)
	}))
	g := &gate{Listener: s.Listener}
	s.Listener = g
	s.Config.SetKeepAlivesEnabled(false) // each request knocks
	s.StartTLS()
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	c, err := fetch.New(fetch.Config{Now: now, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, RootCAs: roots, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	way := street{c, s.URL}
	std, err := standard.New(standard.Config{Fetch: way, Now: now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	return &inspect.Checker{Verifier: std.Verifier, Fetcher: way, Contexts: std.Engine, Limits: inspect.Limits{Time: 5 * time.Minute}}, way, g
}

// TestThreat41ForgedBadgesPauseNoIssuer has an attacker bring a hundred badges
// that name a victim's addresses, with seals that do not hold, while the victim
// redirects in loops or does not answer: a genuine badge of the victim is
// checked as before. Had badges that hold asked, the victim would be left alone.
func TestThreat41ForgedBadgesPauseNoIssuer(t *testing.T) {
	i := webIssuer(t)
	ch, _, gate := victims(t, i.Web, vctest.Now)
	good := i.Issue(t, inList(false))
	attack := func(path string) {
		t.Helper()
		var in []inspect.Input
		for n := range 100 { // each with a key of its own, so that each is asked for
			in = append(in, text([]byte(strings.ReplaceAll(string(good), i.ID, fmt.Sprintf("%s:%s:%d", i.ID, path, n)))))
		}
		for _, address := range []string{"badge", "class", "issuer"} {
			in = append(in, link(fmt.Sprintf("%s/%s/%s", victim, path, address)))
		}
		before := gate.came.Load()
		found, err := ch.Check(t.Context(), in)
		if err != nil || len(found) != len(in) {
			t.Fatalf("%d answers, %v", len(found), err)
		}
		for _, c := range found {
			if c.Problem == "" && c.Verdict.Stands() {
				t.Errorf("a forged badge is %s", c.Verdict)
			}
		}
		if came := gate.came.Load() - before; came < 50 {
			t.Errorf("the victim was asked %d times: that proves nothing", came)
		}
	}
	check := func(what string, want vc.Verdict) {
		t.Helper()
		found, err := ch.Check(t.Context(), []inspect.Input{text(i.Issue(t, inList(false), vctest.With("id", "urn:"+strings.ReplaceAll(what, " ", ":"))))})
		if err != nil || found[0].Verdict != want {
			t.Errorf("%s, the genuine badge is %s, %v: %+v", what, found[0].Verdict, err, found[0].Report.Checks)
		}
	}
	attack("loop")
	check("after loops", vc.Valid)
	gate.shut.Store(true)
	attack("silent")
	gate.shut.Store(false)
	check("after silence", vc.Valid)
}

// TestPauseIsThere proves that what TestThreat41ForgedBadgesPauseNoIssuer
// excludes would be seen there.
func TestPauseIsThere(t *testing.T) {
	i := webIssuer(t)
	ch, way, gate := victims(t, i.Web, vctest.Now)
	gate.shut.Store(true)
	for n := range 20 {
		if _, err := way.Fetch(vc.WithHolding(t.Context()), vc.FetchRequest{URL: fmt.Sprint(victim, "/", n)}); err == nil {
			t.Fatal("the gate is open")
		}
	}
	gate.shut.Store(false)
	found, err := ch.Check(t.Context(), []inspect.Input{text(i.Issue(t))})
	if err != nil || found[0].Verdict != vc.Undetermined {
		t.Errorf("after failures that count, the badge is %s, %v", found[0].Verdict, err)
	}
}
