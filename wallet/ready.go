package wallet

import "context"

// Ready returns an error unless the store can be read and its secrets open with
// the master key.
func (w *Wallet) Ready(ctx context.Context) error { return w.Store.View(ctx, w.Sealer.CheckKey) }
