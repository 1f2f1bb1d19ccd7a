package bolt

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"syscall"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"backpack/wallet/storage"
)

// Limits keep a file from filling the disk. Zero means no limit.
type Limits struct {
	MaxSize int64 // largest file, in bytes; a deletion may exceed it a little
	MinFree int64 // bytes to leave free on the disk
}

// slack is the permitted growth of the records in one change, in bytes, with little
// room left: enough to sign in, to end a share and to count a view, so learners can
// read, export and delete. A new badge or account needs more.
const slack = 1 << 10

// low reports whether room is so short that only small changes are accepted.
func (s *Store) low(btx *bbolt.Tx) bool {
	stats := s.db.Stats()
	unused := int64(stats.FreePageN+stats.PendingPageN) * int64(s.db.Info().PageSize)
	if s.limits.MaxSize > 0 && s.limits.MaxSize-btx.Size()+unused < s.limits.MaxSize/16 {
		return true
	}
	if s.limits.MinFree <= 0 {
		return false
	}
	free, err := s.free()
	if err != nil {
		return false // the commit decides
	}
	return free+unused < s.limits.MinFree
}

// bound makes bbolt keep the file within its limit, unless the records shrink: new
// pages are written before the old ones become free.
func (s *Store) bound(grown int64) {
	s.db.MaxSize = int(min(s.limits.MaxSize, math.MaxInt))
	if grown <= 0 {
		s.db.MaxSize = 0
	}
}

// Full reports whether there is too little room for more records. Reads still work,
// and the state ends when there is room again.
func (s *Store) Full() bool {
	full := s.noRoom.Load()
	err := s.db.View(func(btx *bbolt.Tx) error {
		full = full || s.low(btx)
		return nil
	})
	return full && err == nil
}

// Room returns ErrFull while there is too little room for more records. After a
// commit that found none it tries again.
func (s *Store) Room(ctx context.Context) error {
	if s.noRoom.Load() {
		return s.Update(ctx, func(t storage.Tx) error {
			t.(*tx).changed = true // commit without a change
			return nil
		})
	}
	if s.Full() {
		return fmt.Errorf("%w: the disk is nearly full", storage.ErrFull)
	}
	return nil
}

// roomless lists the errors of a full disk, a quota or a limit.
var roomless = []error{syscall.ENOSPC, errQuota, syscall.EFBIG, bbolterrors.ErrMaxSizeReached}

// isRoomless reports whether a commit failed for lack of room. bbolt returns some of
// these errors as text only.
func isRoomless(err error) bool {
	for _, r := range roomless {
		if errors.Is(err, r) || strings.HasSuffix(err.Error(), ": "+r.Error()) {
			return true
		}
	}
	return false
}
