package storetest

import (
	"errors"
	"fmt"
	"testing"

	"backpack/wallet/storage"
)

// accountsInOrder asserts that pages list every account once, in byte order.
func accountsInOrder(t *testing.T, s *suite) {
	s.put(t, rec("", storage.KindMeta, "own"), rec("b", "k", "1"), rec("b", "l", "2"), rec("a", "k", "1"),
		rec("ab", "k", "1"), rec("B", "k", "1"), rec("a!", "k", "1"))
	s.view(t, func(tx storage.Tx) error {
		var got []storage.AccountID
		for after := storage.AccountID(""); ; {
			page, err := tx.Accounts(after, 2)
			if err != nil || len(page) > 2 {
				t.Fatalf("Accounts: got %v, error %v", page, err)
			}
			if len(page) == 0 {
				break
			}
			got, after = append(got, page...), page[len(page)-1]
		}
		wantSame(t, "accounts", got, []storage.AccountID{"B", "a", "a!", "ab", "b"})
		none, err := tx.Accounts("", 0)
		if err != nil || len(none) != 0 {
			t.Errorf("limit 0: got %v, error %v", none, err)
		}
		return nil
	})
	s.update(t, func(tx storage.Tx) error {
		_, err := tx.DeleteAccount("ab")
		return errors.Join(err, tx.Create(rec("c", "k", "1")))
	})
	s.view(t, func(tx storage.Tx) error {
		got, err := tx.Accounts("a", 10)
		wantSame(t, "accounts after a deletion", got, []storage.AccountID{"a!", "b", "c"})
		return err
	})
}

// walkAccount asserts that a walk passes exactly the account's records, in byte order.
func walkAccount(t *testing.T, s *suite) {
	var want []storage.Key
	var records []*storage.Record
	for _, kind := range []storage.Kind{"K", "a", "a-b", "a2", "ab", "b"} {
		for _, id := range []string{"-", "1", "A", "a", "a/b"} {
			r := rec("me", kind, id)
			r.Lookups, r.Due = []string{id + "." + string(kind)}, moment
			records, want = append(records, r), append(want, r.Key)
		}
	}
	s.put(t, append(records, rec("", "a", "own"), rec("m", "a", "1"), rec("me2", "a", "1"))...)
	for i, r := range records {
		s.update(t, func(tx storage.Tx) error {
			for range i % 3 {
				if err := tx.Update(r); err != nil {
					return err
				}
			}
			return nil
		})
	}
	s.view(t, func(tx storage.Tx) error {
		var got []storage.Key
		err := tx.Walk("me", func(r *storage.Record) error {
			wantSame(t, "a record of the walk", r, records[len(got)])
			got = append(got, r.Key)
			_, err := tx.Get(r.Key) // fn may read
			return err
		})
		wantSame(t, "walk", got, want)
		return err
	})
	stop := errors.New("far enough")
	calls := 0
	s.view(t, func(tx storage.Tx) error {
		err := tx.Walk("me", func(*storage.Record) error { calls++; return stop })
		s.wantIs(t, "a stopped walk", err, stop)
		return tx.Walk("nobody", func(r *storage.Record) error { t.Errorf("got the record %v", r.Key); return nil })
	})
	if calls != 1 {
		t.Errorf("the walk passed %d records after the error", calls)
	}
}

// walkFar asserts that a walk passes records of very different sizes, and more than fit
// into a page of any store.
func walkFar(t *testing.T, s *suite) {
	const n = 300
	large := make([]byte, 256<<10)
	s.update(t, func(tx storage.Tx) error {
		for i := range n {
			r := rec("a", "k", ids3(i))
			if 100 <= i && i < 110 {
				r.Data = large
			}
			if err := tx.Create(r); err != nil {
				return err
			}
		}
		return nil
	})
	i, size := 0, 0
	s.view(t, func(tx storage.Tx) error {
		return tx.Walk("a", func(r *storage.Record) error {
			if r.ID != ids3(i) {
				t.Fatalf("record %d: got %s", i, r.ID)
			}
			i, size = i+1, size+len(r.Data)
			return nil
		})
	})
	if i != n || size < 10*len(large) {
		t.Errorf("got %d records, %d bytes", i, size)
	}
}

func ids3(i int) string {
	return string([]byte{'0' + byte(i/100), '0' + byte(i/10%10), '0' + byte(i%10)})
}

// restoreRecord asserts that Restore keeps a record as it is, including its version.
func restoreRecord(t *testing.T, s *suite) {
	r := rec("a", "k", "1")
	r.Version, r.Lookups, r.Due = 7, []string{"look"}, moment
	s.update(t, func(tx storage.Tx) error { return tx.Restore(r) })
	wantSame(t, "restored", s.get(t, r.Key), r)
	s.update(t, func(tx storage.Tx) error {
		s.wantIs(t, "restored twice", tx.Restore(r), storage.ErrExists)
		other := rec("b", "k", "1")
		other.Version, other.Lookups = 1, []string{"look"}
		s.wantIs(t, "a lookup of another record", tx.Restore(other), storage.ErrExists)
		other.Lookups, other.Version = nil, 0
		if err := tx.Restore(other); err == nil {
			t.Error("restoring a record without a version: got no error")
		}
		return nil
	})
	s.update(t, func(tx storage.Tx) error { return tx.Update(r) })
	if got := s.get(t, r.Key); got.Version != 8 {
		t.Errorf("after an update: got version %d", got.Version)
	}
	err := s.View(t.Context(), func(tx storage.Tx) error { return tx.Restore(rec("c", "k", "1")) })
	if err == nil {
		t.Error("restoring in a view: got no error")
	}
}

// versionsInOrder asserts that Versions passes exactly the records of the account and
// kind, in byte order, until fn returns an error.
func versionsInOrder(t *testing.T, s *suite) {
	restored := rec("a", "k", "B")
	restored.Version = 1 << 47
	s.put(t, rec("a", "k", "b"), rec("a", "k", "a"), rec("a", "k", "a/ b"), rec("a", "kk", "x"), rec("aa", "k", "x"), rec("", "k", "x"))
	got := func(tx storage.Tx, a storage.AccountID, kind storage.Kind, most int) (list []string, err error) {
		err = tx.Versions(a, kind, func(id string, version int64) error {
			if list = append(list, fmt.Sprint(id, " ", version)); len(list) == most {
				return errStop
			}
			return nil
		})
		return list, err
	}
	s.update(t, func(tx storage.Tx) error {
		b, err := tx.Get(rec("a", "k", "b").Key)
		if err != nil {
			return err
		}
		if err := errors.Join(tx.Update(b), tx.Restore(restored)); err != nil {
			return err
		}
		list, err := got(tx, "a", "k", 9)
		wantSame(t, "its own changes", list, []string{"B 140737488355328", "a 1", "a/ b 1", "b 2"})
		return err
	})
	s.view(t, func(tx storage.Tx) error {
		list, err := got(tx, "a", "k", 2)
		wantSame(t, "two", list, []string{"B 140737488355328", "a 1"})
		s.wantIs(t, "fn's error", err, errStop)
		list, err = got(tx, "a", "kk", 9) // the transaction goes on
		wantSame(t, "another kind", list, []string{"x 1"})
		none, noneErr := got(tx, "a", "k\x00", 9)
		wantSame(t, "none", none, []string(nil))
		return errors.Join(err, noneErr)
	})
}
