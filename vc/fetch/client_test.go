package fetch

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/vctest/bomb"
)

func TestFetch(t *testing.T) {
	clk := newClock()
	var seen http.Header
	c, base := serve(t, Config{Now: clk.now, UserAgent: "Backpack/1"}, func(w http.ResponseWriter, r *http.Request) {
		seen = r.Header.Clone()
		http.SetCookie(w, &http.Cookie{Name: "track", Value: "1"})
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Cache-Control", "max-age=600")
		w.WriteHeader(map[string]int{"/gone": 410, "/broken": 500}[r.URL.Path] + map[string]int{"/": 200}[r.URL.Path])
		io.WriteString(w, "{}")
	})
	req := vc.FetchRequest{URL: base + "/", Accept: "application/json", Fresh: true}
	for range 2 {
		res, err := c.Fetch(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		if !res.OK() || string(res.Body) != "{}" || res.ContentType != "application/json; charset=utf-8" || res.ETag != `"v1"` ||
			!res.FetchedAt.Equal(clk.now()) || !res.Expires.Equal(clk.now().Add(10*time.Minute)) {
			t.Errorf("got %+v", res)
		}
		res.Body[0], req.Fresh = 'x', false // the caller owns the body; the next answer comes from the cache
	}
	for name, want := range map[string]string{"Cookie": "", "Authorization": "", "Referer": "", "User-Agent": "Backpack/1", "Accept": "application/json"} {
		if got := seen.Get(name); got != want {
			t.Errorf("sent %s: %q", name, got)
		}
	}
	for path, status := range map[string]int{"/gone": 410, "/broken": 500} {
		if res := mustGet(t, c, base+path); res.Status != status || res.OK() {
			t.Errorf("%s: status %d", path, res.Status)
		}
	}
}

func TestBodyLimits(t *testing.T) {
	c, base := serve(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/coded":
			w.Header().Set("Content-Encoding", "br")
		case "/torn":
			w.Header().Set("Content-Encoding", "gzip")
			w.Write([]byte("\x1f\x8b\x08 not gzip"))
			return
		case "/short":
			w.Header().Set("Content-Length", "500")
		}
		io.WriteString(w, strings.Repeat("a", 100))
	})
	for _, x := range []struct {
		path  string
		limit int64
		want  error
	}{
		{"/", 100, nil}, {"/", 99, vc.ErrTooLarge}, {"/", 1, vc.ErrTooLarge}, {"/", 0, nil}, {"/", -1, nil},
		{"/coded", 0, vc.ErrUnreachable}, {"/torn", 0, vc.ErrUnreachable}, {"/short", 0, vc.ErrUnreachable},
	} {
		_, err := c.Fetch(t.Context(), vc.FetchRequest{URL: base + x.path, MaxBytes: x.limit})
		if !errors.Is(err, x.want) {
			t.Errorf("%s with limit %d: got error %v, want %v", x.path, x.limit, err, x.want)
		}
	}
}

// zeros is an endless stream.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestThreat06GzipAnswers(t *testing.T) {
	packed := bomb.Gzip()
	c, base := serve(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/gzip" {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(packed)
			return
		}
		io.Copy(w, zeros{})
	})
	for _, path := range []string{"/gzip", "/endless"} {
		bomb.Contained(t, path, func() {
			if _, err := get(t, c, base+path); !errors.Is(err, vc.ErrTooLarge) {
				t.Errorf("%s: %v", path, err)
			}
		})
	}
}

func TestSlowServers(t *testing.T) {
	stop := make(chan struct{})
	c, base := serve(t, Config{Timeout: 300 * time.Millisecond}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/drip" {
			for {
				io.WriteString(w, "a")
				w.(http.Flusher).Flush()
				select {
				case <-time.After(20 * time.Millisecond):
				case <-stop:
					return
				}
			}
		}
		<-stop
	})
	defer close(stop)
	for _, path := range []string{"/silent", "/drip"} {
		start := time.Now()
		if _, err := get(t, c, base+path); !errors.Is(err, vc.ErrUnreachable) || time.Since(start) > time.Minute {
			t.Errorf("%s: got error %v after %v", path, err, time.Since(start))
		}
	}
}

// TestThreat33SwitchedProtocols lets a server answer 101 and then stay silent: no
// deadline ends a read from such a connection.
func TestThreat33SwitchedProtocols(t *testing.T) {
	stop := make(chan struct{})
	c, base := serve(t, Config{Timeout: 200 * time.Millisecond}, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
		<-stop
	})
	defer close(stop)
	if _, err := c.Do(t.Context(), Request{Method: "POST", URL: base}); !errors.Is(err, vc.ErrUnreachable) {
		t.Errorf("call: got error %v", err)
	}
	if _, err := get(t, c, base); !errors.Is(err, vc.ErrUnreachable) {
		t.Errorf("fetch: got error %v", err)
	}
	if n := len(c.hosts.slots); n > 0 {
		t.Errorf("%d requests are still running", n)
	}
}

