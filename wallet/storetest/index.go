package storetest

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"backpack/wallet/storage"
)

func withLookups(r *storage.Record, lookups ...string) *storage.Record {
	r.Lookups = lookups
	return r
}

func withDue(r *storage.Record, due time.Time) *storage.Record {
	r.Due = due
	return r
}

func lookupsUnique(t *testing.T, s *suite) {
	s.put(t, withLookups(rec("a", "k", "x"), "one", "two"))
	s.put(t, withLookups(rec("a", "other", "x"), "one")) // another kind
	s.put(t, withLookups(rec("b", "k", "y"), "onetwo", "on"))
	for name, r := range map[string]*storage.Record{
		"same account":  withLookups(rec("a", "k", "z"), "new1", "one"),
		"other account": withLookups(rec("b", "k", "z"), "new2", "two"),
		"installation":  withLookups(rec("", "k", "z"), "one"),
	} {
		err := s.Update(t.Context(), func(tx storage.Tx) error { return tx.Create(r) })
		s.wantIs(t, name, err, storage.ErrExists)
		if r.Version != 0 {
			t.Errorf("%s: got version %d after a failure", name, r.Version)
		}
	}
	y := s.get(t, rec("b", "k", "y").Key)
	y.Lookups = []string{"on", "two"}
	s.wantIs(t, "Update", s.Update(t.Context(), func(tx storage.Tx) error { return tx.Update(y) }), storage.ErrExists)
	for lookup, want := range map[string]string{"one": "a/x", "two": "a/x", "on": "b/y", "onetwo": "b/y", "new1": "", "new2": "", "o": ""} {
		if got := s.find(t, "k", lookup); got != want {
			t.Errorf("%s: got %q, want %q", lookup, got, want)
		}
	}
}

func lookupsMove(t *testing.T, s *suite) {
	x := withLookups(rec("a", "k", "x"), "one", "two")
	s.put(t, x)
	x.Lookups = []string{"two", "three"}
	s.update(t, func(tx storage.Tx) error { return tx.Update(x) })
	s.put(t, withLookups(rec("b", "k", "y"), "one")) // the lookup is free now
	for lookup, want := range map[string]string{"one": "b/y", "two": "a/x", "three": "a/x"} {
		if got := s.find(t, "k", lookup); got != want {
			t.Errorf("%s: got %q, want %q", lookup, got, want)
		}
	}
	s.update(t, func(tx storage.Tx) error {
		if err := tx.Delete(x.Key); err != nil {
			return err
		}
		return tx.Create(withLookups(rec("b", "k", "z"), "two", "three")) // both are freed in the same transaction
	})
	s.update(t, func(tx storage.Tx) error {
		_, err := tx.DeleteAccount("b")
		return err
	})
	for _, lookup := range []string{"one", "two", "three"} {
		if got := s.find(t, "k", lookup); got != "" {
			t.Errorf("%s: got %q after all records are deleted", lookup, got)
		}
	}
}

func dueInOrder(t *testing.T, s *suite) {
	at := func(seconds int) time.Time { return moment.Add(time.Duration(seconds) * time.Second) }
	s.put(t,
		withDue(rec("a", "k", "third"), at(0)),
		withDue(rec("b", "k", "first"), time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC)), // before 1970
		withDue(rec("", "k", "second"), at(-1)),
		withDue(rec("c", "k", "later"), at(1)),
		rec("a", "k", "never"),
		withDue(rec("a", "kk", "other kind"), at(-5)),
	)
	for _, c := range []struct {
		now   time.Time
		limit int
		want  []string
	}{
		{at(0), 10, []string{"first", "second", "third"}},
		{at(0), 2, []string{"first", "second"}},
		{at(-1), 10, []string{"first", "second"}},
		{at(0).Add(-1), 10, []string{"first", "second"}},
		{at(1).Add(-1), 10, []string{"first", "second", "third"}},
		{at(1).In(time.FixedZone("west", -36000)), 10, []string{"first", "second", "third", "later"}},
		{time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), 10, nil},
	} {
		wantSame(t, fmt.Sprint(c.now, c.limit), s.due(t, "k", c.now, c.limit), c.want)
	}
}

