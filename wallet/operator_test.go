package wallet_test

import (
	"errors"
	"slices"
	"testing"

	"backpack/wallet"
	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

func code(err error) string {
	var e *wallet.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// TestDisabledAccount asserts that a disabled account admits no sign-in, its
// sessions end, its shares look expired, and that everything but the sessions
// returns when it is enabled.
func TestDisabledAccount(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l, other := e.Learner(t, "Ada"), e.Learner(t, "Bob")
	entries, err := e.AddSamples(t.Context(), l.ID)
	if err != nil {
		t.Fatal(err)
	}
	share, err := e.CreateShare(t.Context(), l.ID, wallet.ShareRequest{Entries: []string{entries[0].ID}})
	if err != nil {
		t.Fatal(err)
	}
	open := func() error {
		_, err := e.OpenShare(t.Context(), share.Token, wallet.OpenShareOptions{})
		return err
	}
	if err := open(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := e.SetDisabled(t.Context(), l.ID, true); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := e.SignInWithKey(t.Context(), l.Key, "a test"); code(err) != "account_disabled" {
		t.Errorf("sign in: %v", err)
	}
	if _, err := e.Authenticate(t.Context(), l.Token); code(err) != "signed_out" {
		t.Errorf("a session from before: %v", err)
	}
	if err := open(); code(err) != "share_gone" {
		t.Errorf("a share: %v", err)
	}
	if _, err := e.Authenticate(t.Context(), other.Token); err != nil {
		t.Errorf("another learner: %v", err)
	}
	f, err := e.AccountFacts(t.Context(), l.ID)
	if err != nil || f.Disabled.IsZero() || f.Name != "Ada" || f.Usage.Badges != len(entries) {
		t.Errorf("%+v, %v", f, err)
	}
	if err := e.SetDisabled(t.Context(), l.ID, false); err != nil {
		t.Fatal(err)
	}
	if _, _, err := e.SignInWithKey(t.Context(), l.Key, "a test"); err != nil {
		t.Errorf("sign in: %v", err)
	}
	if err := open(); err != nil {
		t.Errorf("a share: %v", err)
	}
}

func TestFindAccounts(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	ada, second, bob := e.Learner(t, "Ada"), e.Learner(t, "ada"), e.Learner(t, "Bob")
	e.Prove(t, bob.ID, "bob@example.org")
	if _, err := e.AddEmail(t.Context(), ada.ID, "not.proved@example.org"); err != nil {
		t.Fatal(err)
	}
	both := []storage.AccountID{ada.ID, second.ID}
	slices.Sort(both)
	for who, want := range map[string][]storage.AccountID{
		string(bob.ID): {bob.ID}, " BOB@example.org": {bob.ID}, "bob": {bob.ID}, "ADA": both, "not.proved@example.org": nil, "": nil, "nobody": nil,
	} {
		got, err := e.FindAccounts(t.Context(), who)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v, %v", who, got, err)
		}
	}
}
