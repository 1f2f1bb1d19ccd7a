package main

import (
	"context"
	"log/slog"
	"time"

	"backpack/wallet/storage"
)

// maxSkew is the tolerated difference between this machine's clock and the
// database's. It is well below 20 seconds, the difference at which a server may
// take up another's job (see the leases in wallet).
const maxSkew = 5 * time.Second

// clockAhead returns how far this machine's clock is ahead of the database's,
// which all machines are compared with. shared is false for a store of a single
// machine. The duration of the query does not count as a difference.
func clockAhead(ctx context.Context, store storage.Store, now func() time.Time) (ahead time.Duration, shared bool, err error) {
	db, ok := store.(interface {
		Clock(context.Context) (time.Time, error)
	})
	if !ok {
		return 0, false, nil
	}
	before := now()
	theirs, err := db.Clock(ctx)
	switch after := now(); {
	case err != nil:
		return 0, true, err
	case theirs.Before(before):
		ahead = before.Sub(theirs)
	case theirs.After(after):
		ahead = after.Sub(theirs)
	}
	return ahead.Round(time.Second), true, nil
}

// warnAboutClock logs a warning if this machine's clock differs from the database's.
// Nothing is lost by it, but jobs may run twice, and sessions and shares end by
// the clock of the server that is asked.
func warnAboutClock(ctx context.Context, store storage.Store, now func() time.Time, log *slog.Logger) {
	ahead, _, err := clockAhead(ctx, store, now)
	if err != nil {
		log.Warn("the time of the database could not be read", "error", err)
	} else if ahead.Abs() > maxSkew {
		log.Warn("this machine's clock differs from the database's: set both by NTP", "ahead", ahead)
	}
}

// clock compares this machine's clock with the database's, which leases depend
// on.
func (d *diagnosis) clock(ctx context.Context, store storage.Store, now func() time.Time) error {
	ahead, shared, err := clockAhead(ctx, store, now)
	switch {
	case err != nil || !shared:
		return err
	case ahead.Abs() > maxSkew:
		d.add(levelAdvice, "clock", "this machine's clock is %v ahead of the database's: set both by NTP, or servers repeat each other's jobs", ahead)
	default:
		d.add(levelFine, "clock", "this machine's clock agrees with the database's")
	}
	return nil
}
