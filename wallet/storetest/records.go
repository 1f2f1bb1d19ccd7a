package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"backpack/wallet/storage"
)

func createAndGet(t *testing.T, s *suite) {
	r := rec("alpha", storage.KindEntry, "one")
	r.Version, r.Lookups, r.Due = 77, []string{"z", "a"}, moment
	s.put(t, r)
	if r.Version != 1 {
		t.Errorf("Create: got version %d", r.Version)
	}
	wantSame(t, "Get", s.get(t, r.Key), r)
	bare := &storage.Record{Key: storage.Key{Kind: storage.KindMeta, ID: "bare"}}
	s.put(t, bare)
	got := s.get(t, bare.Key)
	if got == nil || len(got.Data) != 0 || len(got.Lookups) != 0 || !got.Due.IsZero() || got.Version != 1 {
		t.Errorf("an empty record: got %+v", got)
	}
}

func sentinels(t *testing.T, s *suite) {
	r := rec("alpha", storage.KindEntry, "one")
	s.put(t, r)
	s.update(t, func(tx storage.Tx) error {
		_, err := tx.Get(rec("alpha", storage.KindEntry, "two").Key)
		s.wantIs(t, "Get", err, storage.ErrNotFound)
		_, err = tx.Find(storage.KindEntry, "nothing")
		s.wantIs(t, "Find", err, storage.ErrNotFound)
		s.wantIs(t, "Create", tx.Create(rec("alpha", storage.KindEntry, "one")), storage.ErrExists)
		s.wantIs(t, "Update", tx.Update(rec("alpha", storage.KindEntry, "two")), storage.ErrNotFound)
		s.wantIs(t, "Delete", tx.Delete(rec("alpha", storage.KindEntry, "two").Key), storage.ErrNotFound)
		old := *r
		old.Version = 2
		s.wantIs(t, "Update", tx.Update(&old), storage.ErrConflict)
		return nil
	})
}

func badKeys(t *testing.T, s *suite) {
	s.put(t, rec("a", "k", "x"), rec("", "k", "x"))
	bad := map[string]storage.Key{
		"no id":              {Account: "a", Kind: "k"},
		"no kind":            {Account: "a", ID: "x"},
		"NUL in the id":      {Account: "a", Kind: "k", ID: "x\x00"},
		"NUL in the kind":    {Account: "", Kind: "k\x00k", ID: "x"},
		"NUL in the account": {Account: "a\x00k", Kind: "k", ID: "x"},
		"ambiguous parts":    {Account: "", Kind: "a\x00k", ID: "x"},
		"not ASCII":          {Account: "a", Kind: "k", ID: "é"},
		"not UTF-8":          {Account: "a", Kind: "k", ID: "\xff"},
		"a line break":       {Account: "a", Kind: "k", ID: "x\n"},
		"id too long":        {Account: "a", Kind: "k", ID: strings.Repeat("x", 40_000)},
		"kind too long":      {Account: "a", Kind: storage.Kind(strings.Repeat("x", 40_000)), ID: "x"},
		"account too long":   {Account: storage.AccountID(strings.Repeat("x", 40_000)), Kind: "k", ID: "x"},
	}
	for name, k := range bad {
		s.update(t, func(tx storage.Tx) error {
			if tx.Create(&storage.Record{Key: k}) == nil {
				t.Errorf("%s: Create returned no error", name)
			}
			_, err := tx.Get(k)
			s.wantIs(t, name+": Get", err, storage.ErrNotFound)
			s.wantIs(t, name+": Delete", tx.Delete(k), storage.ErrNotFound)
			if tx.Update(&storage.Record{Key: k, Version: 1}) == nil {
				t.Errorf("%s: Update returned no error", name)
			}
			return nil
		})
	}
	for name, lookups := range map[string][]string{
		"empty": {""}, "doubled": {"a", "a"}, "NUL": {"a\x00"}, "long": {strings.Repeat("x", 40_000)},
	} {
		err := s.Update(t.Context(), func(tx storage.Tx) error {
			r := rec("a", "k", "y")
			r.Lookups = lookups
			return tx.Create(r)
		})
		if err == nil {
			t.Errorf("lookup %s: Create returned no error", name)
		}
	}
}

