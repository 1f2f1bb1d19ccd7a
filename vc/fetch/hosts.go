package fetch

import (
	"context"
	"fmt"
	"sync"
	"time"

	"backpack/vc"
)

// Limits of concurrent requests, and when a host is paused.
const (
	perHost    = 8
	overall    = 64
	maxFails   = 5 // in a row
	firstPause = 30 * time.Second
	longPause  = 5 * time.Minute
	maxHosts   = 4096
)

// hosts limits concurrent requests and pauses hosts that do not answer.
type hosts struct {
	slots chan struct{}
	mu    sync.Mutex
	known map[string]*host
}

type host struct {
	slots chan struct{}
	users int           // running and waiting
	fails int           // in a row
	pause time.Duration // length of the last pause
	until time.Time     // end of the pause
	trial bool          // a request is testing whether the host answers again
}

func newHosts() *hosts {
	return &hosts{slots: make(chan struct{}, overall), known: map[string]*host{}}
}

// An outcome is the effect of a request on its host's record.
type outcome int

const (
	answered outcome = iota // the host answered, whatever it said: clears its failures
	silent                  // it was unreachable or too late: counts as a failure
	unjudged                // the same for a request that a stranger may have made up: no effect
)

// enter waits for a slot. The returned function frees it and records the outcome.
func (h *hosts) enter(ctx context.Context, name string, now time.Time) (func(time.Time, outcome), error) {
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
	return func(now time.Time, m outcome) {
		<-h.slots
		<-x.slots
		h.judge(x, now, m)
		h.part(name, x)
	}, nil
}

// join counts a user of the host. It refuses a paused host; after the pause it
// admits one request as a trial.
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
			return nil, fmt.Errorf("%w: it did not answer %d times in a row and is paused", vc.ErrUnreachable, x.fails)
		}
		x.trial = true
	}
	x.users++
	return x, nil
}

// judge records an outcome and pauses a host that failed maxFails times in a row.
func (h *hosts) judge(x *host, now time.Time, m outcome) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch m {
	case answered:
		x.fails, x.pause = 0, 0
		return
	case unjudged:
		return
	}
	// Requests that were running when the pause began do not lengthen it.
	if x.fails++; x.fails >= maxFails && !now.Before(x.until) {
		x.pause = min(max(2*x.pause, firstPause), longPause)
		x.until = now.Add(x.pause)
	}
}

// part ends a use of the host and forgets a host without users and failures.
func (h *hosts) part(name string, x *host) {
	h.mu.Lock()
	defer h.mu.Unlock()
	x.trial = false
	if x.users--; x.users == 0 && x.fails == 0 {
		delete(h.known, name)
	}
}

// shrink forgets failures when too many hosts are known: strangers can make up
// any number.
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
