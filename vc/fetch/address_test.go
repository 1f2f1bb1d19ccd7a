package fetch

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"backpack/vc"
)

func dialTo(d *net.Dialer, address string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		return d.DialContext(ctx, "udp", address)
	}
}

// special lists addresses that no document may make the server dial.
var special = []string{
	"0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.255.255.254",
	"169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.1.1", "192.88.99.1",
	"198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
	"::", "::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1",
	"100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1",
	"fe80::1", "fec0::1", "ff02::1",
}

func TestThreat01SpecialAddressesAreRefused(t *testing.T) {
	inner := map[string]string{
		"a.example": "127.0.0.1", "b.example": "::1", "c.example": "10.1.2.3", "d.example": "169.254.169.254", "e.example": "fd00::1",
	}
	resolver := nameServer(t, func(_ int, name string) []string { return []string{inner[strings.TrimSuffix(name, ".")]} })
	c := newClient(t, Config{Resolver: resolver})
	for _, a := range special {
		literal := a
		if strings.Contains(a, ":") {
			literal = "[" + a + "]"
		}
		if _, err := get(t, c, "https://"+literal+"/x"); !errors.Is(err, vc.ErrForbidden) {
			t.Errorf("%s in a URL: got error %v", a, err)
		}
		ip := netip.MustParseAddr(a)
		if ip.Is4In6() { // a resolver returns it as IPv4
			ip = ip.Unmap()
		}
		if err := c.rules.controlPublic("tcp", netip.AddrPortFrom(ip, 443).String(), nil); !errors.Is(err, vc.ErrForbidden) {
			t.Errorf("%s when dialled: got error %v", a, err)
		}
	}
	for name, target := range inner {
		_, err := get(t, c, "https://"+name+"/")
		if !errors.Is(err, vc.ErrForbidden) {
			t.Errorf("a name that resolves to %s: got error %v", target, err)
		}
		if err != nil && strings.Contains(err.Error(), target) {
			t.Errorf("the error reveals the inner address: %v", err)
		}
	}
}

