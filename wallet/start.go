package wallet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"backpack/wallet/keys"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// start creates or checks the service's key and the master key's sentinel.
func (w *Wallet) start(ctx context.Context) error {
	err := w.cfg.Store.View(ctx, w.readService)
	if errors.Is(err, storage.ErrNotFound) {
		err = w.cfg.Store.Update(ctx, w.makeService)
	}
	if errors.Is(err, storage.ErrExists) { // another process has just made it
		err = w.cfg.Store.View(ctx, w.readService)
	}
	if err == nil {
		err = w.cfg.Sealer.Adopt(ctx, w.cfg.Store)
	}
	if errors.Is(err, vault.ErrSealed) {
		return fmt.Errorf("the data is sealed with another master key; start with its key file: %w", err)
	}
	if err != nil {
		return fmt.Errorf("start the wallet: %w", err)
	}
	return nil
}

// readService reads the service's key. The error is storage.ErrNotFound if the
// store is empty.
func (w *Wallet) readService(tx storage.Tx) error {
	if _, err := tx.Get(storage.KeyUnfinished); err == nil {
		return errors.New("the data is incomplete: a restore or a copy into it did not finish; run the same command again to resume it")
	} else if !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	if err := w.cfg.Sealer.CheckKey(tx); err != nil {
		return err
	}
	service, err := tx.Get(vault.KeyService)
	if err != nil {
		return fmt.Errorf("the service's key is missing: %v", err) // not ErrNotFound, or start would create a new one
	}
	plain, err := w.cfg.Sealer.Open(vault.KeyService, service.Data)
	if err != nil {
		return err
	}
	return json.Unmarshal(plain, &w.service)
}

func (w *Wallet) makeService(tx storage.Tx) error {
	err := w.cfg.Sealer.Init(tx)
	if err != nil {
		return err
	}
	if w.service, err = w.cfg.Keys.Create(tx, "", keys.Ed25519); err != nil {
		return fmt.Errorf("create the service's key: %w", err)
	}
	plain, err := json.Marshal(w.service)
	if err != nil {
		return err
	}
	return w.cfg.Sealer.Create(tx, vault.KeyService, plain)
}

// Ready returns an error unless the store is readable and its secrets open with the
// master key.
func (w *Wallet) Ready(ctx context.Context) error {
	return w.cfg.Store.View(ctx, w.cfg.Sealer.CheckKey)
}
