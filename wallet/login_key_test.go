package wallet_test

import (
	"strings"
	"testing"

	"backpack/wallet"
	"backpack/wallet/wallettest"
)

func TestSignInHoweverTyped(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := e.Learner(t, "Ada")
	bare := strings.ReplaceAll(l.Key, "-", "")
	confuse := strings.NewReplacer("0", "O", "1", "l", "V", "u")
	for name, typed := range map[string]string{
		"as shown": l.Key, "bare": bare, "small": strings.ToLower(l.Key), "spaces": strings.ReplaceAll(l.Key, "-", " "),
		"long dashes": strings.ReplaceAll(l.Key, "-", " – "), "lines": strings.ReplaceAll(l.Key, "-", "\r\n"),
		"dots": strings.ReplaceAll(l.Key, "-", "."), "around": "  " + l.Key + "\t\n", "look-alikes": confuse.Replace(l.Key),
		"look-alikes, small": strings.ToLower(confuse.Replace(l.Key)), "I for 1": strings.ReplaceAll(l.Key, "1", "I"),
		"invisible": strings.ReplaceAll(l.Key, "-", "\u200b\u00a0\ufeff"), "quoted": `"` + l.Key + `"`,
	} {
		s, token, err := e.SignInWithKey(t.Context(), typed, name)
		if err != nil || s.Account != l.ID {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := e.Authenticate(t.Context(), token); err != nil {
			t.Errorf("%s: the token: %v", name, err)
		}
	}
}

func TestWrongKeys(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := e.Learner(t, "Ada")
	for name, typed := range map[string]string{
		"none": "", "words": "let me in", "cut": l.Key[:len(l.Key)-1], "longer": l.Key + "0", "twice": l.Key + l.Key,
		"bytes": "\xff\xfe\x00", "huge": strings.Repeat("0", 1<<20),
	} {
		_, _, err := e.SignInWithKey(t.Context(), typed, "")
		wantError(t, name, err, wallet.BadInput, "key_mistyped")
	}
	other := wallettest.New(t, wallettest.Options{}).Learner(t, "Eve")
	_, _, err := e.SignInWithKey(t.Context(), other.Key, "")
	wantError(t, "a key of another installation", err, wallet.Forbidden, "key_unknown")
}

// TestSlips asserts that the check characters detect nearly all
// single-character errors and swaps of neighbours.
func TestSlips(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := e.Learner(t, "Ada")
	key := strings.ReplaceAll(l.Key, "-", "")
	tried, missed := 0, 0
	try := func(typed string) {
		if typed == key {
			return
		}
		tried++
		_, _, err := e.SignInWithKey(t.Context(), typed, "")
		if err == nil {
			t.Fatalf("%s signs in with the key %s", typed, key)
		}
		if strings.Contains(err.Error(), "key_unknown") {
			missed++
		}
	}
	for i := range key {
		for _, r := range "0123456789ABCDEFGHJKMNPQRSTVWXYZ" {
			try(key[:i] + string(r) + key[i+1:])
		}
		if i > 0 {
			try(key[:i-1] + key[i:i+1] + key[i-1:i] + key[i+1:])
		}
	}
	if tried < 800 || missed > tried/100 {
		t.Errorf("%d of %d slips were not detected", missed, tried)
	}
}

// TestKeysAreRandom asserts that every character of a key takes many values, as
// its 130 bits require.
func TestKeysAreRandom(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := e.Learner(t, "Ada")
	var values [28]map[byte]bool
	for range 200 {
		key, err := e.RenewBackpackKey(t.Context(), l.ID)
		if err != nil {
			t.Fatal(err)
		}
		groups := strings.Split(key, "-")
		if len(groups) != 7 {
			t.Fatalf("key %s", key)
		}
		for i, c := range []byte(strings.Join(groups, "")) {
			if values[i] == nil {
				values[i] = map[byte]bool{}
			}
			values[i][c] = true
		}
	}
	for i, v := range values {
		if len(v) < 24 { // of 32; fewer occur less than once in a billion runs
			t.Errorf("character %d takes only %d values", i, len(v))
		}
	}
}

func TestRenewBackpackKey(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := e.Learner(t, "Ada")
	if has, err := e.HasBackpackKey(t.Context(), l.ID); err != nil || !has {
		t.Errorf("no key: %v", err)
	}
	fresh, err := e.RenewBackpackKey(t.Context(), l.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = e.SignInWithKey(t.Context(), l.Key, "")
	wantError(t, "the old key", err, wallet.Forbidden, "key_unknown")
	if s, _, err := e.SignInWithKey(t.Context(), fresh, ""); err != nil || s.Account != l.ID {
		t.Errorf("the new key: %v", err)
	}
	if _, err := e.Authenticate(t.Context(), l.Token); err != nil {
		t.Errorf("renewing the key ended the session: %v", err)
	}
}

func FuzzSignInWithKey(f *testing.F) {
	e := wallettest.New(f, wallettest.Options{})
	l := e.Learner(f, "Ada")
	for _, seed := range []string{"", "0000-0000-0000-0000-0000-0000-0000", strings.Repeat("Z", 28), "ıſŁ", l.Key} {
		f.Add(seed)
	}
	own := strings.ReplaceAll(l.Key, "-", "")
	f.Fuzz(func(t *testing.T, typed string) {
		_, token, err := e.SignInWithKey(t.Context(), typed, "")
		if (err == nil) != (token != "") {
			t.Fatalf("token %q with %v", token, err)
		}
		var meant strings.Builder
		for _, r := range strings.ToUpper(typed) {
			if strings.ContainsRune("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", r) {
				meant.WriteRune(r)
			}
		}
		if err == nil && strings.NewReplacer("O", "0", "I", "1", "L", "1", "U", "V").Replace(meant.String()) != own {
			t.Fatalf("%q signs in", typed)
		}
	})
}
