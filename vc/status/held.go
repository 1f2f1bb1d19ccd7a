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
	// patience bounds the reading of one list for all who wait for it.
	patience = 45 * time.Second
)

// How long a list is used for (specs E1.8).
const (
	shortest = time.Minute
	usual    = time.Hour // when neither the list nor its server says anything
	longest  = 24 * time.Hour
)

// lifetime returns until when a list may be used: as long as its own ttl and
// its server allow, within bounds, and never beyond its own end. A live one is
// used once.
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

// A place is an address as one Verifier reads it.
type place struct {
	verifier *vc.Verifier
	address  string
}

// An answer is what somebody was told on the way.
type answer struct {
	req vc.FetchRequest
	res *vc.Resource
}

// A reading is what was read out of a list, or why nothing was. It does not
// change, and many share it.
type reading[T any] struct {
	list  T
	fail  *vc.StatusResult
	size  int
	until time.Time
	told  []answer // also of those who spoke for the list's issuer
}

func (r *reading[T]) bytes() int {
	n := r.size + 1024
	for _, a := range r.told {
		n += len(a.res.Body)
	}
	return n
}

// A holder keeps what was read out of lists for as long as they may be used,
// those used last, bounded by number and bytes; and lets all who want the same
// list at once wait for one reading. So a list is asked for once in its
// lifetime, for all credentials and everybody, and its issuer does not learn
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
	// NewLRU fails for a size below one only.
	h.lru, _ = simplelru.NewLRU(heldLists, func(_ place, r *reading[T]) { h.bytes -= r.bytes() })
	return h
}

// get returns the list at a place, by read unless it is held. Whatever was told
// when it was read, the recorder of ctx is told too.
func (h *holder[T]) get(ctx context.Context, at place, read func(context.Context) *reading[T]) *reading[T] {
	if vc.Offline(ctx) {
		return read(ctx)
	}
	r := h.find(at)
	if r == nil || vc.Fresh(ctx) {
		ch := h.flights.DoChan(fmt.Sprintf("%p %t %s", at.verifier, vc.Fresh(ctx), at.address), func() (any, error) {
			if held := h.find(at); held != nil && !vc.Fresh(ctx) { // by a reading that ended just before this one
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

// read reads a list for all who wait. One's leaving must not fail the others;
// and a panic, which would be nobody's to catch here, is an answer as well.
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
	if r.bytes() > heldBytes/4 { // one list must not drive out all others
		return
	}
	h.lru.Add(at, r)
	for h.bytes += r.bytes(); h.bytes > heldBytes; {
		h.lru.RemoveOldest()
	}
}
