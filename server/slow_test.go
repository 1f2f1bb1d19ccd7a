package server_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"backpack/server"
	"backpack/wallet"
	"backpack/wallet/wallettest"
)

// slowOnes opens connections and sends a part of a request on each.
func slowOnes(t *testing.T, s *site, n int, part string) []net.Conn {
	t.Helper()
	out := make([]net.Conn, n)
	for i := range out {
		conn, err := net.Dial("tcp", strings.Replace(strings.TrimPrefix(s.url, "http://"), "localhost", "127.0.0.1", 1))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		if _, err := io.WriteString(conn, part); err != nil {
			t.Fatal(err)
		}
		out[i] = conn
	}
	return out
}

// TestThreat33SlowClients checks that 500 slow connections do not slow others down,
// whatever part of a request is slow.
func TestThreat33SlowClients(t *testing.T) {
	t.Parallel()
	s := newSiteAs(t, wallettest.Options{}, nil)
	host := strings.TrimPrefix(s.url, "http://")
	for _, part := range []string{"", "G", "GET /about HTTP/1.1\r\nHost: " + host + "\r\nX: ", "POST /verify HTTP/1.1\r\nHost: " + host +
		"\r\nContent-Length: 1000\r\n\r\na",
		"POST /verify HTTP/1.1\r\nHost: " + host + "\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na"} {
		slowOnes(t, s, 100, part)
	}
	l := s.learner(t, "Robin Example")
	l.samples()
	sh := l.share(wallet.ShareRequest{}, "Handling Historic Photographs")
	for range 20 {
		l.get("/backpack").is(t, http.StatusOK)
		s.browser(t).get("/s/"+sh.Token).is(t, http.StatusOK)
	}
}

// TestThreat33SlowHeadsEnd checks that a client that does not finish a head in time is
// disconnected.
func TestThreat33SlowHeadsEnd(t *testing.T) {
	t.Parallel()
	s := newSiteAs(t, wallettest.Options{}, func(c *server.Config) { c.HeaderTime = 50 * time.Millisecond })
	host := strings.TrimPrefix(s.url, "http://")
	var all []net.Conn
	for _, part := range []string{"", "G", "GET /about HTTP/1.1\r\nHost: " + host + "\r\nX: "} {
		all = append(all, slowOnes(t, s, 50, part)...)
	}
	for i, conn := range all {
		conn.SetReadDeadline(time.Now().Add(time.Minute))
		answer, err := io.ReadAll(conn)
		if err != nil || strings.Contains(string(answer), "HTTP/1.1 200") {
			t.Fatalf("connection %d: %v %.200s", i, err, answer)
		}
	}
}

// TestThreat33Sizes checks the limit of a body for each path.
func TestThreat33Sizes(t *testing.T) {
	t.Parallel()
	s := newSiteAs(t, wallettest.Options{}, func(c *server.Config) { c.API.Prefix = "/api/vc" })
	host := strings.TrimPrefix(s.url, "http://")
	for path, most := range map[string]int{"/signin": 256 << 10, "/theme": 256 << 10, "/s/x": 256 << 10, "/verify/": 256 << 10, "/nowhere": 256 << 10,
		"http://" + host + "/signin": 256 << 10,
		"/verify":                    64 << 20, "/verify?x=y": 64 << 20, "/import": 64 << 20,
		"http://" + host + "/import": 64 << 20, "/api/vc/credentials/verify": 12<<20 + 512<<10} {
		if status, _, _ := s.raw(t, fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n", path, host,
			most+1)); status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d for one byte too many", path, status)
		}
		if path != "/nowhere" && most == 256<<10 {
			body := strings.Repeat("a", most)
			if status, _, _ := s.raw(t, fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", path, host, most,
				body)); status == http.StatusRequestEntityTooLarge || status == 0 {
				t.Errorf("%s: %d for the largest body", path, status)
			}
		}
	}
	if status, _, _ := s.raw(t, "GET /about HTTP/1.1\r\nHost: "+host+"\r\nX: "+strings.Repeat("a",
		17<<10)+"\r\n\r\n"); status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a long head: %d", status)
	}
}

// TestThreat33RefusedIsAnswered checks that a client that sends too much can read the
// answer after sending everything.
func TestThreat33RefusedIsAnswered(t *testing.T) {
	t.Parallel()
	s := newSiteAs(t, wallettest.Options{}, func(c *server.Config) {
		c.After = func(time.Duration) <-chan time.Time { return nil } // never, however slow the machine is
	})
	host := strings.TrimPrefix(s.url, "http://")
	for _, request := range []string{
		fmt.Sprintf("POST /signin HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n%s", host, 4<<20, strings.Repeat("x", 4<<20)),
		fmt.Sprintf("POST /verify HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n%s", host, 65<<20, strings.Repeat("x", 8<<20)),
		fmt.Sprintf("POST /signin HTTP/1.1\r\nHost: %s\r\nX: %s\r\nContent-Length: 1\r\n\r\nx", host, strings.Repeat("x", 1<<20)),
	} {
		for range 20 {
			conn, err := net.Dial("tcp", strings.Replace(host, "localhost", "127.0.0.1", 1))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(conn, request); err != nil {
				t.Fatalf("%.20q: the rest was not read: %v", request, err)
			}
			answer, err := io.ReadAll(conn)
			conn.Close()
			if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 4") {
				t.Fatalf("%.20q: %v %.100s", request, err, answer)
			}
		}
	}
}
