package server

import (
	"net/netip"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// A limiter allows so many requests per minute for each key. It remembers the
// keys seen last; a forgotten one starts afresh.
type limiter struct {
	perMinute int
	buckets   *lru.Cache[string, *rate.Limiter]
}

const limiterKeys = 50_000

func newLimiter(perMinute int) (*limiter, error) {
	buckets, err := lru.New[string, *rate.Limiter](limiterKeys)
	return &limiter{perMinute: perMinute, buckets: buckets}, err
}

func (l *limiter) allow(key string, now time.Time) bool {
	b, ok := l.buckets.Get(key)
	if !ok {
		b = rate.NewLimiter(rate.Limit(float64(l.perMinute)/60), l.perMinute)
		if prev, found, _ := l.buckets.PeekOrAdd(key, b); found {
			b = prev
		}
	}
	return b.AllowN(now, 1)
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
