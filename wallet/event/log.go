package event

import (
	"context"
	"fmt"
	"slices"
	"time"

	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// Max is the number of events that an account keeps. Older ones are removed.
const Max = 500

// A Log records events. It is safe for concurrent use.
type Log struct {
	Vaults *vault.Vaults
	Now    func() time.Time
	// Notify is called for every notice before it is recorded, and may set its
	// Mail; may be nil.
	Notify func(tx storage.Tx, v *vault.Vault, e *Event) error
}

// Record records e. It sets ID and At.
func (l *Log) Record(tx storage.Tx, v *vault.Vault, e Event) error {
	random, err := l.Vaults.Sealer.NewID()
	if err != nil {
		return err
	}
	now := l.Now()
	e.At = now.UTC().Truncate(time.Second)
	e.ID = fmt.Sprintf("%020d-%s", now.UnixNano(), random[:8]) // IDs ascend with time
	if err := v.Create(tx, storage.KindEvent, e.ID, &e); err != nil {
		return err
	}
	n, _, err := tx.Count(v.Account, storage.KindEvent)
	if err != nil || n <= Max {
		return err
	}
	oldest, err := tx.List(v.Account, storage.KindEvent, "", n-Max)
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

// Notice records a notice and calls Notify.
func (l *Log) Notice(tx storage.Tx, v *vault.Vault, e Event) error {
	if l.Notify != nil {
		if err := l.Notify(tx, v, &e); err != nil {
			return err
		}
	}
	return l.Record(tx, v, e)
}

// List returns up to limit events of the account, the latest first.
func (l *Log) List(ctx context.Context, a storage.AccountID, limit int) ([]*Event, error) {
	var out []*Event
	err := l.Vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		out = nil
		return vault.Each(tx, v, storage.KindEvent, func(e *Event, _ *storage.Record) error {
			out = append(out, e)
			return nil
		})
	})
	slices.Reverse(out)
	return out[:min(len(out), limit)], err
}

// SeeNotices marks all notices of the account as seen.
func (l *Log) SeeNotices(ctx context.Context, a storage.AccountID) error {
	return l.Vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		return vault.Each(tx, v, storage.KindEvent, func(e *Event, rec *storage.Record) error {
			if e.Seen || !slices.Contains(Notices(), e.Code) {
				return nil
			}
			e.Seen = true
			return v.Replace(tx, rec, e)
		})
	})
}