func TestPublicAddressesAreAllowed(t *testing.T) {
	r, err := newRules(nil, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []string{
		"8.8.8.8", "1.1.1.1", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700::1", "2a00:1450::1", "::ffff:8.8.8.8",
	} {
		if err := r.address(netip.MustParseAddr(a), true); err != nil {
			t.Errorf("%s: %v", a, err)
		}
	}
}

func TestURLs(t *testing.T) {
	direct, _ := newRules(nil, false)
	allowed, _ := newRules([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, false)
	proxied, _ := newRules([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, true)
	for _, c := range []struct {
		name  string
		rules rules
		url   string
		want  error
	}{
		{"plain", direct, "https://example.org/a?b=c#d", nil},
		{"port 443", direct, "https://example.org:443/", nil},
		{"http", direct, "http://example.org/", vc.ErrForbidden},
		{"other port", direct, "https://example.org:8443/", vc.ErrForbidden},
		{"user", direct, "https://me@example.org/", vc.ErrForbidden},
		{"password", direct, "https://me:pass@example.org/", vc.ErrForbidden},
		{"relative", direct, "/a", vc.ErrMalformed},
		{"no scheme", direct, "//example.org/a", vc.ErrMalformed},
		{"no host", direct, "https:///a", vc.ErrMalformed},
		{"opaque", direct, "https:example.org", vc.ErrMalformed},
		{"file", direct, "file:///etc/passwd", vc.ErrMalformed},
		{"gopher", direct, "gopher://example.org/", vc.ErrMalformed},
		{"data", direct, "data:text/plain,x", vc.ErrMalformed},
		{"empty", direct, "", vc.ErrMalformed},
		{"line break", direct, "https://example.org/\r\nHost: x", vc.ErrMalformed},
		{"bad port", direct, "https://example.org:port/", vc.ErrMalformed},
		{"long", direct, "https://example.org/" + strings.Repeat("a", 2030), vc.ErrMalformed},
		{"longest", direct, "https://example.org/" + strings.Repeat("a", 2028), nil},
		{"http inside by name", allowed, "http://intranet.example/", nil}, // decided when it is dialled
		{"http inside", allowed, "http://10.1.2.3:8080/", nil},
		{"http outside", allowed, "http://8.8.8.8/", vc.ErrForbidden},
		{"port outside", allowed, "https://8.8.8.8:22/", vc.ErrForbidden},
		{"https outside", allowed, "https://8.8.8.8/", nil},
		{"proxy, name", proxied, "https://example.org/", nil},
		{"proxy, http by name", proxied, "http://example.org/", vc.ErrForbidden},
		{"proxy, http inside", proxied, "http://10.0.0.1/", nil},
		{"proxy, its own machine", proxied, "https://localhost/", vc.ErrForbidden},
		{"proxy, below localhost", proxied, "https://a.LOCALHOST./", vc.ErrForbidden},
		{"proxy, bare name", proxied, "https://metadata/", vc.ErrForbidden},
		{"proxy, cloud metadata", proxied, "https://metadata.google.internal/", vc.ErrForbidden},
		{"proxy, loopback", proxied, "https://127.0.0.1/", vc.ErrForbidden},
		{"proxy, mapped", proxied, "https://[::ffff:7f00:1]/", vc.ErrForbidden},
		{"proxy, octal", proxied, "https://0177.0.0.1/", vc.ErrForbidden},
		{"proxy, decimal", proxied, "https://2130706433/", vc.ErrForbidden},
		{"proxy, hexadecimal", proxied, "https://0x7f.0.0.0x1/", vc.ErrForbidden},
		{"proxy, short", proxied, "https://127.1/", vc.ErrForbidden},
		{"proxy, dot", proxied, "https://./", vc.ErrForbidden},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := c.rules.parse(c.url); !errors.Is(err, c.want) {
				t.Errorf("%s: got error %v, want %v", c.url, err, c.want)
			}
		})
	}
}

func TestThreat01OldSpellingsReachNothing(t *testing.T) {
	port, hits := canary(t, "127.0.0.1:0")
	c := newClient(t, Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}})
	for _, host := range []string{"0177.0.0.1", "2130706433", "0x7f.0.0.1", "127.1", "localhost", "[::ffff:127.0.0.1]", "[::1%25lo]"} {
		if _, err := get(t, c, "http://"+host+":"+port+"/"); err == nil {
			t.Errorf("%s: got no error", host)
		}
	}
	if hits() > 0 {
		t.Errorf("got %d connections", hits())
	}
}

func TestThreat01Rebinding(t *testing.T) {
	port, hits := canary(t, "127.0.0.1:0")
	resolver := nameServer(t, func(n int, _ string) []string {
		if n == 1 {
			return []string{"93.184.216.34"}
		}
		return []string{"127.0.0.1", "::1"}
	})
	// A check of the name before the request sees a public address.
	if a, err := resolver.LookupNetIP(t.Context(), "ip4", "rebind.example"); err != nil || a[0].String() != "93.184.216.34" {
		t.Fatalf("first lookup: %v, error %v", a, err)
	}
	c := newClient(t, Config{Resolver: resolver, Allow: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
	for _, u := range []string{"https://rebind.example/", "http://rebind.example:" + port + "/"} {
		if _, err := get(t, c, u); !errors.Is(err, vc.ErrForbidden) {
			t.Errorf("%s: got error %v", u, err)
		}
	}
	if hits() > 0 {
		t.Errorf("%d connections to 127.0.0.1", hits())
	}
}

// serveInside answers "inside" at 127.0.0.2, and returns the port.
func serveInside(t *testing.T) (port string) {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "inside") }))
	l, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Skip(err)
	}
	s.Listener = l
	s.Start()
	t.Cleanup(s.Close)
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port
}

