package fetch

import (
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"backpack/vc"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// A clock moves only when a test moves it.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func newClient(t *testing.T, cfg Config) *Client {
	t.Helper()
	if cfg.Now == nil {
		cfg.Now = newClock().now
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// serve starts a TLS server on loopback and returns a client that may reach it.
func serve(t *testing.T, cfg Config, h http.HandlerFunc) (*Client, string) {
	t.Helper()
	s := httptest.NewTLSServer(h)
	t.Cleanup(s.Close)
	cfg.Allow, cfg.RootCAs = loopback, x509.NewCertPool()
	cfg.RootCAs.AddCert(s.Certificate())
	return newClient(t, cfg), s.URL
}

func get(t *testing.T, c *Client, url string) (*vc.Resource, error) {
	t.Helper()
	return c.Fetch(t.Context(), vc.FetchRequest{URL: url})
}

func mustGet(t *testing.T, c *Client, url string) *vc.Resource {
	t.Helper()
	res, err := get(t, c, url)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// canary counts connections to an address that must receive none.
func canary(t *testing.T, address string) (port string, hits func() int) {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Skipf("cannot listen on %s: %v", address, err)
	}
	t.Cleanup(func() { l.Close() })
	var mu sync.Mutex
	n := 0
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			n++
			mu.Unlock()
			c.Close()
		}
	}()
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port, func() int { mu.Lock(); defer mu.Unlock(); return n }
}

// nameServer returns a resolver whose n-th address lookup, counted from 1, yields
// answer(n, name).
func nameServer(t *testing.T, answer func(n int, name string) []string) *net.Resolver {
	t.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pc.Close() })
	go func() {
		buf := make([]byte, 4096)
		for n := 0; ; {
			size, from, err := pc.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:size]) != nil || len(m.Questions) != 1 {
				continue
			}
			if m.Questions[0].Type == dnsmessage.TypeA {
				n++
			}
			if b, err := reply(m, answer(max(n, 1), m.Questions[0].Name.String())); err == nil {
				pc.WriteTo(b, from)
			}
		}
	}()
	var d net.Dialer
	return &net.Resolver{PreferGo: true, Dial: dialTo(&d, pc.LocalAddr().String())}
}

func reply(m dnsmessage.Message, addresses []string) ([]byte, error) {
	q := m.Questions[0]
	m.Header.Response, m.Additionals = true, nil
	for _, a := range addresses {
		ip := netip.MustParseAddr(a)
		h := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}
		switch {
		case ip.Is4() && q.Type == dnsmessage.TypeA:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.AResource{A: ip.As4()}})
		case ip.Is6() && q.Type == dnsmessage.TypeAAAA:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.AAAAResource{AAAA: ip.As16()}})
		}
	}
	return m.Pack()
}
