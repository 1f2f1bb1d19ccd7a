package storetest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"backpack/wallet/storage"
)

// model compares the store with a map under random transactions.
func model(t *testing.T, s *suite) {
	rapid.Check(t, func(rt *rapid.T) {
		m := reference{}
		if err := s.Update(t.Context(), wipe); err != nil {
			rt.Fatal(err)
		}
		for range rapid.IntRange(1, 8).Draw(rt, "transactions") {
			m = step(rt, t, s, m)
		}
		if err := s.View(t.Context(), func(tx storage.Tx) error { return m.same(tx) }); err != nil {
			rt.Fatal(err)
		}
	})
}

// step runs a transaction on the store and on a copy of m. It returns the copy if the
// transaction commits, otherwise m.
func step(rt *rapid.T, t *testing.T, s *suite, m reference) reference {
	next := maps.Clone(m)
	keep := rapid.IntRange(0, 3).Draw(rt, "keep") > 0
	look := rapid.IntRange(0, 2).Draw(rt, "look") == 0 // in the transaction; the final state is always compared
	ops := rapid.SliceOfN(rapid.Custom(drawOp), 1, 12).Draw(rt, "ops")
	err := s.Update(t.Context(), func(tx storage.Tx) error {
		next = maps.Clone(m)
		for _, op := range ops {
			if got, want := op.on(tx), op.on(next); !errors.Is(got, want) {
				return fmt.Errorf("%+v: got %w, want %v", op, got, want)
			}
		}
		if look {
			if err := next.same(tx); err != nil {
				return err
			}
		}
		if !keep {
			return errStop
		}
		return nil
	})
	switch {
	case err == errStop:
		return m
	case err != nil:
		rt.Fatal(err)
	}
	return next
}

var (
	modelAccounts = []storage.AccountID{"", "a", "aa", "b"}
	modelKinds    = []storage.Kind{"k", "kk"}
	modelIDs      = []string{"1", "10", "2", "A", "a"}
	modelLookups  = []string{"p", "pp", "q", "r"}
)

func wipe(tx storage.Tx) error {
	for _, a := range modelAccounts[1:] {
		if _, err := tx.DeleteAccount(a); err != nil {
			return err
		}
	}
	for _, kind := range modelKinds {
		list, err := tx.List("", kind, "", 100)
		if err != nil {
			return err
		}
		for _, r := range list {
			if err := tx.Delete(r.Key); err != nil {
				return err
			}
		}
	}
	return nil
}

// An op is a change. Its version is one of the few that occur.
type op struct {
	What   string
	Record storage.Record
}

func drawOp(t *rapid.T) op {
	o := op{What: rapid.SampledFrom([]string{"create", "create", "update", "update", "delete", "delete account"}).Draw(t, "what")}
	o.Record.Account = rapid.SampledFrom(modelAccounts).Draw(t, "account")
	o.Record.Kind = rapid.SampledFrom(modelKinds).Draw(t, "kind")
	o.Record.ID = rapid.SampledFrom(modelIDs).Draw(t, "id")
	o.Record.Version = rapid.Int64Range(1, 3).Draw(t, "version")
	o.Record.Lookups = rapid.SliceOfNDistinct(rapid.SampledFrom(modelLookups), 0, 2, rapid.ID).Draw(t, "lookups")
	o.Record.Data = rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "data")
	if n := rapid.IntRange(0, 4).Draw(t, "due"); n > 0 {
		o.Record.Due = moment.Add(time.Duration(n) * time.Second)
	}
	return o
}

// changer is the part of a Tx that the store and the reference share.
type changer interface {
	Create(r *storage.Record) error
	Update(r *storage.Record) error
	Delete(k storage.Key) error
	DeleteAccount(a storage.AccountID) (int, error)
}

func (o op) on(c changer) error {
	r := o.Record
	r.Lookups, r.Data = slices.Clone(r.Lookups), slices.Clone(r.Data)
	switch o.What {
	case "create":
		return c.Create(&r)
	case "update":
		return c.Update(&r)
	case "delete":
		return c.Delete(r.Key)
	}
	if r.Account == "" { // refused with any error
		return nil
	}
	_, err := c.DeleteAccount(r.Account)
	return err
}

// A reference is the simplest model of a store.
type reference map[storage.Key]storage.Record

