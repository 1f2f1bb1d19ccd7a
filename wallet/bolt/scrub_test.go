package bolt_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"backpack/wallet/bolt"
	"backpack/wallet/storage"
)

// TestScrub deletes some records and reads the file as a thief would: after Scrub it
// has none of their bytes, and all other records are unchanged.
func TestScrub(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	s, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	change := func(fn func(tx storage.Tx) error) {
		t.Helper()
		if err := s.Update(t.Context(), fn); err != nil {
			t.Fatal(err)
		}
	}
	var canaries [][]byte
	for n := range 60 {
		size := []int{40, 700, 5000, 70_000}[n%4]
		data := make([]byte, size)
		rand.Read(data)
		account := storage.AccountID("stays")
		if n%3 == 0 {
			account, canaries = "goes", append(canaries, data[:32], data[size-32:])
		}
		change(func(tx storage.Tx) error {
			return tx.Create(&storage.Record{Key: storage.Key{Account: account, Kind: storage.KindBody, ID: fmt.Sprint(n)}, Data: data})
		})
	}
	left := func() (n int) {
		t.Helper()
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range canaries {
			if bytes.Contains(file, c) {
				n++
			}
		}
		return n
	}
	change(func(tx storage.Tx) error { _, err := tx.DeleteAccount("goes"); return err })
	if left() == 0 {
		t.Fatal("deleted records leave no bytes even before Scrub, so the test proves nothing")
	}
	for range 3 { // repeatable
		if err := s.Scrub(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := left(); n != 0 {
			t.Errorf("%d parts of deleted records remain", n)
		}
		if err := s.Check(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if err := s.View(t.Context(), func(tx storage.Tx) error {
		n, _, err := tx.Count("stays", storage.KindBody)
		if err == nil && n != 40 {
			err = fmt.Errorf("got %d records", n)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	before, _ := os.Stat(path)
	for range 5 {
		if err := s.Scrub(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if after, _ := os.Stat(path); after.Size() > before.Size()+1<<20 {
		t.Errorf("the file grew from %d to %d", before.Size(), after.Size())
	}
}
