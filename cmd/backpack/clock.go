package main

import (
	"context"
	"log/slog"
	"time"

	"backpack/wallet"
)

// maxSkew is how far this machine's clock may be from the database's before
// that is worth a word. Leases are minutes long.
const maxSkew = 30 * time.Second

// tellClock logs when this machine's clock is not that of the database, by
// which the other machines' are measured too. Nothing is lost by it, but work
// may be done twice, and sessions and shows end by whichever clock looks.
func tellClock(ctx context.Context, store wallet.Store, now func() time.Time, log *slog.Logger) {
	db, ok := store.(interface {
		Clock(context.Context) (time.Time, error)
	})
	if !ok {
		return
	}
	theirs, err := db.Clock(ctx)
	if err != nil {
		log.Warn("the database does not tell the time", "error", err)
		return
	}
	if skew := now().Sub(theirs).Round(time.Second); skew.Abs() > maxSkew {
		log.Warn("this machine's clock differs from the database's: set both by NTP", "ahead", skew)
	}
}