func (m reference) taken(r *storage.Record) bool {
	for _, other := range m {
		if other.Kind != r.Kind || other.Key == r.Key {
			continue
		}
		for _, l := range r.Lookups {
			if slices.Contains(other.Lookups, l) {
				return true
			}
		}
	}
	return false
}

func (m reference) Create(r *storage.Record) error {
	if _, ok := m[r.Key]; ok || m.taken(r) {
		return storage.ErrExists
	}
	r.Version = 1
	m[r.Key] = *r
	return nil
}

func (m reference) Update(r *storage.Record) error {
	old, ok := m[r.Key]
	switch {
	case !ok:
		return storage.ErrNotFound
	case old.Version != r.Version:
		return storage.ErrConflict
	case m.taken(r):
		return storage.ErrExists
	}
	r.Version++
	m[r.Key] = *r
	return nil
}

func (m reference) Delete(k storage.Key) error {
	if _, ok := m[k]; !ok {
		return storage.ErrNotFound
	}
	delete(m, k)
	return nil
}

func (m reference) DeleteAccount(a storage.AccountID) (int, error) {
	before := len(m)
	maps.DeleteFunc(m, func(k storage.Key, _ storage.Record) bool { return k.Account == a })
	return before - len(m), nil
}

// records returns the records that want accepts, sorted by order.
func (m reference) records(want func(storage.Record) bool, order func(a, b storage.Record) int) []storage.Record {
	var list []storage.Record
	for _, r := range m {
		if want(r) {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, order)
	return list
}

func byID(a, b storage.Record) int { return strings.Compare(a.ID, b.ID) }

// same returns an error if the store differs from m.
func (m reference) same(tx storage.Tx) error {
	for _, kind := range modelKinds {
		for _, a := range modelAccounts {
			want := m.records(func(r storage.Record) bool { return r.Account == a && r.Kind == kind }, byID)
			got, err := tx.List(a, kind, "", 100)
			if err := differ("List", got, want, err); err != nil {
				return err
			}
			if err := sameVersions(tx, a, kind, want); err != nil {
				return err
			}
		}
		for _, l := range modelLookups {
			want := m.records(func(r storage.Record) bool { return r.Kind == kind && slices.Contains(r.Lookups, l) }, byID)
			var got []*storage.Record
			r, err := tx.Find(kind, l)
			if errors.Is(err, storage.ErrNotFound) {
				err = nil
			} else {
				got = append(got, r)
			}
			if err := differ("Find "+l, got, want, err); err != nil {
				return err
			}
		}
		if err := m.sameDue(tx, kind); err != nil {
			return err
		}
	}
	return nil
}

func sameVersions(tx storage.Tx, a storage.AccountID, kind storage.Kind, list []storage.Record) error {
	var got, want []string
	err := tx.Versions(a, kind, func(id string, version int64) error {
		got = append(got, fmt.Sprint(id, " ", version))
		return nil
	})
	for _, r := range list {
		want = append(want, fmt.Sprint(r.ID, " ", r.Version))
	}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		return fmt.Errorf("versions: %w (-want +got):\n%s", err, d)
	}
	return nil
}

// sameDue compares due records. It sorts those due at the same time, since a store may
// choose their order.
func (m reference) sameDue(tx storage.Tx, kind storage.Kind) error {
	now := moment.Add(3 * time.Second)
	order := func(a, b storage.Record) int {
		return cmpFirst(a.Due.Compare(b.Due), strings.Compare(string(a.Account), string(b.Account)), byID(a, b))
	}
	want := m.records(func(r storage.Record) bool { return r.Kind == kind && !r.Due.IsZero() && !r.Due.After(now) }, order)
	got, err := tx.Due(kind, now, 100)
	if !slices.IsSortedFunc(got, func(a, b *storage.Record) int { return a.Due.Compare(b.Due) }) {
		return errors.New("due records are out of order")
	}
	slices.SortFunc(got, func(a, b *storage.Record) int { return order(*a, *b) })
	return differ("Due", got, want, err)
}

func cmpFirst(orders ...int) int {
	for _, o := range orders {
		if o != 0 {
			return o
		}
	}
	return 0
}

func differ(what string, got []*storage.Record, want []storage.Record, err error) error {
	var plain []storage.Record
	for _, r := range got {
		plain = append(plain, *r)
	}
	if d := cmp.Diff(want, plain, cmpopts.EquateEmpty()); d != "" || err != nil {
		return fmt.Errorf("%s: %w (-want +got):\n%s", what, err, d)
	}
	return nil
}
