package server_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"backpack/server"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

// A pipes listener has connections without buffers: what the other side does not read
// is not written.
type pipes struct {
	next chan net.Conn
	once sync.Once
	over chan struct{}
}

func newPipes() *pipes { return &pipes{next: make(chan net.Conn), over: make(chan struct{})} }

// Addr implements net.Listener.
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// Accept implements net.Listener.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.next:
		return c, nil
	case <-p.over:
		return nil, io.EOF
	}
}

// Close implements net.Listener.
func (p *pipes) Close() error { p.once.Do(func() { close(p.over) }); return nil }

// dial connects and sends the beginning of a request.
func (p *pipes) dial(t *testing.T, part string) net.Conn {
	t.Helper()
	ours, theirs := net.Pipe()
	t.Cleanup(func() { ours.Close() })
	p.next <- theirs
	if _, err := io.WriteString(ours, part); err != nil {
		t.Fatal(err)
	}
	return ours
}

// closed waits, without reading, until the server has closed a connection.
func closed(t *testing.T, conn net.Conn) {
	t.Helper()
	conn.SetWriteDeadline(time.Now().Add(time.Minute))
	for {
		if _, err := conn.Write([]byte("x")); errors.Is(err, io.ErrClosedPipe) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// onPipes returns a site that is also reached by pipes, over TLS if c is not nil.
func onPipes(t *testing.T, c *tls.Config, change func(*server.Config)) (*site, *pipes) {
	t.Helper()
	p := newPipes()
	s := newSiteAs(t, wallettest.Options{}, change, func(srv *server.Server) {
		var l net.Listener = p
		if c != nil {
			l = tls.NewListener(p, c)
		}
		go srv.Serve(l)
	})
	return s, p
}

func asking(s *site, l *learner, path string) string {
	return fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\nCookie: backpack=%s\r\n\r\n", path, strings.TrimPrefix(s.url, "http://"), l.Token)
}

// TestThreat33SlowReadersEnd checks that a client that does not read its answer is
// disconnected after AnswerTime.
func TestThreat33SlowReadersEnd(t *testing.T) {
	t.Parallel()
	s, p := onPipes(t, nil, func(c *server.Config) { c.AnswerTime = 100 * time.Millisecond })
	l := s.learner(t, "Robin Example")
	var all []net.Conn
	for range 50 {
		conn := p.dial(t, asking(s, l, "/backpack"))
		io.ReadFull(conn, make([]byte, 1))
		all = append(all, conn)
	}
	for _, conn := range all {
		closed(t, conn)
	}
}

// TestThreat33UnreadAnswersMakeRoom checks that the bytes of unread answers are
// bounded, and that older ones yield to new ones.
func TestThreat33UnreadAnswersMakeRoom(t *testing.T) {
	t.Parallel()
	const most = 512 << 10
	s, p := onPipes(t, nil, func(c *server.Config) { c.Answers = most })
	l := s.learner(t, "Robin Example")
	var badges []inspect.Input
	for i := range 120 {
		badges = append(badges, inspect.Input{Name: fmt.Sprint(i, ".json"), Bytes: []byte(fmt.Sprintf(`{"number": %d}`, i))})
	}
	page := l.follow(l.upload("/import", "", badges...)).is(t, http.StatusOK)
	path, size := page.Request.URL.Path, len(page.body)
	if size <= 32<<10 || size > most || 20*size < 2*most {
		t.Fatalf("a page of %d bytes is too small for this test", size)
	}
	var all []net.Conn
	for range 20 {
		conn := p.dial(t, asking(s, l, path))
		io.ReadFull(conn, make([]byte, 1))
		all = append(all, conn)
		if held := s.server.Answering(); held > most {
			t.Fatalf("%d bytes are held", held)
		}
		l.get(path).is(t, http.StatusOK)
	}
	closed(t, all[0])
}

// TestThreat33StalledArchivesEnd checks that an archive may take long but not stall.
func TestThreat33StalledArchivesEnd(t *testing.T) {
	t.Parallel()
	tick := make(chan time.Time)
	s, p := onPipes(t, nil, func(c *server.Config) {
		c.After = func(d time.Duration) <-chan time.Time {
			if d == 2*time.Minute {
				return tick
			}
			return time.After(d)
		}
	})
	l := s.learner(t, "Robin Example")
	l.samples()
	conn := p.dial(t, asking(s, l, "/settings/export.zip"))
	for range 5 { // something was read each time
		if n, err := io.ReadFull(conn, make([]byte, 5000)); err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		tick <- time.Time{}
	}
	go func() {
		for range 2 { // nothing more is read read
			tick <- time.Time{}
		}
	}()
	closed(t, conn)
}

// TestThreat33SilentHandshakes checks that a TLS client that sends nothing, or half a
// ClientHello, does not block others and is disconnected.
func TestThreat33SilentHandshakes(t *testing.T) {
	t.Parallel()
	web := httptest.NewTLSServer(nil)
	defer web.Close()
	roots := x509.NewCertPool()
	roots.AddCert(web.Certificate())
	config := &tls.Config{Certificates: web.TLS.Certificates, MinVersion: tls.VersionTLS12}
	hello := clientHello(t)
	for name, head := range map[string]time.Duration{"others": 0, "end": 50 * time.Millisecond} {
		s, p := onPipes(t, config, func(c *server.Config) { c.HeaderTime = head })
		var all []net.Conn
		for i := range 200 {
			all = append(all, p.dial(t, hello[:i%4*len(hello)/4]))
		}
		if name == "end" {
			for _, conn := range all {
				go io.Copy(io.Discard, conn) // an alert
				closed(t, conn)
			}
			continue
		}
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "example.com"},
			DialContext: func(context.Context, string, string) (net.Conn, error) { return p.dial(t, ""), nil }}}
		for range 5 {
			res, err := client.Get(strings.Replace(s.url, "http:", "https:", 1) + "/livez")
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			client.CloseIdleConnections()
		}
	}
}

// clientHello returns the first message of a TLS client.
func clientHello(t *testing.T) string {
	t.Helper()
	ours, theirs := net.Pipe()
	defer ours.Close()
	go tls.Client(theirs, &tls.Config{ServerName: "example.com"}).HandshakeContext(t.Context())
	b := make([]byte, 1<<10)
	n, err := ours.Read(b)
	if err != nil || n < 100 {
		t.Fatalf("%d bytes: %v", n, err)
	}
	return string(b[:n])
}
