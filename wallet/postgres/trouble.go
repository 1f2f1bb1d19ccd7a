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

// away reports whether the connection is gone, or there was none. Of a
// transaction that had not begun to be committed nothing is kept then, and it
// can be run again on another connection.
func away(err error) bool {
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

// roomless reports whether the database has no room left: disk_full.
func roomless(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == "53100"
}

// trouble says of an error from before the commit what it means for callers.
// Nothing was changed.
func trouble(err error) error {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case roomless(err):
		return fmt.Errorf("%w: %w", storage.ErrFull, err)
	case away(err):
		return fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
	}
	return err
}

// uncommitted is trouble for an error of the commit. When its answer did not
// arrive, nobody knows whether the change is kept.
func uncommitted(err error) error {
	var e *pgconn.PgError
	if errors.As(err, &e) && !away(err) {
		return trouble(err)
	}
	return fmt.Errorf("%w: %w", storage.ErrUnsure, err)
}

// noted keeps in mind whether the database has room.
func (s *Store) noted(err error) error {
	if errors.Is(err, storage.ErrFull) {
		s.noRoom.Store(true)
	}
	return err
}

// Full reports whether the latest change found no room.
func (s *Store) Full() bool { return s.noRoom.Load() }

// keyRoom is what Room writes to see whether there is room.
var keyRoom = storage.Key{Kind: storage.KindMeta, ID: "room"}

// Room returns ErrFull as long as there is no room; it tries.
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
