package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"backpack/wallet/storage"
)

var errStop = errors.New("stop")

func rollback(t *testing.T, s *suite) {
	x := withDue(withLookups(rec("a", "k", "x"), "one"), moment)
	gone := rec("a", "k", "gone")
	s.put(t, x, gone)
	before := s.get(t, x.Key)
	err := s.Update(t.Context(), func(tx storage.Tx) error {
		change := *x
		change.Version, change.Lookups, change.Due, change.Data = 1, []string{"two"}, moment.Add(time.Hour), []byte("changed")
		_, deleteErr := tx.DeleteAccount("b")
		return errors.Join(
			tx.Update(&change), tx.Delete(gone.Key), tx.Create(withLookups(rec("b", "k", "new"), "three")), deleteErr, errStop)
	})
	if !errors.Is(err, errStop) || errors.Is(err, storage.ErrNotFound) {
		t.Fatalf("Update: got error %v", err)
	}
	wantSame(t, "the record", s.get(t, x.Key), before)
	if s.get(t, gone.Key) == nil || s.get(t, rec("b", "k", "new").Key) != nil {
		t.Error("a delete or create survives the rollback")
	}
	if s.find(t, "k", "one") != "a/x" || s.find(t, "k", "two") != "" || s.find(t, "k", "three") != "" {
		t.Error("a lookup survives the rollback")
	}
	wantSame(t, "due", s.due(t, "k", moment, 9), []string{"x"})
}

func errorsLeaveUsable(t *testing.T, s *suite) {
	x := withDue(withLookups(rec("a", "k", "x"), "one"), moment)
	s.put(t, x)
	s.update(t, func(tx storage.Tx) error {
		s.wantIs(t, "Create", tx.Create(rec("a", "k", "x")), storage.ErrExists)
		s.wantIs(t, "Create", tx.Create(withLookups(rec("a", "k", "y"), "free", "one")), storage.ErrExists)
		stale := *x
		stale.Version, stale.Lookups, stale.Due = 9, []string{"stale"}, moment.Add(time.Minute)
		s.wantIs(t, "Update", tx.Update(&stale), storage.ErrConflict)
		s.wantIs(t, "Delete", tx.Delete(rec("a", "k", "y").Key), storage.ErrNotFound)
		return tx.Create(withLookups(rec("a", "k", "z"), "free"))
	})
	if s.find(t, "k", "free") != "a/z" || s.find(t, "k", "one") != "a/x" || s.find(t, "k", "stale") != "" {
		t.Error("the failed calls changed something")
	}
}

func errorIdentity(t *testing.T, s *suite) {
	for _, run := range []func(context.Context, func(storage.Tx) error) error{s.View, s.Update} {
		if err := run(t.Context(), func(storage.Tx) error { return errStop }); err != errStop {
			t.Errorf("got %v, want fn's error itself", err)
		}
	}
}

func ownChanges(t *testing.T, s *suite) {
	s.update(t, func(tx storage.Tx) error {
		x := withDue(withLookups(rec("a", "k", "x"), "one"), moment)
		if err := tx.Create(x); err != nil {
			return err
		}
		got, err := tx.Find("k", "one")
		list, listErr := tx.List("a", "k", "", 5)
		due, dueErr := tx.Due("k", moment, 5)
		n, _, countErr := tx.Count("a", "k")
		if got == nil || len(list) != 1 || len(due) != 1 || n != 1 {
			t.Errorf("got %v, list %d, due %d, count %d", got, len(list), len(due), n)
		}
		x.Data = []byte("second")
		return errors.Join(err, listErr, dueErr, countErr, tx.Update(x), tx.Delete(x.Key), tx.Create(rec("a", "k", "x")))
	})
	if r := s.get(t, rec("a", "k", "x").Key); r == nil || r.Version != 1 || r.Lookups != nil {
		t.Errorf("got %+v", r)
	}
}

