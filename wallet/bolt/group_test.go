package bolt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"go.etcd.io/bbolt"

	"backpack/wallet/storage"
)

// behind lets changes wait together for a running one, ends that, and returns the
// result of each.
func behind(t *testing.T, s *Store, changes ...func(storage.Tx) error) []error {
	t.Helper()
	errs := make([]error, len(changes))
	var wg sync.WaitGroup
	err := s.Update(t.Context(), func(storage.Tx) error {
		for i, fn := range changes {
			wg.Go(func() { errs[i] = s.Update(t.Context(), fn) })
		}
		for waiting := 0; waiting < len(changes); {
			s.group.mu.Lock()
			waiting = len(s.group.waiting)
			s.group.mu.Unlock()
			runtime.Gosched()
		}
		return nil
	})
	wg.Wait()
	if err != nil {
		t.Fatal(err)
	}
	return errs
}

func adding(id string, size int) func(storage.Tx) error {
	return func(tx storage.Tx) error {
		return tx.Create(&storage.Record{Key: storage.Key{Account: "a", Kind: "k", ID: id}, Data: make([]byte, size)})
	}
}

func remove(id string) func(storage.Tx) error {
	return func(tx storage.Tx) error { return tx.Delete(storage.Key{Account: "a", Kind: "k", ID: id}) }
}

func has(t *testing.T, s *Store, id string) bool {
	t.Helper()
	err := s.View(t.Context(), func(tx storage.Tx) error {
		_, err := tx.Get(storage.Key{Account: "a", Kind: "k", ID: id})
		return err
	})
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		t.Fatal(err)
	}
	return err == nil
}

func broken(s *Store) bool {
	select {
	case <-s.Broken():
		return true
	default:
		return false
	}
}

// TestThreat30FailedCommitStops: after a change that may or may not be on the disk,
// every further change fails, as do all changes of that commit.
func TestThreat30FailedCommitStops(t *testing.T) {
	for name, commit := range map[string]func(*bbolt.Tx) error{
		"input/output error": func(*bbolt.Tx) error { return fmt.Errorf("sync: %w", syscall.EIO) },
		"an unknown error":   func(*bbolt.Tx) error { return errors.New("something") },
		"a panic":            func(*bbolt.Tx) error { panic("page 7 already freed") },
		"full, when readers see it": func(btx *bbolt.Tx) error {
			if err := btx.Commit(); err != nil {
				return err
			}
			return syscall.ENOSPC
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := testStore(t)
			s.commit = commit
			for i, err := range behind(t, s, adding("x", 1), adding("y", 1), remove("none")) {
				if !errors.Is(err, storage.ErrUnsure) {
					t.Errorf("change %d: got error %v", i, err)
				}
			}
			s.commit = (*bbolt.Tx).Commit
			err := s.Update(t.Context(), adding("z", 1))
			if !errors.Is(err, ErrBroken) || !errors.Is(err, storage.ErrUnavailable) || errors.Is(err, storage.ErrUnsure) || !broken(s) {
				t.Errorf("the next change: got error %v", err)
			}
			if err := s.Ping(t.Context()); err != nil {
				t.Errorf("a view: got error %v", err)
			}
			if s.Full() || has(t, s, "z") {
				t.Error("the store is full, or not broken")
			}
		})
	}
}

// TestThreat31NoRoom: a commit without room changes nothing and does not break the
// store.
func TestThreat31NoRoom(t *testing.T) {
	for name, err := range map[string]error{
		"disk":           fmt.Errorf("write: %w", syscall.ENOSPC),
		"quota":          errQuota,
		"largest file":   syscall.EFBIG,
		"bbolt's own":    fmt.Errorf("file resize error: %s", &os.PathError{Op: "truncate", Path: "x", Err: syscall.ENOSPC}),
		"bbolt's on map": errors.New("maximum db size reached"),
	} {
		t.Run(name, func(t *testing.T) {
			s := testStore(t)
			if name == "bbolt's on map" {
				err = roomless[3]
			}
			s.commit = func(*bbolt.Tx) error { return err }
			if got := s.Update(t.Context(), adding("x", 1)); !errors.Is(got, storage.ErrFull) || !errors.Is(s.Room(t.Context()), storage.ErrFull) {
				t.Errorf("got %v", got)
			}
			if !s.Full() || broken(s) || has(t, s, "x") {
				t.Errorf("got full %v, broken %v", s.Full(), broken(s))
			}
			s.commit = (*bbolt.Tx).Commit
			if err := s.Room(t.Context()); err != nil || s.Full() {
				t.Errorf("with room again: got error %v", err)
			}
			if err := s.Update(t.Context(), adding("x", 1)); err != nil || !has(t, s, "x") {
				t.Errorf("the next change: got error %v", err)
			}
		})
	}
}

