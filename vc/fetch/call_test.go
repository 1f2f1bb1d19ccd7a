package fetch

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/vctest/bomb"
)

func TestCall(t *testing.T) {
	c, base := serve(t, Config{UserAgent: "Backpack/1"}, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("DPoP-Nonce", "n-1")
		w.Header().Set("Retry-After", "5")
		w.Header().Add("WWW-Authenticate", "DPoP")
		w.Header().Add("WWW-Authenticate", "Bearer")
		status, _ := strings.CutPrefix(r.URL.Path, "/")
		w.WriteHeader(map[string]int{"200": 200, "202": 202, "204": 204, "400": 400, "401": 401, "503": 503}[status])
		if status != "204" {
			fmt.Fprint(w, r.Method, " ", r.Header.Get("Content-Type"), " ", r.Header.Get("Authorization"), " ", r.ContentLength, " ", string(body))
		}
	})
	form := url.Values{"grant_type": {"authorization_code"}, "code": {"a b"}}.Encode()
	for _, x := range []struct {
		method, path, mediaType, body string
		status                        int
		want                          string
	}{
		{"POST", "/200", "application/x-www-form-urlencoded", form, 200, "POST application/x-www-form-urlencoded DPoP t 38 " + form},
		{"POST", "/400", "application/json", `{"a":1}`, 400, `POST application/json DPoP t 7 {"a":1}`},
		{"POST", "/401", "", "", 401, "POST  DPoP t 0 "},
		{"PUT", "/202", "text/plain", "x", 202, "PUT text/plain DPoP t 1 x"},
		{"PATCH", "/503", "text/plain", "x", 503, "PATCH text/plain DPoP t 1 x"},
		{"DELETE", "/204", "", "", 204, ""},
		{"GET", "/200", "", "", 200, "GET  DPoP t 0 "},
	} {
		h := Header{"authorization": {"DPoP t"}}
		if x.mediaType != "" {
			h["content-type"] = []string{x.mediaType}
		}
		res, err := c.Do(t.Context(), Request{Method: x.method, URL: base + x.path, Header: h, Body: []byte(x.body)})
		if err != nil {
			t.Fatal(err)
		}
		if res.Status != x.status || string(res.Body) != x.want || res.URL != base+x.path {
			t.Errorf("%s %s: got %d from %s with body %q, want %q", x.method, x.path, res.Status, res.URL, res.Body, x.want)
		}
		if res.Header.Get("DPoP-Nonce") != "n-1" || res.Header.Get("Retry-After") != "5" || len(res.Header.Values("WWW-Authenticate")) != 2 {
			t.Errorf("%s %s: got header %v", x.method, x.path, res.Header)
		}
	}
}

func TestThreat01CallsReachNothingInside(t *testing.T) {
	inner := map[string]string{"a.example": "127.0.0.1", "b.example": "::1", "c.example": "10.1.2.3", "d.example": "169.254.169.254"}
	resolver := nameServer(t, func(_ int, name string) []string { return []string{inner[strings.TrimSuffix(name, ".")]} })
	c := newClient(t, Config{Resolver: resolver})
	targets := []string{"http://example.org/", "https://example.org:8443/", "https://me:pass@example.org/", "http://localhost/"}
	for name := range inner {
		targets = append(targets, "https://"+name+"/")
	}
	for _, a := range special {
		if strings.Contains(a, ":") {
			a = "[" + a + "]"
		}
		targets = append(targets, "https://"+a+"/")
	}
	for _, target := range targets {
		if _, err := c.Do(t.Context(), Request{Method: "POST", URL: target, Body: []byte("x")}); !errors.Is(err, vc.ErrForbidden) {
			t.Errorf("%s: got error %v", target, err)
		}
	}
}

