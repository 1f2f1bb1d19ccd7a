package server

import (
	"context"
	"slices"
	"sync"
	"time"

	"backpack/wallet"
	"backpack/wallet/inspect"
)

// uploadWait is how long a request waits for room before it is sent away.
const uploadWait = 20 * time.Second

// A room bounds how many bytes of requests are held at a time: all of them
// together, strangers at most half of that, and one visitor half of what is open
// to them. So neither one visitor nor all strangers together keep learners
// out. It is safe for concurrent use.
type room struct {
	bytes int

	mu                sync.Mutex
	held, byStrangers int
	by                map[inspect.Visitor]int
	queue             []*claim // the first come first
}

// A claim is for so many bytes.
type claim struct {
	inspect.Visitor
	n   int
	got chan struct{} // closed when there is room
}

func newRoom(bytes int) *room { return &room{bytes: bytes, by: map[inspect.Visitor]int{}} }

// take waits for room for n bytes, until late's channel tells, and returns how
// to give it back and whether it had to wait. It returns a Busy error when
// there was none in time, and that of ctx. A claim larger than its visitor's
// share gets all of it.
func (r *room) take(ctx context.Context, v inspect.Visitor, n int, late func() <-chan time.Time) (give func(), waited bool, err error) {
	c := &claim{v, min(n, r.share(v)), make(chan struct{})}
	give = sync.OnceFunc(func() { r.give(c) })
	if r.join(c) {
		return give, false, nil
	}
	select {
	case <-c.got:
		return give, true, nil
	case <-late():
		err = &wallet.Error{Kind: wallet.Busy, Code: codeUploads}
	case <-ctx.Done():
		err = ctx.Err()
	}
	r.withdraw(c)
	return nil, true, err
}

// join queues a claim, and reports whether there is room for it at once.
func (r *room) join(c *claim) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.queue = append(r.queue, c)
	r.admit()
	return !slices.Contains(r.queue, c)
}

// share is what one visitor may hold.
func (r *room) share(v inspect.Visitor) int {
	if v.Stranger {
		return r.bytes / 4
	}
	return r.bytes / 2
}

// admit lets those in for whom there is room. Who waits for what they hold
// themselves keeps nobody else waiting, and who waits for other strangers only
// strangers; who waits for everybody is next, or large claims never would be.
func (r *room) admit() {
	strangers, all := false, false // have to wait for one before them
	r.queue = slices.DeleteFunc(r.queue, func(c *claim) bool {
		switch {
		case all || c.Stranger && strangers || r.by[c.Visitor]+c.n > r.share(c.Visitor):
			return false
		case c.Stranger && r.byStrangers+c.n > r.bytes/2:
			strangers = true
			return false
		case r.held+c.n > r.bytes:
			all = true
			return false
		}
		r.count(c, c.n)
		close(c.got)
		return true
	})
}

func (r *room) count(c *claim, n int) {
	r.held += n
	if c.Stranger {
		r.byStrangers += n
	}
	if r.by[c.Visitor] += n; r.by[c.Visitor] == 0 {
		delete(r.by, c.Visitor)
	}
}

func (r *room) give(c *claim) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count(c, -c.n)
	r.admit()
}

// withdraw takes a claim out of the queue, or gives back the room that was
// given at the same moment.
func (r *room) withdraw(c *claim) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i := slices.Index(r.queue, c); i >= 0 {
		r.queue = slices.Delete(r.queue, i, i+1)
	} else {
		r.count(c, -c.n)
	}
	r.admit()
}
