package server_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"backpack/server"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

const formEnd = "\r\n--b--\r\n"

// sending sends a form with a file of size bytes, except its end.
func (s *site) sending(t *testing.T, network string, size int) (conn net.Conn, left string) {
	t.Helper()
	body := "--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.bin\"\r\n\r\n" + strings.Repeat("x", size) + formEnd
	head := fmt.Sprintf("POST /verify HTTP/1.1\r\nHost: %s\r\nX-Forwarded-For: %s\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: %d\r\n\r\n",
		strings.TrimPrefix(s.url, "http://"), network, len(body))
	conn = slowOnes(t, s, 1, head+body[:len(body)-len(formEnd)])[0]
	return conn, formEnd
}

func answerOf(t *testing.T, conn net.Conn) (int, http.Header, string) {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(time.Minute))
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(b)
}

// TestThreat33ManyUploads checks that a stranger's upload waits when strangers have used
// their budget, and is refused after a while or served when there is budget. Learners,
// small uploads and pages do not wait.
func TestThreat33ManyUploads(t *testing.T) {
	t.Parallel()
	const large = 2 << 20
	waits, late := make(chan struct{}, 100), make(chan time.Time)
	s := newSiteAs(t, wallettest.Options{}, func(c *server.Config) {
		c.Trusted, c.Uploads = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, 4*large+16<<10
		c.After = func(d time.Duration) <-chan time.Time {
			if d >= 20*time.Second {
				waits <- struct{}{}
				return late
			}
			return time.After(d)
		}
	})
	first, end := s.sending(t, "203.0.113.1", large)
	second, _ := s.sending(t, "203.0.113.2", large)
	for s.server.Uploading() < 2*large { // until both are read
		if t.Context().Err() != nil {
			t.Fatal("the uploads are not read")
		}
		s.browser(t).get("/livez")
	}
	var more [2]net.Conn
	for i := range more {
		more[i], _ = s.sending(t, fmt.Sprintf("203.0.113.%d", 10+i), large)
		io.WriteString(more[i], end)
		<-waits
	}
	late <- time.Time{}
	refused := 0
	select {
	case <-waits:
		t.Fatal("another visitor waits")
	default:
	}
	l := s.learner(t, "Robin Example")
	big := inspect.Input{Name: "a.bin", Bytes: bytes.Repeat([]byte("x"), large)}
	if a := l.upload("/import", "", big); a.StatusCode != http.StatusSeeOther {
		t.Errorf("a learner's import: %d %s", a.StatusCode, a.body)
	}
	small := inspect.Input{Name: "a.bin", Bytes: bytes.Repeat([]byte("x"), 200<<10)}
	s.browser(t).upload("/verify", "", small).is(t, http.StatusOK)
	s.browser(t).get("/about").is(t, http.StatusOK)

	for _, conn := range []net.Conn{first, second} {
		io.WriteString(conn, end)
		if status, _, body := answerOf(t, conn); status != http.StatusOK {
			t.Errorf("one of the first: %d %s", status, body)
		}
	}
	for _, conn := range more {
		switch status, header, body := answerOf(t, conn); {
		case status == http.StatusServiceUnavailable && header.Get("Retry-After") != "" && strings.Contains(body, "Very many files are being sent"):
			refused++
		case status != http.StatusOK:
			t.Errorf("one that waited: %d %s", status, body)
		}
	}
	if refused != 1 || s.server.Uploading() != 0 {
		t.Errorf("%d were refused; %d bytes are held", refused, s.server.Uploading())
	}
}

// TestThreat33SlowUploadsEnd checks that a large upload that sends little loses its budget.
func TestThreat33SlowUploadsEnd(t *testing.T) {
	t.Parallel()
	s := newSiteAs(t, wallettest.Options{}, func(c *server.Config) { c.HeaderTime = 50 * time.Millisecond })
	conn := slowOnes(t, s, 1, "POST /verify HTTP/1.1\r\nHost: "+strings.TrimPrefix(s.url,
		"http://")+"\r\nContent-Length: 60000000\r\n\r\n"+strings.Repeat("a", 10_000))[0]
	if status, _, _ := answerOf(t, conn); status != http.StatusRequestTimeout || s.server.Uploading() != 0 {
		t.Errorf("status %d, %d bytes held", status, s.server.Uploading())
	}
}

// TestThreat06EncodedRequests checks that a compressed body is refused on every route.
func TestThreat06EncodedRequests(t *testing.T) {
	t.Parallel()
	s := newSiteAs(t, wallettest.Options{}, func(c *server.Config) { c.API.Prefix = "/api/vc" })
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	io.WriteString(z, "--b\r\nContent-Disposition: form-data; name=text\r\n\r\n")
	z.Write(make([]byte, 1<<20))
	io.WriteString(z, formEnd)
	z.Close()
	for _, path := range []string{"/verify", "/import", "/signin", "/auth/passkey/signin/finish", "/s/x", "/api/vc/credentials/verify"} {
		for _, coding := range []string{"gzip", "br", "deflate", "gzip, gzip"} {
			req := s.browser(t).request(http.MethodPost, path, bytes.NewReader(packed.Bytes()), "multipart/form-data; boundary=b")
			req.Header.Set("Content-Encoding", coding)
			s.browser(t).send(req).is(t, http.StatusUnsupportedMediaType)
		}
	}
}

// TestThreat38UnfinishedChunks checks that a body that breaks off between two chunks does
// not count as complete.
func TestThreat38UnfinishedChunks(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	head := "POST /theme HTTP/1.1\r\nHost: " + strings.TrimPrefix(s.url, "http://") +
		"\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\na\r\ntheme=dark\r\n"
	for _, x := range []struct {
		rest   string
		status int
	}{{"0\r\n\r\n", http.StatusSeeOther}, {"", http.StatusBadRequest}} {
		conn := slowOnes(t, s, 1, head+x.rest)[0]
		conn.(*net.TCPConn).CloseWrite()
		if status, _, body := answerOf(t, conn); status != x.status {
			t.Errorf("%q: %d %.300s", x.rest, status, body)
		}
	}
}
