package bolt

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"backpack/wallet/storage"
)

// Create implements storage.Tx.
func (t *tx) Create(r *storage.Record) error { return t.create(r, 1) }

// Restore implements storage.Tx.
func (t *tx) Restore(r *storage.Record) error {
	if err := t.Restorable(r); err != nil {
		return err
	}
	return t.create(r, r.Version)
}

func (t *tx) create(r *storage.Record, version int64) error {
	if err := t.Acceptable(r); err != nil {
		return fmt.Errorf("create: %w", err)
	}
	key := recordKey(r.Key)
	if t.records.Get(key) != nil || t.taken(r, key) {
		return storage.ErrExists
	}
	return t.put(r, key, version, nil, time.Time{})
}

// Update implements storage.Tx.
func (t *tx) Update(r *storage.Record) error {
	if err := t.Acceptable(r); err != nil {
		return fmt.Errorf("update: %w", err)
	}
	key := recordKey(r.Key)
	var old storage.Record
	value := t.records.Get(key)
	if value == nil {
		return storage.ErrNotFound
	}
	if _, err := decodeHeader(&old, value); err != nil {
		return err
	}
	switch {
	case old.Version != r.Version:
		return storage.ErrConflict
	case t.taken(r, key):
		return storage.ErrExists
	}
	return t.put(r, key, old.Version+1, old.Lookups, old.Due)
}

// Delete implements storage.Tx.
func (t *tx) Delete(k storage.Key) error {
	if err := t.Changeable(); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	return t.remove(recordKey(k))
}

// DeleteAccount implements storage.Tx.
func (t *tx) DeleteAccount(a storage.AccountID) (int, error) {
	if err := t.Deletable(a); err != nil {
		return 0, fmt.Errorf("delete account: %w", err)
	}
	prefix := append([]byte(a), 0)
	var keys [][]byte // removing records invalidates a cursor
	c := t.records.Cursor()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		keys = append(keys, bytes.Clone(k))
	}
	for _, k := range keys {
		if err := t.remove(k); err != nil {
			return 0, err
		}
	}
	return len(keys), nil
}

// taken reports whether another record has one of r's lookups.
func (t *tx) taken(r *storage.Record, key []byte) bool {
	return slices.ContainsFunc(r.Lookups, func(l string) bool {
		owner := t.lookups.Get(lookupKey(r.Kind, l))
		return owner != nil && !bytes.Equal(owner, key)
	})
}

// put writes r with a version and replaces its old index entries.
func (t *tx) put(r *storage.Record, key []byte, version int64, oldLookups []string, oldDue time.Time) error {
	t.changed = true
	if err := t.unindex(r.Kind, key, oldLookups, oldDue); err != nil {
		return err
	}
	for _, l := range r.Lookups {
		if err := t.lookups.Put(lookupKey(r.Kind, l), key); err != nil {
			return err
		}
	}
	due := r.Due.Truncate(time.Second)
	if !due.IsZero() {
		if err := t.due.Put(dueKey(r.Kind, due, key), []byte{}); err != nil {
			return err
		}
	}
	value := encode(r, version, due)
	t.grown += int64(len(value) - len(t.records.Get(key)))
	if err := t.records.Put(key, value); err != nil {
		return err
	}
	r.Version = version
	return nil
}

func (t *tx) unindex(kind storage.Kind, key []byte, lookups []string, due time.Time) error {
	for _, l := range lookups {
		if err := t.lookups.Delete(lookupKey(kind, l)); err != nil {
			return err
		}
	}
	if due.IsZero() {
		return nil
	}
	return t.due.Delete(dueKey(kind, due, key))
}

func (t *tx) remove(key []byte) error {
	value := t.records.Get(key)
	if value == nil {
		return storage.ErrNotFound
	}
	r, err := decode(key, value)
	if err != nil {
		return err
	}
	t.changed = true
	t.grown -= int64(len(value))
	if err := t.unindex(r.Kind, key, r.Lookups, r.Due); err != nil {
		return err
	}
	return t.records.Delete(key)
}
