package wallet

import (
	"context"
	"errors"
)

// AddSamples keeps the sample badges; those that are kept already are passed over.
func (w *Wallet) AddSamples(ctx context.Context, a AccountID) ([]*Entry, error) {
	known, err := w.knownRecipients(ctx, a)
	if err != nil {
		return nil, err
	}
	finds := w.openInputs(ctx, w.Samples, false)
	items := make([]*itemRecord, len(finds))
	each(len(finds), func(i int) {
		finds[i].source.Kind = "sample"
		items[i] = newItem(i+1, finds[i])
		w.settle(ctx, items[i], w.follow(ctx, finds[i], false)[0], known)
	})
	var kept []*Entry
	err = w.change(ctx, a, func(tx Tx, v *vault) error {
		kept = nil
		if err := w.checkQuota(tx, a, len(items)); err != nil {
			return err
		}
		for _, it := range items {
			if it.Entry == nil {
				continue
			}
			e, err := w.keep(ctx, tx, v, it)
			if errors.Is(err, ErrExists) {
				continue
			}
			if err != nil {
				return err
			}
			kept = append(kept, e)
		}
		return nil
	})
	return kept, err
}

// knownRecipients is recipients in a transaction of its own.
func (w *Wallet) knownRecipients(ctx context.Context, a AccountID) (known []string, err error) {
	err = w.in(ctx, a, func(tx Tx, v *vault) error {
		known, err = w.recipients(tx, v)
		return err
	})
	return known, err
}
