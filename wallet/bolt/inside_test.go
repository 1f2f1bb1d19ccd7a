package bolt

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.etcd.io/bbolt"

	"backpack/wallet/storage"
)

func testStore(t *testing.T) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func add(t *testing.T, s *Store, id string) error {
	return s.Update(t.Context(), func(tx storage.Tx) error {
		return tx.Create(&storage.Record{
			Key: storage.Key{Account: "a", Kind: "k", ID: id}, Lookups: []string{id}, Due: time.Unix(1, 0),
		})
	})
}

func TestCheckFindsFaults(t *testing.T) {
	key := recordKey(storage.Key{Account: "a", Kind: "k", ID: "x"})
	for name, c := range map[string]struct {
		bucket []byte
		key    []byte
		value  []byte // nil means delete
	}{
		"missing lookup":       {bucketLookups, lookupKey("k", "x"), nil},
		"wrong lookup":         {bucketLookups, lookupKey("k", "x"), []byte("a\x00k\x00y")},
		"lookup, no record":    {bucketLookups, lookupKey("k", "z"), key},
		"missing due":          {bucketDue, dueKey("k", time.Unix(1, 0), key), nil},
		"due, no record":       {bucketDue, dueKey("k", time.Unix(2, 0), key), []byte{}},
		"truncated record":     {bucketRecords, key, []byte{recordVersion, 0x80}},
		"newer record version": {bucketRecords, key, []byte{9, 1, 0, 0}},
		"record without id":    {bucketRecords, []byte("a"), []byte{recordVersion, 1, 0, 0}},
	} {
		s := testStore(t)
		if err := add(t, s, "x"); err != nil {
			t.Fatal(err)
		}
		if err := s.Check(t.Context()); err != nil {
			t.Fatalf("an intact store: got error %v", err)
		}
		err := s.db.Update(func(btx *bbolt.Tx) error {
			if c.value == nil {
				return btx.Bucket(c.bucket).Delete(c.key)
			}
			return btx.Bucket(c.bucket).Put(c.key, c.value)
		})
		if err != nil {
			t.Fatal(err)
		}
		if s.Check(t.Context()) == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}

func TestIndexWithoutRecord(t *testing.T) {
	s := testStore(t)
	if err := add(t, s, "x"); err != nil {
		t.Fatal(err)
	}
	err := s.db.Update(func(btx *bbolt.Tx) error {
		return btx.Bucket(bucketRecords).Delete(recordKey(storage.Key{Account: "a", Kind: "k", ID: "x"}))
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.View(t.Context(), func(tx storage.Tx) error {
		_, findErr := tx.Find("k", "x")
		_, dueErr := tx.Due("k", time.Unix(9, 0), 9)
		for _, err := range []error{findErr, dueErr} {
			if err == nil || errors.Is(err, storage.ErrNotFound) {
				t.Errorf("got error %v", err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNewerFormatIsRefused(t *testing.T) {
	s := testStore(t)
	err := s.db.Update(func(btx *bbolt.Tx) error { return btx.Bucket(bucketMeta).Put(keyFormat, []byte("2")) })
	if err != nil {
		t.Fatal(err)
	}
	path := s.db.Path()
	s.Close()
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), `format "2"`) {
		t.Errorf("got error %v", err)
	}
}

// FuzzDecode asserts that decode returns an error or a record that encodes to the same
// bytes, except for the encoding of its numbers.
func FuzzDecode(f *testing.F) {
	due := time.Unix(1795435200, 0)
	f.Add(encode(&storage.Record{Data: []byte("data"), Lookups: []string{"a", "b"}}, 3, due))
	f.Add(encode(&storage.Record{}, 1, time.Time{}))
	f.Add([]byte{})
	f.Add([]byte{recordVersion, 1, 1, 0})
	f.Add([]byte{recordVersion, 1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Add([]byte{recordVersion, 1, 0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	key := recordKey(storage.Key{Account: "a", Kind: "k", ID: "x"})
	f.Fuzz(func(t *testing.T, value []byte) {
		before := bytes.Clone(value)
		r, err := decode(key, value)
		if err != nil {
			return
		}
		again, err := decode(key, encode(r, r.Version, r.Due))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(r, again, cmpopts.EquateEmpty()); d != "" {
			t.Fatal(d)
		}
		for i := range r.Data {
			r.Data[i]++
		}
		if !bytes.Equal(value, before) {
			t.Fatal("the record shares memory")
		}
	})
}
