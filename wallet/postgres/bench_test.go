package postgres_test

import (
	"crypto/rand"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"backpack/wallet/bolt"
	"backpack/wallet/postgres"
	"backpack/wallet/postgres/pgtest"
	"backpack/wallet/storage"
)

// BenchmarkStores runs the same transactions in a data file and in PostgreSQL on the
// same disk, both durable, with one caller and with 64. It reports the time of
// PostgreSQL as a multiple of the file's.
func BenchmarkStores(b *testing.B) {
	file, err := bolt.Open(filepath.Join(b.TempDir(), "data.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	db, err := postgres.Open(b.Context(), pgtest.Durable(b).Schema(b)+"&pool_max_conns=16")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	data := make([]byte, 1<<10)
	rand.Read(data)
	var made atomic.Int64
	key := func(i int64) storage.Key {
		return storage.Key{Account: storage.AccountID(fmt.Sprint("a", i%1000)), Kind: "k", ID: fmt.Sprintf("%016x", uint64(i)*0x9E3779B97F4A7C15)}
	}
	for _, op := range []struct {
		name string
		do   func(s storage.Store, i int64) error
	}{
		{"Update", func(s storage.Store, i int64) error {
			return s.Update(b.Context(), func(tx storage.Tx) error {
				return tx.Create(&storage.Record{Key: key(i), Data: data, Lookups: []string{fmt.Sprint("look", i)}})
			})
		}},
		{"View", func(s storage.Store, i int64) error {
			return s.View(b.Context(), func(tx storage.Tx) error {
				_, err := tx.List(key(i).Account, "k", "", 10)
				return err
			})
		}},
	} {
		for _, callers := range []int{1, 64} {
			var base float64
			b.Run(fmt.Sprintf("%s/%d/file", op.name, callers), func(b *testing.B) {
				base = measure(b, callers, func() error { return op.do(file, made.Add(1)) })
			})
			b.Run(fmt.Sprintf("%s/%d/postgres", op.name, callers), func(b *testing.B) {
				b.ReportMetric(measure(b, callers, func() error { return op.do(db, made.Add(1)) })/base, "x-file")
			})
		}
	}
}

// measure returns the time of one call in nanoseconds, with concurrent callers.
func measure(b *testing.B, callers int, do func() error) float64 {
	b.SetParallelism(max(1, callers/2))
	start := time.Now()
	if callers == 1 {
		for range b.N {
			if err := do(); err != nil {
				b.Fatal(err)
			}
		}
	} else {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := do(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	return float64(time.Since(start)) / float64(b.N)
}
