package wallet

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// AllEntries reads all whole entries of an account.
func AllEntries(ctx context.Context, w *Wallet, a storage.AccountID) ([]*Entry, error) {
	return w.allEntries(ctx, a)
}

// Multiply adds more copies of a badge; change alters the i-th copy.
func Multiply(ctx context.Context, w *Wallet, a storage.AccountID, id string, more int, change func(e *Entry, i int)) error {
	for n := 0; n < more; n += 500 {
		err := w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
			body, _, err := vault.Load[Body](tx, v, storage.KindBody, id)
			for i := n; i < min(more, n+500) && err == nil; i++ {
				var e *Entry
				if e, _, err = vault.Load[Entry](tx, v, storage.KindEntry, id); err != nil {
					return err
				}
				if e.ID, err = w.cfg.Sealer.NewID(); err != nil {
					return err
				}
				e.Summary.Title = fmt.Sprint(e.Summary.Title, " again ", i)
				change(e, i)
				err = errors.Join(v.Create(tx, storage.KindEntry, e.ID, e), v.Create(tx, storage.KindBody, e.ID, body))
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// TestListsAreBounded asserts that the list cache keeps the most recently used
// lists within its size, and only for a limited time.
func TestListsAreBounded(t *testing.T) {
	at := time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)
	list := func(badges, size int, since time.Time) *shortlist {
		return &shortlist{badges: make([]*Listed, badges), size: size, since: since}
	}
	var l lists
	want := func(what string, accounts ...storage.AccountID) {
		t.Helper()
		size := 0
		for _, a := range accounts {
			if s := l.by[a]; s == nil {
				t.Errorf("%s: %s is not cached", what, a)
			} else {
				size += s.size
			}
		}
		if len(l.by) != len(accounts) || len(l.recent) != len(accounts) || l.size != size || size > listsSize {
			t.Errorf("%s: %d and %d are cached with %d bytes, want %v with %d", what, len(l.by), len(l.recent), l.size, accounts, size)
		}
	}
	s := newShortlist(nil, at)
	for _, sort := range []string{"title", "issuer", "awarded", "added", "", "size", "name"} {
		s.listing(Query{Sort: sort})
	}
	if len(s.orders) != 4 {
		t.Errorf("%d orders are cached", len(s.orders))
	}
	third := listsSize / 3
	l.remember("one page", list(pageSize, 100, at))
	l.remember("too large", list(5000, listsSize+1, at))
	want("at the start")
	l.remember("a", list(100, third, at))
	l.remember("b", list(100, third, at.Add(time.Minute)))
	l.remember("c", list(100, third, at.Add(2*time.Minute)))
	want("three", "a", "b", "c")
	if l.of("a", at) == nil || l.of("x", at) != nil {
		t.Error("asked for")
	}
	l.remember("d", list(100, third, at.Add(3*time.Minute)))
	want("the least recently used evicted", "a", "c", "d")
	l.remember("d", list(100, 10, at.Add(3*time.Minute)))
	want("one replaced", "a", "c", "d")
	l.remember("d", list(2, 10, at))
	want("too small to cache", "a", "c")
	if l.of("a", at.Add(listsTime)) != nil || l.of("a", at.Add(listsTime-time.Second)) == nil {
		t.Error("time")
	}
	l.tidy(at.Add(listsTime))
	want("after a while", "c")
	l.drop("c")
	l.drop("c")
	want("dropped")
}

// Remembers reports whether a list of the account is cached.
func Remembers(w *Wallet, a storage.AccountID) bool { return w.lists.by[a] != nil }
