package bolt

import (
	"crypto/rand"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"backpack/wallet/storage"
)

// BenchmarkUpdate makes records of 1 KiB durable with a number of concurrent
// writers: through the store, in a transaction each, and with bbolt's Batch.
func BenchmarkUpdate(b *testing.B) {
	data := make([]byte, 1<<10)
	rand.Read(data)
	for _, writers := range []int{1, 8, 64} {
		s, err := Open(filepath.Join(b.TempDir(), "data.db"))
		if err != nil {
			b.Fatal(err)
		}
		s.db.MaxBatchDelay = 2 * time.Millisecond
		var n atomic.Int64
		create := func(tx storage.Tx) error {
			key := storage.Key{Account: "a", Kind: "k", ID: fmt.Sprintf("%016x", uint64(n.Add(1))*0x9E3779B97F4A7C15)}
			return tx.Create(&storage.Record{Key: key, Data: data})
		}
		within := func(btx *bbolt.Tx) error { return run(b.Context(), btx, create) }
		var alone float64
		for _, c := range []struct {
			name   string
			update func() error
		}{
			{"alone", func() error { return s.db.Update(within) }},
			{"together", func() error { return s.Update(b.Context(), create) }},
			{"batch", func() error { return s.db.Batch(within) }},
		} {
			b.Run(fmt.Sprintf("%s/%d", c.name, writers), func(b *testing.B) {
				b.SetParallelism(max(1, writers/2))
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if err := c.update(); err != nil {
							b.Error(err)
							return
						}
					}
				})
				rate := float64(b.N) / b.Elapsed().Seconds()
				if c.name == "alone" {
					alone = rate
				}
				b.ReportMetric(rate/alone, "times-alone")
			})
		}
		s.Close()
	}
}
