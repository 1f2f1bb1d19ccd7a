package wallet_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"backpack/wallet"
	"backpack/wallet/bolt"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

// signUp makes an account from a client network.
func signUp(t testing.TB, e *wallettest.Env, network string) (storage.AccountID, error) {
	t.Helper()
	s, _, _, err := e.SignUpWithKey(wallet.WithNetwork(t.Context(), network), "Alma", "en", "a test")
	if err != nil {
		return "", err
	}
	return s.Account, nil
}

func mustSignUp(t testing.TB, e *wallettest.Env, network string) storage.AccountID {
	t.Helper()
	a, err := signUp(t, e, network)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// fill imports badges into an account until it is full, and returns the reason
// code.
func fill(t testing.TB, e *wallettest.Env, a storage.AccountID, set [][]inspect.Input) error {
	t.Helper()
	for _, in := range set {
		id, err := e.StartImport(t.Context(), a, in)
		if err != nil {
			return err
		}
		if err := e.WorkImport(t.Context(), a, id); err != nil {
			t.Fatal(err)
		}
		imp, err := e.Import(t.Context(), a, id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Keep(t.Context(), a, id, numbers(imp)); err != nil {
			return err
		}
	}
	return nil
}

// TestThreat40NewAccountsHoldLess asserts that a new account has a small quota
// until it has a confirmed address, is some days old, or has a quota of its
// own.
func TestThreat40NewAccountsHoldLess(t *testing.T) {
	t.Parallel()
	onBoth(t, wallet.Limits{New: wallet.Newcomers{Bytes: 40_000}}, func(t *testing.T, e *wallettest.Env) {
		large := badgesOf(t, e, "large", 6, 12_000)
		for name, grow := range map[string]func(a storage.AccountID) error{
			"a confirmed address": func(a storage.AccountID) error { e.Prove(t, a, string(a)+"@example.org"); return nil },
			"a quota of its own": func(a storage.AccountID) error {
				return e.SetQuota(t.Context(), a, wallet.Quota{Bytes: 10 << 20})
			},
			"time": func(storage.AccountID) error { e.Clock.Advance(3 * day); return nil },
		} {
			a := mustSignUp(t, e, name)
			if u := usage(t, e, a); !u.New || u.Most.Bytes != 40_000 {
				t.Errorf("%s: %+v", name, u)
			}
			if err := fill(t, e, a, [][]inspect.Input{large[:2], large[2:4], large[4:]}); err != nil && !full(err, "backpack_new") {
				t.Errorf("%s: %v", name, err)
			}
			if n := len(list(t, e, a)); n == 0 || n == 6 {
				t.Errorf("%s: %d of 6 badges were kept", name, n)
			}
			if u := usage(t, e, a); u.Bytes > 40_000 {
				t.Errorf("%s: %d bytes", name, u.Bytes)
			}
			if err := grow(a); err != nil {
				t.Fatal(err)
			}
			if u := usage(t, e, a); u.New || u.Most.Bytes <= 40_000 {
				t.Errorf("after %s: %+v", name, u)
			}
			kept(t, e, a, badgesOf(t, e, "more-"+name[2:4], 2, 12_000)...)
		}
	})
}

// TestThreat40OneNetworkTogether asserts that the new accounts of one network
// share a byte limit, and take nothing from another network or another day.
func TestThreat40OneNetworkTogether(t *testing.T) {
	t.Parallel()
	limits := wallet.Limits{New: wallet.Newcomers{Bytes: 60_000, NetworkBytes: 150_000, NetworkAccounts: 8}}
	onBoth(t, limits, func(t *testing.T, e *wallettest.Env) {
		set := [][]inspect.Input{badgesOf(t, e, "a", 1, 12_000), badgesOf(t, e, "b", 1, 12_000), badgesOf(t, e, "c", 1, 12_000)}
		var accounts []storage.AccountID
		var held int64
		for n := range 8 {
			a := mustSignUp(t, e, "203.0.113.7")
			accounts = append(accounts, a)
			if err := fill(t, e, a, set); err != nil && !full(err, "backpack_new") {
				t.Fatal(err)
			} else if kept := len(list(t, e, a)); n == 0 && kept == 0 || n == 7 && kept != 0 {
				t.Errorf("account %d keeps %d badges", n, kept)
			}
			held += usage(t, e, a).Bytes
		}
		if held > 150_000 || held < 75_000 {
			t.Errorf("%d bytes are stored", held)
		}
		if _, err := signUp(t, e, "203.0.113.7"); !full(err, "too_many_accounts") {
			t.Errorf("a ninth account: %v", err)
		}
		kept(t, e, mustSignUp(t, e, "198.51.100.9"), set[0]...)
		if a, err := e.Account(t.Context(), accounts[7]); err != nil || a.ID == "" {
			t.Fatal(err)
		}
		for _, entry := range list(t, e, accounts[0]) { // removing badges makes room for the others
			if err := e.Remove(t.Context(), accounts[0], entry.ID); err != nil {
				t.Fatal(err)
			}
		}
		kept(t, e, accounts[7], badgesOf(t, e, "d", 1, 3_000)...)
		e.Clock.Advance(day)
		kept(t, e, mustSignUp(t, e, "203.0.113.7"), set[1]...)
		e.Clock.Advance(4 * day)
		if _, err := e.RunDue(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		kept(t, e, accounts[6], set[2]...) // older accounts no longer count
	})
}

// TestThreat40FloodFromOneAddress imports as much as possible from one address
// into a store of limited size, day after day: other learners can still import.
// With BACKPACK_TEST_SOAK set, the store has 400 MiB and the default limits.
func TestThreat40FloodFromOneAddress(t *testing.T) {
	t.Parallel()
	size, limits, each := int64(24<<20), wallet.Limits{New: wallet.Newcomers{Bytes: 1 << 20, NetworkBytes: 4 << 20, NetworkAccounts: 30}}, 100_000
	if os.Getenv("BACKPACK_TEST_SOAK") != "" {
		size, limits, each = 400<<20, wallet.Limits{New: wallet.Newcomers{Bytes: 25 << 20}}, 1<<20
	}
	e := wallettest.New(t, wallettest.Options{Limits: limits, File: bolt.Limits{MaxSize: size}})
	var set [][]inspect.Input
	for n := range 12 {
		set = append(set, badgesOf(t, e, fmt.Sprint("flood", n), 2, each))
	}
	refused := false
	for range 1000 {
		a, err := signUp(t, e, "203.0.113.7")
		if err == nil {
			err = fill(t, e, a, set)
		}
		if errors.Is(err, storage.ErrFull) {
			t.Fatal("the store is full")
		}
		if refused = full(err, "too_many_accounts"); refused {
			break
		}
		if err != nil && !full(err, "backpack_new") {
			t.Fatal(err)
		}
	}
	if !refused {
		t.Error("one address made a thousand accounts")
	}
	for n := range 5 {
		kept(t, e, mustSignUp(t, e, fmt.Sprint("198.51.100.", n)), set[n]...)
	}
}

// TestThreat40EmptyAccountsGo asserts that an account without badges is deleted
// after a long time without a sign-in, and that no other account is.
func TestThreat40EmptyAccountsGo(t *testing.T) {
	t.Parallel()
	onBoth(t, wallet.Limits{New: wallet.Newcomers{Empty: 40 * day}}, emptyAccountsGo)
}

func emptyAccountsGo(t *testing.T, e *wallettest.Env) {
	there := func(l *wallettest.Learner) bool {
		_, err := e.Account(t.Context(), l.ID)
		return err == nil
	}
	run := func() {
		for range 50 {
			if n, err := e.RunDue(t.Context(), 50); err != nil {
				t.Fatal(err)
			} else if n == 0 {
				return
			}
		}
	}
	empty, opened, badge := e.Learner(t, "Empty"), e.Learner(t, "Opened"), e.Learner(t, "Badge")
	proved, quota, closed := e.Learner(t, "Proved"), e.Learner(t, "Quota"), e.Learner(t, "Closed")
	kept(t, e, badge.ID, badgesOf(t, e, "one", 1, 60)...)
	e.Prove(t, proved.ID, "proved@example.org")
	if err := errors.Join(e.SetQuota(t.Context(), quota.ID, wallet.Quota{Badges: 9}), e.SetDisabled(t.Context(), closed.ID, true)); err != nil {
		t.Fatal(err)
	}
	e.Clock.Advance(39 * day)
	run()
	if _, _, err := e.SignInWithKey(t.Context(), opened.Key, "again"); err != nil {
		t.Fatal(err)
	}
	e.Clock.Advance(2 * day)
	run()
	if there(empty) {
		t.Error("an empty account is still there")
	}
	for _, l := range []*wallettest.Learner{opened, badge, proved, quota, closed} {
		if !there(l) {
			t.Errorf("account %s is gone", l.ID)
		}
	}
	if _, _, err := e.SignInWithKey(t.Context(), empty.Key, "again"); err == nil {
		t.Error("the key of a deleted account signs in")
	}
	for _, entry := range list(t, e, badge.ID) { // an account that once kept a badge stays
		if err := e.Remove(context.WithoutCancel(t.Context()), badge.ID, entry.ID); err != nil {
			t.Fatal(err)
		}
	}
	e.Clock.Advance(41 * day)
	run()
	if there(opened) || !there(badge) || !there(proved) || !there(closed) {
		t.Error("the second run deleted an account other than the unused one")
	}
}
