package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"backpack/wallet/storage"
)

// A tx is a storage.Tx over one bbolt transaction.
type tx struct {
	storage.Guard
	records, lookups, due *bbolt.Bucket
	changed               bool  // a write has begun
	grown                 int64 // growth of the records, in bytes
}

func newTx(ctx context.Context, btx *bbolt.Tx) *tx {
	return &tx{
		Guard:   storage.NewGuard(ctx, btx.Writable()),
		records: btx.Bucket(bucketRecords), lookups: btx.Bucket(bucketLookups), due: btx.Bucket(bucketDue),
	}
}

// Get implements storage.Tx.
func (t *tx) Get(k storage.Key) (*storage.Record, error) {
	if err := t.Readable(); err != nil {
		return nil, err
	}
	return t.get(recordKey(k))
}

func (t *tx) get(key []byte) (*storage.Record, error) {
	value := t.records.Get(key)
	if value == nil {
		return nil, storage.ErrNotFound
	}
	return decode(key, value)
}

// List implements storage.Tx.
func (t *tx) List(a storage.AccountID, kind storage.Kind, after string, limit int) ([]*storage.Record, error) {
	if err := t.Readable(); err != nil {
		return nil, err
	}
	prefix := recordPrefix(a, kind)
	from := append(bytes.Clone(prefix), after...)
	var list []*storage.Record
	c := t.records.Cursor()
	for k, v := c.Seek(from); bytes.HasPrefix(k, prefix) && len(list) < limit; k, v = c.Next() {
		if bytes.Equal(k, from) {
			continue
		}
		r, err := decode(k, v)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

// Find implements storage.Tx.
func (t *tx) Find(kind storage.Kind, lookup string) (*storage.Record, error) {
	if err := t.Readable(); err != nil {
		return nil, err
	}
	key := t.lookups.Get(lookupKey(kind, lookup))
	if key == nil {
		return nil, storage.ErrNotFound
	}
	return t.indexed(key)
}

// indexed returns the record of an index entry.
func (t *tx) indexed(key []byte) (*storage.Record, error) {
	r, err := t.get(key)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, fmt.Errorf("the record %q of an index entry is missing", key)
	}
	return r, err
}

// Due implements storage.Tx.
func (t *tx) Due(kind storage.Kind, now time.Time, limit int) ([]*storage.Record, error) {
	if err := t.Readable(); err != nil {
		return nil, err
	}
	prefix := append([]byte(kind), 0)
	latest := sortable(now)
	var list []*storage.Record
	c := t.due.Cursor()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix) && len(list) < limit; k, _ = c.Next() {
		at, key, err := splitDueKey(k[len(prefix):])
		if err != nil {
			return nil, err
		}
		if bytes.Compare(at, latest) > 0 {
			break
		}
		r, err := t.indexed(key)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

// Count implements storage.Tx.
func (t *tx) Count(a storage.AccountID, kind storage.Kind) (int, int64, error) {
	if err := t.Readable(); err != nil {
		return 0, 0, err
	}
	prefix := recordPrefix(a, kind)
	var n int
	var size int64
	c := t.records.Cursor()
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
		var r storage.Record
		data, err := decodeHeader(&r, v)
		if err != nil {
			return 0, 0, err
		}
		n, size = n+1, size+int64(len(data))
	}
	return n, size, nil
}

// Versions implements storage.Tx.
func (t *tx) Versions(a storage.AccountID, kind storage.Kind, fn func(id string, version int64) error) error {
	if err := t.Readable(); err != nil {
		return err
	}
	prefix := recordPrefix(a, kind)
	c := t.records.Cursor()
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
		version, err := decodeVersion(v)
		if err != nil {
			return err
		}
		if err := fn(string(k[len(prefix):]), version); err != nil {
			return err
		}
	}
	return nil
}
