package wallet_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"backpack/wallet"
	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

func TestProveEmail(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{PublicURL: "https://badges.example.org"})
	l := e.Learner(t, "Ada")
	email, err := e.AddEmail(t.Context(), l.ID, " Ada.Example@Mail.EXAMPLE ")
	if err != nil || email.Address != "Ada.Example@mail.example" || email.Proved {
		t.Fatalf("%+v: %v", email, err)
	}
	mails := e.Mails.Mails()
	if len(mails) != 1 || mails[0].To != email.Address || !strings.Contains(mails[0].Text, "badges.example.org") {
		t.Fatalf("mails %+v", mails)
	}
	if strings.Contains(mails[0].Text+mails[0].Subject, "Ada\n") || strings.Contains(mails[0].Subject, "\n") {
		t.Errorf("the mail contains text that a stranger chose: %+v", mails[0])
	}
	e.Clock.Advance(time.Minute)
	code := e.Mails.Code(t)
	if err := e.ProveEmail(t.Context(), l.ID, email.ID, " "+code[:3]+" "+code[3:]+"\n"); err != nil {
		t.Fatal(err)
	}
	list, err := e.Emails(t.Context(), l.ID)
	if err != nil || len(list) != 1 || !list[0].Proved || !list[0].ProvedAt.Equal(e.Clock.Now()) || list[0].ID != email.ID {
		t.Errorf("%+v: %v", list, err)
	}
	if err := e.ProveEmail(t.Context(), l.ID, email.ID, "000000"); err != nil {
		t.Errorf("proving a proved address: %v", err)
	}
	_, err = e.AddEmail(t.Context(), l.ID, "ada.example@mail.example")
	wantError(t, "adding it again", err, wallet.Conflict, "email_exists")
	wantError(t, "resending", e.ResendCode(t.Context(), l.ID, email.ID), wallet.Conflict, "email_exists")
}

// wrongCode returns a code that differs from the mailed one.
func wrongCode(code string) string {
	if code[5] == '0' {
		return code[:5] + "1"
	}
	return code[:5] + "0"
}

func TestThreat20WrongCodes(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := e.Learner(t, "Ada")
	email, err := e.AddEmail(t.Context(), l.ID, "ada@example.org")
	if err != nil {
		t.Fatal(err)
	}
	code := e.Mails.Code(t)
	for _, wrong := range []string{"", wrongCode(code), code + "0", strings.Repeat("1", 200), "\xff"} {
		wantError(t, wrong, e.ProveEmail(t.Context(), l.ID, email.ID, wrong), wallet.Forbidden, "code_wrong")
	}
	wantError(t, "the right code, after too many tries", e.ProveEmail(t.Context(), l.ID, email.ID, code), wallet.Limited, "code_tries")
	if err := e.ResendCode(t.Context(), l.ID, email.ID); err != nil {
		t.Fatal(err)
	}
	fresh := e.Mails.Code(t)
	if fresh != code {
		wantError(t, "the old code", e.ProveEmail(t.Context(), l.ID, email.ID, code), wallet.Forbidden, "code_wrong")
	}
	if err := e.ProveEmail(t.Context(), l.ID, email.ID, fresh); err != nil {
		t.Errorf("the new code: %v", err)
	}
}

func TestThreat20CodeRunsOut(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := e.Learner(t, "Ada")
	email, err := e.AddEmail(t.Context(), l.ID, "ada@example.org")
	if err != nil {
		t.Fatal(err)
	}
	e.Clock.Advance(10 * time.Minute)
	wantError(t, "after ten minutes", e.ProveEmail(t.Context(), l.ID, email.ID, e.Mails.Code(t)), wallet.Missing, "code_expired")
}

// TestThreat20CodeIsBound asserts that a code proves only the address and the
// account that it was mailed for.
func TestThreat20CodeIsBound(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	ada, eve := e.Learner(t, "Ada"), e.Learner(t, "Eve")
	hers, err := e.AddEmail(t.Context(), eve.ID, "eve@example.org")
	if err != nil {
		t.Fatal(err)
	}
	code := e.Mails.Code(t)
	for _, add := range []storage.AccountID{eve.ID, ada.ID} {
		other, err := e.AddEmail(t.Context(), add, "ada@example.org")
		if err != nil {
			t.Fatal(err)
		}
		if e.Mails.Code(t) != code {
			wantError(t, "another address", e.ProveEmail(t.Context(), add, other.ID, code), wallet.Forbidden, "code_wrong")
		}
	}
	if err := e.ProveEmail(t.Context(), eve.ID, hers.ID, code); err != nil {
		t.Error(err)
	}
}

