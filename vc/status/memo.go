package status

import (
	"crypto/sha256"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"backpack/vc"
)

const (
	memoEntries = 256
	memoBytes   = 32 << 20
)

// A digest stands for one text from one address, as judged by one Verifier.
type digest struct {
	verifier *vc.Verifier
	sum      [sha256.Size]byte
}

func digestOf(v *vc.Verifier, address string, body []byte) digest {
	h := sha256.New()
	h.Write([]byte(address))
	h.Write([]byte{0})
	h.Write(body)
	d := digest{verifier: v}
	h.Sum(d.sum[:0])
	return d
}

// A memo keeps what was read out of lists, those used last, bounded by number
// and bytes.
type memo[T any] struct {
	mu    sync.Mutex
	lru   *simplelru.LRU[digest, remembered[T]]
	bytes int
}

type remembered[T any] struct {
	value T
	size  int
	until time.Time
}

func newMemo[T any]() *memo[T] {
	m := &memo[T]{}
	// NewLRU fails for a size below one only.
	m.lru, _ = simplelru.NewLRU(memoEntries, func(_ digest, r remembered[T]) { m.bytes -= r.size })
	return m
}

func (m *memo[T]) get(d digest, now time.Time) (value T, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.lru.Get(d)
	if !ok || !now.Before(r.until) {
		return value, false
	}
	return r.value, true
}

func (m *memo[T]) put(d digest, value T, size int, until time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lru.Remove(d)
	m.lru.Add(d, remembered[T]{value: value, size: size, until: until})
	for m.bytes += size; m.bytes > memoBytes; {
		m.lru.RemoveOldest()
	}
}
