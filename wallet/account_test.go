package wallet_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"backpack/vc"
	"backpack/wallet"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
	"backpack/wallet/wallettest"
)

// wantError fails the test unless err is a wallet.Error with the code.
func wantError(t *testing.T, what string, err error, kind wallet.ErrorKind, code string) {
	t.Helper()
	var e *wallet.Error
	if !errors.As(err, &e) || e.Kind != kind || e.Code != code {
		t.Errorf("%s: got %v, want %s %s", what, err, kind, code)
	}
}

func TestSignUpAndAccount(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	s, token, key, err := e.SignUpWithKey(t.Context(), "  Ada Example ", "de-CH", "Firefox on Linux")
	if err != nil {
		t.Fatal(err)
	}
	if len(token) != 43 || len(key) != 34 || s.Label != "Firefox on Linux" || !s.CreatedAt.Equal(e.Clock.Now()) {
		t.Errorf("token %q, key %q, session %+v", token, key, s)
	}
	acc, err := e.Account(t.Context(), s.Account)
	if err != nil {
		t.Fatal(err)
	}
	if acc.Name != "Ada Example" || acc.Lang != "de-CH" || !acc.CreatedAt.Equal(e.Clock.Now()) || acc.ID != s.Account {
		t.Errorf("account %+v", acc)
	}
	if !strings.HasPrefix(acc.Holder, "did:key:z6Mk") || !strings.HasPrefix(acc.HolderKey, acc.Holder+"#") {
		t.Errorf("holder %s, key %s", acc.Holder, acc.HolderKey)
	}
	other := e.Learner(t, "Ada Example") // names need not be unique
	if o, err := e.Account(t.Context(), other.ID); err != nil || o.Holder == acc.Holder || other.Key == key {
		t.Errorf("two accounts share a key: %v", err)
	}
}

func TestNames(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	for name, c := range map[string]struct{ in, code string }{
		"none":           {"", "name_missing"},
		"blank":          {" \t ", "name_missing"},
		"invisible":      {"\u200b\u2060", "name_missing"},
		"too long":       {strings.Repeat("é", 81), "name_too_long"},
		"line break":     {"Ada\nExample", "name_characters"},
		"NUL":            {"Ada\x00", "name_characters"},
		"escape":         {"\x1b[31mAda", "name_characters"},
		"not UTF-8":      {"Ada\xff", "name_characters"},
		"text direction": {"Ada\u202eelpmaxE", "name_characters"},
		"isolate":        {"Ada\u2066", "name_characters"},
		"paragraph":      {"Ada\u2029B", "name_characters"},
	} {
		_, _, _, err := e.SignUpWithKey(t.Context(), c.in, "", "")
		wantError(t, name, err, wallet.BadInput, c.code)
	}
	l := e.Learner(t, "Ada")
	for _, name := range []string{"Ω", "愛", "Ada  van 't Voorbeeld-Éxample", "علی\u200cرضا", "👩‍🎓", strings.Repeat("é", 80)} {
		if err := e.Rename(t.Context(), l.ID, name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if acc, err := e.Account(t.Context(), l.ID); err != nil || acc.Name != name {
			t.Errorf("%s became %q: %v", name, acc.Name, err)
		}
	}
	if err := e.Rename(t.Context(), l.ID, "E\u0301va"); err != nil {
		t.Fatal(err)
	}
	if acc, err := e.Account(t.Context(), l.ID); err != nil || acc.Name != "Éva" {
		t.Errorf("the name is not composed: %q, %v", acc.Name, err)
	}
	wantError(t, "rename", e.Rename(t.Context(), l.ID, ""), wallet.BadInput, "name_missing")
}

func TestUnknownAccount(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	e.Learner(t, "Ada")
	for _, a := range []storage.AccountID{"aaaaaaaaaaaaaaaaaaaaaaaaaa", "", "\x00"} {
		if _, err := e.Account(t.Context(), a); err == nil {
			t.Errorf("account %q was made", a)
		}
	}
}

func TestDeleteAccountLeavesNoTrace(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	ada, bob := e.Learner(t, "Ada Éxample"), e.Learner(t, "Bob")
	email := e.Prove(t, ada.ID, "ada@example.org")
	if err := e.SetMailTo(t.Context(), ada.ID, email.ID); err != nil {
		t.Fatal(err)
	}
	addRevokedBadge(t, e, ada.ID)
	holder, err := e.Account(t.Context(), ada.ID)
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, "another name", e.DeleteAccount(t.Context(), ada.ID, "Bob"), wallet.BadInput, "name_differs")
	wantError(t, "no name", e.DeleteAccount(t.Context(), ada.ID, ""), wallet.BadInput, "name_differs")
	if err := e.DeleteAccount(t.Context(), ada.ID, " ada E\u0301XAMPLE"); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Authenticate(t.Context(), ada.Token); err == nil {
		t.Error("the session is still valid")
	}
	_, _, err = e.SignInWithKey(t.Context(), ada.Key, "")
	wantError(t, "the key", err, wallet.Forbidden, "key_unknown")
	_, err = e.Account(t.Context(), ada.ID)
	wantError(t, "the account", err, wallet.Missing, "account_gone")
	if err := e.Store.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := e.Authenticate(t.Context(), bob.Token); err != nil {
		t.Errorf("Bob is signed out: %v", err)
	}
	live := records(t, e)
	for _, trace := range []string{string(ada.ID), holder.Holder, "ada@example.org"} {
		if strings.Contains(live, trace) {
			t.Errorf("%s remains", trace)
		}
	}
	if !strings.Contains(live, string(bob.ID)) {
		t.Error("the search proves nothing")
	}
}

