package wallet

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"strings"
	"time"

	"backpack/wallet/event"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// A backpack key is seven groups of four characters, as in "4F7K-0QXM-…": 130 random
// bits and two check characters that detect typing errors. Its alphabet lacks I, L, O
// and U; typed, they are read as 1, 1, 0 and V.
const (
	keySymbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	keyRandom  = 26 // characters of 5 bits
	keyCheck   = 2
	keyGroup   = 4
)

var keyEncoding = base32.NewEncoding(keySymbols).WithPadding(base32.NoPadding)

// loginKeyID is the record ID of an account's backpack key. An account has at most one.
const loginKeyID = "key"

// A loginRecord is a stored backpack key. The key itself is not stored; the record has
// a keyed hash of it as a lookup.
type loginRecord struct {
	AddedAt time.Time
	UsedAt  time.Time
}

// newBackpackKey returns a new random key in the form that is shown.
func (w *Wallet) newBackpackKey() (string, error) {
	b, err := w.cfg.Sealer.Bytes(17) // 136 bits; 130 are used
	if err != nil {
		return "", err
	}
	chars := keyEncoding.EncodeToString(b)[:keyRandom]
	chars += keyChecksum(chars)
	var groups []string
	for ; chars != ""; chars = chars[keyGroup:] {
		groups = append(groups, chars[:keyGroup])
	}
	return strings.Join(groups, "-"), nil
}

func keyChecksum(chars string) string {
	sum := sha256.Sum256([]byte("backpack key " + chars))
	return keyEncoding.EncodeToString(sum[:])[:keyCheck]
}

// readKey returns the characters of a typed key. It ignores case and characters
// outside the alphabet, and replaces look-alikes. ok is false if the length or the
// check characters are wrong.
func readKey(typed string) (chars string, ok bool) {
	if len(typed) > 400 {
		return "", false
	}
	chars = strings.Map(func(r rune) rune {
		switch {
		case r == 'O':
			return '0'
		case r == 'I' || r == 'L':
			return '1'
		case r == 'U':
			return 'V'
		case strings.ContainsRune(keySymbols, r):
			return r
		}
		return -1
	}, strings.ToUpper(typed))
	if len(chars) != keyRandom+keyCheck {
		return "", false
	}
	return chars, keyChecksum(chars[:keyRandom]) == chars[keyRandom:]
}

func (w *Wallet) keyLookup(chars string) string { return w.cfg.Sealer.Lookup("backpack-key", chars) }

// putBackpackKey creates a backpack key for the account and replaces an earlier one.
func (w *Wallet) putBackpackKey(tx storage.Tx, v *vault.Vault) (string, error) {
	key, err := w.newBackpackKey()
	if err != nil {
		return "", err
	}
	err = tx.Delete(v.Key(storage.KindLogin, loginKeyID))
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return "", err
	}
	rec, err := v.Record(storage.KindLogin, loginKeyID, &loginRecord{AddedAt: w.now()})
	if err != nil {
		return "", err
	}
	chars, _ := readKey(key)
	rec.Lookups = []string{w.keyLookup(chars)}
	return key, tx.Create(rec)
}

// SignInWithKey signs in with a backpack key as typed (see readKey). A malformed key is
// a BadInput error, key_mistyped; a key of no account is Forbidden, key_unknown.
func (w *Wallet) SignInWithKey(ctx context.Context, key, label string) (s *Session, token string, err error) {
	chars, ok := readKey(key)
	if !ok {
		return nil, "", fail(BadInput, "key_mistyped", nil)
	}
	err = w.cfg.Store.Update(ctx, func(tx storage.Tx) error {
		rec, err := tx.Find(storage.KindLogin, w.keyLookup(chars))
		if errors.Is(err, storage.ErrNotFound) {
			return fail(Forbidden, "key_unknown", nil)
		}
		if err != nil {
			return err
		}
		v, err := w.vaults.Open(tx, rec.Account)
		if err != nil {
			return err
		}
		login := new(loginRecord)
		if err := v.Read(rec, login); err != nil {
			return err
		}
		login.UsedAt = w.now()
		if err := v.Replace(tx, rec, login); err != nil {
			return err
		}
		s, token, err = w.enter(tx, v, label)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return s, token, nil
}

// HasBackpackKey reports whether the account has a backpack key.
func (w *Wallet) HasBackpackKey(ctx context.Context, a storage.AccountID) (bool, error) {
	has := false
	err := w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		_, err := tx.Get(storage.Key{Account: a, Kind: storage.KindLogin, ID: loginKeyID})
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		has = err == nil
		return err
	})
	return has, err
}

// RenewBackpackKey creates and returns a new backpack key. The old one stops working.
func (w *Wallet) RenewBackpackKey(ctx context.Context, a storage.AccountID) (string, error) {
	var key string
	err := w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) (err error) {
		key, err = w.putBackpackKey(tx, v)
		return errors.Join(err, w.events.Record(tx, v, event.Event{Code: "key_renewed"}))
	})
	if err != nil {
		return "", err
	}
	return key, nil
}
