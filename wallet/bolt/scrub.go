package bolt

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"
)

// bucketScratch holds what Scrub writes over free pages, for as long as it runs.
var bucketScratch = []byte("scratch")

const (
	scrubStep = 1024 // pages written over in one transaction, so that others do not wait long
	scrubMore = 32   // pages beyond those that are free, in the last one: none is left out
)

// Scrub writes over the pages of the file that are free. bbolt leaves in them
// what was changed or deleted, until it needs the room: an account's sealed
// records, and beside them its key, sealed with the master key. What a
// transaction reads while it is deleted is in no free page yet; a Scrub after
// that transaction reaches it. It says nothing of what a disk or file system
// keeps of blocks that were written over.
func (s *Store) Scrub(ctx context.Context) error {
	err := s.fillFree(ctx)
	return errors.Join(err, s.locked(context.WithoutCancel(ctx), dropScratch))
}

// fillFree takes all free pages for the scratch bucket, which fills them with
// nothing, and lets go of none before the last is taken.
func (s *Store) fillFree(ctx context.Context) error {
	if err := s.locked(ctx, func(btx *bbolt.Tx) error {
		if err := dropScratch(btx); err != nil { // of one that was interrupted
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

// fill puts values into the scratch bucket that take as many pages: two lie in
// each, fewer bbolt does not allow.
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

// locked runs fn in a transaction of its own beside those of Update.
func (s *Store) locked(ctx context.Context, fn func(*bbolt.Tx) error) error {
	if err := errors.Join(ctx.Err(), s.failure()); err != nil {
		return err
	}
	btx, err := s.db.Begin(true)
	if err != nil {
		return fmt.Errorf("begin to write over free pages: %w", err)
	}
	defer btx.Rollback()
	if err := fn(btx); err != nil {
		return err
	}
	return s.finish(btx)
}
