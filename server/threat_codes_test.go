package server_test

import (
	"net/http"
	"net/url"
	"testing"
)

// TestThreat20MailedCodes checks that opening the page of a mailed code, as mail scanners
// do, does not use it up. Only the learner's browser can use it, once.
func TestThreat20MailedCodes(t *testing.T) {
	s := newSite(t)
	l, other, stranger := s.learner(t, "Robin Example"), s.learner(t, "Eve Example"), s.browser(t)
	email, err := s.AddEmail(t.Context(), l.ID, "robin@example.org")
	if err != nil {
		t.Fatal(err)
	}
	path, code := "/settings/emails/"+email.ID, s.Mails.Code(t)
	proved := func() bool {
		list, err := s.Emails(t.Context(), l.ID)
		return err == nil && len(list) == 1 && list[0].Proved
	}
	for range 2 {
		l.get(path+"?code="+code).is(t, http.StatusOK)
		l.ask(http.MethodHead, path+"?code="+code, nil).is(t, http.StatusOK)
		stranger.get(path+"?code="+code).leads(t, "/signin?next="+url.QueryEscape(path+"?code="+code))
		other.get(path+"?code="+code).is(t, http.StatusNotFound)
		stranger.post(path, url.Values{"code": {code}}).is(t, http.StatusForbidden)
		other.post(path, url.Values{"code": {code}}).is(t, http.StatusNotFound)
	}
	if proved() {
		t.Fatal("opening the page confirms the address")
	}
	l.post(path, url.Values{"code": {code}}).is(t, http.StatusSeeOther)
	if !proved() {
		t.Fatal("the code does not confirm the address")
	}
	// A used code confirms nothing.
	l.post(path+"/remove", nil).is(t, http.StatusSeeOther)
	again, err := s.AddEmail(t.Context(), l.ID, "robin@example.org")
	if err != nil {
		t.Fatal(err)
	}
	if s.Mails.Code(t) != code {
		l.post("/settings/emails/"+again.ID, url.Values{"code": {code}}).is(t, http.StatusBadRequest).says(t, "That is not the code")
	}
	l.post(path, url.Values{"code": {code}}).is(t, http.StatusNotFound)
	for _, address := range []string{"a@example.org\r\nBcc: all@example.org", "a@example.org\nX: y", "a@example.org%0d%0aBcc:b@example.org",
		"\"a\r\nBcc: b\"@example.org", "a@example.org,b@example.org", "<a@example.org>"} {
		before := len(s.Mails.Mails())
		l.post("/settings/emails", url.Values{"email": {address}}).is(t, http.StatusBadRequest)
		if after := len(s.Mails.Mails()); after != before {
			t.Errorf("a mail went to %q", address)
		}
	}
}