// TestThreat01CallsFollowNoRebinding lets a name point to an allowed address
// first and to a forbidden one, with a listener on the same port, later.
func TestThreat01CallsFollowNoRebinding(t *testing.T) {
	port := serveInside(t)
	_, hits := canary(t, "127.0.0.1:"+port)
	resolver := nameServer(t, func(n int, _ string) []string { return []string{[]string{"127.0.0.2", "127.0.0.1"}[min(n-1, 1)]} })
	c := newClient(t, Config{Resolver: resolver, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}})
	req := Request{Method: "POST", URL: "http://rebind.example:" + port + "/", Body: []byte("x")}
	if res, err := c.Do(t.Context(), req); err != nil || string(res.Body) != "inside" {
		t.Fatalf("first call: got error %v", err)
	}
	c.http.CloseIdleConnections()
	c.http.Transport.(split).inside.(*http.Transport).CloseIdleConnections()
	if _, err := c.Do(t.Context(), req); !errors.Is(err, vc.ErrForbidden) {
		t.Errorf("second call: got error %v", err)
	}
	if hits() > 0 {
		t.Errorf("%d connections to 127.0.0.1", hits())
	}
}

// TestThreat01CallsFollowNoRedirectInside redirects the only kind of call that
// follows redirects.
func TestThreat01CallsFollowNoRedirectInside(t *testing.T) {
	port, hits := canary(t, "127.0.0.1:0")
	var target string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, target, http.StatusFound) }))
	defer s.Close()
	here := netip.MustParseAddrPort(s.Listener.Addr().String())
	c := newClient(t, Config{Allow: []netip.Prefix{netip.PrefixFrom(here.Addr(), 32)}})
	for _, target = range []string{
		"http://[::1]:" + port + "/", "https://[::1]/", "http://127.0.0.9:" + port + "/", "https://169.254.169.254/latest/",
		"https://user@127.0.0.1/", "file:///etc/passwd", "http://8.8.8.8/",
	} {
		if _, err := c.Do(t.Context(), Request{Method: "GET", URL: s.URL}); !errors.Is(err, vc.ErrForbidden) {
			t.Errorf("redirect to %s: got error %v", target, err)
		}
	}
	target = "/"
	if _, err := c.Do(t.Context(), Request{Method: "GET", URL: s.URL}); !errors.Is(err, vc.ErrUnreachable) {
		t.Errorf("endless redirects: got error %v", err)
	}
	if hits() > 0 {
		t.Errorf("%d connections to the canary", hits())
	}
}

// TestThreat52CredentialsStayWithTheirHost redirects calls that carry a body or
// a field, in every way, to a second server that the client may reach.
func TestThreat52CredentialsStayWithTheirHost(t *testing.T) {
	var arrived atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if arrived.Add(1); r.Header.Get("Referer") != "" {
			t.Error("the redirected call sends a referrer")
		}
	}))
	defer other.Close()
	status, target := 0, ""
	c, base := serve(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", target)
		w.WriteHeader(status)
		io.WriteString(w, "elsewhere")
	})
	for _, status = range []int{300, 301, 302, 303, 307, 308} {
		for _, target = range []string{other.URL, "/path", "http://%zz", ""} {
			for name, req := range map[string]Request{
				"body":          {Method: "POST", Body: []byte("code=secret")},
				"no body":       {Method: "POST"},
				"put":           {Method: "PUT", Body: []byte("x")},
				"delete":        {Method: "DELETE"},
				"authorization": {Method: "GET", Header: Header{"Authorization": {"Bearer t"}}},
				"lower case":    {Method: "GET", Header: Header{"authorization": {"Bearer t"}}},
				"dpop":          {Method: "GET", Header: Header{"Dpop": {"proof"}}},
				"own field":     {Method: "GET", Header: Header{"X-Api-Key": {"k"}}},
			} {
				req.URL = base + "/?secret"
				res, err := c.Do(t.Context(), req)
				if err != nil {
					t.Fatalf("%s, %d to %q: %v", name, status, target, err)
				}
				if res.Status != status || strings.TrimSpace(res.Header.Get("Location")) == "" != (target == "") || string(res.Body) != "elsewhere" {
					t.Errorf("%s, %d to %q: got %d, %v, %q", name, status, target, res.Status, res.Header, res.Body)
				}
			}
		}
	}
	if n := arrived.Load(); n > 0 {
		t.Fatalf("%d calls reach the other server", n)
	}
	status, target = http.StatusFound, other.URL
	res, err := c.Do(t.Context(), Request{Method: "GET", URL: base, Header: Header{"accept": {"application/json"}, "Accept-Language": {"de"}}})
	if err != nil || arrived.Load() != 1 || res.URL != other.URL {
		t.Errorf("a bare GET: got %d arrivals, error %v", arrived.Load(), err)
	}
}

