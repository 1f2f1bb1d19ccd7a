package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A fleet is several processes of the program on one store, behind a proxy that
// sends each request to the next ready one.
type fleet struct {
	url     string
	env     []string
	members []*member
	next    atomic.Int64
	ends    chan struct{}
}

// A member is one process with an address; it may be stopped.
type member struct {
	addr  string
	data  string
	ready atomic.Bool
	*child
}

// newFleet starts n processes at the same moment. more are settings beyond
// those that a fleet needs.
func newFleet(t testing.TB, n int, more ...string) *fleet {
	t.Helper()
	f := &fleet{ends: make(chan struct{})}
	proxy := httptest.NewServer(&httputil.ReverseProxy{Transport: f, FlushInterval: -1, Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.Host = r.In.Host
		r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
	}})
	t.Cleanup(proxy.Close)
	f.url = proxy.URL
	f.env = append([]string{"BACKPACK_PUBLIC_URL=" + f.url, "BACKPACK_MASTER_KEY=" + strings.Repeat("5a", 32),
		"BACKPACK_TRUSTED_PROXIES=127.0.0.1", "BACKPACK_ALLOW_NETS=127.0.0.0/8"}, more...)
	for range n {
		f.members = append(f.members, &member{addr: freeAddress(t), data: t.TempDir()})
	}
	for _, m := range f.members {
		f.launch(t, m)
	}
	var watch sync.WaitGroup
	watch.Go(f.watch)
	t.Cleanup(func() {
		close(f.ends)
		watch.Wait()
		for _, m := range f.members {
			m.kill()
			if t.Failed() {
				t.Logf("%s:\n%.3000s", m.addr, m.all)
			}
		}
	})
	for _, m := range f.members {
		f.await(t, m)
	}
	return f
}

// launch starts a member's process.
func (f *fleet) launch(t testing.TB, m *member) {
	t.Helper()
	m.child = begin(t, append(slices.Clone(f.env), "BACKPACK_LISTEN="+m.addr, "BACKPACK_DATA="+m.data), built(t))
}

// await waits until the proxy has noticed that the member is ready.
func (f *fleet) await(t testing.TB, m *member) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(2 * time.Minute); !m.ready.Load(); {
		select {
		case <-tick.C:
		case <-m.ended:
			t.Fatalf("%s ended:\n%s", m.addr, m.all)
		case <-end:
			t.Fatalf("%s does not become ready", m.addr)
		}
	}
}

// restart stops a member as an operator would, and starts it again.
func (f *fleet) restart(t testing.TB, m *member) {
	t.Helper()
	m.end()
	if code := m.cmd.ProcessState.ExitCode(); code != exitOK {
		t.Errorf("ended with %d:\n%s", code, m.all)
	}
	m.ready.Store(false)
	f.launch(t, m)
	f.await(t, m)
}

// watch probes the readiness of every member until the test ends.
func (f *fleet) watch() {
	client := &http.Client{Timeout: time.Minute}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		var all sync.WaitGroup
		for _, m := range f.members {
			all.Go(func() {
				res, err := client.Get("http://" + m.addr + "/readyz")
				if err == nil {
					io.Copy(io.Discard, res.Body)
					res.Body.Close()
				}
				m.ready.Store(err == nil && res.StatusCode == http.StatusOK)
			})
		}
		all.Wait()
		select {
		case <-f.ends:
			return
		case <-tick.C:
		}
	}
}

// member names the member that a request is meant for, by its index.
const memberHeader = "X-Test-Member"

// RoundTrip sends a request to the next ready member, or to the one it names.
// Like a proxy, it tries another member if the connection is refused.
func (f *fleet) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	for range 50 {
		m := f.members[int(f.next.Add(1))%len(f.members)]
		if n, err := strconv.Atoi(r.Header.Get(memberHeader)); err == nil {
			m = f.members[n]
		} else if !m.ready.Load() {
			continue
		}
		out := r.Clone(r.Context())
		out.URL.Scheme, out.URL.Host = "http", m.addr
		out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		out.Body, _ = out.GetBody()
		res, err := http.DefaultTransport.RoundTrip(out)
		if op, ok := err.(*net.OpError); ok && op.Op == "dial" {
			m.ready.Store(false)
			continue
		}
		return res, err
	}
	return nil, fmt.Errorf("no member is ready")
}

// A caller is a browser in front of a fleet: it keeps cookies and does not
// follow redirects.
type caller struct {
	t    testing.TB
	f    *fleet
	from string // its address, as the proxy reports it
	http *http.Client
}

func (f *fleet) caller(t testing.TB, from string) *caller {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &caller{t, f, from, &http.Client{Jar: jar, Timeout: 3 * time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// ask sends a request to the member with an index, or to any member if the
// index is negative. If there is a form, its token is added.
func (c *caller) ask(at int, path string, fields url.Values) (status int, location, body string, err error) {
	method, content := http.MethodGet, io.Reader(nil)
	if fields != nil {
		method, content = http.MethodPost, strings.NewReader(fields.Encode())
	}
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.f.url+path, content)
	if err != nil {
		return 0, "", "", err
	}
	req.Header.Set("X-Forwarded-For", c.from)
	if at >= 0 {
		req.Header.Set(memberHeader, strconv.Itoa(at))
	}
	if fields != nil {
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := c.http.Do(req)
	if err != nil {
		return 0, "", "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return res.StatusCode, res.Header.Get("Location"), string(b), err
}

// must is ask with a required status.
func (c *caller) must(status, at int, path string, fields url.Values) (location, body string) {
	c.t.Helper()
	got, location, body, err := c.ask(at, path, fields)
	if err != nil || got != status {
		c.t.Fatalf("%s: status %d, want %d, %v: %.500s", path, got, status, err, body)
	}
	return location, body
}

var formField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// form returns the fields with the caller's form token.
func (c *caller) form(pairs ...string) url.Values {
	c.t.Helper()
	_, body := c.must(http.StatusOK, -1, "/about", nil)
	fields := url.Values{}
	if m := formField.FindStringSubmatch(body); m != nil {
		fields.Set("csrf", m[1])
	}
	for i := 0; i < len(pairs); i += 2 {
		fields.Add(pairs[i], pairs[i+1])
	}
	return fields
}

// learner signs up at the member with an index, and adds the sample badges.
func (f *fleet) learner(t testing.TB, at int, from string) *caller {
	t.Helper()
	c := f.caller(t, from)
	c.must(http.StatusOK, at, "/signup", c.form("name", "Alma"))
	return c
}

// finish waits for the end of the import at a location, by the progress stream
// of the member with an index.
func (c *caller) finish(at int, location string) (last string) {
	c.t.Helper()
	for range 20 { // a stream may end with the process that sent it
		_, _, body, err := c.ask(at, location+"/events", nil)
		if err != nil {
			continue
		}
		lines := bufio.NewScanner(strings.NewReader(body))
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				last = data
			}
		}
		if strings.Contains(last, `"finished":true`) {
			return last
		}
	}
	c.t.Fatalf("%s does not finish: %s", location, last)
	return ""
}
