package vault

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"backpack/wallet/storage"
)

// keyRotating marks a store with a master key that is being changed.
var keyRotating = storage.Key{Kind: storage.KindMeta, ID: "rotating"}

// ErrRotating means that the master key of a store is being changed, so its
// records need two keys.
var ErrRotating = errors.New("the master key is being changed; let rotate-key finish first")

// Settled returns ErrRotating while a store's master key is being changed.
func Settled(tx storage.Tx) error {
	_, err := tx.Get(keyRotating)
	switch {
	case err == nil:
		return ErrRotating
	case errors.Is(err, storage.ErrNotFound):
		return nil
	}
	return err
}

// A Rewrapper seals the records of a keyring, which have a form of their own,
// with another master key.
type Rewrapper interface {
	// Rewraps reports whether the keyring made the record.
	Rewraps(k storage.Key) bool
	// Rewrap seals the record with the current master key of the store.
	Rewrap(tx storage.Tx, k storage.Key) error
	// Opens returns an error unless the record opens with a master key of s.
	Opens(tx storage.Tx, k storage.Key, s *Sealer) error
}

// rotateStep is the number of accounts that one transaction handles.
const rotateStep = 8

// Rotate makes the master key with the fingerprint to the one of the store. s
// must have both keys. Other processes may use the store meanwhile if they have
// both keys, too: from the first transaction on, all seal with the new key. Then
// Rotate reseals the records of the old key and checks that every record opens
// with the new key alone. Another call resumes an interrupted one. Rotate
// returns the number of resealed records and calls tell with the number of
// accounts done.
func Rotate(ctx context.Context, store storage.Store, s *Sealer, keys Rewrapper, to string, tell func(accounts int)) (int, error) {
	only, err := s.Only(to)
	if err != nil {
		return 0, err
	}
	r := &rotation{store: store, sealer: s, only: only, keys: keys, tell: tell}
	if err := store.Update(ctx, r.begin); err != nil {
		return 0, fmt.Errorf("start with the new master key: %w", err)
	}
	if err := r.each(ctx, r.rewrapAll); err != nil {
		return r.done, err
	}
	if err := r.each(ctx, r.checkAll); err != nil {
		return r.done, fmt.Errorf("check that the new master key opens everything: %w", err)
	}
	return r.done, store.Update(ctx, func(tx storage.Tx) error { return tx.Delete(keyRotating) })
}

type rotation struct {
	store        storage.Store
	sealer, only *Sealer // with both keys; with the new one alone
	keys         Rewrapper
	tell         func(int)
	done         int
}

// begin reseals the sentinel.
func (r *rotation) begin(tx storage.Tx) error {
	if _, err := tx.Get(storage.KeyUnfinished); err == nil {
		return errors.New("the data is incomplete: a restore or a copy did not finish")
	}
	sentinel, err := tx.Get(storage.KeySentinel)
	if err != nil {
		return err
	}
	plain, err := r.sealer.Open(storage.KeySentinel, sentinel.Data)
	if err != nil {
		return err
	}
	if sentinel.Data, err = seal(r.only.keys[0].aead, r.only.rand, storage.KeySentinel, plain); err != nil {
		return err
	}
	if err := tx.Create(&storage.Record{Key: keyRotating}); err != nil && !errors.Is(err, storage.ErrExists) {
		return err
	}
	return tx.Update(sentinel)
}

// each calls fn for the installation and then for a few accounts at a time.
func (r *rotation) each(ctx context.Context, fn func(context.Context, []storage.AccountID) error) error {
	if err := fn(ctx, []storage.AccountID{""}); err != nil {
		return err
	}
	n := 0
	for after := storage.AccountID(""); ; {
		var page []storage.AccountID
		err := r.store.View(ctx, func(tx storage.Tx) (err error) {
			page, err = tx.Accounts(after, rotateStep)
			return err
		})
		if err != nil || len(page) == 0 {
			return err
		}
		if err := fn(ctx, page); err != nil {
			return err
		}
		after, n = page[len(page)-1], n+len(page)
		r.tell(n)
	}
}

func (r *rotation) rewrapAll(ctx context.Context, accounts []storage.AccountID) error {
	n := 0
	err := r.store.Update(ctx, func(tx storage.Tx) error {
		n = 0
		return eachSealed(tx, accounts, func(rec *storage.Record) error {
			did, err := r.rewrap(tx, rec)
			if did {
				n++
			}
			return err
		})
	})
	r.done += n
	return err
}

// eachSealed calls fn with the records that a master key may seal.
func eachSealed(tx storage.Tx, accounts []storage.AccountID, fn func(*storage.Record) error) error {
	for _, a := range accounts {
		var list []*storage.Record
		err := tx.Walk(a, func(rec *storage.Record) error {
			if a == "" || rec.Kind == storage.KindKey {
				list = append(list, rec)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, rec := range list {
			if err := fn(rec); err != nil {
				return fmt.Errorf("%s %s: %w", rec.Kind, rec.ID, err)
			}
		}
	}
	return nil
}

// rewrap reseals a record and reports whether it did. It leaves a record that
// the new key opens, and one that no master key seals.
func (r *rotation) rewrap(tx storage.Tx, rec *storage.Record) (bool, error) {
	if rec.Kind == storage.KindKey && r.keys.Rewraps(rec.Key) {
		if r.keys.Opens(tx, rec.Key, r.only) == nil {
			return false, nil
		}
		return true, r.keys.Rewrap(tx, rec.Key)
	}
	plain, key, err := r.sealer.open(rec.Key, rec.Data)
	if err != nil || key.fingerprint == r.only.Fingerprint() {
		return false, r.known(rec, err)
	}
	if rec.Data, err = r.sealer.Seal(tx, rec.Key, plain); err != nil {
		return false, err
	}
	return true, tx.Update(rec)
}

// known returns err if a master key must seal the record: the keys of accounts,
// of the service and of issuers, and the root.
func (r *rotation) known(rec *storage.Record, err error) error {
	if rec.Kind == storage.KindKey || rec.Key == KeyService || rec.Key == keyRoot || rec.Kind == storage.KindMeta && strings.HasPrefix(rec.ID, "issuer/") {
		return err
	}
	return nil
}

func (r *rotation) checkAll(ctx context.Context, accounts []storage.AccountID) error {
	return r.store.View(ctx, func(tx storage.Tx) error {
		return eachSealed(tx, accounts, func(rec *storage.Record) error {
			if rec.Kind == storage.KindKey && r.keys.Rewraps(rec.Key) {
				return r.keys.Opens(tx, rec.Key, r.only)
			}
			_, key, err := r.sealer.open(rec.Key, rec.Data)
			if err == nil && key.fingerprint != r.only.Fingerprint() {
				return errors.New("it is still sealed with the old master key")
			}
			return r.known(rec, err)
		})
	})
}