// noShared fails the test when it is used.
type noShared struct{ t *testing.T }

func (s noShared) Once(context.Context, string, bool, func(context.Context) (*vc.Resource, time.Time, error)) (*vc.Resource, time.Time, error) {
	s.t.Error("a call uses the shared cache")
	return nil, time.Time{}, vc.ErrUnreachable
}

// TestThreat52CallsLeaveNothing asserts that calls neither fill nor read a
// cache, join no other request, and show no secret in errors and logs.
func TestThreat52CallsLeaveNothing(t *testing.T) {
	var n atomic.Int32
	c, base := serve(t, Config{Shared: noShared{t}}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/torn" {
			w.Header().Set("Content-Length", "500")
		}
		w.Header().Set("Cache-Control", "max-age=3600")
		w.Header().Set("ETag", `"1"`)
		if v := r.Header.Get("If-None-Match"); v != "" {
			t.Errorf("a call asks on condition of %s", v)
		}
		fmt.Fprint(w, n.Add(1))
	})
	get := Request{Method: "GET", URL: base + "/"}
	for i, req := range []Request{get, get, {Method: "GET", URL: base + "/", Header: Header{"Authorization": {"Bearer t"}}}, {Method: "POST", URL: base + "/"}} {
		if res, err := c.Do(t.Context(), req); err != nil || string(res.Body) != fmt.Sprint(i+1) {
			t.Fatalf("call %d: got error %v", i+1, err)
		}
	}
	if c.cache.lru.Len() > 0 || c.cache.bytes > 0 {
		t.Errorf("the cache holds %d answers", c.cache.lru.Len())
	}
	if res := mustGet(t, c, base+"/"); string(res.Body) != "5" {
		t.Errorf("Fetch answers %q, the answer of a call", res.Body)
	}
	if res, err := c.Do(t.Context(), get); err != nil || string(res.Body) != "6" {
		t.Errorf("a call is answered from the cache, error %v", err)
	}
	if res := mustGet(t, c, base+"/"); string(res.Body) != "5" {
		t.Errorf("Fetch answers %q, the cache is overwritten", res.Body)
	}
	secret := Request{Method: "POST", URL: base + "/torn?s3cret", Header: Header{"Authorization": {"s3cret"}, "S3cret-Field": {"s3cret"}}, Body: []byte("s3cret")}
	_, torn := c.Do(t.Context(), secret)
	broken := secret
	broken.Header = Header{"Authorization": {"s3cret\n"}}
	_, malformed := c.Do(t.Context(), broken)
	broken.URL = "https://example.org/%s3cret"
	_, address := c.Do(t.Context(), broken)
	broken.URL = "http://10.0.0.1/s3cret"
	_, inner := c.Do(t.Context(), broken)
	var log bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(h).Info("call", "req", secret, "ptr", &secret, "res", Response{Status: 200, Body: []byte("s3cret")}, "torn", torn)
	}
	json.NewEncoder(&log).Encode([]any{secret, &secret, Response{Body: []byte("s3cret")}})
	fmt.Fprintf(&log, "%v %+v %#v %s %q %x ", secret, secret, secret, secret, secret, secret)
	fmt.Fprint(&log, &secret, &Response{Body: []byte("s3cret")}, torn, malformed, address, inner)
	if torn == nil || malformed == nil || address == nil || inner == nil {
		t.Errorf("got errors %v, %v, %v, %v", torn, malformed, address, inner)
	}
	if s := strings.ToLower(log.String()); strings.Contains(s, "s3cret") || strings.Contains(s, "733363726574") {
		t.Errorf("a secret shows: %s", s)
	}
}

