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

// A group collects the changes that wait during a write and writes them together: a
// disk makes many durable in the time for one.
type group struct {
	mu      sync.Mutex
	waiting []*change
	working bool
}

// maxTogether is the most changes in one transaction; it limits the first one's
// wait.
const maxTogether = 256

// A change is a call of Update.
type change struct {
	ctx   context.Context
	fn    func(storage.Tx) error
	taken atomic.Bool // by the writer, or by a caller that gives up before it
	done  chan struct{}

	// The result, set before done is closed.
	err      error
	panicked any
	wrote    bool
	grown    int64 // growth of the records, in bytes
}

func (c *change) failed() bool { return c.err != nil || c.panicked != nil }

// Update implements storage.Store. fn may share a transaction with others; if it
// fails it runs again alone, so its error refers to committed records.
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

// enqueue adds a change and starts a writer if none is running.
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

// write writes changes until none is waiting.
func (s *Store) write() {
	for {
		some := s.group.next()
		if some == nil {
			return
		}
		s.writeTogether(some)
	}
}

// next takes the waiting changes; nil if there are none, which ends the writer.
func (g *group) next() []*change {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(len(g.waiting), maxTogether)
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
	if some == nil { // all callers gave up
		some = []*change{}
	}
	return some
}

// writeTogether writes changes in one transaction. A change that fails after writing is
// left to run alone, and the others start again without it. If there is no room for
// all, each is tried alone: a small change, or one that frees room, must not fail
// because of the others.
func (s *Store) writeTogether(some []*change) {
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
			complete(some, err)
		}
		break
	}
	for _, c := range alone {
		s.writeTogether([]*change{c})
	}
}

// complete completes changes. An error of their transaction precedes their own results,
// which refer to a state that may not have been committed.
func complete(some []*change, err error) {
	for _, c := range some {
		if err != nil {
			c.err = err
		}
		close(c.done)
	}
}

// attempt runs the changes in one transaction and commits it. It returns the index
// of the change to remove, or -1 and the error of the transaction.
func (s *Store) attempt(some []*change) (failed int, err error) {
	if err := s.failure(); err != nil {
		return -1, err
	}
	btx, err := s.db.Begin(true)
	if err != nil {
		return -1, fmt.Errorf("begin update: %w: %w", storage.ErrUnavailable, err)
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

// rollback ends an uncommitted transaction. One whose commit panicked may panic
// again.
func rollback(btx *bbolt.Tx) {
	defer func() { _ = recover() }()
	_ = btx.Rollback()
}

// errLeft is the error of a change whose function ended its goroutine.
var errLeft = errors.New("the change's function did not return")

// run runs a change in a transaction. fn has its own goroutine: if it ends that, as a
// failed test does, the other changes go on.
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