// oneState lets a writer commit during a view. A store may make the writer wait for the
// view, so the view does not wait for the writer.
func oneState(t *testing.T, s *suite) {
	x := rec("a", "k", "x")
	s.put(t, x)
	done := make(chan error, 1)
	s.view(t, func(tx storage.Tx) error {
		before, err := tx.Get(x.Key)
		go func() {
			done <- s.Update(t.Context(), func(tx storage.Tx) error {
				return errors.Join(tx.Update(x), tx.Create(rec("a", "k", "y")))
			})
		}()
		written := make(chan struct{})
		time.AfterFunc(100*time.Millisecond, func() { close(written) })
		<-written
		after, getErr := tx.Get(x.Key)
		list, listErr := tx.List("a", "k", "", 10)
		wantSame(t, "the view", after, before)
		wantSame(t, "the view", ids(list), []string{"x"})
		return errors.Join(err, getErr, listErr)
	})
	if err := <-done; err != nil || s.get(t, x.Key).Version != 2 {
		t.Errorf("the writer: got error %v", err)
	}
}

func viewIsReadOnly(t *testing.T, s *suite) {
	x := rec("a", "k", "x")
	s.put(t, x)
	for name, change := range map[string]func(tx storage.Tx) error{
		"Create":        func(tx storage.Tx) error { return tx.Create(rec("a", "k", "y")) },
		"Update":        func(tx storage.Tx) error { return tx.Update(x) },
		"Delete":        func(tx storage.Tx) error { return tx.Delete(x.Key) },
		"DeleteAccount": func(tx storage.Tx) error { _, err := tx.DeleteAccount("a"); return err },
	} {
		if err := s.View(t.Context(), change); err == nil {
			t.Errorf("%s in a view: got no error", name)
		}
	}
	if got := s.get(t, x.Key); got == nil || got.Version != 1 || s.get(t, rec("a", "k", "y").Key) != nil {
		t.Error("a view changed something")
	}
}

func txEnds(t *testing.T, s *suite) {
	var kept storage.Tx
	keep := func(tx storage.Tx) error { kept = tx; return nil }
	for _, run := range []func(context.Context, func(storage.Tx) error) error{s.View, s.Update} {
		if err := run(t.Context(), keep); err != nil {
			t.Fatal(err)
		}
		_, getErr := kept.Get(rec("a", "k", "x").Key)
		_, listErr := kept.List("a", "k", "", 1)
		versionsErr := kept.Versions("a", "k", func(string, int64) error { return nil })
		if getErr == nil || listErr == nil || versionsErr == nil || errors.Is(getErr, storage.ErrNotFound) || kept.Create(rec("a", "k", "x")) == nil {
			t.Error("a transaction is usable after its end")
		}
	}
}

func panics(t *testing.T, s *suite) {
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is swallowed")
			}
		}()
		_ = s.Update(t.Context(), func(tx storage.Tx) error {
			if err := tx.Create(rec("a", "k", "x")); err != nil {
				return err
			}
			panic("stop")
		})
	}()
	if s.get(t, rec("a", "k", "x").Key) != nil {
		t.Error("the record survives the panic")
	}
	s.put(t, rec("a", "k", "x")) // the store still works
}

func cancelled(t *testing.T, s *suite) {
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Update(ctx, func(tx storage.Tx) error {
		if err := tx.Create(rec("a", "k", "x")); err != nil {
			return err
		}
		cancel()
		return nil
	})
	s.wantIs(t, "cancelled before the commit", err, context.Canceled)
	for name, run := range map[string]func(context.Context, func(storage.Tx) error) error{"View": s.View, "Update": s.Update} {
		ran := false
		s.wantIs(t, name, run(ctx, func(storage.Tx) error { ran = true; return nil }), context.Canceled)
		if ran {
			t.Errorf("%s runs with a cancelled context", name)
		}
	}
	if s.Ping(ctx) == nil {
		t.Error("Ping with a cancelled context: got no error")
	}
	if s.get(t, rec("a", "k", "x").Key) != nil {
		t.Error("a cancelled change is stored")
	}
	s.put(t, rec("a", "k", "x"))
	ctx, cancel = context.WithCancel(t.Context())
	err = s.View(ctx, func(tx storage.Tx) error {
		cancel()
		_, err := tx.Get(rec("a", "k", "x").Key)
		return err
	})
	s.wantIs(t, "cancelled in fn", err, context.Canceled)
}

