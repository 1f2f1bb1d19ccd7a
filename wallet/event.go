package wallet

import (
	"context"
	"fmt"
	"slices"

	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// maxEvents is how many events an account keeps.
const maxEvents = 500

// tell records an event for the learner.
func (w *Wallet) tell(tx storage.Tx, v *vault.Vault, e Event) error {
	random, err := w.cfg.Sealer.NewID()
	if err != nil {
		return err
	}
	e.At = w.now()
	e.ID = fmt.Sprintf("%020d-%s", w.cfg.Now().UnixNano(), random[:8]) // ids ascend with time
	if err := v.Create(tx, storage.KindEvent, e.ID, &e); err != nil {
		return err
	}
	n, _, err := tx.Count(v.Account, storage.KindEvent)
	if err != nil || n <= maxEvents {
		return err
	}
	oldest, err := tx.List(v.Account, storage.KindEvent, "", n-maxEvents)
	if err != nil {
		return err
	}
	for _, rec := range oldest {
		if err := tx.Delete(rec.Key); err != nil {
			return err
		}
	}
	return nil
}

// Events lists what happened, the latest first.
func (w *Wallet) Events(ctx context.Context, a storage.AccountID, limit int) ([]*Event, error) {
	var out []*Event
	err := w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		out = nil
		return vault.Each(tx, v, storage.KindEvent, func(e *Event, _ *storage.Record) error {
			out = append(out, e)
			return nil
		})
	})
	slices.Reverse(out)
	return out[:min(len(out), limit)], err
}

// SeeNotices notes that the learner has seen all notices.
func (w *Wallet) SeeNotices(ctx context.Context, a storage.AccountID) error {
	return w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		return vault.Each(tx, v, storage.KindEvent, func(e *Event, rec *storage.Record) error {
			if e.Seen || !slices.Contains(Notices(), e.Code) {
				return nil
			}
			e.Seen = true
			return v.Replace(tx, rec, e)
		})
	})
}
