package wallet

import "context"

// Ready returns an error unless the store can be read and its secrets open with
// the master key.
func (w *Wallet) Ready(ctx context.Context) error {
	return w.Store.View(ctx, func(tx Tx) error {
		sentinel, err := tx.Get(keySentinel)
		if err != nil {
			return err
		}
		_, err = w.Sealer.Open(keySentinel, sentinel.Data)
		return err
	})
}