func TestHeaderLimit(t *testing.T) {
	c, base := serve(t, Config{}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Long", strings.Repeat("a", 1<<20))
	})
	if _, err := get(t, c, base); !errors.Is(err, vc.ErrUnreachable) {
		t.Errorf("1 MiB of header: got error %v", err)
	}
}

func TestUntrustedCertificate(t *testing.T) {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	s.Config.ErrorLog = nil
	c := newClient(t, Config{Allow: loopback})
	if _, err := get(t, c, s.URL); !errors.Is(err, vc.ErrUnreachable) || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("got error %v", err)
	}
}

func TestOfflineSendsNothing(t *testing.T) {
	var n atomic.Int32
	c, base := serve(t, Config{}, func(http.ResponseWriter, *http.Request) { n.Add(1) })
	mustGet(t, c, base)
	_, err := c.Fetch(vc.WithOffline(t.Context()), vc.FetchRequest{URL: base})
	if !errors.Is(err, vc.ErrUnreachable) || n.Load() != 1 {
		t.Errorf("got error %v after %d requests", err, n.Load())
	}
}

func TestThreat01ProxyOfTheEnvironmentIsIgnored(t *testing.T) {
	port, hits := canary(t, "127.0.0.1:0")
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"} {
		t.Setenv(name, "http://127.0.0.1:"+port)
	}
	c, base := serve(t, Config{}, func(http.ResponseWriter, *http.Request) {})
	mustGet(t, c, base)
	for _, tr := range []http.RoundTripper{c.http.Transport.(split).public, c.http.Transport.(split).inside} {
		if tr.(*http.Transport).Proxy != nil {
			t.Error("the transport has a proxy")
		}
	}
	if hits() > 0 {
		t.Error("a request went to the proxy")
	}
}

// tunnel starts a proxy that connects every tunnel to one server and logs the
// requests. It refuses secret.example.
func tunnel(t *testing.T, server string) (proxy *url.URL, asked func() string) {
	var mu sync.Mutex
	var log []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		log = append(log, r.Method+" "+r.Host)
		mu.Unlock()
		if strings.HasPrefix(r.Host, "secret.") {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		up, err := net.Dial("tcp", server)
		if err != nil {
			http.Error(w, "no", http.StatusBadGateway)
			return
		}
		down, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		fmt.Fprint(down, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { io.Copy(up, bufio.NewReader(down)); up.Close() }()
		io.Copy(down, up)
		down.Close()
	}))
	t.Cleanup(s.Close)
	u, _ := url.Parse(s.URL)
	return u, func() string { mu.Lock(); defer mu.Unlock(); return strings.Join(log, ", ") }
}

func TestEgressProxy(t *testing.T) {
	_, base := serve(t, Config{}, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "through a proxy") })
	server := strings.TrimPrefix(base, "https://")
	proxy, asked := tunnel(t, server)
	c := newClient(t, Config{Proxy: proxy})
	c.http.Transport.(split).public.(*http.Transport).TLSClientConfig.InsecureSkipVerify = true
	// The client neither resolves nor dials example.org.
	if res := mustGet(t, c, "https://example.org/badge"); string(res.Body) != "through a proxy" {
		t.Errorf("got %q", res.Body)
	}
	if _, err := get(t, c, "https://secret.example/"); !errors.Is(err, vc.ErrForbidden) {
		t.Errorf("a host that the proxy refuses: got error %v", err)
	}
	if _, err := get(t, c, "https://127.0.0.1/"); !errors.Is(err, vc.ErrForbidden) {
		t.Errorf("loopback: got error %v", err)
	}
	if got, want := asked(), "CONNECT example.org:443, CONNECT secret.example:443"; got != want {
		t.Errorf("the proxy got %s, want %s", got, want)
	}
}

func TestCancelledCallerDoesNotFailOthers(t *testing.T) {
	release, arrived := make(chan struct{}), make(chan struct{}, 1)
	var n atomic.Int32
	c, base := serve(t, Config{}, func(w http.ResponseWriter, _ *http.Request) {
		n.Add(1)
		arrived <- struct{}{}
		<-release
		io.WriteString(w, "late")
	})
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() { _, err := c.Fetch(ctx, vc.FetchRequest{URL: base}); first <- err }()
	<-arrived
	second := make(chan string, 1)
	go func() {
		res, err := c.Fetch(t.Context(), vc.FetchRequest{URL: base})
		if err != nil {
			res = &vc.Resource{}
		}
		second <- fmt.Sprint(err, string(res.Body))
	}()
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) || !errors.Is(err, vc.ErrUnreachable) {
		t.Errorf("the cancelled caller got error %v", err)
	}
	close(release)
	if got := <-second; got != "<nil>late" || n.Load() != 1 {
		t.Errorf("the other caller got %q after %d requests", got, n.Load())
	}
}
