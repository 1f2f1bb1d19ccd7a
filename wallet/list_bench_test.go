package wallet_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"backpack/wallet"
	"backpack/wallet/bolt"
	"backpack/wallet/postgres"
	"backpack/wallet/postgres/pgtest"
	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

// BenchmarkList lists the badges of a learner with 5,000 and of one with 5,
// with either store: unchanged, after one change, and in a process with an
// empty cache.
func BenchmarkList(b *testing.B) {
	file, err := bolt.Open(filepath.Join(b.TempDir(), "data.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	db, err := postgres.Open(b.Context(), pgtest.Durable(b).Database(b))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	for _, s := range []struct {
		name  string
		store storage.Store
	}{{"file", file}, {"postgres", db}} {
		e := wallettest.New(b, wallettest.Options{Store: s.store})
		for _, n := range []int{5, 5000} {
			a := e.Learner(b, "Alma").ID
			id := kept(b, e, a, manyBadges(b, e, 1)...)[0].ID
			if err := wallet.Multiply(b.Context(), e.Wallet, a, id, n-1, func(*wallet.Entry, int) {}); err != nil {
				b.Fatal(err)
			}
			benchmarkList(b, fmt.Sprintf("%s/%d", s.name, n), e, a, id)
		}
	}
}

func benchmarkList(b *testing.B, name string, e *wallettest.Env, a storage.AccountID, id string) {
	run := func(what string, q wallet.Query, before func(i int) *wallet.Wallet) {
		b.Run(name+"/"+what, func(b *testing.B) {
			b.ReportAllocs()
			if _, err := before(0).Entries(b.Context(), a, q); err != nil {
				b.Fatal(err)
			}
			for i := 1; b.Loop(); i++ {
				b.StopTimer()
				w := before(i)
				b.StartTimer()
				if l, err := w.Entries(b.Context(), a, q); err != nil || len(l.Entries) == 0 {
					b.Fatal(err)
				}
			}
		})
	}
	as := func(int) *wallet.Wallet { return e.Wallet }
	run("page", wallet.Query{}, as)
	run("search", wallet.Query{Text: "baker"}, as)
	run("title", wallet.Query{Sort: "title"}, as)
	run("changed", wallet.Query{}, func(i int) *wallet.Wallet {
		if err := e.SetNote(b.Context(), a, id, fmt.Sprint(i)); err != nil {
			b.Fatal(err)
		}
		return e.Wallet
	})
	run("first", wallet.Query{}, func(int) *wallet.Wallet {
		w, err := wallet.New(b.Context(), e.Config)
		if err != nil {
			b.Fatal(err)
		}
		return w
	})
}
