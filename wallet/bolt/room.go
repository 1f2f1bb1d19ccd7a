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

// Limits keep a file from filling the disk. Zero is no limit.
type Limits struct {
	MaxSize int64 // bytes that the file may have; to remove something it may take a little more
	MinFree int64 // bytes of room that must be left on the disk
}

// slack is by how many bytes the records may grow in one change when there is
// little room: enough to sign in, to end a show and to count a view, so that
// people can look, take out what they have, and remove something. Whatever adds
// a badge or an account needs more.
const slack = 1 << 10

// low reports whether there is so little room that only small changes are taken.
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
		return false // the commit will tell
	}
	return free+unused < s.limits.MinFree
}

// bound has bbolt refuse to let the file outgrow its limit, unless records
// become less: pages are written anew before the old ones are free.
func (s *Store) bound(grown int64) {
	s.db.MaxSize = int(min(s.limits.MaxSize, math.MaxInt))
	if grown <= 0 {
		s.db.MaxSize = 0
	}
}

// Full reports whether there is too little room to keep more. Reading goes on,
// and it ends by itself when there is room again.
func (s *Store) Full() bool {
	full := s.noRoom.Load()
	err := s.db.View(func(btx *bbolt.Tx) error {
		full = full || s.low(btx)
		return nil
	})
	return full && err == nil
}

// Room returns ErrFull as long as there is too little room to keep more. After
// a commit that found none it tries again.
func (s *Store) Room(ctx context.Context) error {
	if s.noRoom.Load() {
		return s.Update(ctx, func(t storage.Tx) error {
			t.(*tx).changed = true // commit, though nothing is new
			return nil
		})
	}
	if s.Full() {
		return fmt.Errorf("%w: the disk is nearly full", storage.ErrFull)
	}
	return nil
}

// roomless are what a full disk, a quota or a limit answers.
var roomless = []error{syscall.ENOSPC, errQuota, syscall.EFBIG, bbolterrors.ErrMaxSizeReached}

// lacksRoom reports whether an error of a commit means that there is no room.
// bbolt makes some of them a text.
func lacksRoom(err error) bool {
	for _, r := range roomless {
		if errors.Is(err, r) || strings.HasSuffix(err.Error(), ": "+r.Error()) {
			return true
		}
	}
	return false
}
