package wallet

import (
	"context"
	"errors"

	"backpack/vc/intake"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// A Quota is how much an account may keep. A zero field stands for what is
// usual here (Limits.Entries, Limits.Bytes).
type Quota struct {
	Badges int   `json:",omitzero"`
	Bytes  int64 `json:",omitzero"` // of badges, pictures, kept evidence and imports under way, as stored
}

// A Usage is how much an account keeps, and how much it may.
type Usage struct {
	Badges int
	Bytes  int64
	Most   Quota // what holds for the account; no field is zero
	Own    Quota // what was set for this account alone
	New    bool  // it may keep more when it is some days old, or has a confirmed address
}

// Room returns how many more badges fit, as far as their number goes.
func (u *Usage) Room() int { return max(0, u.Most.Badges-u.Badges) }

// Full reports whether nothing more fits.
func (u *Usage) Full() bool { return u.Badges >= u.Most.Badges || u.Bytes >= u.Most.Bytes }

// ProblemFull is the problem of a thing that an import has no room for.
const ProblemFull intake.Problem = "backpack_full"

// Usage returns how much the account keeps, and how much it may.
func (w *Wallet) Usage(ctx context.Context, a storage.AccountID) (*Usage, error) {
	var out *Usage
	err := w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) (err error) {
		out, err = w.usage(tx, v)
		return err
	})
	return out, err
}

// SetQuota sets how much the account may keep; a zero field makes it what is
// usual again. What is kept already stays, even when it is more.
func (w *Wallet) SetQuota(ctx context.Context, a storage.AccountID, q Quota) error {
	if q.Badges < 0 || q.Bytes < 0 {
		return fail(BadInput, "quota_negative", nil)
	}
	return w.changeAccount(ctx, a, func(acc *accountRecord) { acc.Quota = q })
}

// A counted is what a transaction has counted of an account so far.
type counted struct {
	usage  *Usage
	origin *origin // of a new account, set with usage
}

// usage counts what the account keeps, once in a transaction. From then on
// take keeps the count.
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

// noBytes is the error that says that no more bytes fit.
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

// leftOut is what an import keeps of an item that there is no room for.
func (it *itemRecord) leftOut() *itemRecord {
	return &itemRecord{N: it.N, Name: it.Name, Source: it.Source, Done: true, Problem: string(ProblemFull)}
}

// createItem stores an item of an import, or, where there is no room for it,
// that it was left out; fits says which.
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