// each runs fn n times concurrently and returns the errors.
func each(n int, fn func(i int) error) error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = fn(i) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

func increments(t *testing.T, s *suite) {
	const workers, rounds = 20, 5
	counter := rec("a", "k", "counter")
	counter.Data = []byte{0}
	s.put(t, counter)
	err := each(workers, func(int) error {
		for range rounds {
			err := s.Update(t.Context(), func(tx storage.Tx) error {
				r, err := tx.Get(counter.Key)
				if err != nil {
					return err
				}
				r.Data[0]++
				return tx.Update(r)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if r := s.get(t, counter.Key); r.Data[0] != workers*rounds || r.Version != workers*rounds+1 {
		t.Errorf("got %d, version %d", r.Data[0], r.Version)
	}
}

func claimedOnce(t *testing.T, s *suite) {
	const jobs = 30
	for i := range jobs {
		s.put(t, withDue(rec("a", storage.KindJob, fmt.Sprint("job", i)), moment))
	}
	var mu sync.Mutex
	var claimed []string
	err := each(8, func(int) error {
		for {
			var mine []string
			err := s.Update(t.Context(), func(tx storage.Tx) error {
				mine = nil // fn may run again
				due, err := tx.Due(storage.KindJob, moment, 2)
				for _, r := range due {
					r.Due = moment.Add(time.Minute)
					err = errors.Join(err, tx.Update(r))
					mine = append(mine, r.ID)
				}
				return err
			})
			if err != nil || len(mine) == 0 {
				return err
			}
			mu.Lock()
			claimed = append(claimed, mine...)
			mu.Unlock()
		}
	})
	slices.Sort(claimed)
	if once := slices.Compact(slices.Clone(claimed)); err != nil || len(claimed) != jobs || len(once) != jobs {
		t.Errorf("got %d claims of %d jobs, error %v", len(claimed), len(once), err)
	}
}

// lostLease asserts that the holder of a job's earlier version can neither extend nor
// finish it after another claim, nor after its end.
func lostLease(t *testing.T, s *suite) {
	mine := withDue(rec("a", storage.KindJob, "job"), moment)
	s.put(t, mine)
	theirs := s.get(t, mine.Key)
	theirs.Due = moment.Add(time.Minute)
	s.update(t, func(tx storage.Tx) error { return tx.Update(theirs) })
	extend := func(tx storage.Tx) error { return tx.Update(mine) }
	s.wantIs(t, "extended after another claim", s.Update(t.Context(), extend), storage.ErrConflict)
	wantSame(t, "the job", s.get(t, mine.Key), theirs)
	s.update(t, func(tx storage.Tx) error { return tx.Delete(mine.Key) })
	s.wantIs(t, "extended after its end", s.Update(t.Context(), extend), storage.ErrNotFound)
}

// readersBesideWriter moves amounts between two records; readers must see a constant
// sum.
func readersBesideWriter(t *testing.T, s *suite) {
	left, right := rec("a", "k", "left"), rec("b", "k", "right")
	left.Data, right.Data = []byte{100}, []byte{0}
	s.put(t, left, right)
	move := func(tx storage.Tx) error {
		l, err := tx.Get(left.Key)
		r, err2 := tx.Get(right.Key)
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		l.Data[0]--
		r.Data[0]++
		return errors.Join(tx.Update(l), tx.Update(r))
	}
	sum := func(tx storage.Tx) error {
		l, err := tx.Get(left.Key)
		r, err2 := tx.Get(right.Key)
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		if l.Data[0]+r.Data[0] != 100 {
			return fmt.Errorf("got %d and %d", l.Data[0], r.Data[0])
		}
		return nil
	}
	err := each(4, func(i int) error {
		for range 50 {
			run, fn := s.View, sum
			if i == 0 {
				run, fn = s.Update, move
			}
			if err := run(t.Context(), fn); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
