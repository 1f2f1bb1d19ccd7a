package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"backpack/wallet/storage"
)

// disconnected reports whether the connection is lost or could not be made. A transaction
// whose commit has not begun has then stored nothing and can run again on another
// connection.
func disconnected(err error) bool {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		// Class 08; shutdowns; too many connections; a standby that was the primary.
		return strings.HasPrefix(e.Code, "08") || slices.Contains([]string{"57P01", "57P02", "57P03", "53300", "25006"}, e.Code)
	}
	var network net.Error
	var connect *pgconn.ConnectError
	return errors.As(err, &network) || errors.As(err, &connect) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		pgconn.SafeToRetry(err)
}

// roomless reports whether the database has no room left (disk_full).
func roomless(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == "53100"
}

// classify maps an error before the commit to the contract's errors: nothing has
// changed.
func classify(err error) error {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case roomless(err):
		return fmt.Errorf("%w: %w", storage.ErrFull, err)
	case disconnected(err):
		return fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
	}
	return err
}

// classifyCommit is classify for an error of the commit. Without its answer the state of
// the change is unknown.
func classifyCommit(err error) error {
	var e *pgconn.PgError
	if errors.As(err, &e) && !disconnected(err) {
		return classify(err)
	}
	return fmt.Errorf("%w: %w", storage.ErrUnsure, err)
}

// noteRoom records whether the database has room.
func (s *Store) noteRoom(err error) error {
	if errors.Is(err, storage.ErrFull) {
		s.noRoom.Store(true)
	}
	return err
}

// Full reports whether the latest change found no room.
func (s *Store) Full() bool { return s.noRoom.Load() }

// keyRoom is the record that Room writes as a test.
var keyRoom = storage.Key{Kind: storage.KindMeta, ID: "room"}

// Room returns ErrFull while there is no room. It tests that with a write.
func (s *Store) Room(ctx context.Context) error {
	if !s.Full() {
		return nil
	}
	return s.Update(ctx, func(tx storage.Tx) error {
		r, err := tx.Get(keyRoom)
		if errors.Is(err, storage.ErrNotFound) {
			return tx.Create(&storage.Record{Key: keyRoom})
		}
		if err != nil {
			return err
		}
		return tx.Update(r)
	})
}
