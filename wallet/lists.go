package wallet

import (
	"slices"
	"sync"
	"time"

	"backpack/wallet/storage"
)

// Limits of the cache. It holds only lists longer than a page, because shorter ones
// are read quickly.
const (
	listsSize = 24 << 20         // bytes, all lists together
	listsTime = 10 * time.Minute // after which a list is dropped, even if in use
)

// lists caches the most recently used shortlists. It is safe for concurrent use.
type lists struct {
	mu     sync.Mutex
	by     map[storage.AccountID]*shortlist
	recent []storage.AccountID // the cached accounts, most recently used last
	size   int
}

// of returns the account's cached shortlist, or nil.
func (l *lists) of(a storage.AccountID, now time.Time) *shortlist {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.by[a]
	if s == nil || s.old(now) {
		return nil
	}
	l.touch(a)
	return s
}

// remember caches an account's shortlist, and drops the least recently used ones to
// stay within listsSize.
func (l *lists) remember(a storage.AccountID, s *shortlist) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by[a] == s {
		return
	}
	l.forget(a)
	if len(s.badges) <= pageSize || s.size > listsSize {
		return
	}
	for l.size+s.size > listsSize {
		l.forget(l.recent[0])
	}
	if l.by == nil {
		l.by = map[storage.AccountID]*shortlist{}
	}
	l.by[a] = s
	l.size += s.size
	l.recent = append(l.recent, a)
}

func (l *lists) touch(a storage.AccountID) {
	i := slices.Index(l.recent, a)
	l.recent = append(slices.Delete(l.recent, i, i+1), a)
}

func (l *lists) forget(a storage.AccountID) {
	s := l.by[a]
	if s == nil {
		return
	}
	l.touch(a)
	l.recent = l.recent[:len(l.recent)-1]
	l.size -= s.size
	delete(l.by, a)
}

// drop removes an account's shortlist from the cache.
func (l *lists) drop(a storage.AccountID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget(a)
}

// tidy drops the shortlists that are older than listsTime.
func (l *lists) tidy(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, a := range slices.Clone(l.recent) {
		if l.by[a].old(now) {
			l.forget(a)
		}
	}
}

func (s *shortlist) old(now time.Time) bool { return now.Sub(s.since) >= listsTime }