func accountsAreApart(t *testing.T, s *suite) {
	// Each account's id is a prefix of the next one's.
	accounts := []storage.AccountID{"", "a", "aa", "aaa", "aab", "b"}
	for _, a := range accounts {
		s.put(t, rec(a, storage.KindEntry, "only"+string(a)), rec(a, storage.KindEntry, "same"))
	}
	for _, a := range accounts {
		s.view(t, func(tx storage.Tx) error {
			list, err := tx.List(a, storage.KindEntry, "", 100)
			wantSame(t, "List "+string(a), ids(list), []string{"only" + string(a), "same"})
			n, _, countErr := tx.Count(a, storage.KindEntry)
			if n != 2 {
				t.Errorf("account %q: got count %d", a, n)
			}
			for _, other := range accounts {
				_, err := tx.Get(storage.Key{Account: a, Kind: storage.KindEntry, ID: "only" + string(other)})
				if (a == other) != (err == nil) {
					t.Errorf("account %q, record of %q: got error %v", a, other, err)
				}
			}
			return errors.Join(err, countErr)
		})
	}
	s.update(t, func(tx storage.Tx) error {
		s.wantIs(t, "Delete", tx.Delete(storage.Key{Account: "a", Kind: storage.KindEntry, ID: "onlyaa"}), storage.ErrNotFound)
		return nil
	})
}

func kindsAreApart(t *testing.T, s *suite) {
	s.put(t, rec("a", "k", "x"), rec("a", "kk", "x"), rec("a", "kkk", "y"))
	s.view(t, func(tx storage.Tx) error {
		for kind, want := range map[storage.Kind][]string{"k": {"x"}, "kk": {"x"}, "kkk": {"y"}, "": nil} {
			list, err := tx.List("a", kind, "", 10)
			if err != nil {
				return err
			}
			wantSame(t, "List "+string(kind), ids(list), want)
		}
		return nil
	})
}

// byteOrder uses ids that a database's collation would sort differently.
func byteOrder(t *testing.T, s *suite) {
	want := []string{" ", "-", "/a", "0", "10", "9", "A", "B", "a", "a ", "a-", "aB", "a_", "aa", "ab", "b", "~"}
	for i := range want { // in a shuffled order
		s.put(t, rec("acc", storage.KindItem, want[i*7%len(want)]))
	}
	for size := 1; size <= len(want)+1; size++ {
		var got []string
		s.view(t, func(tx storage.Tx) error {
			for after := ""; ; {
				page, err := tx.List("acc", storage.KindItem, after, size)
				if err != nil || len(page) == 0 {
					return err
				}
				if len(page) > size {
					t.Fatalf("got a page of %d with limit %d", len(page), size)
				}
				got = append(got, ids(page)...)
				after = page[len(page)-1].ID
			}
		})
		wantSame(t, fmt.Sprintf("pages of %d", size), got, want)
	}
	s.view(t, func(tx storage.Tx) error { // after an id without a record
		list, err := tx.List("acc", storage.KindItem, "a!", 2)
		wantSame(t, "after a!", ids(list), []string{"a-", "aB"})
		return err
	})
}

func limits(t *testing.T, s *suite) {
	r := rec("a", storage.KindJob, "x")
	r.Due = moment
	s.put(t, r)
	s.view(t, func(tx storage.Tx) error {
		for _, limit := range []int{0, -1} {
			list, err := tx.List("a", storage.KindJob, "", limit)
			due, dueErr := tx.Due(storage.KindJob, moment, limit)
			if len(list)+len(due) != 0 || err != nil || dueErr != nil {
				t.Errorf("limit %d: got %d and %d records, errors %v, %v", limit, len(list), len(due), err, dueErr)
			}
		}
		return nil
	})
}

