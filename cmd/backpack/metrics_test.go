package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/wallet/bolt"
	"backpack/wallet/storage"
)

// freeAddress returns an address without a listener.
func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// page gets a page and returns its text.
func page(t testing.TB, url string) string {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		t.Fatalf("%s: %d %v %s", url, res.StatusCode, err, b)
	}
	return string(b)
}

var labels = regexp.MustCompile(`(\w+)="([^"]*)"`)

// TestMetrics uses a running server in several ways and reads its counters.
func TestMetrics(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t)
	s := setup{}.start(t, append(on(t.TempDir()), "--metrics", addr)...)
	for _, path := range []string{"/", "/s/canary-token", "/nowhere-canary?canary=1", "/api/vc/openapi.json"} {
		get(t, s.url+path)
	}
	res, err := http.PostForm(s.url+"/verify", url.Values{"text": {`{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],
		"issuer":"did:key:canary",
		"credentialSubject":{"id":"did:key:canary"},"proof":{"type":"CanaryProof","proofPurpose":"assertionMethod",
		"verificationMethod":"did:key:canary#x","proofValue":"z1"}}`}})
	if err != nil || res.StatusCode != 200 {
		t.Fatalf("%v %v", res, err)
	}
	res.Body.Close()
	get(t, s.url+"/readyz")
	text := page(t, "http://"+addr+"/metrics")
	for _, want := range []string{`backpack_request_seconds_count{method="GET",route="/s/:token/",status="404"} 1`,
		`backpack_request_seconds_count{method="POST",route="/verify",status="200"} 1`,
		`suite="other"`, `backpack_store_seconds_count{operation="update",outcome="ok"}`, "backpack_checks_waiting 0",
		"backpack_jobs_due 0", "go_goroutines", "process_resident_memory_bytes", "backpack_info{"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing", want)
		}
	}
	lacks(t, text, "canary", "Canary", "127.0.0.1", "did:")
	fixed := map[string]bool{"method": true, "route": true, "status": true, "le": true, "quantile": true, "version": true, "verdict": true, "suite": true,
		"outcome": true, "kind": true, "operation": true}
	for _, m := range labels.FindAllStringSubmatch(text, -1) {
		if !fixed[m[1]] {
			t.Errorf("an unexpected label: %s", m[0])
		}
	}
	if res, err := http.Get(s.url + "/metrics"); err != nil || res.StatusCode != 404 {
		t.Errorf("the public address serves metrics: %v %v", res, err)
	}
	if r := s.stop(); r.code != exitOK {
		t.Errorf("%d %s", r.code, r.err)
	}
	if _, err := net.Dial("tcp", addr); err == nil {
		t.Error("the listener outlives the server")
	}
	if r := (setup{}).run(t, append(on(t.TempDir()), "--metrics", "9090")...); r.code != exitUsage ||
		!strings.Contains(r.err, "BACKPACK_METRICS: must be host:port") {
		t.Errorf("%d %s", r.code, r.err)
	}
}

// TestWriteProbe: a read-only store is not ready, and frequent requests cause
// few writes.
func TestWriteProbe(t *testing.T) {
	store, err := bolt.Open(filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1_000_000, 0)
	counting := &countingStore{Store: store}
	p := &writeProbe{store: counting, now: func() time.Time { return now }}
	ask := func() error { return p.check(t.Context()) }
	for range 5 {
		if err := ask(); err != nil {
			t.Fatal(err)
		}
	}
	now = now.Add(probePause)
	if err := ask(); err != nil || counting.updates != 2 {
		t.Errorf("%v after %d writes", err, counting.updates)
	}
	now = now.Add(-time.Hour) // a clock that was set back does not stop the probing
	if err := ask(); err != nil || counting.updates != 3 {
		t.Errorf("%v after %d writes", err, counting.updates)
	}
	store.Close()
	if err := ask(); err != nil {
		t.Errorf("writable a moment ago: %v", err)
	}
	now = now.Add(probePause)
	if ask() == nil {
		t.Error("a closed store counts as writable")
	}
}

type countingStore struct {
	storage.Store
	updates int
}

func (s *countingStore) Update(ctx context.Context, fn func(storage.Tx) error) error {
	s.updates++
	return s.Store.Update(ctx, fn)
}

func TestOutcomes(t *testing.T) {
	for want, err := range map[string]error{"ok": nil, "ended": context.Canceled, "forbidden": vc.ErrForbidden, "unreachable": vc.ErrUnreachable,
		"failed": errors.New("x")} {
		if got := outcome(err); got != want {
			t.Errorf("%v: %s", err, got)
		}
	}
}