func TestThreat01OnlyTheAllowedOfSeveralIsDialled(t *testing.T) {
	port := serveInside(t)
	_, hits := canary(t, "127.0.0.1:"+port)
	resolver := nameServer(t, func(int, string) []string { return []string{"127.0.0.1", "127.0.0.2"} })
	c := newClient(t, Config{Resolver: resolver, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}})
	if got := mustGet(t, c, "http://mixed.example:"+port+"/"); string(got.Body) != "inside" || hits() > 0 {
		t.Errorf("got %q and %d connections to 127.0.0.1", got.Body, hits())
	}
}

func TestThreat01RedirectsAreChecked(t *testing.T) {
	port, hits := canary(t, "127.0.0.1:0")
	var target string
	var referer string
	h := func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			http.Redirect(w, r, target, http.StatusFound)
		case "/more":
			http.Redirect(w, r, "/0", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/0", "/1", "/2":
			http.Redirect(w, r, string(r.URL.Path[1]+1), http.StatusTemporaryRedirect)
		default:
			referer = r.Header.Get("Referer")
			w.Write([]byte("arrived"))
		}
	}
	s := httptest.NewServer(http.HandlerFunc(h))
	defer s.Close()
	here := netip.MustParseAddrPort(s.Listener.Addr().String())
	// Only the server's own address: neither ::1 nor 127.0.0.9.
	c := newClient(t, Config{Allow: []netip.Prefix{netip.PrefixFrom(here.Addr(), 32)}})
	for _, target = range []string{
		"http://[::1]:" + port + "/", "https://[::1]/", "https://127.0.0.9/", "http://127.0.0.9:" + port + "/", "https://169.254.169.254/latest/",
		"https://user@127.0.0.1/", "file:///etc/passwd", "http://8.8.8.8/", "https://127.0.0.1/" + strings.Repeat("a", 3000),
	} {
		if _, err := c.Fetch(t.Context(), vc.FetchRequest{URL: s.URL, Fresh: true}); !errors.Is(err, vc.ErrForbidden) {
			t.Errorf("redirect to %.60s: got error %v", target, err)
		}
	}
	if hits() > 0 {
		t.Errorf("%d connections to the canary", hits())
	}
	if _, err := get(t, c, s.URL+"/loop"); !errors.Is(err, vc.ErrUnreachable) {
		t.Errorf("endless redirects: got error %v", err)
	}
	if _, err := get(t, c, s.URL+"/more"); !errors.Is(err, vc.ErrUnreachable) {
		t.Errorf("four redirects: got error %v", err)
	}
	res := mustGet(t, c, s.URL+"/0?secret")
	if string(res.Body) != "arrived" || res.URL != s.URL+"/3" || referer != "" {
		t.Errorf("got %q from %s, referer %q", res.Body, res.URL, referer)
	}
}

func TestNew(t *testing.T) {
	now := newClock().now
	for name, cfg := range map[string]Config{
		"no clock":    {},
		"bad prefix":  {Now: now, Allow: []netip.Prefix{{}}},
		"mapped":      {Now: now, Allow: []netip.Prefix{netip.MustParsePrefix("::ffff:10.0.0.0/104")}},
		"socks proxy": {Now: now, Proxy: &url.URL{Scheme: "socks5", Host: "127.0.0.1:1"}},
		"empty proxy": {Now: now, Proxy: &url.URL{Scheme: "http"}},
	} {
		if _, err := New(cfg); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}

func FuzzURL(f *testing.F) {
	for _, s := range append(special, "example.org", "EXAMPLE.org:443", "a@b", "[::1%25lo]", "[", "%00", "1.2.3.4:80") {
		f.Add("https://" + s + "/")
	}
	r, err := newRules(nil, false)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := r.parse(s)
		if err != nil {
			if !errors.Is(err, vc.ErrForbidden) && !errors.Is(err, vc.ErrMalformed) {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		if u.Scheme != "https" || u.User != nil || u.Port() != "" && u.Port() != "443" || u.Fragment != "" {
			t.Errorf("%q is accepted as %s", s, u)
		}
		if ip, err := netip.ParseAddr(u.Hostname()); err == nil && !ip.Unmap().IsGlobalUnicast() {
			t.Errorf("%q is accepted with address %s", s, ip)
		}
	})
}
