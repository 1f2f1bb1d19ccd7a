package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"backpack/vc"
)

func TestCacheLifetime(t *testing.T) {
	for _, x := range []struct {
		name   string
		header []string
		status int
		want   time.Duration
	}{
		{"no statement", nil, 200, defaultLife},
		{"max-age", []string{"Cache-Control: public, max-age=1800"}, 200, 30 * time.Minute},
		{"s-maxage first", []string{"Cache-Control: max-age=1800, S-MaxAge=600"}, 200, 10 * time.Minute},
		{"age", []string{"Cache-Control: max-age=1800", "Age: 600"}, 200, 20 * time.Minute},
		{"quoted", []string{`Cache-Control: max-age="120"`}, 200, 2 * time.Minute},
		{"two fields", []string{"Cache-Control: public", "Cache-Control: max-age=180"}, 200, 3 * time.Minute},
		{"no-store", []string{"Cache-Control: no-store"}, 200, minLife},
		{"no-cache", []string{"Cache-Control: no-cache, max-age=3600"}, 200, minLife},
		{"private", []string{"Cache-Control: private"}, 200, minLife},
		{"stale at once", []string{"Cache-Control: max-age=0"}, 200, minLife},
		{"forever", []string{"Cache-Control: max-age=99999999999999999999"}, 200, maxLife},
		{"a year", []string{"Cache-Control: max-age=31536000"}, 200, maxLife},
		{"not a number", []string{"Cache-Control: max-age=soon"}, 200, minLife},
		{"expires", []string{"Expires: Sun, 01 Mar 2026 13:00:00 GMT", "Date: Sun, 01 Mar 2026 12:30:00 GMT"}, 200, 30 * time.Minute},
		{"expires, no date", []string{"Expires: Sun, 01 Mar 2026 13:00:00 GMT"}, 200, time.Hour},
		{"expired", []string{"Expires: 0"}, 200, minLife},
		{"not found", []string{"Cache-Control: max-age=1800"}, 404, minLife},
		{"gone", nil, 410, minLife},
		{"server error", []string{"Cache-Control: max-age=1800"}, 500, 0},
		{"too many requests", nil, 429, 0},
	} {
		t.Run(x.name, func(t *testing.T) {
			h := http.Header{}
			for _, line := range x.header {
				name, value, _ := strings.Cut(line, ": ")
				h.Add(name, value)
			}
			life, stated := lifetime(h, newClock().now())
			if got := bounded(x.status, life, stated); got != x.want {
				t.Errorf("cached for %v, want %v", got, x.want)
			}
		})
	}
}

func TestCache(t *testing.T) {
	clk := newClock()
	var n atomic.Int32
	c, base := serve(t, Config{Now: clk.now}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=300")
		w.Header().Set("ETag", `"1"`)
		fmt.Fprint(w, n.Add(1), r.Header.Get("Accept"))
	})
	ask := func(accept string, fresh bool) string {
		res, err := c.Fetch(t.Context(), vc.FetchRequest{URL: base + "/list", Accept: accept, Fresh: fresh})
		if err != nil {
			t.Fatal(err)
		}
		return string(res.Body)
	}
	steps := []struct {
		name   string
		move   time.Duration
		accept string
		fresh  bool
		want   string
	}{
		{"first", 0, "", false, "1"},
		{"again", 0, "", false, "1"},
		{"another media type", 0, "text/html", false, "2text/html"},
		{"just before the end", 299 * time.Second, "", false, "1"},
		{"at the end", time.Second, "", false, "3"},
		{"fresh", 0, "", true, "4"},
		{"the fresh answer is cached", 0, "", false, "4"},
	}
	for _, s := range steps {
		clk.forward(s.move)
		if got := ask(s.accept, s.fresh); got != s.want {
			t.Fatalf("%s: %q, want %q", s.name, got, s.want)
		}
	}
	res, err := c.Fetch(vc.WithFresh(t.Context()), vc.FetchRequest{URL: base + "/list"})
	if err != nil || string(res.Body) != "5" {
		t.Errorf("fresh by context: got error %v", err)
	}
	if _, err := c.Fetch(t.Context(), vc.FetchRequest{URL: base + "/list", Accept: "text/html", MaxBytes: 1}); !errors.Is(err, vc.ErrTooLarge) {
		t.Errorf("a cached answer over the limit: got error %v", err)
	}
}

func TestRevalidation(t *testing.T) {
	clk := newClock()
	var sent, unchanged int
	c, base := serve(t, Config{Now: clk.now}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		w.Header().Set("Cache-Control", "max-age=60")
		if r.Header.Get("If-None-Match") == `"1"` {
			unchanged++
			w.WriteHeader(http.StatusNotModified)
			return
		}
		sent++
		io.WriteString(w, "list")
	})
	for range 3 {
		if res := mustGet(t, c, base); string(res.Body) != "list" || res.Status != 200 || !res.FetchedAt.Equal(clk.now()) {
			t.Fatalf("got %+v", res)
		}
		clk.forward(2 * time.Minute)
	}
	if sent != 1 || unchanged != 2 {
		t.Errorf("sent %d times, confirmed %d times", sent, unchanged)
	}
}

