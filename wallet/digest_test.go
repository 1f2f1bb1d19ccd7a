package wallet_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

// mailed makes a learner with notices mailed to a proved address.
func mailed(t *testing.T, e *wallettest.Env) (a storage.AccountID, entries []*wallet.Entry) {
	t.Helper()
	a = e.Learner(t, "Alma").ID
	i := issuer(t, e)
	soon := func(n int, title string) inspect.Input {
		return text(i.Issue(t, vctest.With("validUntil", e.Clock.Now().Add(36*day).Format(time.RFC3339)), vctest.With("id", fmt.Sprint("urn:uuid:", n)),
			vctest.With("credentialSubject.achievement.name", title)))
	}
	entries = kept(t, e, a, soon(1, "Baker"), soon(2, "Line\r\nbreaker\u202e"), soon(3, strings.Repeat("long ", 100)))
	email := e.Prove(t, a, "alma@example.org")
	if err := e.SetMailTo(t.Context(), a, email.ID); err != nil {
		t.Fatal(err)
	}
	return a, entries
}

// noticeMails returns the sent mails, without those that contain a code.
func noticeMails(e *wallettest.Env) (out []wallettest.Mail) {
	for _, m := range e.Mails.Mails() {
		if strings.HasPrefix(m.Subject, "News") {
			out = append(out, m)
		}
	}
	return out
}

// TestDigest asserts that each notice is mailed once, in at most one mail a
// day.
func TestDigest(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	_, entries := mailed(t, e)
	for range 8 {
		passTime(t, e, day)
	}
	e.Reopen(t)
	passTime(t, e, time.Hour)
	got := noticeMails(e)
	if len(got) != 1 || got[0].To != "alma@example.org" || got[0].Subject != "News about your badges (3)" {
		t.Fatalf("%d mails: %+v", len(got), got)
	}
	for _, part := range []string{"“Baker” expires on 29 December 2026", "“Line breaker” expires",
		"http://localhost:8080/mail/stop/", "http://localhost:8080/backpack"} {
		if !strings.Contains(got[0].Text, part) {
			t.Errorf("%q is missing from\n%s", part, got[0].Text)
		}
	}
	for _, part := range []string{"School of Bread", "Bakes bread", "\r", "\u202e", entries[0].ID} {
		if strings.Contains(got[0].Text, part) {
			t.Errorf("%q occurs in\n%s", part, got[0].Text)
		}
	}
	for range 10 {
		passTime(t, e, day)
		e.Reopen(t)
	}
	if n := len(noticeMails(e)); n != 1 {
		t.Errorf("%d mails about one notice", n)
	}
	for range 30 { // seven days before the expiry, and the expiry
		passTime(t, e, day)
	}
	if n := len(noticeMails(e)); n < 3 || n > 5 { // rechecks are spread, so two badges' notices may fall on two days
		t.Errorf("%d mails in total, want 3 to 5", n)
	}
	if l := e.Logs.String(); l != "" {
		t.Errorf("logged:\n%s", l)
	}
}

// TestDigestRefused asserts that a digest refused by the mail server is retried
// on later days and finally dropped.
func TestDigestRefused(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	mailed(t, e)
	e.Mails.Fail(errors.New("no room for alma@example.org"))
	for range 8 {
		passTime(t, e, day)
	}
	if len(noticeMails(e)) != 0 || !strings.Contains(e.Logs.String(), "no room for the address") || strings.Contains(e.Logs.String(), "alma@") {
		t.Errorf("logged %s", e.Logs)
	}
	e.Mails.Fail(nil)
	for range 3 {
		passTime(t, e, day)
	}
	if n := len(noticeMails(e)); n != 1 {
		t.Errorf("%d mails after the server works again", n)
	}
}

// TestStopMail stops the mails through the link in one of them.
func TestStopMail(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a, _ := mailed(t, e)
	for range 8 {
		passTime(t, e, day)
	}
	_, rest, _ := strings.Cut(noticeMails(e)[0].Text, "/mail/stop/")
	token := strings.TrimSpace(rest)
	for _, bad := range []string{"", "a.b.c", token + "x", strings.Replace(token, ".", ".x", 1), altered(token)} {
		wallettest.Refused(t, e.StopMail(t.Context(), bad), wallet.Missing, "mail_link")
	}
	if to, err := e.MailTo(t.Context(), a); err != nil || to == "" {
		t.Fatal(to, err)
	}
	for range 2 {
		if err := e.StopMail(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	if to, err := e.MailTo(t.Context(), a); err != nil || to != "" {
		t.Error(to, err)
	}
	for range 40 {
		passTime(t, e, day)
	}
	if n := len(noticeMails(e)); n != 1 {
		t.Errorf("%d mails after they were stopped", n)
	}
	if eventOf(t, e, a, "mail_on") == nil || eventOf(t, e, a, "mail_off") == nil {
		t.Error("no event for the learner")
	}
	if err := e.DeleteAccount(t.Context(), a, "Alma"); err != nil {
		t.Fatal(err)
	}
	wallettest.Refused(t, e.StopMail(t.Context(), token), wallet.Missing, "mail_link")
}

// TestMailTo asserts that only a proved address of the learner gets mail, and a
// removed address gets none.
func TestMailTo(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a, b := e.Learner(t, "Alma").ID, e.Learner(t, "Bela").ID
	email, err := e.AddEmail(t.Context(), a, "alma@example.org")
	if err != nil {
		t.Fatal(err)
	}
	wallettest.Refused(t, e.SetMailTo(t.Context(), a, email.ID), wallet.Conflict, "email_unproved")
	wallettest.Refused(t, e.SetMailTo(t.Context(), a, "nothing"), wallet.Missing, "")
	proved := e.Prove(t, a, "alma@example.org")
	wallettest.Refused(t, e.SetMailTo(t.Context(), b, proved.ID), wallet.Missing, "")
	if err := e.SetMailTo(t.Context(), a, proved.ID); err != nil {
		t.Fatal(err)
	}
	if err := e.RemoveEmail(t.Context(), a, proved.ID); err != nil {
		t.Fatal(err)
	}
	if to, err := e.MailTo(t.Context(), a); err != nil || to != "" {
		t.Error(to, err)
	}
}
