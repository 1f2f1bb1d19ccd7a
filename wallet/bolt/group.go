package bolt

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"go.etcd.io/bbolt"

	"backpack/wallet/storage"
)

// A group gathers the changes that wait while one is written, and writes them
// together: a disk makes many durable in the time that it takes for one.
type group struct {
	mu      sync.Mutex
	waiting []*change
	working bool
}

// mostTogether bounds how many changes share a transaction, so that the first
// of them does not wait for ever more.
const mostTogether = 256

// A change is one call of Update.
type change struct {
	ctx   context.Context
	fn    func(storage.Tx) error
	taken atomic.Bool // by whoever is first: the writer, or a caller who gives up
	done  chan struct{}

	// What came of it, set before done is closed.
	err      error
	panicked any
	wrote    bool
	grown    int64 // by how many bytes the records would grow
}

func (c *change) failed() bool { return c.err != nil || c.panicked != nil }

// Update implements storage.Store. fn may share a transaction with others; when
// it fails it is run again alone, so that its error speaks of what is kept.
func (s *Store) Update(ctx context.Context, fn func(tx storage.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c := &change{ctx: ctx, fn: fn, done: make(chan struct{})}
	s.enqueue(c)
	select {
	case <-c.done:
	case <-ctx.Done():
		if c.taken.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		<-c.done
	}
	if c.panicked != nil {
		panic(c.panicked)
	}
	return c.err
}

// enqueue adds a change, and starts a writer when there is none.
func (s *Store) enqueue(c *change) {
	g := &s.group
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = append(g.waiting, c)
	if !g.working {
		g.working = true
		go s.write()
	}
}

// write writes what waits until nothing does.
func (s *Store) write() {
	for {
		some := s.group.next()
		if some == nil {
			return
		}
		s.together(some)
	}
}

// next takes the changes that wait; nil when none does, and the writer ends.
func (g *group) next() []*change {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(len(g.waiting), mostTogether)
	if n == 0 {
		g.working = false
		return nil
	}
	var some []*change
	for _, c := range g.waiting[:n] {
		if c.taken.CompareAndSwap(false, true) {
			some = append(some, c)
		}
	}
	g.waiting = append([]*change(nil), g.waiting[n:]...)
	if some == nil { // all have given up
		some = []*change{}
	}
	return some
}

// together writes changes in one transaction. One that fails when it has
// written something is left to be run alone, and the others are begun anew
// without it. When there is no room for all, each is tried alone: what takes
// little room, or makes some, is not to fail because of its neighbours.
func (s *Store) together(some []*change) {
	var alone []*change
	for len(some) > 0 {
		failed, err := s.attempt(some)
		switch {
		case failed >= 0 && len(some) > 1:
			alone = append(alone, some[failed])
			some = append(some[:failed:failed], some[failed+1:]...)
			continue
		case errors.Is(err, storage.ErrFull) && len(some) > 1:
			alone = append(alone, some...)
		default:
			tell(some, err)
		}
		break
	}
	for _, c := range alone {
		s.together([]*change{c})
	}
}

// tell ends changes. What became of their transaction comes before what they
// themselves returned, for that spoke of a state which may not have come to be.
func tell(some []*change, err error) {
	for _, c := range some {
		if err != nil {
			c.err = err
		}
		close(c.done)
	}
}

// attempt runs the changes in one transaction and commits it. It returns which
// change has to be taken out, or -1 and what became of the transaction.
func (s *Store) attempt(some []*change) (failed int, err error) {
	if err := s.failure(); err != nil {
		return -1, err
	}
	btx, err := s.db.Begin(true)
	if err != nil {
		return -1, fmt.Errorf("begin to change: %w: %w", storage.ErrUnavailable, err)
	}
	defer rollback(btx)
	low := s.low(btx)
	wrote, grown := false, int64(0)
	for i, c := range some {
		if c.run(btx, low); c.wrote && c.failed() {
			return i, nil
		}
		wrote, grown = wrote || c.wrote, grown+c.grown
	}
	if !wrote {
		return -1, nil
	}
	s.bound(grown)
	return -1, s.finish(btx)
}

// rollback ends a transaction that was not committed. One whose commit
// panicked may do so again.
func rollback(btx *bbolt.Tx) {
	defer func() { _ = recover() }()
	_ = btx.Rollback()
}

// errLeft is the error of a change whose function ended its goroutine.
var errLeft = errors.New("the change's function did not return")

// run runs a change within a transaction. fn has a goroutine of its own: one
// that ends it, as a failed test does, must not take the others along.
func (c *change) run(btx *bbolt.Tx, low bool) {
	t := newTx(c.ctx, btx)
	c.err, c.panicked = errLeft, nil
	ran := make(chan struct{})
	go func() {
		defer close(ran)
		defer t.End()
		defer func() { c.panicked = recover() }()
		c.err = c.fn(t)
	}()
	<-ran
	if c.err == nil {
		c.err = c.ctx.Err()
	}
	if c.wrote, c.grown = t.changed, t.grown; c.err == nil && low && t.grown > slack {
		c.err = fmt.Errorf("%w: the disk is nearly full", storage.ErrFull)
	}
}
