package fetch

import (
	"context"
	"fmt"
	"sync"
	"time"

	"backpack/vc"
)

// How many requests run at once, and when a host is left alone.
const (
	perHost    = 8
	overall    = 64
	maxFails   = 5 // in a row
	firstPause = 30 * time.Second
	longPause  = 5 * time.Minute
	maxHosts   = 4096
)

// hosts bounds what runs at once and remembers who does not answer.
type hosts struct {
	slots chan struct{}
	mu    sync.Mutex
	known map[string]*host
}

type host struct {
	slots chan struct{}
	users int           // running and waiting
	fails int           // in a row
	pause time.Duration // the last one
	until time.Time     // asked by nobody before
	trial bool          // one request finds out whether it answers again
}

func newHosts() *hosts {
	return &hosts{slots: make(chan struct{}, overall), known: map[string]*host{}}
}

// A manner is how a host answered.
type manner int

const (
	answered manner = iota // whatever it said
	silent                 // it could not be reached, or said nothing in time
	unjudged               // it was silent, to a request that a stranger may have made up
)

// enter waits for a free place. The returned function gives it back and tells
// how the host answered.
func (h *hosts) enter(ctx context.Context, name string, now time.Time) (func(time.Time, manner), error) {
	x, err := h.join(name, now)
	if err != nil {
		return nil, err
	}
	for _, slots := range []chan struct{}{x.slots, h.slots} {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			if slots == h.slots {
				<-x.slots
			}
			h.part(name, x)
			return nil, fmt.Errorf("%w: too many requests are waiting", vc.ErrUnreachable)
		}
	}
	return func(now time.Time, m manner) {
		<-h.slots
		<-x.slots
		h.judge(x, now, m)
		h.part(name, x)
	}, nil
}

// join refuses a host that is paused; after the pause one request may try.
func (h *hosts) join(name string, now time.Time) (*host, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	x := h.known[name]
	if x == nil {
		h.shrink()
		x = &host{slots: make(chan struct{}, perHost)}
		h.known[name] = x
	}
	if x.fails >= maxFails {
		if x.trial || now.Before(x.until) {
			return nil, fmt.Errorf("%w: it did not answer %d times in a row and is left alone for now", vc.ErrUnreachable, x.fails)
		}
		x.trial = true
	}
	x.users++
	return x, nil
}

func (h *hosts) judge(x *host, now time.Time, m manner) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch m {
	case answered:
		x.fails, x.pause = 0, 0
		return
	case unjudged:
		return
	}
	// Those that were under way when the pause began do not lengthen it.
	if x.fails++; x.fails >= maxFails && !now.Before(x.until) {
		x.pause = min(max(2*x.pause, firstPause), longPause)
		x.until = now.Add(x.pause)
	}
}

// part forgets a host that nobody uses and that has no failures.
func (h *hosts) part(name string, x *host) {
	h.mu.Lock()
	defer h.mu.Unlock()
	x.trial = false
	if x.users--; x.users == 0 && x.fails == 0 {
		delete(h.known, name)
	}
}

// shrink forgets failures when a stranger made up too many hosts.
func (h *hosts) shrink() {
	if len(h.known) < maxHosts {
		return
	}
	for name, x := range h.known {
		if x.users == 0 {
			delete(h.known, name)
		}
	}
}
