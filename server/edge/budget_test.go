package edge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestThreat33Room checks the shares of visitors and the order of claims.
func TestThreat33Room(t *testing.T) {
	const all = 64
	stranger := func(n int) Visitor { return Visitor{ID: fmt.Sprint("198.51.100.", n), Stranger: true} }
	learner := func(n int) Visitor { return Visitor{ID: fmt.Sprint("learner ", n)} }
	synctest.Test(t, func(t *testing.T) {
		r := newBudget(all)
		late := make(chan time.Time)
		var mu sync.Mutex
		gives, waiting := map[Visitor]func(){}, map[Visitor]chan error{}
		in := func(g Visitor, n int) bool {
			done := make(chan error, 1)
			waiting[g] = done
			go func() {
				give, _, err := r.take(t.Context(), g, n, func() <-chan time.Time { return late })
				mu.Lock()
				gives[g] = give
				mu.Unlock()
				done <- err
			}()
			synctest.Wait()
			return gives[g] != nil
		}
		want := func(what string, got bool) {
			t.Helper()
			if !got {
				t.Errorf("not true: %s; %d held, %d waiting", what, r.held, len(r.queue))
			}
		}
		want("a stranger gets a quarter", in(stranger(1), all/4))
		want("two strangers get two quarters", in(stranger(2), 1000))
		want("a third stranger waits", !in(stranger(3), all/8))
		want("as do later ones", !in(stranger(4), 1))
		want("a learner does not wait", in(learner(1), all/4))
		want("nor does a second one", in(learner(2), all/8))
		want("until the budget is used", !in(learner(3), all/4))
		want("a later learner waits too", !in(learner(4), 1))
		gives[stranger(1)]()
		synctest.Wait()
		want("a stranger's bytes go to the first that waits", gives[stranger(3)] != nil && gives[stranger(4)] != nil)
		want("not beyond the budget", gives[learner(3)] == nil)
		close(late)
		synctest.Wait()
		var e *Refusal
		want("a claim that waits too long is refused", errors.As(<-waiting[learner(3)], &e) && e.Status == 503 && e.Code == CodeUploads)
		for _, g := range []Visitor{stranger(2), stranger(3), stranger(4), learner(1), learner(2), learner(4)} {
			if give := gives[g]; give != nil {
				give()
				give()
			}
		}
		want("in the end nothing is held", r.held == 0 && r.byStrangers == 0 && len(r.by) == 0 && len(r.queue) == 0)
	})
}

// TestThreat33RoomIsLeft checks that a canceled claim leaves the queue.
func TestThreat33RoomIsLeft(t *testing.T) {
	r := newBudget(64)
	first, _, err := r.take(t.Context(), Visitor{ID: "a"}, 32, nil)
	if err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	never := func() <-chan time.Time { return nil }
	if _, _, err := r.take(gone, Visitor{ID: "a"}, 1, never); !errors.Is(err, context.Canceled) || len(r.queue) != 0 {
		t.Errorf("%v, %d waiting", err, len(r.queue))
	}
	first()
	if r.held != 0 {
		t.Errorf("%d held", r.held)
	}
}

// TestThreat33Door checks that connections are limited in total and per network, except
// for proxies, and that excess ones are closed without an answer.
func TestThreat33Door(t *testing.T) {
	d := limitConnections(nil, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, nil)
	d.all, d.each = 8, 2
	come := make(chan net.Conn, 20)
	d.Listener = arrivals(come)
	arrive := func(from string) *caller {
		c := &caller{from: net.TCPAddrFromAddrPort(netip.MustParseAddrPort(from))}
		come <- c
		return c
	}
	accept := func(n int) (out []net.Conn) {
		for range n {
			c, err := d.Accept()
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, c)
		}
		return out
	}
	arrive("192.0.2.1:1")
	arrive("192.0.2.1:2")
	third := arrive("192.0.2.1:3")
	for i := range 4 {
		arrive(fmt.Sprint("10.0.0.1:", i))
	}
	open := accept(6)
	arrive("[2001:db8::1]:1")
	arrive("[2001:db8::ffff]:1")
	open = append(open, accept(2)...)
	full := arrive("192.0.2.7:1")
	if open[0].Close(); !third.closed || len(come) != 1 {
		t.Error("a third connection of a network was accepted")
	}
	open[0].Close() // closing twice counts once
	open = append(open, accept(1)...)
	if full.closed || d.open != 8 || d.by["192.0.2.1"] != 1 {
		t.Errorf("%+v", d)
	}
	over, after := arrive("192.0.2.8:1"), arrive("192.0.2.9:1")
	close(come)
	if _, err := d.Accept(); err == nil || !over.closed || !after.closed {
		t.Error("more connections than allowed were accepted")
	}
	for _, c := range open {
		c.Close()
	}
	if d.open != 0 || len(d.by) != 0 {
		t.Errorf("%d are left, %v", d.open, d.by)
	}
}

type arrivals chan net.Conn

func (a arrivals) Accept() (net.Conn, error) {
	if c, ok := <-a; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (a arrivals) Addr() net.Addr { return nil }
func (a arrivals) Close() error   { return nil }

// A caller is a connection that records whether it was closed.
type caller struct {
	net.Conn
	from   net.Addr
	closed bool
}

func (c *caller) RemoteAddr() net.Addr { return c.from }
func (c *caller) Close() error         { c.closed = true; return nil }
