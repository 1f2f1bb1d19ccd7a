package wallet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"backpack/wallet/storage"
)

// A budgetRecord is a partly used budget. Its record's ID is a keyed hash of the
// owner. Its record's Due is the time when the budget is full again; a missing
// record also means a full budget.
type budgetRecord struct {
	Left float64   `json:"left"`
	At   time.Time `json:"at"`
}

// refill adds the uses gained since b.At. It adds none if the clock is behind
// b.At, as it may be between processes. If the clock is over a minute behind,
// refill restarts the budget's time at now and returns true.
func (b *budgetRecord) refill(now time.Time, perMinute int) (reset bool) {
	since := now.Sub(b.At)
	if since > 0 {
		b.Left = min(float64(perMinute), b.Left+since.Minutes()*float64(perMinute))
	}
	reset = since < -time.Minute
	if since > 0 || reset {
		b.At = now
	}
	return reset
}

// Draw takes up to n uses from the budget of whose and returns the number taken.
// All processes on the store share the budget, which gains perMinute uses a
// minute and holds at most as many. If Draw takes none, it also returns the time
// to try again. It writes to the store if it takes any or resets a wrong clock.
func (w *Wallet) Draw(ctx context.Context, whose string, perMinute, n int) (got int, again time.Time, err error) {
	k := storage.Key{Account: "", Kind: storage.KindBudget, ID: w.cfg.Sealer.Lookup("budget", whose)}
	err = w.cfg.Store.Update(ctx, func(tx storage.Tx) error {
		now := w.cfg.Now().UTC()
		b := budgetRecord{Left: float64(perMinute), At: now}
		rec, err := tx.Get(k)
		reset := false
		switch {
		case errors.Is(err, storage.ErrNotFound):
			rec = &storage.Record{Key: k}
		case err != nil:
			return err
		default:
			if err := json.Unmarshal(rec.Data, &b); err != nil {
				return fmt.Errorf("decode a rate budget: %w", err)
			}
			reset = b.refill(now, perMinute)
		}
		if got = min(n, int(b.Left)); got == 0 {
			again = now.Add(timeFor(1-b.Left, perMinute))
			if !reset {
				return nil
			}
		}
		b.Left -= float64(got)
		rec.Due = b.At.Add(timeFor(float64(perMinute)-b.Left, perMinute)).Add(time.Second) // stores truncate to seconds
		if rec.Data, err = json.Marshal(b); err != nil {
			return err
		}
		if rec.Version == 0 {
			return tx.Create(rec)
		}
		return tx.Update(rec)
	})
	if err != nil {
		return 0, time.Time{}, err
	}
	return got, again, nil
}

// timeFor returns the time in which a budget gains n uses.
func timeFor(n float64, perMinute int) time.Duration {
	return time.Duration(n / float64(perMinute) * float64(time.Minute))
}