func dueMoves(t *testing.T, s *suite) {
	x, y := withDue(rec("a", "k", "x"), moment), withDue(rec("b", "k", "y"), moment.Add(time.Second))
	s.put(t, x, y)
	late := moment.Add(time.Hour)
	x.Due = moment.Add(2 * time.Second)
	s.update(t, func(tx storage.Tx) error { return tx.Update(x) })
	wantSame(t, "moved", s.due(t, "k", late, 10), []string{"y", "x"})
	y.Due = time.Time{}
	s.update(t, func(tx storage.Tx) error { return tx.Update(y) })
	wantSame(t, "unset", s.due(t, "k", late, 10), []string{"x"})
	s.update(t, func(tx storage.Tx) error { return tx.Delete(x.Key) })
	wantSame(t, "deleted", s.due(t, "k", late, 10), []string(nil))
}

func deleteRecord(t *testing.T, s *suite) {
	x := withLookups(withDue(rec("a", "k", "x"), moment), "one")
	s.put(t, x, rec("a", "k", "xx"), rec("a", "kk", "x"), rec("aa", "k", "x"))
	s.update(t, func(tx storage.Tx) error { return tx.Delete(x.Key) })
	err := s.Update(t.Context(), func(tx storage.Tx) error { return tx.Delete(x.Key) })
	s.wantIs(t, "again", err, storage.ErrNotFound)
	if s.get(t, x.Key) != nil || s.find(t, "k", "one") != "" || s.due(t, "k", moment, 9) != nil {
		t.Error("the record, its lookup or its due time remains")
	}
	for _, k := range []storage.Key{rec("a", "k", "xx").Key, rec("a", "kk", "x").Key, rec("aa", "k", "x").Key} {
		if s.get(t, k) == nil {
			t.Errorf("%v is deleted as well", k)
		}
	}
}

func deleteAccount(t *testing.T, s *suite) {
	kinds := []storage.Kind{storage.KindAccount, storage.KindSession, storage.KindKey, storage.KindEntry}
	accounts := []storage.AccountID{"", "a", "aa", "ab", "b"}
	for _, a := range accounts {
		for _, kind := range kinds {
			for i := range 5 {
				r := rec(a, kind, fmt.Sprint("id", i))
				s.put(t, withDue(withLookups(r, fmt.Sprint("look-", a, i)), moment.Add(time.Duration(i)*time.Second)))
			}
		}
	}
	s.update(t, func(tx storage.Tx) error {
		n, err := tx.DeleteAccount("a")
		if want := 5 * len(kinds); n != want {
			t.Errorf("got %d deleted records, want %d", n, want)
		}
		return err
	})
	for _, kind := range kinds {
		if n := len(s.due(t, kind, moment.Add(time.Hour), 1000)); n != 5*(len(accounts)-1) {
			t.Errorf("got %d due %s", n, kind)
		}
		for i := range 5 {
			if got := s.find(t, kind, fmt.Sprint("look-", "a", i)); got != "" {
				t.Errorf("a lookup finds %q", got)
			}
		}
		for _, a := range accounts {
			s.view(t, func(tx storage.Tx) error {
				n, _, err := tx.Count(a, kind)
				if want := map[bool]int{true: 0, false: 5}[a == "a"]; n != want {
					t.Errorf("account %q: got %d %s, want %d", a, n, kind, want)
				}
				return err
			})
		}
	}
	s.update(t, func(tx storage.Tx) error {
		if n, err := tx.DeleteAccount("a"); n != 0 || err != nil {
			t.Errorf("a second time: got %d, error %v", n, err)
		}
		if _, err := tx.DeleteAccount(""); err == nil {
			t.Error("the installation's own records are deleted")
		}
		return nil
	})
}

func count(t *testing.T, s *suite) {
	want := int64(0)
	for i := range 30 {
		r := rec("a", storage.KindBody, fmt.Sprintf("%02d", i))
		r.Data = bytes.Repeat([]byte{'x'}, i*1000)
		want += int64(len(r.Data))
		s.put(t, withLookups(r, fmt.Sprint("not counted ", i)))
	}
	check := func(n int, size int64) {
		t.Helper()
		s.view(t, func(tx storage.Tx) error {
			gotN, gotSize, err := tx.Count("a", storage.KindBody)
			if gotN != n || gotSize != size {
				t.Errorf("Count: got %d and %d bytes, want %d and %d", gotN, gotSize, n, size)
			}
			return err
		})
	}
	check(30, want)
	s.update(t, func(tx storage.Tx) error { return tx.Delete(rec("a", storage.KindBody, "10").Key) })
	check(29, want-10_000)
	r := s.get(t, rec("a", storage.KindBody, "20").Key)
	r.Data = nil
	s.update(t, func(tx storage.Tx) error { return tx.Update(r) })
	check(29, want-30_000)
}
