package server_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

const (
	issuerDoc  = "https://issuer.example/.well-known/did.json"
	issuerList = "https://issuer.example/status/bitstring/revocation"
)

// heldBadge lets a learner keep and share a badge whose issuer answers.
func heldBadge(t *testing.T, s *site, options ...vctest.Option) (*learner, *wallet.Entry, *wallet.Share) {
	t.Helper()
	i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDWeb, vctest.Ed25519)
	raw := i.Issue(t, append(options, vctest.Status("BitstringStatusListEntry", "revocation", false))...)
	for _, u := range []string{issuerDoc, issuerList} {
		res, err := i.Web.Fetch(context.Background(), vc.FetchRequest{URL: u})
		if err != nil {
			t.Fatal(err)
		}
		s.Web.Put(u, res.ContentType, res.Body)
	}
	l := s.learner(t, "Robin Example")
	id, err := s.StartImport(t.Context(), l.ID, []inspect.Input{{Bytes: raw}})
	if err == nil {
		err = s.WorkImport(t.Context(), l.ID, id)
	}
	if err != nil {
		t.Fatal(err)
	}
	entries, err := s.Keep(t.Context(), l.ID, id, []int{1})
	if err != nil || len(entries) != 1 || entries[0].Verdict != vc.Valid {
		t.Fatalf("%+v, %v", entries, err)
	}
	return l, entries[0], l.share(wallet.ShareRequest{}, "Baker")
}

// later advances the clock and signs the learner in again.
func (l *learner) later(d time.Duration) {
	l.t.Helper()
	l.site.Clock.Advance(d)
	_, token, err := l.site.SignInWithKey(l.t.Context(), l.Key, "a test")
	if err != nil {
		l.t.Fatal(err)
	}
	l.use(token)
}

// TestIssuerSilent checks that the learner and an employer see when a badge was last
// valid, and can download the material of that check.
func TestIssuerSilent(t *testing.T) {
	const sentence = "Was valid when last checked on 23 November 2026; the issuer no longer answers"
	s := newSiteAs(t, wallettest.Options{}, nil) // no worker runs in the background
	l, e, sh := heldBadge(t, s)
	s.Web.Remove(issuerDoc)
	s.Web.Remove(issuerList)
	l.later(3 * 24 * time.Hour)
	employer := s.browser(t)
	employer.get("/s/"+sh.Token).is(t, http.StatusOK).says(t, "This badge checks out", "Checked 23 November 2026")
	employer.follow(employer.post("/s/"+sh.Token+"/check", nil)).says(t, sentence, "could not be fully checked", "What was found on 23 November 2026").
		hasNot(t, "This badge checks out")
	l.get("/badges/"+e.ID).is(t, http.StatusOK).says(t, sentence, "Last tried", "What was found on 23 November 2026", "The evidence of the check")
	one := employer.get("/s/"+sh.Token+"/badges/"+e.ID+"/evidence").is(t, http.StatusOK)
	all := employer.get("/s/"+sh.Token+"/evidence").is(t, http.StatusOK)
	own := l.get("/badges/"+e.ID+"/evidence").is(t, http.StatusOK)
	for _, a := range []*answer{one, all, own} {
		if a.Header.Get("Content-Type") != "application/zip" || !strings.Contains(a.Header.Get("Content-Disposition"), "evidence.zip") {
			t.Errorf("%s: %v", a.Request.URL.Path, a.Header)
		}
		again := s.browser(t)
		again.upload("/verify", "", inspect.Input{Name: "evidence.zip", Bytes: []byte(a.body)}).is(t, http.StatusOK).
			says(t, "Was valid on 23 November 2026, by what was kept from then", "Nobody was asked again").hasNot(t, "This badge checks out")
		again.upload("/verify", "", inspect.Input{Name: "evidence.zip", Bytes: []byte(strings.ReplaceAll(a.body, "manifest.json", "manifest.jsom"))}).
			hasNot(t, "Was valid on")
	}
	s.browser(t).get("/s/"+sh.Token+"/evidence").is(t, http.StatusNotFound) // no grant
}

// TestNews checks that pages show the findings of the watch until the learner has seen them.
func TestNews(t *testing.T) {
	s := newSite(t)
	l, e, _ := heldBadge(t, s, vctest.With("validUntil", s.Clock.Now().Add(20*24*time.Hour).Format(time.RFC3339)))
	l.get("/backpack").hasNot(t, "expires soon")
	l.later(14 * 24 * time.Hour)
	if _, err := s.Recheck(t.Context(), l.ID, e.ID); err != nil {
		t.Fatal(err)
	}
	const news = "“Baker” expires soon, on 13 December 2026"
	for _, path := range []string{"/backpack", "/badges/" + e.ID, "/activity"} {
		l.get(path).says(t, news)
	}
	l.post("/activity/seen", nil).leads(t, "/backpack")
	l.get("/backpack").hasNot(t, "I have seen this")
	l.get("/badges/"+e.ID).hasNot(t, "I have seen this")
	l.get("/activity").says(t, news)
}

// TestThreat20NewsByMail turns mails on, and off again by the link in one, without a
// session.
func TestThreat20NewsByMail(t *testing.T) {
	s := newSite(t)
	l, e, _ := heldBadge(t, s, vctest.With("validUntil", s.Clock.Now().Add(20*24*time.Hour).Format(time.RFC3339)))
	l.get("/settings").says(t, "Prove an address first.")
	email := s.Prove(t, l.ID, "robin@example.org")
	l.get("/settings").says(t, "Mail me news", "No mail")
	l.post("/settings/mail", url.Values{"to": {"nothing"}}).is(t, http.StatusNotFound)
	l.follow(l.post("/settings/mail", url.Values{"to": {email.ID}})).has(t, `<option value="`+email.ID+`" selected>`)
	l.later(14 * 24 * time.Hour)
	if _, err := s.Recheck(t.Context(), l.ID, e.ID); err != nil {
		t.Fatal(err)
	}
	s.Clock.Advance(2 * time.Hour)
	for s.Mails.Mails()[len(s.Mails.Mails())-1].Subject != "News about one of your badges" {
		if _, err := s.RunDue(t.Context(), 10); err != nil {
			t.Fatal(err)
		}
	}
	_, link, _ := strings.Cut(s.Mails.Mails()[len(s.Mails.Mails())-1].Text, s.url)
	_, link, _ = strings.Cut(link, s.url)
	path := strings.TrimSpace(link)
	stranger := s.browser(t)
	stranger.get(path).is(t, http.StatusOK).says(t, "Stop these mails")
	if to, err := s.MailTo(t.Context(), l.ID); err != nil || to != email.ID {
		t.Errorf("opening the link ended the mails: %q, %v", to, err)
	}
	stranger.post(path+"x", nil).is(t, http.StatusNotFound)
	stranger.post(path, nil).is(t, http.StatusOK).says(t, "You get no more of these mails")
	if to, err := s.MailTo(t.Context(), l.ID); err != nil || to != "" {
		t.Errorf("mails still go to %q, %v", to, err)
	}
	l.get("/settings").has(t, `<option value="">No mail</option>`).hasNot(t, " selected>")
}
