package vault

import (
	"crypto/cipher"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"

	"backpack/wallet/storage"
)

// A Vault seals and opens the records of one account with the account's key. It
// belongs to one transaction.
type Vault struct {
	Account storage.AccountID

	aead  cipher.AEAD
	rand  io.Reader
	cache map[reflect.Type]any
}

func newVault(a storage.AccountID, key []byte, random io.Reader) (*Vault, error) {
	aead, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	return &Vault{Account: a, aead: aead, rand: random}, nil
}

// Key returns the key of a record of the account.
func (v *Vault) Key(kind storage.Kind, id string) storage.Key {
	return storage.Key{Account: v.Account, Kind: kind, ID: id}
}

// Record returns a new record with content sealed in it, as JSON.
func (v *Vault) Record(kind storage.Kind, id string, content any) (*storage.Record, error) {
	r := &storage.Record{Key: v.Key(kind, id)}
	return r, v.Fill(r, content)
}

// Fill seals content into r.
func (v *Vault) Fill(r *storage.Record, content any) error {
	plain, err := json.Marshal(content)
	if err != nil {
		return fmt.Errorf("encode %s: %w", r.Kind, err)
	}
	r.Data, err = seal(v.aead, v.rand, r.Key, plain)
	return err
}

// Read opens r into content. The error wraps ErrSealed if r does not open.
func (v *Vault) Read(r *storage.Record, content any) error {
	plain, err := open(v.aead, r.Key, r.Data)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(plain, content); err != nil {
		return fmt.Errorf("decode %s: %w", r.Kind, err)
	}
	return nil
}

// Create creates a record with content sealed in it.
func (v *Vault) Create(tx storage.Tx, kind storage.Kind, id string, content any) error {
	rec, err := v.Record(kind, id, content)
	if err != nil {
		return err
	}
	return tx.Create(rec)
}

// Replace seals content into rec and updates it.
func (v *Vault) Replace(tx storage.Tx, rec *storage.Record, content any) error {
	if err := v.Fill(rec, content); err != nil {
		return err
	}
	return tx.Update(rec)
}

// Load reads the account's record of the kind and ID. The error is
// storage.ErrNotFound if there is none.
func Load[T any](tx storage.Tx, v *Vault, kind storage.Kind, id string) (*T, *storage.Record, error) {
	r, err := tx.Get(v.Key(kind, id))
	if err != nil {
		return nil, nil, err
	}
	content := new(T)
	return content, r, v.Read(r, content)
}

// Each calls fn with every record of the kind, in ascending order of ID. It
// stops at an error of fn and returns it. fn may change the record.
func Each[T any](tx storage.Tx, v *Vault, kind storage.Kind, fn func(*T, *storage.Record) error) error {
	return EachWith(tx, v, kind, "", fn)
}

// EachWith is Each for the records with IDs that begin with prefix.
func EachWith[T any](tx storage.Tx, v *Vault, kind storage.Kind, prefix string, fn func(*T, *storage.Record) error) error {
	for after := prefix; ; {
		page, err := tx.List(v.Account, kind, after, 200)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, r := range page {
			if !strings.HasPrefix(r.ID, prefix) {
				return nil
			}
			content := new(T)
			if err := v.Read(r, content); err != nil {
				return err
			}
			if err := fn(content, r); err != nil {
				return err
			}
		}
		after = page[len(page)-1].ID
	}
}

// Cached returns the value of type T that belongs to v, zero at first. It lasts
// as long as the transaction. Packages use types of their own.
func Cached[T any](v *Vault) *T {
	t := reflect.TypeFor[T]()
	if v.cache == nil {
		v.cache = map[reflect.Type]any{}
	}
	if v.cache[t] == nil {
		v.cache[t] = new(T)
	}
	return v.cache[t].(*T)
}
