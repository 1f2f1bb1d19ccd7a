package wallet

import (
	"context"
	"time"

	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// parkTime is how long work for a closed account is left alone before it is
// looked at whether it was opened; SetDisabled calls it back at once.
const parkTime = 24 * time.Hour

// rests reports whether work waits because its account is closed.
func (w *Wallet) rests(ctx context.Context, c *claimed) bool {
	if c.kind() == "scrub" {
		return false // it is the store's
	}
	closed := false
	err := w.vaults.View(ctx, c.account(), func(tx storage.Tx, v *vault.Vault) error {
		acc, err := w.account(tx, v)
		closed = err == nil && !acc.Disabled.IsZero()
		return err
	})
	return err == nil && closed // what cannot be read is for the work to tell of
}

// park puts work off until its account is opened again.
func (w *Wallet) park(ctx context.Context, c *claimed) error {
	c.job.Parked = true
	return w.release(ctx, c, w.now().Add(parkTime))
}

// unpark makes what was parked due.
func (w *Wallet) unpark(tx storage.Tx, a storage.AccountID) error {
	for after := ""; ; {
		list, err := tx.List(a, storage.KindJob, after, purgeStep)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, rec := range list {
			after = rec.ID
			c := &claimed{rec: rec}
			if err := c.decode(); err != nil {
				return err
			}
			if !c.job.Parked {
				continue
			}
			c.job.Parked = false
			if _, err := w.putJob(tx, c, w.now()); err != nil {
				return err
			}
		}
	}
}
