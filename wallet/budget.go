package wallet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"backpack/wallet/storage"
)

// A budgetRecord is what is left of a budget. Its record's ID is a keyed hash
// of whose it is, and its Due when it is whole again, which none at all is too.
type budgetRecord struct {
	Left float64   `json:"left"`
	At   time.Time `json:"at"`
}

// refill adds what has come in since. To a clock that is a little behind
// another process's nothing has; by one that is far behind, time begins anew,
// which reset tells.
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

// Draw takes up to n uses of what may be used so often per minute, with a burst
// of the same number, by all processes on the store together, and returns how
// many it got. When there was none, it also returns when to ask again. It
// writes to the store when it got some.
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
				return fmt.Errorf("decode a budget: %w", err)
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
		rec.Due = b.At.Add(timeFor(float64(perMinute)-b.Left, perMinute)).Add(time.Second) // stores cut off the fraction
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

// timeFor is how long so many uses take to come in.
func timeFor(n float64, perMinute int) time.Duration {
	return time.Duration(n / float64(perMinute) * float64(time.Minute))
}
