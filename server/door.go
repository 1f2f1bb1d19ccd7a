package server

import (
	"crypto/tls"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A door counts the connections that are open, and closes at once those that
// are too many: in all, or of one network that is no proxy's. To answer them
// would be to wait for them.
type door struct {
	net.Listener
	trusted   []netip.Prefix
	after     func(time.Duration) <-chan time.Time
	all, each int

	mu   sync.Mutex
	open int
	by   map[string]int
}

func newDoor(l net.Listener, trusted []netip.Prefix, after func(time.Duration) <-chan time.Time) *door {
	return &door{Listener: l, trusted: trusted, after: after, all: maxConnections, each: maxConnections / 4, by: map[string]int{}}
}

// Accept implements net.Listener.
func (d *door) Accept() (net.Conn, error) {
	for {
		c, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := d.network(c)
		if !d.enter(from) {
			_ = c.Close()
			continue
		}
		in := &conn{Conn: c, after: d.after, leave: sync.OnceFunc(func() { d.leave(from) })}
		if t, ok := c.(*tls.Conn); ok {
			return &tlsConn{in, t}, nil
		}
		return in, nil
	}
}

// network is whom a connection counts for; a proxy's are everybody's.
func (d *door) network(c net.Conn) string {
	a, err := netip.ParseAddrPort(c.RemoteAddr().String())
	if err != nil || slices.ContainsFunc(d.trusted, func(p netip.Prefix) bool { return p.Contains(a.Addr().Unmap()) }) {
		return ""
	}
	return network(a.Addr().String())
}

func (d *door) enter(from string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open >= d.all || from != "" && d.by[from] >= d.each {
		return false
	}
	d.open++
	d.by[from]++
	return true
}

func (d *door) leave(from string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open--
	if d.by[from]--; d.by[from] == 0 {
		delete(d.by, from)
	}
}

// A conn is an open connection.
type conn struct {
	net.Conn
	after   func(time.Duration) <-chan time.Time
	leave   func()
	eof     atomic.Bool
	refused atomic.Bool // more of a request may come than is read

	heads heads  // of the one goroutine that reads
	left  string // what is still to be read in place of what came
	bad   bool   // what comes is not read any more
}

// Read implements io.Reader. In place of a head with a bare LF it gives one that
// is refused, and then the end.
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

// ended reports whether the client has said that it sends nothing more, and we
// read on to there.
func (c *conn) ended() bool { return c.eof.Load() }

// Close implements io.Closer.
func (c *conn) Close() error {
	defer c.leave()
	if c.refused.Swap(false) {
		c.linger()
	}
	return c.Conn.Close()
}

// A tlsConn is one over TLS, as fasthttp knows it.
type tlsConn struct {
	*conn
	tls *tls.Conn
}

// Handshake is that of TLS.
func (c *tlsConn) Handshake() error { return c.tls.Handshake() }

// ConnectionState is that of TLS.
func (c *tlsConn) ConnectionState() tls.ConnectionState { return c.tls.ConnectionState() }