func valuesAreCopies(t *testing.T, s *suite) {
	r := rec("a", storage.KindEntry, "x")
	r.Lookups = []string{"look"}
	var got []*storage.Record
	s.update(t, func(tx storage.Tx) error {
		if err := tx.Create(r); err != nil {
			return err
		}
		r.Data[0], r.Lookups[0] = '!', "changed" // after Create the caller owns the record
		return nil
	})
	s.view(t, func(tx storage.Tx) error {
		one, err := tx.Get(r.Key)
		two, findErr := tx.Find(storage.KindEntry, "look")
		list, listErr := tx.List("a", storage.KindEntry, "", 1)
		got = append([]*storage.Record{one, two}, list...)
		return errors.Join(err, findErr, listErr)
	})
	for _, g := range got { // read and changed after the transaction
		if string(g.Data) != "data of x" || g.Lookups[0] != "look" {
			t.Errorf("got %q, %q", g.Data, g.Lookups)
		}
		for i := range g.Data {
			g.Data[i] = '?'
		}
		_ = append(g.Data, "more"...)
		g.Lookups[0] = "changed"
	}
	if again := s.get(t, r.Key); string(again.Data) != "data of x" {
		t.Errorf("the stored data changed to %q", again.Data)
	}
}

func dataIdentical(t *testing.T, s *suite) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for name, data := range map[string][]byte{
		"empty": {}, "NUL": {0}, "all": all, "not-utf8": []byte("\xff\xfe{\"a\":1}\xc3"), "quotes": []byte(`'"\$$`),
		"json": []byte("{\"b\":1.0, \"a\":2,\n \"a\":3}"), "page": bytes.Repeat([]byte("p"), 4096), "big": bytes.Repeat(all, 1024),
	} {
		r := rec("a", storage.KindBody, name)
		r.Data = bytes.Clone(data)
		s.put(t, r)
		if got := s.get(t, r.Key); !bytes.Equal(got.Data, data) {
			t.Errorf("%s: %d bytes: got %d other bytes", name, len(data), len(got.Data))
		}
	}
}

func versions(t *testing.T, s *suite) {
	r := rec("a", storage.KindEntry, "x")
	s.put(t, r)
	for want := int64(2); want < 5; want++ {
		r.Data = []byte(fmt.Sprint("version ", want))
		s.update(t, func(tx storage.Tx) error { return tx.Update(r) })
		if got := s.get(t, r.Key); r.Version != want || got.Version != want || !bytes.Equal(got.Data, r.Data) {
			t.Errorf("got version %d, stored version %d with %q, want %d", r.Version, got.Version, got.Data, want)
		}
	}
	for _, v := range []int64{0, 3, 5, -1} {
		stale := *r
		stale.Version = v
		err := s.Update(t.Context(), func(tx storage.Tx) error { return tx.Update(&stale) })
		s.wantIs(t, fmt.Sprint("version ", v), err, storage.ErrConflict)
	}
	s.update(t, func(tx storage.Tx) error { return tx.Delete(r.Key) })
	again := rec("a", storage.KindEntry, "x")
	s.put(t, again)
	if again.Version != 1 {
		t.Errorf("a recreated record: got version %d", again.Version)
	}
}

func wholeSeconds(t *testing.T, s *suite) {
	east := time.FixedZone("east", 5*3600+1800)
	for name, c := range map[string]struct{ in, want time.Time }{
		"zone":     {moment.In(east), moment},
		"fraction": {moment.Add(999_999_999), moment},
		"never":    {time.Time{}, time.Time{}},
		"old":      {time.Date(1887, 3, 9, 1, 2, 3, 4, time.UTC), time.Date(1887, 3, 9, 1, 2, 3, 0, time.UTC)},
		"far":      {time.Date(9999, 12, 31, 23, 59, 59, 5, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)},
	} {
		r := rec("a", storage.KindSession, name)
		r.Due = c.in
		s.put(t, r)
		if got := s.get(t, r.Key).Due; !got.Equal(c.want) || got.Location() != time.UTC {
			t.Errorf("%s: %v: got %v", name, c.in, got)
		}
	}
}
