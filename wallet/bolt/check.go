package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"backpack/wallet/storage"
)

// Check reads the whole file and returns its faults: damaged pages, records that do
// not decode, index entries without a record, and records without an index entry.
// It serves backups and restarts and takes about a second per gigabyte.
func (s *Store) Check(ctx context.Context) error {
	return s.db.View(func(btx *bbolt.Tx) error {
		var faults []error
		for err := range btx.Check() {
			faults = append(faults, err)
		}
		if len(faults) > 0 { // a walk over damaged pages may panic
			return errors.Join(faults...)
		}
		return newTx(ctx, btx).checkIndexes()
	})
}

func (t *tx) checkIndexes() error {
	lookups, due := 0, 0
	err := t.records.ForEach(func(k, v []byte) error {
		r, err := decode(k, v)
		if err != nil {
			return err
		}
		if err := errors.Join(t.Context().Err(), r.Check()); err != nil {
			return err
		}
		for _, l := range r.Lookups {
			if !bytes.Equal(t.lookups.Get(lookupKey(r.Kind, l)), k) {
				return fmt.Errorf("record %q: its lookup %s is missing", k, l)
			}
		}
		lookups += len(r.Lookups)
		if r.Due.IsZero() {
			return nil
		}
		due++
		if t.due.Get(dueKey(r.Kind, r.Due, k)) == nil {
			return fmt.Errorf("record %q: its due entry is missing", k)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return errors.Join(size("lookups", t.lookups, lookups), size("due", t.due, due))
}

// size finds index entries without a record, by their number.
func size(name string, b *bbolt.Bucket, want int) error {
	n := 0
	err := b.ForEach(func(_, _ []byte) error { n++; return nil })
	if err == nil && n != want {
		err = fmt.Errorf("index %s has %d entries, the records have %d", name, n, want)
	}
	return err
}

var _ storage.Tx = (*tx)(nil)

// Stats are the sizes of a file, in bytes.
type Stats struct {
	Size int64
	Free int64 // part of it in free pages
}

// Stats returns the sizes of the file.
func (s *Store) Stats() Stats {
	var out Stats
	_ = s.db.View(func(btx *bbolt.Tx) error { out.Size = btx.Size(); return nil })
	out.Free = int64(s.db.Stats().FreePageN+s.db.Stats().PendingPageN) * int64(s.db.Info().PageSize)
	return out
}
