package storetest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"backpack/wallet/storage"
)

// seen records every key and lookup ever written, for walk.
type seen struct {
	mu      sync.Mutex
	places  map[storage.Key]bool // without ID
	lookups map[storage.Key]bool // Kind, and the lookup as ID
	inner   storage.Store
}

func (s *seen) watch(inner storage.Store) storage.Store {
	if s.places == nil {
		s.places, s.lookups = map[storage.Key]bool{}, map[storage.Key]bool{}
	}
	s.inner = inner
	return &watched{inner, s}
}

func (s *seen) note(r *storage.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.places[storage.Key{Account: r.Account, Kind: r.Kind}] = true
	for _, l := range r.Lookups {
		s.lookups[storage.Key{Kind: r.Kind, ID: l}] = true
	}
}

type watched struct {
	storage.Store
	seen *seen
}

func (w *watched) Update(ctx context.Context, fn func(tx storage.Tx) error) error {
	return w.Store.Update(ctx, func(tx storage.Tx) error { return fn(&watchedTx{tx, w.seen}) })
}

type watchedTx struct {
	storage.Tx
	seen *seen
}

func (w *watchedTx) Create(r *storage.Record) error {
	w.seen.note(r)
	return w.Tx.Create(r)
}

func (w *watchedTx) Restore(r *storage.Record) error {
	w.seen.note(r)
	return w.Tx.Restore(r)
}

func (w *watchedTx) Update(r *storage.Record) error {
	w.seen.note(r)
	return w.Tx.Update(r)
}

// walk asserts that records and indexes agree.
func (s *suite) walk(t *testing.T) {
	t.Helper()
	if c, ok := s.seen.inner.(checker); ok {
		if err := c.Check(t.Context()); err != nil {
			t.Errorf("Check: got error %v", err)
		}
	}
	s.view(t, func(tx storage.Tx) error {
		due := map[storage.Kind][]storage.Key{}
		found := map[storage.Key]bool{}
		for place := range s.seen.places {
			for _, r := range s.walkPlace(t, tx, place) {
				for _, l := range r.Lookups {
					found[storage.Key{Kind: r.Kind, ID: l}] = true
				}
				if !r.Due.IsZero() {
					due[r.Kind] = append(due[r.Kind], r.Key)
				}
			}
		}
		s.walkLookups(t, tx, found)
		return s.walkDue(t, tx, due)
	})
}

func (s *suite) walkPlace(t *testing.T, tx storage.Tx, place storage.Key) []*storage.Record {
	list, err := tx.List(place.Account, place.Kind, "", 1<<20)
	n, size, countErr := tx.Count(place.Account, place.Kind)
	if err != nil || countErr != nil {
		t.Fatalf("walk: got errors %v, %v", err, countErr)
	}
	last, bytes := "", int64(0)
	for _, r := range list {
		if r.ID <= last || r.Account != place.Account || r.Kind != place.Kind || r.Version < 1 {
			t.Errorf("walk: %v after %q in %v, version %d", r.Key, last, place, r.Version)
		}
		last, bytes = r.ID, bytes+int64(len(r.Data))
		got, err := tx.Get(r.Key)
		if err != nil {
			t.Errorf("walk: Get %v: got error %v", r.Key, err)
		}
		wantSame(t, "walk: Get and List", got, r)
		for _, l := range r.Lookups {
			if got, err := tx.Find(r.Kind, l); err != nil || got.Key != r.Key {
				t.Errorf("walk: Find %s %s, want %v: got error %v", r.Kind, l, r.Key, err)
			}
		}
	}
	if n != len(list) || size != bytes {
		t.Errorf("walk: got %d and %d bytes from Count, %d and %d from List", n, size, len(list), bytes)
	}
	return list
}

// manyLookups is the most lookups that walk checks at once; of more, it checks that
// many, different ones each time.
const manyLookups = 1000

// walkLookups asserts that no lookup finds a record without it.
func (s *suite) walkLookups(t *testing.T, tx storage.Tx, found map[storage.Key]bool) {
	asked := 0
	for l := range s.seen.lookups {
		if asked++; asked > manyLookups {
			return
		}
		_, err := tx.Find(l.Kind, l.ID)
		if found[l] != (err == nil) || err != nil && !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("walk: Find %s %s: got error %v, a record has it: %v", l.Kind, l.ID, err, found[l])
		}
	}
}

func (s *suite) walkDue(t *testing.T, tx storage.Tx, want map[storage.Kind][]storage.Key) error {
	for place := range s.seen.places {
		list, err := tx.Due(place.Kind, time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), 1<<20)
		if err != nil {
			return err
		}
		if !slices.IsSortedFunc(list, func(a, b *storage.Record) int { return a.Due.Compare(b.Due) }) {
			t.Errorf("walk: due %s is not in order", place.Kind)
		}
		got := map[storage.Key]bool{}
		for _, r := range list {
			got[r.Key] = true
		}
		if len(list) != len(got) || len(got) != len(want[place.Kind]) {
			t.Errorf("walk: got %d due %s, want %d", len(list), place.Kind, len(want[place.Kind]))
		}
		for _, k := range want[place.Kind] {
			if !got[k] {
				t.Errorf("walk: %v is not due", k)
			}
		}
	}
	return nil
}
