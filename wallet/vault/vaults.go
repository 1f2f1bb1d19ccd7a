package vault

import (
	"context"
	"errors"
	"io"

	"backpack/wallet/fault"
	"backpack/wallet/storage"
)

// ownKey is the ID of an account's own key. Without that record, nothing of the
// account can be read.
const ownKey = "vault"

// OwnKey returns the key of the record with the account's own key.
func OwnKey(a storage.AccountID) storage.Key {
	return storage.Key{Account: a, Kind: storage.KindKey, ID: ownKey}
}

// Vaults opens the vaults of accounts. It is safe for concurrent use.
type Vaults struct {
	Store  storage.Store
	Sealer *Sealer
	Rand   io.Reader // of nonces
}

// View runs fn in a transaction that reads the account.
func (vs *Vaults) View(ctx context.Context, a storage.AccountID, fn func(tx storage.Tx, v *Vault) error) error {
	return vs.Store.View(ctx, func(tx storage.Tx) error { return vs.with(tx, a, fn) })
}

// Update runs fn in a transaction that changes the account. As with
// storage.Store, fn may run more than once.
func (vs *Vaults) Update(ctx context.Context, a storage.AccountID, fn func(tx storage.Tx, v *Vault) error) error {
	return vs.Store.Update(ctx, func(tx storage.Tx) error { return vs.with(tx, a, fn) })
}

func (vs *Vaults) with(tx storage.Tx, a storage.AccountID, fn func(tx storage.Tx, v *Vault) error) error {
	v, err := vs.Open(tx, a)
	if err != nil {
		return err
	}
	return fn(tx, v)
}

// Open returns the account's vault for use within tx. Without the account, the
// error is fault.Missing with code account_gone.
func (vs *Vaults) Open(tx storage.Tx, a storage.AccountID) (*Vault, error) {
	if a == "" {
		return nil, errors.New("no account is named")
	}
	rec, err := tx.Get(OwnKey(a))
	if errors.Is(err, storage.ErrNotFound) {
		return nil, fault.New(fault.Missing, "account_gone", err)
	}
	if err != nil {
		return nil, err
	}
	key, err := vs.Sealer.Open(rec.Key, rec.Data)
	if err != nil {
		return nil, err
	}
	return newVault(a, key, vs.Rand)
}

// Make makes the key of a new account and returns its vault.
func (vs *Vaults) Make(tx storage.Tx, a storage.AccountID) (*Vault, error) {
	key, err := vs.Sealer.Bytes(32)
	if err != nil {
		return nil, err
	}
	if err := vs.Sealer.Create(tx, OwnKey(a), key); err != nil {
		return nil, err
	}
	return newVault(a, key, vs.Rand)
}
