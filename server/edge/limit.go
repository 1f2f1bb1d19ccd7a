package edge

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// A Limiter limits the requests per minute for each key. It remembers the keys
// seen last; a forgotten one starts afresh. It is safe for concurrent use.
//
// If several processes serve one store, a Limiter draws its allowance from there,
// a slice at a time, so that few requests cost a write: together they allow the
// rate and, in any period, one slice more. An exact Limiter draws for each
// request. While the store does not answer, an exact Limiter allows nothing, and
// any other counts for itself.
type Limiter struct {
	name      string
	perMinute int
	exact     bool
	draw      Draw // nil: this process is the only one
	buckets   *lru.Cache[string, *bucket]
}

// A Draw takes up to n requests from the allowance that all processes share. It
// returns the number it got and, if that is 0, the time of the next attempt.
type Draw func(ctx context.Context, key string, perMinute, n int) (got int, again time.Time, err error)

// A bucket is the remaining allowance of one key.
type bucket struct {
	own *rate.Limiter

	mu    sync.Mutex
	slice int       // drawn and not used
	until time.Time // end of the slice
	empty time.Time // nothing can be drawn before
}

const (
	limiterKeys = 50_000
	// slicesPerMinute is the number of draws per minute for a key that uses all of
	// its allowance in one process.
	slicesPerMinute = 12
)

// NewLimiter returns a Limiter of perMinute requests with a burst of the same
// number. draw is nil if this process is the only one.
func NewLimiter(name string, perMinute int, exact bool, draw Draw) (*Limiter, error) {
	buckets, err := lru.New[string, *bucket](limiterKeys)
	return &Limiter{name: name, perMinute: perMinute, exact: exact, draw: draw, buckets: buckets}, err
}

// Count counts a request. It returns a Refusal if there were too many.
func (l *Limiter) Count(c *fiber.Ctx, key string, now time.Time) error {
	ok, err := l.allow(c.UserContext(), key, now)
	if ok || err != nil {
		return err
	}
	c.Set(fiber.HeaderRetryAfter, "60")
	return &Refusal{fiber.StatusTooManyRequests, CodeOften}
}

func (l *Limiter) bucket(key string) *bucket {
	b, ok := l.buckets.Get(key)
	if !ok {
		b = &bucket{own: rate.NewLimiter(rate.Limit(float64(l.perMinute)/60), l.perMinute)}
		if prev, found, _ := l.buckets.PeekOrAdd(key, b); found {
			b = prev
		}
	}
	return b
}

// allow reports whether one more request is allowed.
func (l *Limiter) allow(ctx context.Context, key string, now time.Time) (bool, error) {
	b := l.bucket(key)
	if l.draw == nil {
		return b.own.AllowN(now, 1), nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.slice > 0 && now.Before(b.until):
		b.slice--
		return true, nil
	case now.Before(b.empty):
		return false, nil
	}
	n := max(1, l.perMinute/slicesPerMinute)
	if l.exact {
		n = 1
	}
	got, again, err := l.draw(ctx, l.name+"/"+key, l.perMinute, n)
	switch {
	case err != nil && l.exact:
		return false, fmt.Errorf("count requests: %w", err)
	case err != nil:
		return b.own.AllowN(now, 1), nil
	case got == 0:
		b.slice, b.empty = 0, again
		return false, nil
	}
	b.slice, b.until = got-1, now.Add(time.Minute/slicesPerMinute)
	return true, nil
}
