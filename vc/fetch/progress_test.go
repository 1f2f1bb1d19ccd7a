package fetch

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"backpack/vc"
)

// A door is a listener that counts connections. While shut it closes them before
// the TLS handshake.
type door struct {
	net.Listener
	came atomic.Int32
	shut atomic.Bool
}

func (d *door) Accept() (net.Conn, error) {
	for {
		c, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		d.came.Add(1)
		if !d.shut.Load() {
			return c, nil
		}
		c.Close()
	}
}

// guarded is serve behind a door, with one connection per request.
func guarded(t *testing.T, cfg Config, h http.HandlerFunc) (*Client, string, *door) {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	d := &door{Listener: s.Listener}
	s.Listener = d
	s.Config.SetKeepAlivesEnabled(false)
	s.StartTLS()
	t.Cleanup(s.Close)
	cfg.Allow, cfg.RootCAs = loopback, x509.NewCertPool()
	cfg.RootCAs.AddCert(s.Certificate())
	return newClient(t, cfg), s.URL, d
}

// TestThreat41OddAnswersPauseNobody asserts that odd answers do not pause a host,
// even to requests for badges whose proof holds.
func TestThreat41OddAnswersPauseNobody(t *testing.T) {
	away := httptest.NewUnstartedServer(nil)
	away.Close() // nothing listens there
	c, base := serve(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
		switch name := strings.Trim(r.URL.Path, "/0123456789"); name {
		case "loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "away":
			http.Redirect(w, r, "https://"+away.Listener.Addr().String(), http.StatusFound)
		case "inside":
			http.Redirect(w, r, "http://10.0.0.1/", http.StatusFound)
		case "nowhere":
			w.Header().Set("Location", "gopher://\x00")
			w.WriteHeader(http.StatusFound)
		case "coded":
			w.Header().Set("Content-Encoding", "br")
		case "gzip":
			w.Header().Set("Content-Encoding", "gzip")
			io.WriteString(w, "not gzip")
		case "torn":
			w.Header().Set("Content-Length", "1000")
			io.WriteString(w, "{")
			panic(http.ErrAbortHandler)
		case "broken":
			panic(http.ErrAbortHandler)
		case "huge":
			w.Write(make([]byte, 3<<20))
		case "head":
			w.Header().Set("X", strings.Repeat("a", maxHeader+1))
		case "error":
			w.WriteHeader(http.StatusInternalServerError)
		case "busy":
			w.WriteHeader(http.StatusTooManyRequests)
		case "junk":
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				io.WriteString(conn, "SSH-2.0-nothing\r\n\r\n")
				conn.Close()
			}
		}
	})
	for _, path := range []string{"loop", "away", "inside", "nowhere", "coded", "gzip", "torn", "broken", "huge", "head", "error", "busy", "junk"} {
		for i := range 4 * maxFails {
			_, err := c.Fetch(vc.WithHolding(t.Context()), vc.FetchRequest{URL: fmt.Sprint(base, "/", path, i)})
			if err != nil && strings.Contains(err.Error(), "is paused") {
				t.Fatalf("%s: %v", path, err)
			}
		}
		mustGet(t, c, base+"/genuine/"+path)
	}
}

// TestThreat41UnsignedBadgesPauseNobody asserts that failed requests for badges
// that a stranger may have made up pause no host.
func TestThreat41UnsignedBadgesPauseNobody(t *testing.T) {
	c, base, door := guarded(t, Config{}, func(http.ResponseWriter, *http.Request) {})
	door.shut.Store(true)
	for i := range 100 {
		if _, err := get(t, c, fmt.Sprint(base, "/", i)); !errors.Is(err, vc.ErrUnreachable) || strings.Contains(err.Error(), "is paused") {
			t.Fatal(err)
		}
	}
	holding := vc.WithHolding(t.Context())
	for i := range maxFails - 1 {
		if _, err := c.Fetch(holding, vc.FetchRequest{URL: fmt.Sprint(base, "/", i)}); !errors.Is(err, vc.ErrUnreachable) {
			t.Fatal(err)
		}
	}
	for i := range 100 { // nor do they add to failures that count
		if _, err := get(t, c, fmt.Sprint(base, "/", i)); !errors.Is(err, vc.ErrUnreachable) || strings.Contains(err.Error(), "is paused") {
			t.Fatal(err)
		}
	}
	door.shut.Store(false)
	mustGet(t, c, base+"/genuine")
}

// TestSilencePauses asserts which failures count for a badge whose proof holds.
func TestSilencePauses(t *testing.T) {
	stop := make(chan struct{})
	slow, slowly := serve(t, Config{Timeout: 20 * time.Millisecond}, func(http.ResponseWriter, *http.Request) { <-stop })
	t.Cleanup(func() { close(stop) })
	gone := httptest.NewTLSServer(nil)
	gone.Close()
	closed, _ := serve(t, Config{}, nil)
	other := httptest.NewTLSServer(nil)
	t.Cleanup(other.Close)
	distrusting := newClient(t, Config{Allow: loopback})
	for name, x := range map[string]struct {
		c   *Client
		url string
	}{
		"no answer in time":     {slow, slowly},
		"nothing listens":       {closed, gone.URL},
		"untrusted certificate": {distrusting, other.URL},
	} {
		var err error
		for range maxFails + 1 {
			_, err = x.c.Fetch(vc.WithHolding(t.Context()), vc.FetchRequest{URL: x.url})
		}
		if err == nil || !strings.Contains(err.Error(), "is paused") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