func TestCallsRefuseBadRequests(t *testing.T) {
	var n atomic.Int32
	c, base := serve(t, Config{}, func(http.ResponseWriter, *http.Request) { n.Add(1) })
	field := func(name, value string) Request { return Request{Method: "POST", Header: Header{name: {value}}} }
	many := Header{}
	for i := range maxFields + 1 {
		many.Set(fmt.Sprint("X-", i), "1")
	}
	bad := map[string]Request{
		"CR LF in a value":     field("X-A", "1\r\nX-B: 2"),
		"LF in a value":        field("X-A", "1\nX-B: 2"),
		"CR in a value":        field("X-A", "1\rX-B: 2"),
		"NUL in a value":       field("X-A", "1\x00"),
		"CR LF in a name":      field("X-A: 1\r\nX-B", "2"),
		"space in a name":      field("X A", "2"),
		"colon in a name":      field("X-A:", "2"),
		"empty name":           field("", "2"),
		"one name twice":       {Method: "POST", Header: Header{"X-A": {"1"}, "x-a": {"2"}}},
		"too many fields":      {Method: "POST", Header: many},
		"too many bytes":       field("X-A", strings.Repeat("a", maxFieldBytes)),
		"GET with a body":      {Method: "GET", Body: []byte("x")},
		"no method":            {},
		"method CONNECT":       {Method: "CONNECT"},
		"method TRACE":         {Method: "TRACE"},
		"lower case method":    {Method: "post"},
		"method with a line":   {Method: "POST / HTTP/1.1\r\nX-A: 1\r\n\r\n"},
		"body over the limit":  {Method: "POST", Body: make([]byte, maxBody+1)},
		"URL with a line":      {Method: "POST", URL: base + "/\r\nX-A: 1"},
		"URL over the limit":   {Method: "POST", URL: base + "/" + strings.Repeat("a", maxURL)},
		"URL that is relative": {Method: "POST", URL: "/token"},
	}
	for _, name := range reserved {
		bad["field "+name] = field(strings.ToLower(name), "1")
	}
	for name, req := range bad {
		if req.URL == "" {
			req.URL = base
		}
		if _, err := c.Do(t.Context(), req); !errors.Is(err, vc.ErrMalformed) {
			t.Errorf("%s: got error %v", name, err)
		}
	}
	if n.Load() > 0 || len(c.calls.known) > 0 {
		t.Errorf("%d requests are sent, %d hosts are known", n.Load(), len(c.calls.known))
	}
	if _, err := c.Do(vc.WithOffline(t.Context()), Request{Method: "GET", URL: base}); !errors.Is(err, vc.ErrUnreachable) || n.Load() > 0 {
		t.Errorf("offline: got error %v after %d requests", err, n.Load())
	}
}

func TestCallBodyLimits(t *testing.T) {
	packed := bomb.Gzip()
	c, base := serve(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		switch r.URL.Path {
		case "/coded":
			w.Header().Set("Content-Encoding", "br")
		case "/endless":
			w.WriteHeader(http.StatusBadRequest)
			io.Copy(w, zeros{})
		case "/gzip":
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(packed)
		}
		w.Write(body)
	})
	for _, x := range []struct {
		path        string
		sent, limit int
		want        error
	}{
		{"/", 100, 100, nil}, {"/", 101, 100, vc.ErrTooLarge}, {"/", 0, 1, nil},
		{"/", defaultBody, 0, nil}, {"/", defaultBody + 1, -1, vc.ErrTooLarge}, {"/", maxBody, 2 * maxBody, nil},
		{"/coded", 1, 0, vc.ErrUnreachable}, {"/endless", 1, 0, vc.ErrTooLarge}, {"/gzip", 1, 2 * maxBody, vc.ErrTooLarge},
	} {
		call := func() {
			res, err := c.Do(t.Context(), Request{Method: "POST", URL: base + x.path, Body: make([]byte, x.sent), MaxBytes: int64(x.limit)})
			if !errors.Is(err, x.want) || err == nil && len(res.Body) != x.sent {
				t.Errorf("%s, %d bytes up to %d: got error %v, want %v", x.path, x.sent, x.limit, err, x.want)
			}
		}
		if x.path == "/" { // the test's server copies what it echoes
			call()
			continue
		}
		bomb.Contained(t, x.path, call)
	}
}

