package edge

import (
	"crypto/tls"
	"net"
	"net/netip"
	"sync"
	"time"
)

// connections limits the open connections in total and per client network;
// excess ones are closed without an answer, because answering would mean waiting
// for them. Connections of trusted proxies count in total only.
type connections struct {
	net.Listener
	trusted   []netip.Prefix
	after     func(time.Duration) <-chan time.Time
	all, each int

	mu   sync.Mutex
	open int
	by   map[string]int
}

func limitConnections(l net.Listener, trusted []netip.Prefix, after func(time.Duration) <-chan time.Time) *connections {
	return &connections{Listener: l, trusted: trusted, after: after, all: connectionLimit, each: connectionLimit / 4, by: map[string]int{}}
}

// Accept implements net.Listener.
func (l *connections) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := l.network(c)
		if !l.enter(from) {
			_ = c.Close()
			continue
		}
		in := &conn{Conn: c, after: l.after, leave: sync.OnceFunc(func() { l.leave(from) })}
		if t, ok := c.(*tls.Conn); ok {
			return &tlsConn{in, t}, nil
		}
		return in, nil
	}
}

// network returns the network that a connection counts for; "" for a proxy's.
func (l *connections) network(c net.Conn) string {
	a, err := netip.ParseAddrPort(c.RemoteAddr().String())
	if err != nil || proxy(a.Addr(), l.trusted) {
		return ""
	}
	return network(a.Addr().String())
}

func (l *connections) enter(from string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open >= l.all || from != "" && l.by[from] >= l.each {
		return false
	}
	l.open++
	l.by[from]++
	return true
}

func (l *connections) leave(from string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open--
	if l.by[from]--; l.by[from] == 0 {
		delete(l.by, from)
	}
}