// TestThreat31NeighboursOfWhatDoesNotFit: if a group finds no room, each of its
// changes is tried alone.
func TestThreat31NeighboursOfWhatDoesNotFit(t *testing.T) {
	s := testStore(t)
	if err := s.Update(t.Context(), adding("old", 1)); err != nil {
		t.Fatal(err)
	}
	s.commit = func(btx *bbolt.Tx) error {
		if btx.Bucket(bucketRecords).Get(recordKey(storage.Key{Account: "a", Kind: "k", ID: "big"})) != nil {
			return syscall.ENOSPC
		}
		return btx.Commit()
	}
	errs := behind(t, s, remove("old"), adding("big", 1), adding("new", 1))
	if errs[0] != nil || !errors.Is(errs[1], storage.ErrFull) || errs[2] != nil {
		t.Errorf("got errors %v", errs)
	}
	if has(t, s, "old") || has(t, s, "big") || !has(t, s, "new") {
		t.Error("the small change failed, or the large one succeeded")
	}
}

// TestThreat31LittleRoom: below the limit, only small changes and those that free
// room succeed, until there is room.
func TestThreat31LittleRoom(t *testing.T) {
	s := testStore(t)
	s.limits.MinFree = 1 << 20
	free := int64(2 << 20)
	s.free = func() (int64, error) { return free, nil }
	if err := errors.Join(s.Update(t.Context(), adding("a", 8000)), s.Update(t.Context(), adding("b", 8000))); err != nil {
		t.Fatal(err)
	}
	free = 1000
	if err := s.Update(t.Context(), adding("c", 2000)); !errors.Is(err, storage.ErrFull) || !s.Full() || has(t, s, "c") {
		t.Errorf("a large change: got error %v", err)
	}
	if err := s.Room(t.Context()); !errors.Is(err, storage.ErrFull) {
		t.Errorf("Room: got error %v", err)
	}
	for name, fn := range map[string]func(storage.Tx) error{
		"a small change": adding("small", 200),
		"a deletion":     remove("a"),
		"a swap":         func(tx storage.Tx) error { return errors.Join(remove("b")(tx), adding("swap", 7000)(tx)) },
	} {
		if err := s.Update(t.Context(), fn); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	free = 2 << 20
	if err := s.Update(t.Context(), adding("c", 2000)); err != nil || s.Full() || s.Room(t.Context()) != nil {
		t.Errorf("with room: got error %v", err)
	}
	s.free = func() (int64, error) { return 0, errors.New("no such call") }
	if err := s.Update(t.Context(), adding("d", 2000)); err != nil {
		t.Errorf("with unknown room: got error %v", err)
	}
}

// TestThreat31LargestSize fills a file to its limit, and writes again after a
// deletion.
func TestThreat31LargestSize(t *testing.T) {
	const most = 2 << 20
	path := filepath.Join(t.TempDir(), "data.db")
	s, err := OpenWithin(path, Limits{MaxSize: most})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n := 0
	for ; err == nil && n < 1000; n++ {
		err = s.Update(t.Context(), adding(fmt.Sprint(n), 20_000))
	}
	if !errors.Is(err, storage.ErrFull) || !s.Full() || broken(s) || n < 30 {
		t.Fatalf("after %d records: got error %v", n, err)
	}
	for i := range n - 1 {
		if !has(t, s, fmt.Sprint(i)) {
			t.Fatalf("record %d of %d is missing", i, n)
		}
	}
	for i := range 10 {
		if err := s.Update(t.Context(), remove(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Update(t.Context(), adding("again", 20_000)); err != nil || s.Full() {
		t.Errorf("after a deletion: got error %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() > most+most/16 {
		t.Errorf("got %d bytes, error %v", info.Size(), err)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestThreat31LargestSizeAtOnce: bbolt refuses a change that passes the limit in one
// step.
func TestThreat31LargestSizeAtOnce(t *testing.T) {
	s, err := OpenWithin(filepath.Join(t.TempDir(), "data.db"), Limits{MaxSize: 2 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Update(t.Context(), adding("x", 4<<20)); !errors.Is(err, storage.ErrFull) || broken(s) {
		t.Errorf("got error %v", err)
	}
	if err := s.Update(t.Context(), adding("y", 4000)); err != nil {
		t.Errorf("a small change after it: got error %v", err)
	}
}

// TestRefusalsRunOnce: a change that fails before writing does not make the others run
// again.
func TestRefusalsRunOnce(t *testing.T) {
	s := testStore(t)
	var runs [3]int
	errNo := errors.New("no")
	counted := func(i int, fn func(storage.Tx) error) func(storage.Tx) error {
		return func(tx storage.Tx) error { runs[i]++; return fn(tx) }
	}
	errs := behind(t, s, counted(0, adding("x", 1)), counted(1, func(storage.Tx) error { return errNo }), counted(2, adding("y", 1)))
	if errs[0] != nil || errs[1] != errNo || errs[2] != nil || runs != [3]int{1, 1, 1} || !has(t, s, "x") || !has(t, s, "y") {
		t.Errorf("got errors %v after %v runs", errs, runs)
	}
	errs = behind(t, s, counted(0, adding("z", 1)), counted(1, func(tx storage.Tx) error { return errors.Join(adding("no", 1)(tx), errNo) }))
	if errs[0] != nil || !errors.Is(errs[1], errNo) || has(t, s, "no") || !has(t, s, "z") {
		t.Errorf("a change that has written: got errors %v", errs)
	}
}

// TestNothingWrittenIsNotCommitted: a change that writes nothing causes no commit.
func TestNothingWrittenIsNotCommitted(t *testing.T) {
	s := testStore(t)
	s.commit = func(*bbolt.Tx) error { t.Error("committed"); return nil }
	if err := s.Update(t.Context(), func(storage.Tx) error { return nil }); err != nil {
		t.Error(err)
	}
}

// TestCloseWhileChangesWait: each change gets a result, and none waits for ever.
func TestCloseWhileChangesWait(t *testing.T) {
	s := testStore(t)
	closed := make(chan error)
	errs := behind(t, s, func(tx storage.Tx) error {
		go func() { closed <- s.Close() }()
		return adding("x", 1)(tx)
	}, adding("y", 1), adding("z", 1))
	if err := <-closed; err != nil {
		t.Error(err)
	}
	for i, err := range errs {
		if err != nil && !errors.Is(err, storage.ErrUnavailable) {
			t.Errorf("change %d: got error %v", i, err)
		}
	}
	err := s.Update(t.Context(), adding("late", 1))
	if !errors.Is(err, storage.ErrUnavailable) || !strings.Contains(err.Error(), "not open") {
		t.Errorf("after Close: got error %v", err)
	}
	if s.Full() {
		t.Error("a closed store reports that it is full")
	}
}

// TestCancelledInTheQueue: a change cancelled while it waits does not run, and one
// whose context ends within fn changes nothing.
func TestCancelledInTheQueue(t *testing.T) {
	s := testStore(t)
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	err := s.Update(t.Context(), func(storage.Tx) error {
		go func() {
			gone <- s.Update(ctx, func(storage.Tx) error { t.Error("the change runs"); return nil })
		}()
		cancel()
		return <-gone
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	err = s.Update(ctx, func(tx storage.Tx) error {
		defer cancel()
		return adding("x", 1)(tx)
	})
	if !errors.Is(err, context.Canceled) || has(t, s, "x") {
		t.Errorf("cancelled within fn: got error %v", err)
	}
}
