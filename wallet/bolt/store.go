package bolt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"sync/atomic"

	"go.etcd.io/bbolt"

	"backpack/wallet/storage"
)

// ErrBroken is wrapped by every error of Update after the disk failed to make a
// change durable. The file must be opened again to learn its content.
var ErrBroken = errors.New("the data file could not be written safely; it must be opened again")

// A Store stores records in a bbolt file. It is safe for concurrent use.
type Store struct {
	db     *bbolt.DB
	limits Limits
	group  group
	noRoom atomic.Bool // the latest commit found no room

	breaking sync.Once
	broken   chan struct{}
	cause    error // set before broken is closed

	// Tests replace these to simulate a failing disk.
	commit func(*bbolt.Tx) error
	free   func() (int64, error) // bytes on the disk
}

var _ storage.Store = (*Store)(nil)

func newStore(db *bbolt.DB, l Limits) *Store {
	return &Store{
		db: db, limits: l, broken: make(chan struct{}), commit: (*bbolt.Tx).Commit,
		free: func() (int64, error) { return diskFree(filepath.Dir(db.Path())) },
	}
}

// View implements storage.Store.
func (s *Store) View(ctx context.Context, fn func(tx storage.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	btx, err := s.db.Begin(false)
	if err != nil {
		return fmt.Errorf("begin view: %w: %w", storage.ErrUnavailable, err)
	}
	defer btx.Rollback()
	return run(ctx, btx, fn)
}

// run calls fn with a Tx that is valid until fn returns.
func run(ctx context.Context, btx *bbolt.Tx, fn func(storage.Tx) error) error {
	t := newTx(ctx, btx)
	defer t.End()
	return fn(t)
}

// finish commits. After a failed fsync it is unknown what reached the disk; bbolt
// would go on, this store does not. A full disk is not such a failure while readers
// see nothing of the change.
func (s *Store) finish(btx *bbolt.Tx) error {
	id := btx.ID()
	err := s.tryCommit(btx)
	if err == nil {
		s.noRoom.Store(false)
		return nil
	}
	if isRoomless(err) && !s.reached(id) {
		s.noRoom.Store(true)
		return fmt.Errorf("commit: %w: %w", storage.ErrFull, err)
	}
	s.breaking.Do(func() {
		s.cause = err
		close(s.broken)
	})
	return fmt.Errorf("commit: %w: %w", storage.ErrUnsure, err)
}

// tryCommit turns a panic into an error: damage found during a write is a reason to
// stop, like a failing disk.
func (s *Store) tryCommit(btx *bbolt.Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return s.commit(btx)
}

// reached reports whether readers see a change whose commit failed. Then it is, or
// may come to be, on the disk.
func (s *Store) reached(id int) bool {
	btx, err := s.db.Begin(false)
	if err != nil {
		return true
	}
	defer btx.Rollback()
	return btx.ID() >= id
}

func (s *Store) failure() error {
	select {
	case <-s.broken:
		return fmt.Errorf("%w: %w: %w", storage.ErrUnavailable, ErrBroken, s.cause)
	default:
		return nil
	}
}

// Broken returns a channel that is closed when a change cannot be made durable for
// another reason than a full disk. All later changes fail; the process should end.
func (s *Store) Broken() <-chan struct{} { return s.broken }

// Ping implements storage.Store.
func (s *Store) Ping(ctx context.Context) error {
	return s.View(ctx, func(tx storage.Tx) error {
		_, err := tx.List("", storage.KindMeta, "", 1)
		return err
	})
}

// Close implements storage.Store. It waits for running transactions.
func (s *Store) Close() error { return s.db.Close() }

// WriteTo writes a consistent copy of the file while the store is in use, and returns
// the number of bytes. Open opens the copy.
func (s *Store) WriteTo(out io.Writer) (int64, error) {
	var n int64
	err := s.db.View(func(btx *bbolt.Tx) (err error) {
		n, err = btx.WriteTo(out)
		return err
	})
	if err != nil {
		return n, fmt.Errorf("back up: %w", err)
	}
	return n, nil
}
