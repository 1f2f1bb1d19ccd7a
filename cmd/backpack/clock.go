package main

import (
	"context"
	"log/slog"
	"time"

	"backpack/wallet/storage"
)

// maxSkew is how far this machine's clock may be from the database's before
// that is worth a word: well below the 20 seconds from which on a server takes
// up what others are at (see wallet's leases).
const maxSkew = 5 * time.Second

// clockAhead returns by how much this machine's clock is ahead of that of the
// database, by which the other machines' are measured too; shared is false for a
// store of one machine. How long the question took is no difference.
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

// tellClock logs when this machine's clock is not that of the database. Nothing
// is lost by it, but work may be done twice, and sessions and shows end by
// whichever clock looks.
func tellClock(ctx context.Context, store storage.Store, now func() time.Time, log *slog.Logger) {
	ahead, _, err := clockAhead(ctx, store, now)
	if err != nil {
		log.Warn("the database does not tell the time", "error", err)
	} else if ahead.Abs() > maxSkew {
		log.Warn("this machine's clock differs from the database's: set both by NTP", "ahead", ahead)
	}
}

// clock compares the clocks that work is handed over by.
func (d *diagnosis) clock(ctx context.Context, store storage.Store, now func() time.Time) error {
	ahead, shared, err := clockAhead(ctx, store, now)
	switch {
	case err != nil || !shared:
		return err
	case ahead.Abs() > maxSkew:
		d.add(levelAdvice, "clock", "this machine's is %v ahead of the database's: set both by NTP, or servers do each other's work again", ahead)
	default:
		d.add(levelFine, "clock", "this machine's is that of the database")
	}
	return nil
}
