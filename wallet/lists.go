package wallet

import (
	"slices"
	"sync"
	"time"

	"backpack/wallet/storage"
)

// What is remembered of lists: only those that fill more than a page, for they
// take long to read; all together for so many bytes; and none for longer than
// this, used or not.
const (
	listsSize = 24 << 20
	listsTime = 10 * time.Minute
)

// lists remember the shortlists that were asked for last. They are safe for
// concurrent use.
type lists struct {
	mu     sync.Mutex
	by     map[storage.AccountID]*shortlist
	recent []storage.AccountID // those remembered, the one asked for last at the end
	size   int
}

// of returns what is remembered of an account, or nil.
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

// remember keeps an account's shortlist, and forgets others where that needs room.
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

// drop forgets an account.
func (l *lists) drop(a storage.AccountID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget(a)
}

// tidy forgets what was remembered for long enough.
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
