package wallet_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"backpack/wallet"
	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

// A diary is a store that logs its operations in order, without the details
// that differ between records.
type diary struct {
	storage.Store
	lines *[]string
}

func (d diary) View(ctx context.Context, fn func(tx storage.Tx) error) error {
	*d.lines = append(*d.lines, "view")
	return d.Store.View(ctx, func(tx storage.Tx) error { return fn(diaryTx{tx, d.lines}) })
}

func (d diary) Update(ctx context.Context, fn func(tx storage.Tx) error) error {
	*d.lines = append(*d.lines, "update")
	return d.Store.Update(ctx, func(tx storage.Tx) error { return fn(diaryTx{tx, d.lines}) })
}

type diaryTx struct {
	storage.Tx
	lines *[]string
}

func (d diaryTx) note(what string, kind storage.Kind) {
	*d.lines = append(*d.lines, fmt.Sprint(what, " ", kind))
}

func (d diaryTx) Get(k storage.Key) (*storage.Record, error) {
	d.note("get", k.Kind)
	return d.Tx.Get(k)
}
func (d diaryTx) Delete(k storage.Key) error     { d.note("delete", k.Kind); return d.Tx.Delete(k) }
func (d diaryTx) Create(r *storage.Record) error { d.note("create", r.Kind); return d.Tx.Create(r) }
func (d diaryTx) Update(r *storage.Record) error { d.note("update", r.Kind); return d.Tx.Update(r) }
func (d diaryTx) Find(kind storage.Kind, lookup string) (*storage.Record, error) {
	d.note("find", kind)
	return d.Tx.Find(kind, lookup)
}
func (d diaryTx) List(a storage.AccountID, kind storage.Kind, after string, limit int) ([]*storage.Record, error) {
	d.note("list", kind)
	return d.Tx.List(a, kind, after, limit)
}

// keepDiary makes the wallet's store keep a diary, and returns a function that
// reads the diary and clears it.
func keepDiary(t *testing.T, e *wallettest.Env) func() string {
	t.Helper()
	lines := &[]string{}
	e.Config.Store = diary{e.Store, lines}
	var err error
	if e.Wallet, err = wallet.New(t.Context(), e.Config); err != nil {
		t.Fatal(err)
	}
	*lines = nil
	return func() string {
		out := strings.Join(*lines, "\n")
		*lines = nil
		return out
	}
}

// TestThreat19SameWork asserts that known and unknown addresses and keys cause
// the same operations, answers and mails.
func TestThreat19SameWork(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	e.Prove(t, e.Learner(t, "Ada").ID, "known@example.org")
	gone := e.Learner(t, "Gone")
	if err := e.DeleteAccount(t.Context(), gone.ID, "Gone"); err != nil {
		t.Fatal(err)
	}
	one, other := e.Learner(t, "Eve"), e.Learner(t, "Eve")
	e.Clock.Advance(48 * time.Hour) // earlier mails no longer count
	if _, err := e.RunDue(t.Context(), 1000); err != nil {
		t.Fatal(err)
	}
	read := keepDiary(t, e)
	add := func(who storage.AccountID, address string) (work, mail, answer string) {
		before := len(e.Mails.Mails())
		email, err := e.AddEmail(t.Context(), who, address)
		for _, m := range e.Mails.Mails()[before:] {
			mail += strings.ReplaceAll(fmt.Sprint(m.To, m.Subject, m.Text), e.Mails.Code(t), "CODE")
		}
		return read(), strings.ReplaceAll(mail, address, "ADDRESS"), fmt.Sprint(email.Proved, err)
	}
	knownWork, knownMail, known := add(one.ID, "known@example.org")
	freshWork, freshMail, fresh := add(other.ID, "fresh@example.org")
	if knownWork != freshWork || knownMail != freshMail || known != fresh || strings.Count(knownWork, "\n") < 5 || freshMail == "" {
		t.Errorf("a known address: %s\n%s\n%s\nan unknown address: %s\n%s\n%s", known, knownMail, knownWork, fresh, freshMail, freshWork)
	}
	works, replaced := map[string]string{}, unknownKey(t, e)
	read()
	for name, key := range map[string]string{"replaced": replaced, "of a deleted account": gone.Key} {
		_, _, err := e.SignInWithKey(t.Context(), key, "a test")
		wantError(t, name, err, wallet.Forbidden, "key_unknown")
		works[read()] = name
	}
	if len(works) != 1 {
		t.Errorf("unknown keys cause different operations: %v", works)
	}
}

// unknownKey returns a well-formed backpack key that no account has, because it
// was replaced.
func unknownKey(t *testing.T, e *wallettest.Env) string {
	t.Helper()
	l := e.Learner(t, "Bob")
	if _, err := e.RenewBackpackKey(t.Context(), l.ID); err != nil {
		t.Fatal(err)
	}
	return l.Key
}

// TestThreat19SoakTiming measures whether the time to add an address depends on
// whether it is known: Welch's t-test on 2,000 samples each. It runs when
// BACKPACK_TEST_SOAK is set.
func TestThreat19SoakTiming(t *testing.T) {
	if os.Getenv("BACKPACK_TEST_SOAK") == "" {
		t.Skip("BACKPACK_TEST_SOAK is not set")
	}
	e := wallettest.New(t, wallettest.Options{})
	e.Prove(t, e.Learner(t, "Ada").ID, "known@example.org")
	l := e.Learner(t, "Eve")
	var took [2][]float64
	for i := range 4_000 {
		e.Clock.Advance(25 * time.Hour)
		address := []string{"known@example.org", fmt.Sprintf("f%04d@example.org", i)}[i%2]
		start := time.Now()
		email, err := e.AddEmail(t.Context(), l.ID, address)
		took[i%2] = append(took[i%2], float64(time.Since(start)))
		if err != nil {
			t.Fatal(err)
		}
		if err := e.RemoveEmail(t.Context(), l.ID, email.ID); err != nil {
			t.Fatal(err)
		}
	}
	mean := func(x []float64) (m, v float64) {
		for _, y := range x {
			m += y / float64(len(x))
		}
		for _, y := range x {
			v += (y - m) * (y - m) / float64(len(x)-1)
		}
		return m, v
	}
	m1, v1 := mean(took[0])
	m2, v2 := mean(took[1])
	welch := (m1 - m2) / math.Sqrt(v1/float64(len(took[0]))+v2/float64(len(took[1])))
	t.Logf("known %.0f ns, fresh %.0f ns, t = %.2f", m1, m2, welch)
	if math.Abs(welch) > 4.5 {
		t.Errorf("Welch's t is %.2f", welch)
	}
}