func TestCallHeaderFlood(t *testing.T) {
	for _, two := range []bool{false, true} {
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n, size := 2000, 100 // many fields
			if r.URL.Path == "/long" {
				n, size = 1, 2*maxHeader
			}
			for i := range n {
				w.Header().Set(fmt.Sprint("X-", i), strings.Repeat("a", size))
			}
		}))
		s.EnableHTTP2 = two
		s.StartTLS()
		defer s.Close()
		cfg := Config{Allow: loopback, RootCAs: x509.NewCertPool()}
		cfg.RootCAs.AddCert(s.Certificate())
		c := newClient(t, cfg)
		for _, path := range []string{"/many", "/long"} {
			if _, err := c.Do(t.Context(), Request{Method: "POST", URL: s.URL + path}); !errors.Is(err, vc.ErrUnreachable) {
				t.Errorf("HTTP/2 %t, %s: got error %v", two, path, err)
			}
		}
	}
}

func TestThreat33SlowCalls(t *testing.T) {
	stop := make(chan struct{})
	c, base := serve(t, Config{Timeout: 200 * time.Millisecond}, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/body":
			io.WriteString(w, "a")
			w.(http.Flusher).Flush()
		case "/fetched":
			return
		case "/patient":
			select {
			case <-time.After(time.Second): // longer than Config.Timeout
			case <-stop:
			}
			return
		}
		<-stop
	})
	defer close(stop)
	call := func(ctx context.Context, path string) error {
		_, err := c.Do(ctx, Request{Method: "POST", URL: base + path, Body: []byte("x")})
		return err
	}
	for _, path := range []string{"/silent", "/body"} {
		if err := call(t.Context(), path); !errors.Is(err, vc.ErrUnreachable) || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s without a deadline: got error %v", path, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if err := call(ctx, path); !errors.Is(err, vc.ErrUnreachable) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s with a deadline: got error %v", path, err)
		}
		cancel()
		if err := call(ctx, path); !errors.Is(err, vc.ErrUnreachable) {
			t.Errorf("%s after the deadline: got error %v", path, err)
		}
	}
	for range overall {
		c.calls.slots <- struct{}{}
	}
	if err := call(t.Context(), "/patient"); !errors.Is(err, vc.ErrUnreachable) {
		t.Errorf("without a free slot: got error %v", err)
	}
	mustGet(t, c, base+"/fetched") // checks have other slots
	for range overall {
		<-c.calls.slots
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := call(ctx, "/patient"); err != nil {
		t.Errorf("a longer deadline: got error %v", err)
	}
}

func TestThreat41FailedCallsPauseNobody(t *testing.T) {
	c, base, door := guarded(t, Config{}, func(http.ResponseWriter, *http.Request) {})
	door.shut.Store(true)
	for range 4 * maxFails {
		if _, err := c.Do(vc.WithHolding(t.Context()), Request{Method: "POST", URL: base}); !errors.Is(err, vc.ErrUnreachable) {
			t.Fatal(err)
		}
	}
	door.shut.Store(false)
	if _, err := c.Do(t.Context(), Request{Method: "POST", URL: base}); err != nil {
		t.Error(err)
	}
	if len(c.calls.known) > 0 || len(c.calls.slots) > 0 {
		t.Error("the host is still known")
	}
}
