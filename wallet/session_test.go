package wallet_test

import (
	"strings"
	"testing"
	"time"

	"backpack/wallet"
	"backpack/wallet/wallettest"
)

func TestThreat14SessionsEnd(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	idle := e.Learner(t, "Idle")
	busy := e.Learner(t, "Busy")
	start := e.Clock.Now()
	for e.Clock.Now().Sub(start) < 30*24*time.Hour-11*time.Hour {
		e.Clock.Advance(11 * time.Hour)
		if _, err := e.Authenticate(t.Context(), busy.Token); err != nil {
			t.Fatalf("after %v: %v", e.Clock.Now().Sub(start), err)
		}
	}
	_, err := e.Authenticate(t.Context(), idle.Token)
	wantError(t, "idle", err, wallet.Forbidden, "signed_out")
	e.Clock.Advance(start.Add(30*24*time.Hour - time.Second).Sub(e.Clock.Now()))
	if _, err := e.Authenticate(t.Context(), busy.Token); err != nil {
		t.Errorf("a second before its expiry: %v", err)
	}
	e.Clock.Advance(time.Second)
	_, err = e.Authenticate(t.Context(), busy.Token)
	wantError(t, "after 30 days", err, wallet.Forbidden, "signed_out")
}

func TestThreat14IdleSessionEndsAfterTwelveHours(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := e.Learner(t, "Ada")
	e.Clock.Advance(12*time.Hour - time.Second)
	if _, err := e.Authenticate(t.Context(), l.Token); err != nil {
		t.Fatal(err)
	}
	e.Clock.Advance(12 * time.Hour)
	if _, err := e.Authenticate(t.Context(), l.Token); err == nil {
		t.Error("the session is still valid")
	}
}

// TestSeenAt asserts that reading a page updates the session only after some
// minutes.
func TestSeenAt(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := e.Learner(t, "Ada")
	for _, c := range []struct {
		step time.Duration
		seen time.Duration // after the start
	}{{4 * time.Minute, 0}, {time.Minute, 5 * time.Minute}, {4 * time.Minute, 5 * time.Minute}, {10 * time.Minute, 19 * time.Minute}} {
		e.Clock.Advance(c.step)
		s, err := e.Authenticate(t.Context(), l.Token)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.SeenAt.Sub(l.Session.CreatedAt); got != c.seen {
			t.Errorf("seen after %v, want %v", got, c.seen)
		}
		if want := s.SeenAt.Add(12 * time.Hour); !s.ExpiresAt.Equal(want) {
			t.Errorf("it expires at %v, want %v", s.ExpiresAt, want)
		}
	}
}

func TestWrongTokens(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := e.Learner(t, "Ada")
	for name, token := range map[string]string{
		"none": "", "id": l.Session.ID, "cut": l.Token[:42], "longer": l.Token + "A", "case": strings.ToUpper(l.Token),
		"padded": l.Token + "=", "NUL": l.Token + "\x00", "key": l.Key, "long": strings.Repeat("a", 1<<20),
	} {
		_, err := e.Authenticate(t.Context(), token)
		wantError(t, name, err, wallet.Forbidden, "signed_out")
	}
}

func TestThreat14SessionsAreListedAndRevoked(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := e.Learner(t, "Ada")
	e.Clock.Advance(time.Hour)
	second, token, err := e.SignInWithKey(t.Context(), l.Key, "Phone\x1b[0m\n"+strings.Repeat("x", 200))
	if err != nil {
		t.Fatal(err)
	}
	list, err := e.Sessions(t.Context(), l.ID)
	if err != nil || len(list) != 2 || list[0].ID != second.ID || list[1].ID != l.Session.ID {
		t.Fatalf("sessions %v: %v", list, err)
	}
	if label := list[0].Label; !strings.HasPrefix(label, "Phone[0mx") || len(label) != 80 {
		t.Errorf("label %q", label)
	}
	if err := e.RevokeSession(t.Context(), l.ID, l.Session.ID); err != nil {
		t.Fatal(err)
	}
	_, err = e.Authenticate(t.Context(), l.Token)
	wantError(t, "revoked", err, wallet.Forbidden, "signed_out")
	wantError(t, "again", e.RevokeSession(t.Context(), l.ID, l.Session.ID), wallet.Missing, "not_found")
	for range 3 {
		if _, _, err := e.SignInWithKey(t.Context(), l.Key, ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.RevokeOtherSessions(t.Context(), l.ID, second.ID); err != nil {
		t.Fatal(err)
	}
	if list, err := e.Sessions(t.Context(), l.ID); err != nil || len(list) != 1 || list[0].ID != second.ID {
		t.Errorf("sessions %v: %v", list, err)
	}
	if _, err := e.Authenticate(t.Context(), token); err != nil {
		t.Errorf("the remaining session: %v", err)
	}
}

func TestThreat14RotateSession(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := e.Learner(t, "Ada")
	fresh, err := e.RotateSession(t.Context(), l.Token)
	if err != nil || fresh == l.Token {
		t.Fatalf("%q: %v", fresh, err)
	}
	_, err = e.Authenticate(t.Context(), l.Token)
	wantError(t, "the old token", err, wallet.Forbidden, "signed_out")
	if s, err := e.Authenticate(t.Context(), fresh); err != nil || s.ID != l.Session.ID {
		t.Errorf("the new token: %v", err)
	}
	_, err = e.RotateSession(t.Context(), l.Token)
	wantError(t, "again", err, wallet.Forbidden, "signed_out")
}

func TestTooManySessions(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := e.Learner(t, "Ada")
	var token string
	for range 60 {
		var err error
		e.Clock.Advance(time.Second)
		if _, token, err = e.SignInWithKey(t.Context(), l.Key, ""); err != nil {
			t.Fatal(err)
		}
	}
	list, err := e.Sessions(t.Context(), l.ID)
	if err != nil || len(list) != 50 {
		t.Errorf("%d sessions: %v", len(list), err)
	}
	if _, err := e.Authenticate(t.Context(), token); err != nil {
		t.Errorf("the latest session: %v", err)
	}
	if _, err := e.Authenticate(t.Context(), l.Token); err == nil {
		t.Error("the first session is still valid")
	}
}

// TestThreat14TokensAreAlwaysNew asserts that signing in issues a new token,
// whatever the cookie contained before (threat 14).
func TestThreat14TokensAreAlwaysNew(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := e.Learner(t, "Ada")
	seen := map[string]bool{l.Token: true}
	for range 20 {
		_, token, err := e.SignInWithKey(t.Context(), l.Key, "")
		if err != nil || seen[token] {
			t.Fatalf("%q again: %v", token, err)
		}
		seen[token] = true
	}
}
