package server

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

	"backpack/wallet"
	"backpack/wallet/inspect"
)

// TestThreat33Room: who may hold how much, and who waits for whom.
func TestThreat33Room(t *testing.T) {
	const all = 64
	stranger := func(n int) inspect.Visitor { return inspect.Visitor{ID: fmt.Sprint("198.51.100.", n), Stranger: true} }
	learner := func(n int) inspect.Visitor { return inspect.Visitor{ID: fmt.Sprint("learner ", n)} }
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(all)
		late := make(chan time.Time)
		var mu sync.Mutex
		gives, waiting := map[inspect.Visitor]func(){}, map[inspect.Visitor]chan error{}
		in := func(g inspect.Visitor, n int) bool {
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
				t.Errorf("not so: %s; %d held, %d waiting", what, r.held, len(r.queue))
			}
		}
		want("a stranger has a quarter", in(stranger(1), all/4))
		want("and two have two", in(stranger(2), 1000))
		want("a third one waits", !in(stranger(3), all/8))
		want("as do those after them", !in(stranger(4), 1))
		want("but no learner", in(learner(1), all/4))
		want("nor a second one", in(learner(2), all/8))
		want("until all is full", !in(learner(3), all/4))
		want("for who comes after them, too", !in(learner(4), 1))
		gives[stranger(1)]()
		synctest.Wait()
		want("what a stranger gave back goes to the first that waits", gives[stranger(3)] != nil && gives[stranger(4)] != nil)
		want("not beyond what is there", gives[learner(3)] == nil)
		close(late)
		synctest.Wait()
		var e *wallet.Error
		want("who waits too long is told so", errors.As(<-waiting[learner(3)], &e) && e.Kind == wallet.Busy && e.Code == codeUploads)
		for _, g := range []inspect.Visitor{stranger(2), stranger(3), stranger(4), learner(1), learner(2), learner(4)} {
			if give := gives[g]; give != nil {
				give()
				give()
			}
		}
		want("in the end nothing is left", r.held == 0 && r.byStrangers == 0 && len(r.by) == 0 && len(r.queue) == 0)
	})
}

// TestThreat33RoomIsLeft: who goes away while they wait leaves the queue.
func TestThreat33RoomIsLeft(t *testing.T) {
	r := newRoom(64)
	first, _, err := r.take(t.Context(), inspect.Visitor{ID: "a"}, 32, nil)
	if err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	never := func() <-chan time.Time { return nil }
	if _, _, err := r.take(gone, inspect.Visitor{ID: "a"}, 1, never); !errors.Is(err, context.Canceled) || len(r.queue) != 0 {
		t.Errorf("%v, %d waiting", err, len(r.queue))
	}
	first()
	if r.held != 0 {
		t.Errorf("%d held", r.held)
	}
}

// TestThreat33Door: connections are bounded in all and for each network, not
// for proxies, and those that are too many are closed, not answered.
func TestThreat33Door(t *testing.T) {
	d := newDoor(nil, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, nil)
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
		t.Error("a third one of a network was let in")
	}
	open[0].Close() // counts once
	open = append(open, accept(1)...)
	if full.closed || d.open != 8 || d.by["192.0.2.1"] != 1 {
		t.Errorf("%+v", d)
	}
	over, after := arrive("192.0.2.8:1"), arrive("192.0.2.9:1")
	close(come)
	if _, err := d.Accept(); err == nil || !over.closed || !after.closed {
		t.Error("more than all were let in")
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

// A caller is a connection that knows whether it was closed.
type caller struct {
	net.Conn
	from   net.Addr
	closed bool
}

func (c *caller) RemoteAddr() net.Addr { return c.from }
func (c *caller) Close() error         { c.closed = true; return nil }