func TestFamiliesShareAnAddress(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	for _, name := range []string{"Ada", "Bob"} {
		l := e.Learner(t, name)
		e.Prove(t, l.ID, "family@example.org")
		if list, err := e.Emails(t.Context(), l.ID); err != nil || !list[0].Proved {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestThreat20Addresses(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := e.Learner(t, "Ada")
	for name, c := range map[string]struct{ in, want string }{
		"plain":       {"a@example.org", "a@example.org"},
		"tag":         {"ada+badges@example.org", "ada+badges@example.org"},
		"apostrophe":  {"o'ada@example.org", "o'ada@example.org"},
		"umlaut host": {"ada@bücher.example", "ada@xn--bcher-kva.example"},
		"root dot":    {"ada@example.org.", "ada@example.org"},
		"umlaut name": {"ädä@example.org", "ädä@example.org"},
	} {
		if got, err := e.AddEmail(t.Context(), l.ID, c.in); err != nil || got.Address != c.want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for name, in := range map[string]string{
		"none": "", "no at": "ada.example.org", "no name": "@example.org", "no host": "ada@", "two": "a@b@example.org",
		"header":       "ada@example.org\r\nBcc: all@example.org",
		"header, LF":   "ada@example.org\nSubject: hello",
		"encoded":      "ada@example.org%0d%0aBcc:x@example.org",
		"display name": "Ada <ada@example.org>", "angle": "<ada@example.org>", "comment": "ada(me)@example.org",
		"list": "a@example.org,b@example.org", "semicolon": "a@example.org;b@example.org", "quoted": `"a b"@example.org`,
		"machine": "ada@[127.0.0.1]", "no dot": "root@localhost", "space": "a da@example.org", "NUL": "ada\x00@example.org",
		"dots": "a..da@example.org", "empty label": "ada@example..org", "only dots": "ada@..", "hyphen": "ada@-example.org",
		"bad UTF-8": "ada\xff@example.org", "long name": strings.Repeat("a", 65) + "@example.org",
		"long": "ada@" + strings.Repeat("a.", 130) + "example", "under score": "ada@exa_mple.org", "unicode line": "ada\u2028@example.org",
		"direction": "ada\u202e@example.org",
	} {
		_, err := e.AddEmail(t.Context(), l.ID, in)
		wantError(t, name, err, wallet.BadInput, "email_invalid")
	}
	for _, m := range e.Mails.Mails() {
		if strings.ContainsAny(m.To, "\r\n ") {
			t.Errorf("mail to %q", m.To)
		}
	}
}

func TestRemoveEmail(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := e.Learner(t, "Ada")
	email, err := e.AddEmail(t.Context(), l.ID, "ada@example.org")
	if err != nil {
		t.Fatal(err)
	}
	if err := e.RemoveEmail(t.Context(), l.ID, email.ID); err != nil {
		t.Fatal(err)
	}
	wantError(t, "the code", e.ProveEmail(t.Context(), l.ID, email.ID, e.Mails.Code(t)), wallet.Missing, "not_found")
	wantError(t, "again", e.RemoveEmail(t.Context(), l.ID, email.ID), wallet.Missing, "not_found")
	if list, err := e.Emails(t.Context(), l.ID); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
	e.Prove(t, l.ID, "ada@example.org") // it can be added again
}

func TestMailThatFails(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := e.Learner(t, "Ada")
	e.Mails.Fail(errors.New("550 no such user: ada@example.org"))
	email, err := e.AddEmail(t.Context(), l.ID, "ada@example.org")
	wantError(t, "AddEmail", err, wallet.Upstream, "mail_failed")
	if email == nil || strings.Contains(err.Error(), "ada@example.org") {
		t.Fatalf("email %v, error %v", email, err)
	}
	e.Mails.Fail(nil)
	if err := e.ResendCode(t.Context(), l.ID, email.ID); err != nil {
		t.Fatal(err)
	}
	if err := e.ProveEmail(t.Context(), l.ID, email.ID, e.Mails.Code(t)); err != nil {
		t.Error(err)
	}
}

// TestMailsPerAddress asserts that one address gets at most ten mails a day,
// from all accounts together.
func TestMailsPerAddress(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	sent := func() int { return len(e.Mails.Mails()) }
	for range 12 {
		l := e.Learner(t, "Eve")
		_, err := e.AddEmail(t.Context(), l.ID, "VICTIM@example.org")
		if sent() == 10 && err != nil {
			wantError(t, "the eleventh mail", err, wallet.Limited, "too_many_mails")
		}
	}
	if sent() != 10 {
		t.Errorf("%d mails", sent())
	}
	e.Clock.Advance(24 * time.Hour)
	if _, err := e.AddEmail(t.Context(), e.Learner(t, "Ada").ID, "victim@example.org"); err != nil || sent() != 11 {
		t.Errorf("the next day: %d mails, %v", sent(), err)
	}
}

// TestMailsPerAccount asserts that an account sends at most twenty mails a day
// and has at most twenty addresses.
func TestMailsPerAccount(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := e.Learner(t, "Ada")
	add := func(i int) error {
		_, err := e.AddEmail(t.Context(), l.ID, strings.Repeat("a", i+1)+"@example.org")
		return err
	}
	for i := range 20 {
		if err := add(i); err != nil {
			t.Fatal(err)
		}
	}
	wantError(t, "one more address", add(20), wallet.Limited, "too_many_emails")
	wantError(t, "one more mail", add(3), wallet.Limited, "too_many_mails")
	e.Clock.Advance(24 * time.Hour)
	if err := add(3); err != nil {
		t.Errorf("the next day: %v", err)
	}
}

// TestCodesAreUniform asserts that every digit is equally likely in every place.
func TestCodesAreUniform(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := e.Learner(t, "Ada")
	email, err := e.AddEmail(t.Context(), l.ID, "ada@example.org")
	if err != nil {
		t.Fatal(err)
	}
	var count [6][10]int
	for i := range 500 {
		if i%9 == 0 {
			e.Clock.Advance(24 * time.Hour)
		}
		if err := e.ResendCode(t.Context(), l.ID, email.ID); err != nil {
			t.Fatal(err)
		}
		for place, d := range e.Mails.Code(t) {
			count[place][d-'0']++
		}
	}
	for place, digits := range count {
		for d, k := range digits { // 50 expected, standard deviation 6.7
			if k < 10 || k > 100 {
				t.Errorf("digit %d occurs %d times in place %d", d, k, place)
			}
		}
	}
}

// TestProvedAddressRechecks asserts that proving an address rechecks the badges
// without a known recipient.
func TestProvedAddressRechecks(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := e.Learner(t, "Ada")
	kept, err := e.AddSamples(t.Context(), l.ID)
	if err != nil || len(kept) == 0 {
		t.Fatalf("%d samples: %v", len(kept), err)
	}
	others := 0
	for _, entry := range kept {
		if entry.Mine == "" {
			others++
		}
	}
	runDue := func() int {
		n, err := e.RunDue(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for runDue() > 0 {
	}
	email := e.Prove(t, l.ID, "ada@example.org")
	if n := runDue(); n != others || others == 0 {
		t.Errorf("%d badges were rechecked, want %d", n, others)
	}
	if err := e.RemoveEmail(t.Context(), l.ID, email.ID); err != nil {
		t.Fatal(err)
	}
	if n := runDue(); n != 0 {
		t.Errorf("%d badges were rechecked, but none was awarded to the address", n)
	}
}

// A slowMailer returns when its context ends.
type slowMailer struct{}

func (slowMailer) Send(ctx context.Context, _, _, _ string) error {
	<-ctx.Done()
	return ctx.Err()
}

// TestSlowMailServer asserts that a slow mail server does not block the
// store.
func TestSlowMailServer(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{Mail: slowMailer{}})
	l := e.Learner(t, "Ada")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := e.AddEmail(ctx, l.ID, "ada@example.org")
		done <- err
	}()
	if err := e.Rename(t.Context(), l.ID, "Ada Example"); err != nil {
		t.Error(err)
	}
	cancel()
	if err := <-done; err == nil {
		t.Error("no error")
	}
}

func FuzzAddEmail(f *testing.F) {
	e := wallettest.New(f, wallettest.Options{})
	for _, seed := range []string{"a@example.org", "a@b", "a@bücher.example", "\"a\"@example.org", "a@example.org\r\nBcc: b@example.org", "a@[::1]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		l := e.Learner(t, "Ada")
		before := len(e.Mails.Mails())
		email, err := e.AddEmail(t.Context(), l.ID, address)
		mails := e.Mails.Mails()[before:]
		if (err == nil) != (len(mails) == 1) {
			t.Fatalf("%d mails with %v", len(mails), err)
		}
		if err != nil {
			return
		}
		if mails[0].To != email.Address || strings.ContainsAny(email.Address, "\r\n<>,; \x00") || strings.Count(email.Address, "@") != 1 {
			t.Fatalf("mail to %q for %q", mails[0].To, address)
		}
	})
}
