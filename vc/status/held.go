package status

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/sync/singleflight"

	"backpack/vc"
)

const (
	heldLists = 256
	heldBytes = 48 << 20
	// patience limits the reading of one list for all waiting callers.
	patience = 45 * time.Second
)

// Limits of a cached list's lifetime (specs E1.8).
const (
	shortest = time.Minute
	usual    = time.Hour // if neither the list nor its server states one
	longest  = 24 * time.Hour
)

// lifetime returns the time until which a list may be used: as its ttl and its
// server allow, within the limits, never beyond its own end. A live one is used
// once.
func lifetime(res *vc.Resource, ttl time.Duration, end, now time.Time) time.Time {
	if res.Live {
		return now
	}
	until := res.FetchedAt.Add(usual)
	if ttl > 0 {
		until = res.FetchedAt.Add(ttl)
	}
	if x := res.Expires; !x.IsZero() && (ttl == 0 || x.Before(until)) {
		until = x
	}
	if most := now.Add(longest); until.After(most) {
		until = most
	}
	if least := res.FetchedAt.Add(shortest); until.Before(least) {
		until = least
	}
	if !end.IsZero() && end.Before(until) {
		until = end
	}
	return until
}

// A place is a list's address for one Verifier.
type place struct {
	verifier *vc.Verifier
	address  string
}

// An answer is a response that a reading received.
type answer struct {
	req vc.FetchRequest
	res *vc.Resource
}

// A reading is the content of a list, or the reason why there is none. It is
// immutable and shared.
type reading[T any] struct {
	list  T
	fail  *vc.StatusResult
	size  int
	until time.Time
	told  []answer // including those for the key of the list's issuer
}

func (r *reading[T]) bytes() int {
	n := r.size + 1024
	for _, a := range r.told {
		n += len(a.res.Body)
	}
	return n
}

// A holder caches the most recently used readings, limited in number and bytes,
// while they may be used. Concurrent callers wait for one reading. So a list is
// fetched once in its lifetime for all credentials, and its issuer does not learn
// which one is looked up.
type holder[T any] struct {
	now     func() time.Time
	mu      sync.Mutex
	lru     *simplelru.LRU[place, *reading[T]]
	bytes   int
	flights singleflight.Group
}

func newHolder[T any](now func() time.Time) *holder[T] {
	h := &holder[T]{now: now}
	// NewLRU fails only for a size below one.
	h.lru, _ = simplelru.NewLRU(heldLists, func(_ place, r *reading[T]) { h.bytes -= r.bytes() })
	return h
}

// get returns the reading at a place, from the cache or by read, and passes the
// answers that it got to the recorder of ctx.
func (h *holder[T]) get(ctx context.Context, at place, read func(context.Context) *reading[T]) *reading[T] {
	if vc.Offline(ctx) {
		return read(ctx)
	}
	r := h.find(at)
	if r == nil || vc.Fresh(ctx) {
		ch := h.flights.DoChan(fmt.Sprintf("%p %t %s", at.verifier, vc.Fresh(ctx), at.address), func() (any, error) {
			if held := h.find(at); held != nil && !vc.Fresh(ctx) { // a reading that ended just before this one
				return held, nil
			}
			return h.read(ctx, at, read), nil
		})
		select {
		case got := <-ch:
			r, _ = got.Val.(*reading[T])
		case <-ctx.Done():
			return &reading[T]{fail: unknown(at.address, vc.ReasonUnreachable, context.Cause(ctx).Error())}
		}
	}
	for _, a := range r.told {
		vc.Record(ctx, a.req, a.res)
	}
	return r
}

func (h *holder[T]) find(at place) *reading[T] {
	h.mu.Lock()
	defer h.mu.Unlock()
	r, ok := h.lru.Get(at)
	if !ok || !h.now().Before(r.until) {
		return nil
	}
	return r
}

// read reads a list for all waiting callers. A caller that leaves must not fail the
// others. A panic, which no caller could recover here, becomes a result.
func (h *holder[T]) read(ctx context.Context, at place, read func(context.Context) *reading[T]) (r *reading[T]) {
	var mu sync.Mutex
	var told []answer
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	ctx = vc.WithRecorder(ctx, func(req vc.FetchRequest, res *vc.Resource) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, answer{req, res})
	})
	defer func() {
		if p := recover(); p != nil {
			r = &reading[T]{fail: unknown(at.address, vc.ReasonStatusList, fmt.Sprint("panic: ", p))}
		}
		mu.Lock()
		defer mu.Unlock()
		if r.told = told; r.fail == nil {
			h.put(at, r)
		}
	}()
	return read(ctx)
}

func (h *holder[T]) put(at place, r *reading[T]) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lru.Remove(at)
	if r.bytes() > heldBytes/4 { // one list must not evict all others
		return
	}
	h.lru.Add(at, r)
	for h.bytes += r.bytes(); h.bytes > heldBytes; {
		h.lru.RemoveOldest()
	}
}
