package storetest

import (
	"fmt"
	"testing"
	"time"

	"backpack/wallet/storage"
)

func reopen(t *testing.T, s *suite) {
	x := withDue(withLookups(rec("a", "k", "x"), "one", "two"), moment)
	x.Data = []byte("\x00\xff")
	s.put(t, x, rec("", storage.KindMeta, "y"), rec("b", "k", "gone"))
	s.update(t, func(tx storage.Tx) error { return tx.Update(x) })
	s.update(t, func(tx storage.Tx) error { return tx.Delete(rec("b", "k", "gone").Key) })
	before := s.get(t, x.Key)
	s.stop(t)
	if err := s.View(t.Context(), func(storage.Tx) error { return nil }); err == nil {
		t.Error("View on a closed store: got no error")
	}
	if err := s.Update(t.Context(), func(storage.Tx) error { return nil }); err == nil {
		t.Error("Update on a closed store: got no error")
	}
	s.start(t)
	wantSame(t, "the record", s.get(t, x.Key), before)
	if s.get(t, rec("", storage.KindMeta, "y").Key) == nil || s.get(t, rec("b", "k", "gone").Key) != nil {
		t.Error("the reopened store has another state")
	}
	if s.find(t, "k", "two") != "a/x" || len(s.due(t, "k", moment, 9)) != 1 {
		t.Error("the reopened store lost an index entry")
	}
	s.update(t, func(tx storage.Tx) error { return tx.Update(before) })
}

func tenThousand(t *testing.T, s *suite) {
	const n = 10_000
	for from := 0; from < n; from += 1000 {
		s.update(t, func(tx storage.Tx) error {
			for i := from; i < from+1000; i++ {
				r := rec("a", storage.KindEntry, fmt.Sprintf("%05d", i*7919%n))
				r.Data = make([]byte, 300)
				withDue(r, moment.Add(time.Duration(i)*time.Second))
				if i%10 == 0 { // as in a real store
					withLookups(r, fmt.Sprint("look", i))
				}
				if err := tx.Create(r); err != nil {
					return err
				}
			}
			return nil
		})
	}
	s.put(t, rec("b", storage.KindEntry, "00000")) // of another account
	got, steps := 0, 0
	for after := ""; ; steps++ {
		var page []*storage.Record
		s.view(t, func(tx storage.Tx) (err error) {
			page, err = tx.List("a", storage.KindEntry, after, 100)
			return err
		})
		if len(page) == 0 {
			break
		}
		for _, r := range page {
			if want := fmt.Sprintf("%05d", got); r.ID != want {
				t.Fatalf("got %s, want %s", r.ID, want)
			}
			got++
		}
		after = page[len(page)-1].ID
	}
	if got != n || steps != n/100 {
		t.Errorf("got %d records in %d steps", got, steps)
	}
	if due := s.due(t, storage.KindEntry, moment.Add(49*time.Second), 1000); len(due) != 50 {
		t.Errorf("got %d due records", len(due))
	}
	s.update(t, func(tx storage.Tx) error {
		gone, err := tx.DeleteAccount("a")
		if gone != n {
			t.Errorf("got %d deleted records", gone)
		}
		return err
	})
}
