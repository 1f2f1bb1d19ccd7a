package wallet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"backpack/wallet/storage"
)

var (
	keyService = storage.Key{Kind: storage.KindMeta, ID: "service"}
	// keyRoot is what secrets and lookups are derived from. It outlives master
	// keys: links to shows are derived, and what lookups are of is not stored.
	keyRoot = storage.Key{Kind: storage.KindMeta, ID: "root"}
)

// vaultID is the ID of an account's own key, sealed with the master key. When
// that record is gone, nothing of the account can be read again.
const vaultID = "vault"

// start makes or checks the service's key and the master key's sentinel.
func (w *Wallet) start(ctx context.Context) error {
	err := w.Store.View(ctx, w.readService)
	if errors.Is(err, storage.ErrNotFound) {
		err = w.Store.Update(ctx, w.makeService)
	}
	if errors.Is(err, storage.ErrExists) { // another process has just made it
		err = w.Store.View(ctx, w.readService)
	}
	if err == nil {
		err = w.Sealer.adopt(ctx, w.Store)
	}
	if errors.Is(err, ErrSealed) {
		return fmt.Errorf("the data was made with another master key; start with the key file that belongs to it: %w", err)
	}
	if err != nil {
		return fmt.Errorf("start the wallet: %w", err)
	}
	return nil
}

func (w *Wallet) readService(tx storage.Tx) error {
	if _, err := tx.Get(storage.KeyUnfinished); err == nil {
		return errors.New("the data is not complete: a restore or a copy into it did not come to its end; run the same command again, and it goes on")
	} else if !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	sentinel, err := tx.Get(storage.KeySentinel)
	if err != nil {
		return err
	}
	if _, err := w.Sealer.Open(storage.KeySentinel, sentinel.Data); err != nil {
		return err
	}
	service, err := tx.Get(keyService)
	if err != nil {
		return fmt.Errorf("the service's key is missing: %v", err) // not ErrNotFound: it is not made anew
	}
	plain, err := w.Sealer.Open(keyService, service.Data)
	if err != nil {
		return err
	}
	return json.Unmarshal(plain, &w.service)
}

func (w *Wallet) makeService(tx storage.Tx) error {
	if err := w.createSecret(tx, storage.KeySentinel, []byte("backpack")); err != nil {
		return err
	}
	root, err := w.Sealer.bytes(32)
	if err == nil {
		err = w.createSecret(tx, keyRoot, root)
	}
	if err != nil {
		return err
	}
	if w.service, err = w.Keys.Create(tx, "", Ed25519); err != nil {
		return fmt.Errorf("make the service's key: %w", err)
	}
	plain, err := json.Marshal(w.service)
	if err != nil {
		return err
	}
	return w.createSecret(tx, keyService, plain)
}

// createSecret creates a record sealed with the master key.
func (w *Wallet) createSecret(tx storage.Tx, k storage.Key, plain []byte) error {
	data, err := w.Sealer.Seal(tx, k, plain)
	if err != nil {
		return err
	}
	return tx.Create(&storage.Record{Key: k, Data: data})
}

// vault opens the account's key.
func (w *Wallet) vault(tx storage.Tx, a storage.AccountID) (*vault, error) {
	if a == "" {
		return nil, errors.New("no account is named")
	}
	k := storage.Key{Account: a, Kind: storage.KindKey, ID: vaultID}
	rec, err := tx.Get(k)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, fail(Missing, "account_gone", err)
	}
	if err != nil {
		return nil, err
	}
	key, err := w.Sealer.Open(k, rec.Data)
	if err != nil {
		return nil, err
	}
	return newVault(a, key, w.Rand)
}

// makeVault makes the account's key.
func (w *Wallet) makeVault(tx storage.Tx, a storage.AccountID) (*vault, error) {
	key, err := w.Sealer.bytes(32)
	if err != nil {
		return nil, err
	}
	if err := w.createSecret(tx, storage.Key{Account: a, Kind: storage.KindKey, ID: vaultID}, key); err != nil {
		return nil, err
	}
	return newVault(a, key, w.Rand)
}

// in runs fn in a transaction that may read the account.
func (w *Wallet) in(ctx context.Context, a storage.AccountID, fn func(tx storage.Tx, v *vault) error) error {
	return w.Store.View(ctx, func(tx storage.Tx) error { return w.withVault(tx, a, fn) })
}

// change runs fn in a transaction that may change the account.
func (w *Wallet) change(ctx context.Context, a storage.AccountID, fn func(tx storage.Tx, v *vault) error) error {
	return w.Store.Update(ctx, func(tx storage.Tx) error { return w.withVault(tx, a, fn) })
}

func (w *Wallet) withVault(tx storage.Tx, a storage.AccountID, fn func(tx storage.Tx, v *vault) error) error {
	v, err := w.vault(tx, a)
	if err != nil {
		return err
	}
	return fn(tx, v)
}