// addRevokedBadge gives an account a revoked badge with stored check material,
// and a notice to mail.
func addRevokedBadge(t *testing.T, e *wallettest.Env, a storage.AccountID) {
	t.Helper()
	i := webIssuer(t)
	badge := i.Issue(t, inList(true))
	publish(t, e, i, webDoc)
	e.Web.Put(bitsList, "application/vc", i.List(t, "revocation"))
	entry := kept(t, e, a, text(badge))[0]
	publish(t, e, i, bitsList)
	if now, err := e.Recheck(t.Context(), a, entry.ID); err != nil || now.Verdict != vc.Revoked {
		t.Fatal(now, err)
	}
	if bodies, all := blobs(t, e, a); bodies < 3 || all <= bodies {
		t.Fatalf("%d bodies are stored in %d records", bodies, all)
	}
}

// records closes the store and returns the content of its buckets, without free
// pages.
func records(t *testing.T, e *wallettest.Env) string {
	t.Helper()
	e.Store.Close()
	db, err := bbolt.Open(e.Path, 0o600, &bbolt.Options{ReadOnly: true, Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var out strings.Builder
	err = db.View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(_ []byte, b *bbolt.Bucket) error {
			return b.ForEach(func(k, v []byte) error {
				out.Write(k)
				out.Write(v)
				return nil
			})
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestNoPlainText searches the data file for plain text (threat 25).
func TestNoPlainText(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	ada := e.Learner(t, "Canary Nightingale")
	e.Prove(t, ada.ID, "canary@birds.example")
	if _, err := e.AddEmail(t.Context(), ada.ID, "unproved@birds.example"); err != nil {
		t.Fatal(err)
	}
	code := e.Mails.Code(t)
	acc, err := e.Account(t.Context(), ada.ID)
	if err != nil {
		t.Fatal(err)
	}
	e.Store.Close()
	file, err := os.ReadFile(e.Path)
	if err != nil {
		t.Fatal(err)
	}
	for name, secret := range map[string]string{
		"name": "Canary", "address": "canary@birds.example", "unproved address": "unproved@birds",
		"DID": acc.Holder, "label": "a test", "token": ada.Token, "key": ada.Key, "key's letters": strings.ReplaceAll(ada.Key, "-", ""),
		"code": `"` + code + `"`, "master key": string(e.Master), "master key, base64": base64.StdEncoding.EncodeToString(e.Master)[:40],
	} {
		if bytes.Contains(file, []byte(secret)) {
			t.Errorf("the %s is in the data file", name)
		}
	}
	if !bytes.Contains(file, []byte(ada.ID)) {
		t.Error("the search proves nothing")
	}
	if strings.Contains(e.Logs.String(), "canary") || strings.Contains(e.Logs.String(), ada.Token) {
		t.Errorf("the log reveals secrets:\n%s", e.Logs)
	}
}

func TestRestart(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	ada := e.Learner(t, "Ada")
	before, err := e.Account(t.Context(), ada.ID)
	if err != nil {
		t.Fatal(err)
	}
	e.Reopen(t)
	after, err := e.Account(t.Context(), ada.ID)
	if err != nil || *after != *before {
		t.Errorf("got %+v, want %+v: %v", after, before, err)
	}
	if _, err := e.Authenticate(t.Context(), ada.Token); err != nil {
		t.Errorf("the session did not survive: %v", err)
	}
	if _, _, err := e.SignInWithKey(t.Context(), ada.Key, ""); err != nil {
		t.Errorf("the key did not survive: %v", err)
	}
}

// TestAnotherMasterKey asserts that the start is refused with a reason when the
// master key is another one (threat 26).
func TestAnotherMasterKey(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	e.Learner(t, "Ada")
	right := e.Master
	e.Store.Close()
	e.Master = bytes.Repeat([]byte{1}, vault.MasterKeySize)
	err := e.Open(t)
	if !errors.Is(err, vault.ErrSealed) || !strings.Contains(err.Error(), "another master key") {
		t.Errorf("got %v", err)
	}
	e.Store.Close()
	e.Master = right
	if err := e.Open(t); err != nil {
		t.Errorf("the right key is refused: %v", err)
	}
}

func TestAccountsDoNotReachEachOther(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	ada, bob := e.Learner(t, "Ada"), e.Learner(t, "Bob")
	email, err := e.AddEmail(t.Context(), ada.ID, "ada@example.org")
	if err != nil {
		t.Fatal(err)
	}
	code := e.Mails.Code(t)
	wantError(t, "session", e.RevokeSession(t.Context(), bob.ID, ada.Session.ID), wallet.Missing, "not_found")
	wantError(t, "prove", e.ProveEmail(t.Context(), bob.ID, email.ID, code), wallet.Missing, "not_found")
	wantError(t, "resend", e.ResendCode(t.Context(), bob.ID, email.ID), wallet.Missing, "not_found")
	wantError(t, "remove", e.RemoveEmail(t.Context(), bob.ID, email.ID), wallet.Missing, "not_found")
	wantError(t, "delete", e.DeleteAccount(t.Context(), bob.ID, "Ada"), wallet.BadInput, "name_differs")
	if list, err := e.Sessions(t.Context(), bob.ID); err != nil || len(list) != 1 || list[0].ID != bob.Session.ID {
		t.Errorf("Bob's sessions: %v, %v", list, err)
	}
	if err := e.ProveEmail(t.Context(), ada.ID, email.ID, code); err != nil {
		t.Errorf("Ada's own code: %v", err)
	}
}

// TestSignInEvents asserts that changes of the sign-in methods are recorded
// as events.
func TestSignInEvents(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := e.Learner(t, "Ada")
	step := func(err error) {
		t.Helper()
		e.Clock.Advance(time.Second)
		if err != nil {
			t.Fatal(err)
		}
	}
	step(nil)
	_, _, err := e.SignInWithKey(t.Context(), l.Key, "Phone")
	step(err)
	email, err := e.AddEmail(t.Context(), l.ID, "ada@example.org")
	step(err)
	step(e.ProveEmail(t.Context(), l.ID, email.ID, e.Mails.Code(t)))
	step(e.RemoveEmail(t.Context(), l.ID, email.ID))
	c, err := e.BeginAddPasskey(t.Context(), l.ID)
	step(err)
	p, err := e.FinishAddPasskey(t.Context(), l.ID, c.ID, localDevice().register(t, c), "Laptop")
	step(err)
	step(e.RemovePasskey(t.Context(), l.ID, p.ID))
	_, err = e.RenewBackpackKey(t.Context(), l.ID)
	step(err)
	events, err := e.Events(t.Context(), l.ID, 100)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, event := range events {
		got = append(got, event.Code+" "+event.Text)
	}
	want := []string{"key_renewed ", "passkey_removed Laptop", "passkey_added Laptop", "email_removed ada@example.org",
		"email_proved ada@example.org", "email_added ada@example.org", "signed_in Phone", "signed_up "}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
