package edge

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
)

// claimTime is how long a request waits for its share of the budget.
const claimTime = 20 * time.Second

// A budget bounds the bytes of requests that are held at a time: in total, for
// strangers at half of that, and for one visitor at half of what is open to them.
// So neither one visitor nor all strangers together keep learners out. It is safe
// for concurrent use.
type budget struct {
	bytes int

	mu                sync.Mutex
	held, byStrangers int
	by                map[Visitor]int
	queue             []*claim // in order of arrival
}

// A claim asks for n bytes of a budget.
type claim struct {
	Visitor
	n   int
	got chan struct{} // closed when granted
}

func newBudget(bytes int) *budget { return &budget{bytes: bytes, by: map[Visitor]int{}} }

// take waits for n bytes until the channel of late delivers or ctx ends. It
// returns the function that gives them back and whether it had to wait. If the
// time was up it returns a Refusal. A claim above its visitor's share gets the
// whole share.
func (b *budget) take(ctx context.Context, v Visitor, n int, late func() <-chan time.Time) (give func(), waited bool, err error) {
	c := &claim{v, min(n, b.share(v)), make(chan struct{})}
	give = sync.OnceFunc(func() { b.give(c) })
	if b.join(c) {
		return give, false, nil
	}
	select {
	case <-c.got:
		return give, true, nil
	case <-late():
		err = &Refusal{fiber.StatusServiceUnavailable, CodeUploads}
	case <-ctx.Done():
		err = ctx.Err()
	}
	b.withdraw(c)
	return nil, true, err
}

// join queues a claim and reports whether it was granted at once.
func (b *budget) join(c *claim) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queue = append(b.queue, c)
	b.grant()
	return !slices.Contains(b.queue, c)
}

// share returns the bytes that one visitor may hold.
func (b *budget) share(v Visitor) int {
	if v.Stranger {
		return b.bytes / 4
	}
	return b.bytes / 2
}

// grant serves the queue. A claim blocked by its own visitor's share does not
// block others, and a claim blocked by the share of strangers blocks strangers
// only. A claim blocked by the total is next, or large claims would never be
// granted.
func (b *budget) grant() {
	strangers, all := false, false // blocked by an earlier claim
	b.queue = slices.DeleteFunc(b.queue, func(c *claim) bool {
		switch {
		case all || c.Stranger && strangers || b.by[c.Visitor]+c.n > b.share(c.Visitor):
			return false
		case c.Stranger && b.byStrangers+c.n > b.bytes/2:
			strangers = true
			return false
		case b.held+c.n > b.bytes:
			all = true
			return false
		}
		b.count(c, c.n)
		close(c.got)
		return true
	})
}

func (b *budget) bytesHeld() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.held
}

func (b *budget) count(c *claim, n int) {
	b.held += n
	if c.Stranger {
		b.byStrangers += n
	}
	if b.by[c.Visitor] += n; b.by[c.Visitor] == 0 {
		delete(b.by, c.Visitor)
	}
}

func (b *budget) give(c *claim) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.count(c, -c.n)
	b.grant()
}

// withdraw removes a claim from the queue, or gives back what was granted in the
// same moment.
func (b *budget) withdraw(c *claim) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := slices.Index(b.queue, c); i >= 0 {
		b.queue = slices.Delete(b.queue, i, i+1)
	} else {
		b.count(c, -c.n)
	}
	b.grant()
}
