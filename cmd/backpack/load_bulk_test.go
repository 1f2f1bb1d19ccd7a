package main

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"backpack/wallet/storage"
)

// A mould creates thousands of learners from one. Each has the records of the
// template, sealed with a key of its own; only lookups and due times differ,
// and the due times are spread over the next week.
type mould struct {
	w      *parts
	from   storage.AccountID
	pieces []piece
}

// A piece is an unsealed record.
type piece struct {
	storage.Record
	plain  []byte
	sealed byte // sealed with: the account's key, the master key, or an unknown key
}

const (
	byAccount = 'a'
	byMaster  = 'm'
	byNobody  = '-'
)

// newMould opens the records of a learner.
func newMould(t testing.TB, w *parts, a storage.AccountID) *mould {
	t.Helper()
	m := &mould{w: w, from: a}
	err := w.store.View(t.Context(), func(tx storage.Tx) error {
		key, err := tx.Get(vaultKey(a))
		if err != nil {
			return err
		}
		plain, err := w.sealer.Open(key.Key, key.Data)
		if err != nil {
			return err
		}
		vault := gcm(plain)
		for _, kind := range storage.KindsThat(storage.Personal) {
			list, err := tx.List(a, kind, "", 10_000)
			if err != nil {
				return err
			}
			for _, r := range list {
				m.pieces = append(m.pieces, m.open(vault, r))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func vaultKey(a storage.AccountID) storage.Key {
	return storage.Key{Account: a, Kind: storage.KindKey, ID: "vault"}
}

func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	out, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return out
}

// sealPlace is the place that a record is sealed to.
func sealPlace(k storage.Key) []byte {
	return []byte(string(k.Account) + "\x00" + string(k.Kind) + "\x00" + k.ID)
}

func (m *mould) open(vault cipher.AEAD, r *storage.Record) piece {
	p := piece{Record: *r, plain: r.Data, sealed: byNobody}
	if plain, err := m.w.sealer.Open(r.Key, r.Data); err == nil {
		p.plain, p.sealed = plain, byMaster
	} else if len(r.Data) > 13 {
		if plain, err := vault.Open(nil, r.Data[1:13], r.Data[13:], sealPlace(r.Key)); err == nil {
			p.plain, p.sealed = plain, byAccount
		}
	}
	return p
}

// cast returns the records of one more learner.
func (m *mould) cast(a storage.AccountID) (out []*storage.Record, err error) {
	key := random(32)
	vault := gcm(key)
	for _, p := range m.pieces {
		r := &storage.Record{Key: storage.Key{Account: a, Kind: p.Kind, ID: p.ID}, Data: p.plain, Lookups: m.lookups(a, &p)}
		if !p.Due.IsZero() {
			r.Due = p.Due
			if p.Kind == storage.KindJob {
				r.Due = time.Now().Add(time.Duration(24+mathrand.IntN(6*24)) * time.Hour).Add(time.Duration(mathrand.IntN(3600)) * time.Second)
			}
		}
		switch {
		case r.Key == vaultKey(a):
			r.Data, err = m.seal(r.Key, key)
		case p.sealed == byMaster:
			r.Data, err = m.seal(r.Key, p.plain)
		case p.sealed == byAccount:
			nonce := random(12)
			r.Data = vault.Seal(append([]byte{1}, nonce...), nonce, p.plain, sealPlace(r.Key))
		}
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// seal seals with the master key.
func (m *mould) seal(k storage.Key, plain []byte) (data []byte, err error) {
	err = m.w.store.View(context.Background(), func(tx storage.Tx) (err error) {
		data, err = m.w.sealer.Seal(tx, k, plain)
		return err
	})
	return data, err
}

// lookups returns the lookups of a new learner's sessions and shares, as many
// as the template has.
func (m *mould) lookups(a storage.AccountID, p *piece) (out []string) {
	for range p.Lookups {
		switch p.Kind {
		case storage.KindSession:
			out = append(out, m.w.sealer.Lookup("session", m.session(a)))
		case storage.KindShare:
			out = append(out, m.w.sealer.Lookup("share", m.share(a)))
		default:
			out = append(out, hex.EncodeToString(random(32)))
		}
	}
	return out
}

// session returns the session token of a learner.
func (m *mould) session(a storage.AccountID) string {
	return m.w.sealer.Secret("load/session/" + string(a))
}

// share returns the token of a learner's share.
func (m *mould) share(a storage.AccountID) string {
	i := slices.IndexFunc(m.pieces, func(p piece) bool { return p.Kind == storage.KindShare })
	return m.w.sealer.Secret("share/" + string(a) + "/" + m.pieces[i].ID)
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

var base32Lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// castStep is the number of learners in one transaction.
const castStep = 250

// castAll writes count more learners in the order of their ids, and returns the
// ids. One goroutine seals while another writes.
func (m *mould) castAll(t testing.TB, count int) []storage.AccountID {
	t.Helper()
	ids := make([]storage.AccountID, count)
	for i := range ids {
		ids[i] = storage.AccountID(base32Lower.EncodeToString(random(16)))
	}
	slices.Sort(ids)
	steps, failed := make(chan []*storage.Record, 2), make(chan error, 1)
	go func() {
		defer close(steps)
		for step := range slices.Chunk(ids, castStep) {
			var all []*storage.Record
			for _, a := range step {
				records, err := m.cast(a)
				if err != nil {
					failed <- err
					return
				}
				all = append(all, records...)
			}
			steps <- all
		}
		failed <- nil
	}()
	for all := range steps {
		if err := m.w.store.Update(context.Background(), func(tx storage.Tx) error {
			for _, r := range all {
				if err := tx.Create(r); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-failed; err != nil {
		t.Fatal(err)
	}
	return ids
}

// perBadge returns the number of records of each badge, without pictures, which
// badges may share.
func (m *mould) perBadge() int {
	counts := map[storage.Kind]int{}
	for _, p := range m.pieces {
		counts[p.Kind]++
	}
	n := 0
	for _, kind := range []storage.Kind{storage.KindBody, storage.KindKept, storage.KindJob} {
		n += counts[kind] / counts[storage.KindEntry]
	}
	return n + 1
}

// sizes returns the number of records in the mould, and their bytes, by kind.
func (m *mould) sizes() string {
	type sum struct{ n, bytes int }
	sums := map[storage.Kind]sum{}
	for _, p := range m.pieces {
		s := sums[p.Kind]
		sums[p.Kind] = sum{s.n + 1, s.bytes + len(p.Data)}
	}
	var b strings.Builder
	for _, kind := range storage.KindsThat(storage.Personal) {
		if s := sums[kind]; s.n > 0 {
			fmt.Fprintf(&b, "| %s | %d | %d |\n", kind, s.n, s.bytes)
		}
	}
	return b.String()
}

// template creates the learner that others are cast from: ten badges, a share
// of five.
func (s *seeded) template(t testing.TB, w *parts, badges int) *mould {
	t.Helper()
	a, _ := s.learner(w.wallet)
	ids := s.keep(w.wallet, a, badges)
	s.shareOf(w.wallet, a, ids[:min(5, len(ids))])
	m := newMould(t, w, a)
	for _, p := range m.pieces {
		if p.sealed == byNobody && p.Kind != storage.KindJob && p.Kind != storage.KindKey {
			t.Fatalf("%s %s cannot be opened", p.Kind, p.ID)
		}
	}
	return m
}
