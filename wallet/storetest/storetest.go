package storetest

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"backpack/wallet/storage"
)

// An Open opens a store: empty at first, later with the records at its last Close. It
// fails the test on an error.
type Open func(t *testing.T) storage.Store

// Run runs the conformance tests. place creates a new place for a store and returns
// the function that opens it; the test's cleanup removes the place.
func Run(t *testing.T, place func(t *testing.T) Open) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := &suite{open: place(t)}
			s.start(t)
			c.test(t, s)
			s.walk(t)
			s.stop(t)
		})
	}
}

var cases = []struct {
	name string
	test func(t *testing.T, s *suite)
}{
	{"create and get", createAndGet},
	{"sentinels", sentinels},
	{"invalid keys", badKeys},
	{"accounts are separate", accountsAreApart},
	{"kinds are separate", kindsAreApart},
	{"byte order and pages", byteOrder},
	{"limits", limits},
	{"rollback", rollback},
	{"errors leave the transaction usable", errorsLeaveUsable},
	{"fn's error is returned unchanged", errorIdentity},
	{"a transaction sees its own changes", ownChanges},
	{"a view sees one state", oneState},
	{"a view is read-only", viewIsReadOnly},
	{"a transaction ends with fn", txEnds},
	{"a panic rolls back", panics},
	{"values are copies", valuesAreCopies},
	{"data is kept byte for byte", dataIdentical},
	{"versions", versions},
	{"versions in order", versionsInOrder},
	{"whole seconds of UTC", wholeSeconds},
	{"lookups are unique per kind", lookupsUnique},
	{"lookups move and are freed", lookupsMove},
	{"due in order", dueInOrder},
	{"due moves and is freed", dueMoves},
	{"delete", deleteRecord},
	{"delete account", deleteAccount},
	{"count", count},
	{"accounts in order", accountsInOrder},
	{"walk an account", walkAccount},
	{"long walk", walkFar},
	{"restore", restoreRecord},
	{"cancelled context", cancelled},
	{"concurrent increments", increments},
	{"a job is claimed once", claimedOnce},
	{"a lost lease", lostLease},
	{"readers during writes", readersBesideWriter},
	{"reopening keeps everything", reopen},
	{"ten thousand records", tenThousand},
	{"model", model},
}

// A suite is a store under test.
type suite struct {
	storage.Store
	open Open
	seen seen
}

func (s *suite) start(t *testing.T) {
	t.Helper()
	s.Store = s.seen.watch(s.open(t))
	if err := s.Ping(t.Context()); err != nil {
		t.Fatalf("Ping: got error %v", err)
	}
}

func (s *suite) stop(t *testing.T) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Errorf("Close: got error %v", err)
	}
}

// update runs fn, which must succeed.
func (s *suite) update(t *testing.T, fn func(tx storage.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatalf("Update: got error %v", err)
	}
}

// view runs fn, which must succeed.
func (s *suite) view(t *testing.T, fn func(tx storage.Tx) error) {
	t.Helper()
	if err := s.View(t.Context(), fn); err != nil {
		t.Fatalf("View: got error %v", err)
	}
}

// put creates the records.
func (s *suite) put(t *testing.T, records ...*storage.Record) {
	t.Helper()
	s.update(t, func(tx storage.Tx) error {
		for _, r := range records {
			if err := tx.Create(r); err != nil {
				return err
			}
		}
		return nil
	})
}

// get returns the record or nil.
func (s *suite) get(t *testing.T, k storage.Key) *storage.Record {
	t.Helper()
	var r *storage.Record
	err := s.View(t.Context(), func(tx storage.Tx) (err error) {
		r, err = tx.Get(k)
		return err
	})
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		t.Fatalf("Get %v: got error %v", k, err)
	}
	return r
}

// find returns the id of the record with the lookup, or "".
func (s *suite) find(t *testing.T, kind storage.Kind, lookup string) string {
	t.Helper()
	id := ""
	err := s.View(t.Context(), func(tx storage.Tx) error {
		r, err := tx.Find(kind, lookup)
		if r != nil {
			id = string(r.Account) + "/" + r.ID
		}
		return err
	})
	if (id == "") != errors.Is(err, storage.ErrNotFound) || id != "" && err != nil {
		t.Fatalf("Find %s %s: got %q, error %v", kind, lookup, id, err)
	}
	return id
}

// due returns the ids of the records that are due.
func (s *suite) due(t *testing.T, kind storage.Kind, now time.Time, limit int) []string {
	t.Helper()
	var list []string
	s.view(t, func(tx storage.Tx) error {
		rs, err := tx.Due(kind, now, limit)
		list = ids(rs)
		return err
	})
	return list
}

func ids(rs []*storage.Record) []string {
	var list []string
	for _, r := range rs {
		list = append(list, r.ID)
	}
	return list
}

func rec(a storage.AccountID, kind storage.Kind, id string) *storage.Record {
	return &storage.Record{Key: storage.Key{Account: a, Kind: kind, ID: id}, Data: []byte("data of " + id)}
}

func (s *suite) wantIs(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}

func wantSame(t *testing.T, what string, got, want any) {
	t.Helper()
	if reflect.DeepEqual(want, got) { // cmp takes seconds for large data
		return
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// moment is the tests' time.
var moment = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// checker is a store that can check itself for faults.
type checker interface {
	Check(ctx context.Context) error
}
