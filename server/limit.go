package server

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
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
