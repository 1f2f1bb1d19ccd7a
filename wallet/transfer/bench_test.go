package transfer_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"filippo.io/age"

	"backpack/wallet/bolt"
	"backpack/wallet/storage"
	"backpack/wallet/transfer"
)

// BenchmarkBackup writes a verified backup of a data file and restores it into another,
// as the commands do: 64 MiB, or BACKPACK_TEST_MIB.
func BenchmarkBackup(b *testing.B) {
	size := 64
	if n, err := strconv.Atoi(os.Getenv("BACKPACK_TEST_MIB")); err == nil {
		size = n
	}
	source := file(b)
	data := make([]byte, 4<<10)
	rand.Read(data)
	for a := range size {
		change(b, source, func(tx storage.Tx) error {
			for i := range 256 {
				r := &storage.Record{Key: storage.Key{Account: storage.AccountID(fmt.Sprintf("%06d", a)), Kind: "k", ID: fmt.Sprintf("%06d", i)}, Data: data}
				if err := tx.Create(r); err != nil {
					return err
				}
			}
			return nil
		})
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		b.Fatal(err)
	}
	secrets := transfer.Secrets{Recipient: id.Recipient().String(), Identity: id.String()}
	dir := b.TempDir()
	n := 0
	b.Run("write", func(b *testing.B) {
		b.SetBytes(int64(size) << 20)
		for b.Loop() {
			n++
			if _, err := transfer.WriteFile(filepath.Join(dir, fmt.Sprint(n)), secrets, transfer.Header{}, from(b.Context(), source)); err != nil {
				b.Fatal(err)
			}
		}
	})
	sealed, err := os.ReadFile(filepath.Join(dir, fmt.Sprint(n)))
	if err != nil {
		b.Fatal(err)
	}
	b.Run("restore", func(b *testing.B) {
		b.SetBytes(int64(size) << 20)
		for b.Loop() {
			restoreFile(b, sealed, secrets)
		}
	})
}

func restoreFile(b *testing.B, sealed []byte, secrets transfer.Secrets) {
	b.Helper()
	target, err := bolt.Build(b.Context(), filepath.Join(b.TempDir(), "data.db"))
	if err != nil {
		b.Fatal(err)
	}
	in, err := transfer.Decrypt(bytes.NewReader(sealed), secrets)
	if err != nil {
		b.Fatal(err)
	}
	r, err := transfer.NewReader(in)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := load(b, target, r.Each); err != nil {
		b.Fatal(err)
	}
	if err := target.Finish(b.Context()); err != nil {
		b.Fatal(err)
	}
}
