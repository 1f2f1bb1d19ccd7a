package bolt

import (
	"bytes"

	"backpack/wallet/storage"
)

// Accounts implements storage.Tx.
func (t *tx) Accounts(after storage.AccountID, limit int) ([]storage.AccountID, error) {
	if err := t.Readable(); err != nil {
		return nil, err
	}
	var list []storage.AccountID
	c := t.records.Cursor()
	// Past the account comes a zero byte in each key, so this key follows all
	// records of the account and precedes those of the next.
	for k, _ := c.Seek(past(after)); k != nil && len(list) < limit; k, _ = c.Seek(past(after)) {
		key, err := splitRecordKey(k)
		if err != nil {
			return nil, err
		}
		after = key.Account
		list = append(list, after)
	}
	return list, nil
}

func past(a storage.AccountID) []byte { return append([]byte(a), 1) }

// Walk implements storage.Tx.
func (t *tx) Walk(a storage.AccountID, fn func(r *storage.Record) error) error {
	prefix := append([]byte(a), 0)
	c := t.records.Cursor()
	for k, v := c.Seek(prefix); ; k, v = c.Next() {
		if err := t.Readable(); err != nil {
			return err
		}
		if !bytes.HasPrefix(k, prefix) {
			return nil
		}
		r, err := decode(k, v)
		if err != nil {
			return err
		}
		if err := fn(r); err != nil {
			return err
		}
	}
}
