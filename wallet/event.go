package wallet

import (
	"context"

	"backpack/wallet/event"
	"backpack/wallet/storage"
)

// Events returns up to limit events of the account, the latest first.
func (w *Wallet) Events(ctx context.Context, a storage.AccountID, limit int) ([]*event.Event, error) {
	return w.events.List(ctx, a, limit)
}

// SeeNotices marks all notices of the account as seen.
func (w *Wallet) SeeNotices(ctx context.Context, a storage.AccountID) error {
	return w.events.SeeNotices(ctx, a)
}
