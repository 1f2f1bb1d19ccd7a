package server

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// A limiter allows so many requests per minute for each key. It remembers the
// keys seen last; a forgotten one starts afresh.
//
// Where several processes serve one store, it draws what it allows from there,
// a slice at a time, so that few requests cost a write: all of them together
// allow the rate and, in any time, one slice more. One that is exact draws for
// each request. When the store cannot be asked, an exact limiter allows
// nothing, and any other one counts for itself.
type limiter struct {
	name      string
	perMinute int
	exact     bool
	draw      drawer // nil: this process is the only one
	buckets   *lru.Cache[string, *bucket]
}

// A drawer is wallet.Wallet.Draw.
type drawer func(ctx context.Context, whose string, perMinute, n int) (got int, again time.Time, err error)

// A bucket is what one key may still do.
type bucket struct {
	own *rate.Limiter

	mu    sync.Mutex
	slice int       // drawn and not used
	until time.Time // when the slice is given up
	empty time.Time // there is nothing to draw before
}

const (
	limiterKeys = 50_000
	// slicesPerMinute is how often a process that is asked for all that a key may
	// do draws.
	slicesPerMinute = 12
)

func newLimiter(name string, perMinute int, exact bool, draw drawer) (*limiter, error) {
	buckets, err := lru.New[string, *bucket](limiterKeys)
	return &limiter{name: name, perMinute: perMinute, exact: exact, draw: draw, buckets: buckets}, err
}

// setLimits makes the limiters. What guards a secret is exact; passcodes and
// mailed codes the wallet counts itself, where they are kept.
func (s *Server) setLimits(r Rates) error {
	var draw drawer
	if s.Shared {
		draw = s.Wallet.Draw
	}
	for _, x := range []struct {
		p     **limiter
		name  string
		n     int
		exact bool
	}{{&s.limits.signIn, "sign-in", r.SignIn, true}, {&s.limits.check, "check", r.Check, false},
		{&s.limits.show, "show", r.Show, false}, {&s.limits.work, "work", r.Import, false}} {
		l, err := newLimiter(x.name, x.n, x.exact, draw)
		if err != nil {
			return err
		}
		*x.p = l
	}
	return nil
}

func (l *limiter) bucket(key string) *bucket {
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
func (l *limiter) allow(ctx context.Context, key string, now time.Time) (bool, error) {
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

// byNetwork counts by the network that a request comes from.
func (s *Server) byNetwork(c *fiber.Ctx) string {
	return network(clientOf(c.Context().RemoteIP().String(), c.Get(fiber.HeaderXForwardedFor), s.Trusted))
}

// clientOf returns the address of the client: that of the connection, or when
// that is a trusted proxy, the last one in forwarded that is none. What stands
// before it anybody may have written.
func clientOf(remote, forwarded string, trusted []netip.Prefix) string {
	hops := strings.Split(forwarded, ",")
	for client := remote; ; hops = hops[:len(hops)-1] {
		a, err := netip.ParseAddr(client)
		proxy := err == nil && slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
		if !proxy || len(hops) == 0 || hops[len(hops)-1] == "" {
			return client
		}
		client = strings.TrimSpace(hops[len(hops)-1])
	}
}

// network returns what stands for one visitor: an IPv4 address, or the /64 of
// an IPv6 one, as one household gets.
func network(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return "unknown"
	}
	a = a.Unmap()
	if a.Is4() {
		return a.String()
	}
	p, err := a.WithZone("").Prefix(64)
	if err != nil {
		return "unknown"
	}
	return p.String()
}
