package wallet

import (
	"context"
	"fmt"

	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// AddSamples keeps those sample badges that the account does not have yet. They
// are checked like any other badge.
func (w *Wallet) AddSamples(ctx context.Context, a storage.AccountID) ([]*Entry, error) {
	chosen, err := w.checkSamples(ctx, a)
	if err != nil {
		return nil, err
	}
	var kept []*Entry
	err = w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		kept = nil
		for _, r := range chosen {
			item, err := w.storeKept(tx, v, r.item)
			if err != nil {
				return err
			}
			if kept, err = w.keep(tx, v, &ready{item: item, entry: r.entry, body: r.body}, kept); err != nil {
				return err
			}
		}
		acc, rec, err := vault.Load[accountRecord](tx, v, storage.KindAccount, accountSelf)
		if err != nil {
			return err
		}
		acc.Sample = true
		return v.Replace(tx, rec, acc)
	})
	return kept, err
}

func (w *Wallet) checkSamples(ctx context.Context, a storage.AccountID) ([]*ready, error) {
	if w.cfg.Samples == nil {
		return nil, nil
	}
	samples, err := w.cfg.Samples()
	if err != nil {
		return nil, fmt.Errorf("read the sample badges: %w", err)
	}
	known, err := w.knownRecipients(ctx, a)
	if err != nil {
		return nil, err
	}
	finds := w.Open(ctx, samples, false)
	items := make([]*itemRecord, len(finds))
	each(len(finds), func(i int) {
		finds[i].Source.Kind = "sample"
		items[i] = newItem(i+1, arrival{Find: finds[i]})
		w.settle(ctx, items[i], w.Follow(ctx, finds[i], false)[0], known)
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var out []*ready
	for _, it := range items {
		if it.Entry == nil {
			continue
		}
		r := &ready{item: it}
		if err := w.prepare(ctx, r); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// knownRecipients is recipients in a transaction of its own.
func (w *Wallet) knownRecipients(ctx context.Context, a storage.AccountID) (known []string, err error) {
	err = w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		known, err = w.recipients(tx, v)
		return err
	})
	return known, err
}
