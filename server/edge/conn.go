package edge

import (
	"crypto/tls"
	"io"
	"net"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
)

// lingerTime is how long a client may keep sending a body that was refused.
const lingerTime = 10 * time.Second

// A conn is an open connection.
type conn struct {
	net.Conn
	after   func(time.Duration) <-chan time.Time
	leave   func()
	eof     atomic.Bool
	refused atomic.Bool // the client may send more than was read

	heads heads  // used by the reading goroutine only
	left  string // to be read in place of what arrived
	bad   bool   // nothing more is read
}

// Read implements io.Reader. In place of a head with a bare LF it returns one
// that is refused, and then io.EOF.
func (c *conn) Read(p []byte) (int, error) {
	if c.bad {
		n := copy(p, c.left)
		if c.left = c.left[n:]; n == 0 && len(p) > 0 {
			return 0, io.EOF
		}
		return n, nil
	}
	n, err := c.Conn.Read(p)
	if at := c.heads.find(p[:n]); at >= 0 {
		c.bad, c.left = true, notAHead
		c.refused.Store(true)
		n = copy(p[at:], c.left)
		c.left = c.left[n:]
		return at + n, nil
	}
	if err == io.EOF {
		c.eof.Store(true)
	}
	return n, err
}

// ended reports whether everything was read and the client sends nothing more.
func (c *conn) ended() bool { return c.eof.Load() }

// Close implements io.Closer.
func (c *conn) Close() error {
	defer c.leave()
	if c.refused.Swap(false) {
		c.linger()
	}
	return c.Conn.Close()
}

// linger discards, for at most lingerTime, what the client still sends of a
// request that was refused. If the connection were closed at once, the system
// would reset it and the answer be lost; a proxy would take the server for broken
// and, after some such requests, send it none.
func (c *conn) linger() {
	half, ok := c.Conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case <-c.after(lingerTime):
			_ = c.Conn.Close() // ends the reading
		case <-done:
		}
	}()
	_, _ = io.Copy(io.Discard, io.LimitReader(c.Conn, BodyLimit))
}

// lingering lets a client read why its request was refused, possibly before all
// of it was read: the connection lingers when it closes.
func lingering(c *fiber.Ctx) {
	status := c.Response().StatusCode()
	unread := status == fiber.StatusRequestEntityTooLarge || status == fiber.StatusRequestHeaderFieldsTooLarge
	if !unread && !c.Response().ConnectionClose() {
		return
	}
	switch in := c.Context().Conn().(type) {
	case *conn:
		in.refused.Store(true)
	case *tlsConn:
		in.refused.Store(true)
	}
}

// A tlsConn is a conn over TLS. Its methods are those by which fasthttp
// recognises one.
type tlsConn struct {
	*conn
	tls *tls.Conn
}

// Handshake runs the TLS handshake.
func (c *tlsConn) Handshake() error { return c.tls.Handshake() }

// ConnectionState returns the state of the TLS connection.
func (c *tlsConn) ConnectionState() tls.ConnectionState { return c.tls.ConnectionState() }