func TestCacheSize(t *testing.T) {
	c := newCache(10_000)
	for i := range 100 {
		c.put(cacheKey{url: fmt.Sprint(i)}, &entry{res: &vc.Resource{Body: make([]byte, 1000)}})
	}
	if c.bytes > 10_000 || c.lru.Len() != 6 || c.get(cacheKey{url: "99"}) == nil {
		t.Errorf("%d answers, %d bytes", c.lru.Len(), c.bytes)
	}
	c.put(cacheKey{url: "99"}, &entry{res: &vc.Resource{Body: make([]byte, 9000)}})
	if c.get(cacheKey{url: "99"}) != nil || c.lru.Len() != 5 {
		t.Error("the cache keeps an answer that is too large, or the outdated one")
	}
	for c.lru.Len() > 0 {
		c.lru.RemoveOldest()
	}
	if c.bytes != 0 {
		t.Errorf("the empty cache counts %d bytes", c.bytes)
	}
}

func TestConcurrentCallersShareARequest(t *testing.T) {
	var n atomic.Int32
	c, base := serve(t, Config{}, func(w http.ResponseWriter, _ *http.Request) { n.Add(1); io.WriteString(w, "x") })
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if res, err := c.Fetch(t.Context(), vc.FetchRequest{URL: base}); err != nil || string(res.Body) != "x" {
				t.Errorf("got error %v", err)
			}
		})
	}
	wg.Wait()
	if n.Load() != 1 {
		t.Errorf("%d requests", n.Load())
	}
}

func TestConcurrencyByHost(t *testing.T) {
	var running, most atomic.Int32
	full := make(chan struct{}) // closed when perHost requests are running
	var once sync.Once
	c, base := serve(t, Config{}, func(http.ResponseWriter, *http.Request) {
		now := running.Add(1)
		for m := most.Load(); now > m && !most.CompareAndSwap(m, now); m = most.Load() {
		}
		if now >= perHost {
			once.Do(func() { close(full) })
		}
		<-full
		running.Add(-1)
	})
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() { mustGet(t, c, fmt.Sprint(base, "/", i)) })
	}
	wg.Wait()
	if most.Load() != perHost || len(c.hosts.known) != 0 || len(c.hosts.slots) != 0 {
		t.Errorf("%d requests at once; %d hosts known", most.Load(), len(c.hosts.known))
	}
}

func TestPause(t *testing.T) {
	clk := newClock()
	c, base, door := guarded(t, Config{Now: clk.now}, func(http.ResponseWriter, *http.Request) {})
	ask := func() error {
		_, err := c.Fetch(vc.WithHolding(t.Context()), vc.FetchRequest{URL: base})
		return err
	}
	fail := func(times int) {
		t.Helper()
		for range times {
			if err := ask(); !errors.Is(err, vc.ErrUnreachable) {
				t.Fatal(err)
			}
		}
	}
	asked := func(want int32, when string) {
		t.Helper()
		if got := door.came.Swap(0); got != want {
			t.Errorf("%s: got %d requests, want %d", when, got, want)
		}
	}
	door.shut.Store(true)
	fail(maxFails)
	asked(maxFails, "before the pause")
	fail(10)
	asked(0, "during the pause")
	clk.forward(firstPause)
	fail(3)
	asked(1, "after the pause")
	clk.forward(firstPause)
	fail(1)
	asked(0, "during the longer second pause")
	door.shut.Store(false)
	clk.forward(firstPause)
	if err := ask(); err != nil {
		t.Fatal(err)
	}
	asked(1, "when the host answers again")
	if len(c.hosts.known) != 0 {
		t.Error("the host is still known")
	}
}

func TestTrialThatNeverRanIsRepeated(t *testing.T) {
	h, now := newHosts(), newClock().now()
	for range maxFails {
		leave, err := h.enter(t.Context(), "a.example", now)
		if err != nil {
			t.Fatal(err)
		}
		leave(now, silent)
	}
	for range overall {
		h.slots <- struct{}{}
	}
	later := now.Add(firstPause)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.enter(ctx, "a.example", later); err == nil {
		t.Fatal("got a slot when all are taken")
	}
	<-h.slots
	if _, err := h.enter(t.Context(), "a.example", later); err != nil {
		t.Errorf("the second trial: got error %v", err)
	}
}

func TestConcurrentFailuresCauseOnePause(t *testing.T) {
	h, now := newHosts(), newClock().now()
	var leave []func(time.Time, outcome)
	for range perHost { // all are running before the first one fails
		l, err := h.enter(t.Context(), "a.example", now)
		if err != nil {
			t.Fatal(err)
		}
		leave = append(leave, l)
	}
	for _, l := range leave {
		l(now, silent)
	}
	if _, err := h.enter(t.Context(), "a.example", now.Add(firstPause-1)); err == nil {
		t.Error("got a slot during the pause")
	}
	if _, err := h.enter(t.Context(), "a.example", now.Add(firstPause)); err != nil {
		t.Errorf("the pause exceeds firstPause: got error %v", err)
	}
	if _, err := h.enter(t.Context(), "a.example", now.Add(firstPause)); err == nil {
		t.Error("got a second trial during the first")
	}
}

func TestKnownHostsAreLimited(t *testing.T) {
	h, now := newHosts(), newClock().now()
	for i := range maxHosts + 100 {
		leave, err := h.enter(t.Context(), fmt.Sprint(i, ".example"), now)
		if err != nil {
			t.Fatal(err)
		}
		leave(now, silent)
	}
	if len(h.known) > maxHosts {
		t.Errorf("%d hosts are known", len(h.known))
	}
}
