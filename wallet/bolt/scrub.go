package bolt

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"
)

// bucketScratch contains the values that Scrub writes to free pages, while it runs.
var bucketScratch = []byte("scratch")

const (
	scrubStep = 1024 // pages per transaction, so other changes do not wait long
	scrubMore = 32   // pages beyond the free ones in the last transaction, so none is left out
)

// Scrub overwrites the free pages of the file. bbolt leaves changed and deleted data
// in them until it needs the room: an account's sealed records and, beside them, its
// key, sealed with the master key. Pages that a transaction still reads become free
// after it ends; a later Scrub reaches them. Copies that the disk or file system keeps
// of overwritten blocks are out of its reach.
func (s *Store) Scrub(ctx context.Context) error {
	err := s.fillFree(ctx)
	return errors.Join(err, s.locked(context.WithoutCancel(ctx), dropScratch))
}

// fillFree fills all free pages with zeros in the scratch bucket, and releases none
// before the last one is filled.
func (s *Store) fillFree(ctx context.Context) error {
	if err := s.locked(ctx, func(btx *bbolt.Tx) error {
		if err := dropScratch(btx); err != nil { // from an interrupted run
			return err
		}
		_, err := btx.CreateBucket(bucketScratch)
		return err
	}); err != nil {
		return err
	}
	for n, last := uint64(0), false; !last; {
		err := s.locked(ctx, func(btx *bbolt.Tx) error {
			st := s.db.Stats()
			pages := st.FreePageN + st.PendingPageN
			if last = pages <= scrubStep; last {
				pages += scrubMore
			}
			return fill(btx, &n, min(pages, scrubStep+scrubMore))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// fill adds values to the scratch bucket that occupy the given number of pages: two
// per page, the minimum of bbolt.
func fill(btx *bbolt.Tx, n *uint64, pages int) error {
	b := btx.Bucket(bucketScratch)
	empty := make([]byte, btx.DB().Info().PageSize/2-64)
	for range 2 * pages {
		*n++
		if err := b.Put(binary.BigEndian.AppendUint64(nil, *n), empty); err != nil {
			return err
		}
	}
	return nil
}

func dropScratch(btx *bbolt.Tx) error {
	err := btx.DeleteBucket(bucketScratch)
	if errors.Is(err, bbolterrors.ErrBucketNotFound) {
		return nil
	}
	return err
}

// locked runs fn in its own transaction, separate from those of Update.
func (s *Store) locked(ctx context.Context, fn func(*bbolt.Tx) error) error {
	if err := errors.Join(ctx.Err(), s.failure()); err != nil {
		return err
	}
	btx, err := s.db.Begin(true)
	if err != nil {
		return fmt.Errorf("begin to overwrite free pages: %w", err)
	}
	defer btx.Rollback()
	if err := fn(btx); err != nil {
		return err
	}
	return s.finish(btx)
}
