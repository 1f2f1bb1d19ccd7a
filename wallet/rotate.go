package wallet

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"backpack/wallet/storage"
)

// keyRotating stands in a store while its master key is changed, until nothing
// is sealed with the old one any more.
var keyRotating = storage.Key{Kind: storage.KindMeta, ID: "rotating"}

// ErrRotating means that the master key of a store is being changed, so that
// its records need two.
var ErrRotating = errors.New("the master key is being changed; let rotate-key come to its end first")

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

// A Rewrapper seals the private key in a record of kind KindKey, that a Keyring
// made in a form of its own, with the master key that tx says.
type Rewrapper interface {
	// Rewraps reports whether the record is such a one.
	Rewraps(k storage.Key) bool
	Rewrap(tx storage.Tx, k storage.Key) error
	// Opens returns an error unless the record opens with a master key that s knows.
	Opens(tx storage.Tx, k storage.Key, s *Sealer) error
}

// rotateStep is for how many accounts keys are sealed anew in one transaction.
const rotateStep = 8

// Rotate makes one of the master keys that s knows, told by its fingerprint,
// that of the store, while others use it, as long as they know both keys too:
// with the first transaction everybody begins to seal with the new one, and then
// what the old one sealed is sealed anew. In the end all is seen to open with
// the new one alone. When Rotate is cut off, it goes on when it is called again.
// It returns how many records were sealed anew. tell is told of accounts done.
func Rotate(ctx context.Context, store storage.Store, s *Sealer, keys Rewrapper, to string, tell func(accounts int)) (int, error) {
	only, err := s.Only(to)
	if err != nil {
		return 0, err
	}
	r := &rotation{store: store, sealer: s, only: only, keys: keys, tell: tell}
	if err := store.Update(ctx, r.begin); err != nil {
		return 0, fmt.Errorf("begin with the new master key: %w", err)
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
	sealer, only *Sealer // with both keys, and with the new one alone
	keys         Rewrapper
	tell         func(int)
	done         int
}

// begin seals the sentinel with the new key.
func (r *rotation) begin(tx storage.Tx) error {
	if _, err := tx.Get(storage.KeyUnfinished); err == nil {
		return errors.New("the data is not complete: a restore or a copy did not come to its end")
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

// each calls fn for the installation and then for some accounts at a time.
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

// eachSealed calls fn with the records of accounts that a master key may seal.
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

// rewrap seals a record anew unless the new key opens it, or none does: that is
// not sealed with a master key.
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

// known returns err for a record that must be sealed with a master key.
func (r *rotation) known(rec *storage.Record, err error) error {
	if rec.Kind == storage.KindKey || rec.Key == keyService || rec.Key == keyRoot || rec.Kind == storage.KindMeta && strings.HasPrefix(rec.ID, "issuer/") {
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
				return errors.New("it is still sealed with the old one")
			}
			return r.known(rec, err)
		})
	})
}

// adopt takes what secrets and lookups are derived from out of the store. Where
// it is not kept yet, it is what the master key gave until then.
func (s *Sealer) adopt(ctx context.Context, store storage.Store) error {
	err := store.View(ctx, s.adoptFrom)
	if errors.Is(err, storage.ErrNotFound) {
		err = store.Update(ctx, func(tx storage.Tx) error {
			if err := s.adoptFrom(tx); !errors.Is(err, storage.ErrNotFound) {
				return err
			}
			data, err := s.Seal(tx, keyRoot, s.secret())
			if err != nil {
				return err
			}
			return tx.Create(&storage.Record{Key: keyRoot, Data: data})
		})
	}
	return err
}

// adoptFrom is adopt for what is kept; else its error wraps ErrNotFound.
func (s *Sealer) adoptFrom(tx storage.Tx) error {
	rec, err := tx.Get(keyRoot)
	if err != nil {
		return err
	}
	root, err := s.Open(keyRoot, rec.Data)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mac = root
	return nil
}

// derivesAs makes s derive ids as the store does, and reports whether it could:
// else nobody used the store since what they derive from is kept there, or s is nil.
func (s *Sealer) derivesAs(tx storage.Tx) (bool, error) {
	if s == nil {
		return false, nil
	}
	err := s.adoptFrom(tx)
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
