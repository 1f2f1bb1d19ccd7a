package fetch

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"backpack/vc"
)

// Limits of a cached answer's lifetime, whatever its server states.
const (
	minLife     = time.Minute
	defaultLife = 10 * time.Minute // if the server states none
	maxLife     = 24 * time.Hour
)

const maxEntries = 4096

type cacheKey struct{ url, accept string }

// An entry is a cached answer. It is served before until; later its ETag serves
// to revalidate it.
type entry struct {
	res   *vc.Resource
	until time.Time
}

func (e *entry) size() int64 { return int64(len(e.res.Body)+len(e.res.URL)) + 512 }

// A cache keeps the most recently used answers, bounded in bytes and number.
type cache struct {
	mu    sync.Mutex
	lru   *simplelru.LRU[cacheKey, *entry]
	bytes int64
	max   int64
}

func newCache(limit int64) *cache {
	c := &cache{max: limit}
	// NewLRU fails only for a size below one.
	c.lru, _ = simplelru.NewLRU(maxEntries, func(_ cacheKey, e *entry) { c.bytes -= e.size() })
	return c
}

func (c *cache) get(k cacheKey) *entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, _ := c.lru.Get(k)
	return e
}

func (c *cache) put(k cacheKey, e *entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lru.Remove(k)
	if e.size() > c.max/4 { // one answer must not evict all others
		return
	}
	c.lru.Add(k, e)
	for c.bytes += e.size(); c.bytes > c.max; {
		c.lru.RemoveOldest()
	}
}

// bounded returns the time to cache an answer: 0 for not at all.
func bounded(status int, life time.Duration, stated bool) time.Duration {
	switch {
	case status == http.StatusNotFound || status == http.StatusGone:
		return minLife
	case status != http.StatusOK:
		return 0
	case !stated:
		return defaultLife
	}
	return min(max(life, minLife), maxLife)
}

// lifetime returns the freshness lifetime for a shared cache (RFC 9111, 4.2.1),
// and whether the server states one.
func lifetime(h http.Header, now time.Time) (life time.Duration, stated bool) {
	d := directives(h.Values("Cache-Control"))
	for _, name := range []string{"no-store", "no-cache", "private"} {
		if _, ok := d[name]; ok {
			return 0, true
		}
	}
	for _, name := range []string{"s-maxage", "max-age"} {
		if v, ok := d[name]; ok {
			return max(0, seconds(v)-seconds(h.Get("Age"))), true
		}
	}
	v := h.Get("Expires")
	if v == "" {
		return 0, false
	}
	at, err := http.ParseTime(v)
	if err != nil { // invalid dates, especially "0", mean expired (RFC 9111, 5.3)
		return 0, true
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date // the server's clock may be wrong; the difference is right
	}
	return max(0, at.Sub(now)), true
}

func directives(values []string) map[string]string {
	out := map[string]string{}
	for part := range strings.SplitSeq(strings.Join(values, ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		out[strings.ToLower(name)] = strings.Trim(value, `"`)
	}
	return out
}

// seconds parses delta-seconds (RFC 9111, 1.2.2): 0 if s is not a number, about 68
// years if it overflows.
func seconds(s string) time.Duration {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 31)
	if err != nil && !strings.Contains(err.Error(), "range") {
		return 0
	}
	return time.Duration(n) * time.Second
}
