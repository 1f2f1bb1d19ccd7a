package wallet

import (
	"context"
	"errors"

	"backpack/vc/intake"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// A Quota limits what an account may keep. A zero field means the default,
// Limits.Entries or Limits.Bytes.
type Quota struct {
	Badges int   `json:",omitzero"`
	Bytes  int64 `json:",omitzero"` // of badges, pictures, check records and unfinished imports, as stored
}

// A Usage is what an account keeps, with its limits.
type Usage struct {
	Badges int
	Bytes  int64
	Most   Quota // the limits that apply; no field is zero
	Own    Quota // the limits set for this account alone
	New    bool  // the limits of a new account apply, until it is older or has a confirmed address
}

// Room returns how many more badges the limit on their number allows.
func (u *Usage) Room() int { return max(0, u.Most.Badges-u.Badges) }

// Full reports whether nothing more fits.
func (u *Usage) Full() bool { return u.Badges >= u.Most.Badges || u.Bytes >= u.Most.Bytes }

// ProblemFull marks an item of an import for which the backpack has no room.
const ProblemFull intake.Problem = "backpack_full"

// Usage returns what the account keeps, with its limits.
func (w *Wallet) Usage(ctx context.Context, a storage.AccountID) (*Usage, error) {
	var out *Usage
	err := w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) (err error) {
		out, err = w.usage(tx, v)
		return err
	})
	return out, err
}

// SetQuota sets the account's limits; a zero field restores the default. Badges
// over a lower limit stay.
func (w *Wallet) SetQuota(ctx context.Context, a storage.AccountID, q Quota) error {
	if q.Badges < 0 || q.Bytes < 0 {
		return fail(BadInput, "quota_negative", nil)
	}
	return w.changeAccount(ctx, a, func(acc *accountRecord) { acc.Quota = q })
}

// A counted caches an account's usage within a transaction.
type counted struct {
	usage  *Usage
	origin *origin // of a new account, set with usage
}

// usage counts what the account keeps, once per transaction. After that, take
// updates the count.
func (w *Wallet) usage(tx storage.Tx, v *vault.Vault) (*Usage, error) {
	t := vault.Cached[counted](v)
	if t.usage != nil {
		return t.usage, nil
	}
	acc, err := w.account(tx, v)
	if err != nil {
		return nil, err
	}
	u := &Usage{Own: acc.Quota, Most: acc.Quota}
	set(&u.Most.Badges, w.cfg.Limits.Entries)
	set(&u.Most.Bytes, w.cfg.Limits.Bytes)
	if err := w.boundNew(tx, v, acc, u); err != nil {
		return nil, err
	}
	for _, kind := range storage.KindsThat(storage.Quota) {
		n, bytes, err := tx.Count(v.Account, kind)
		if err != nil {
			return nil, err
		}
		if u.Bytes += bytes; kind == storage.KindEntry {
			u.Badges = n
		}
	}
	t.usage = u
	return u, nil
}

// take reserves room for records that the transaction is about to add and that
// count towards the quota; negative numbers give room back. Without room it
// reserves nothing and returns an error for which noRoom is true. Stores
// serialize the changes of one account, so concurrent changes cannot take the
// same room.
func (w *Wallet) take(tx storage.Tx, v *vault.Vault, badges, bytes int) error {
	u, err := w.usage(tx, v)
	switch {
	case err != nil:
		return err
	case badges > 0 && u.Badges+badges > u.Most.Badges:
		return fail(Limited, "too_many_badges", nil)
	case bytes > 0 && u.Bytes+int64(bytes) > u.Most.Bytes:
		return u.noBytes()
	}
	if err := w.takeNew(tx, v, u, bytes); err != nil {
		return err
	}
	u.Badges += badges
	u.Bytes += int64(bytes)
	return nil
}

// noBytes returns the error for an account without room for more bytes.
func (u *Usage) noBytes() error {
	if u.New {
		return fail(Limited, "backpack_new", nil)
	}
	return fail(Limited, "backpack_full", nil)
}

// noRoom reports whether an error says that the backpack is full.
func noRoom(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Code == "too_many_badges" || e.Code == "backpack_full" || e.Code == "backpack_new")
}

// leftOut returns the record of an item for which there is no room.
func (it *itemRecord) leftOut() *itemRecord {
	return &itemRecord{N: it.N, Name: it.Name, Source: it.Source, Done: true, Problem: string(ProblemFull)}
}

// createItem stores an item of an import. Without room it stores only that the
// item was left out, and fits is false.
func (w *Wallet) createItem(tx storage.Tx, v *vault.Vault, id string, it *itemRecord) (fits bool, err error) {
	if it, err = w.storeBrought(tx, v, it); err != nil {
		return false, err
	}
	rec, err := v.Record(storage.KindItem, itemID(id, it.N), it)
	if err != nil {
		return false, err
	}
	if err := w.take(tx, v, 0, len(rec.Data)); !noRoom(err) {
		return true, errors.Join(err, tx.Create(rec))
	}
	return false, errors.Join(w.dropBlobs(tx, v, it.materials()), v.Create(tx, storage.KindItem, itemID(id, it.N), it.leftOut()))
}
