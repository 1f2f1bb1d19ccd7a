package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"backpack/wallet"
	"backpack/wallet/inspect"
)

// five lists the samples in the share for an employer.
var five = []string{"Handling Historic Photographs", "Oral History Interviewer", "First Aid at Public Events", "Workshop Key Holder", "Community Garden Helper"}

// sharing creates a learner with a share of the samples with the titles.
func (s *site) sharing(t testing.TB, r wallet.ShareRequest, titles ...string) (*learner, *wallet.Share) {
	t.Helper()
	l := s.learner(t, "Robin Example")
	l.samples()
	return l, l.share(r, titles...)
}

// TestEmployerPage checks the content and the size of an employer's page.
func TestEmployerPage(t *testing.T) {
	s := newSite(t)
	kept := s.learner(t, "Kim Example").samples()
	var titles []string
	for title := range kept {
		titles = append(titles, title)
	}
	_, all := s.sharing(t, wallet.ShareRequest{Title: "Application", Audience: "City Archive"}, titles...)
	a := s.browser(t).get("/s/"+all.Token).is(t, http.StatusOK).hasNot(t, "<script", "csrf", "http-equiv")
	a.says(t, "Robin Example shows 10 badges", "of 10 badges check out", "Checked 23 November 2026, 12:00 UTC", "Application", "City Archive",
		"Handling Historic Photographs", "Issued by", "Awarded", "Expires", "No expiry date", "Sample issuer",
		"What it takes", "Tell the six common print processes apart", "Skills", "Identifying photographic processes",
		"Results", "Written test", "87", "Needed: 70", "Evidence", "The box before and after", "Backed by",
		"What was checked", "Yes", "No", "Could not check", "Not stated",
		"Is it unchanged since it was issued?", "Does it come from the issuer it names?", "Technical details", "eddsa-rdfc-2022",
		"Download all, signed", "Download this badge", "Check again", "Check it yourself", "backpack verify "+s.url+"/s/"+all.Token,
		"Taken back by the issuer", "Expired", "This badge does not hold", "Could not be fully checked")
	if strings.Contains(a.body, kept[five[0]].ID) {
		t.Error("another learner's badge is shown")
	}
	l, sh := s.sharing(t, wallet.ShareRequest{}, "Handling Historic Photographs", "Oral History Interviewer", "First Aid at Public Events",
		"Workshop Key Holder", "Planetarium Evening Host")
	a = s.browser(t).get("/s/"+sh.Token).is(t, http.StatusOK).says(t, "Robin Example shows 5 badges")
	if len(a.body) > 50<<10 {
		t.Errorf("the page has %d bytes", len(a.body))
	}
	t.Logf("five badges: %d bytes", len(a.body))
	l.get("/shares").says(t, "Opened once")
}

// TestNegotiation requests the page and the presentation from one address.
func TestNegotiation(t *testing.T) {
	s := newSite(t)
	_, sh := s.sharing(t, wallet.ShareRequest{}, five[:3]...)
	for accept, want := range map[string]string{
		"": "text/html", "*/*": "text/html", "text/html": "text/html", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": "text/html",
		"image/avif,*/*": "text/html", "application/pdf": "text/html", "text/html,application/json": "text/html", "application/json;q=0.1,text/html": "text/html",
		"application/vp": "application/vp", "application/vp, */*": "application/vp", "application/vp,text/html;q=0.1": "application/vp",
		"application/json": "application/json", "application/ld+json": "application/ld+json", "application/vc, application/vp;q=0.9": "application/vp",
	} {
		a := s.browser(t).ask(http.MethodGet, "/s/"+sh.Token, nil, "Accept", accept).is(t, http.StatusOK)
		if got := a.Header.Get("Content-Type"); got != want && !strings.HasPrefix(got, want+";") {
			t.Errorf("%q is answered with %s", accept, got)
		}
		if got := a.Header.Get("Vary"); got != "Accept" {
			t.Errorf("Vary %q", got)
		}
		if want != "text/html" {
			s.verifies(t, []byte(a.body), sh)
		}
	}
	for _, path := range []string{"/s/wrong", "/s/" + strings.Repeat("A", len(sh.Token))} {
		a := s.browser(t).ask(http.MethodGet, path, nil, "Accept", "application/vp").is(t, http.StatusNotFound)
		if got := a.Header.Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("gone: %s", got)
		}
	}
}

// verifies checks a presentation with the product itself.
func (s *site) verifies(t testing.TB, body []byte, sh *wallet.Share) *inspect.Checked {
	t.Helper()
	found, err := s.Check(t.Context(), []inspect.Input{{Name: "x.json", Bytes: body}})
	if err != nil || len(found) != 1 || found[0].Problem != "" {
		t.Fatalf("check: %v %+v", err, found)
	}
	x := found[0]
	if !strings.HasPrefix(x.Holder, "did:key:z") || len(x.Contained) != len(sh.Entries) {
		t.Errorf("holder %q, %d badges: %+v", x.Holder, len(x.Contained), x.Report.Checks)
	}
	return x
}

// TestPresentationTravels checks that anybody can verify the presentation of a share,
// with its holder, and that nothing is stored.
func TestPresentationTravels(t *testing.T) {
	s := newSite(t)
	_, sh := s.sharing(t, wallet.ShareRequest{}, "Handling Historic Photographs", "Oral History Interviewer")
	b := s.browser(t)
	b.get("/s/"+sh.Token+"/presentation").is(t, http.StatusNotFound) // needs the grant of the page
	b.get("/s/" + sh.Token)
	vp := b.get("/s/"+sh.Token+"/presentation").is(t, http.StatusOK)
	if got := vp.Header.Get("Content-Type") + vp.Header.Get("Content-Disposition"); got != `application/vpattachment; filename="badges.vp.json"` {
		t.Error(got)
	}
	x := s.verifies(t, []byte(vp.body), sh)
	a := b.upload("/verify", "", inspect.Input{Name: "badges.vp.json", Bytes: []byte(vp.body)}).is(t, http.StatusOK)
	a.says(t, "A collection of 2 badges: 2 are samples.", "Signed by the key", x.Holder, "Handling Historic Photographs", "Oral History Interviewer")
	broken := strings.Replace(vp.body, "Handling Historic Photographs", "Handling Historic Documents", 1)
	b.upload("/verify", "", inspect.Input{Name: "x.json", Bytes: []byte(broken)}).is(t, http.StatusOK).hasNot(t, "Signed by the key")
	for _, id := range sh.Entries {
		one := b.get("/s/"+sh.Token+"/badges/"+id).is(t, http.StatusOK)
		b.upload("/verify", "", inspect.Input{Name: "one", Bytes: []byte(one.body)}).is(t, http.StatusOK).says(t, "A sample, for trying out")
	}
}

// TestShareRecheck checks that the button fetches everything again and leads to the link.
func TestShareRecheck(t *testing.T) {
	s := newSite(t)
	l, sh := s.sharing(t, wallet.ShareRequest{}, five...)
	b := s.browser(t)
	b.get("/s/" + sh.Token)
	s.Clock.Advance(5 * time.Minute)
	a := b.post("/s/"+sh.Token+"/check", nil).leads(t, "/s/"+sh.Token)
	b.follow(a).says(t, "Checked 23 November 2026, 12:05 UTC")
	l.get("/shares").says(t, "Opened once")
}

// TestPasscode makes mistakes in the passcode form until there are too many.
func TestPasscode(t *testing.T) {
	s := newSite(t)
	l, sh := s.sharing(t, wallet.ShareRequest{Passcode: "open sesame"}, five[:2]...)
	path := "/s/" + sh.Token
	b := s.browser(t)
	b.get(path).is(t, http.StatusUnauthorized).says(t, "Enter the passcode").hasNot(t, "Robin", five[0], "There is a problem")
	b.post(path, url.Values{"passcode": {""}}).is(t, http.StatusForbidden).says(t, "There is a problem", "Enter the passcode").hasNot(t, "Robin")
	b.post(path, url.Values{"passcode": {"Open Sesame"}}).is(t, http.StatusForbidden).says(t, "That is not the passcode").has(t, `aria-invalid="true"`).
		hasNot(t, "Robin")
	b.get(path+"/presentation").is(t, http.StatusNotFound)
	b.get(path+"/pictures/"+sh.Entries[0]).is(t, http.StatusNotFound)
	b.get(path+"/badges/"+sh.Entries[0]).is(t, http.StatusNotFound)
	b.post(path+"/check", nil).is(t, http.StatusForbidden).hasNot(t, "Robin")
	a := b.ask(http.MethodGet, path, nil, "Accept", "application/vp").is(t, http.StatusForbidden)
	if !json.Valid([]byte(a.body)) || strings.Contains(a.body, "Robin") {
		t.Errorf("a program gets %s", a.body)
	}
	l.get("/shares").says(t, "Not opened yet")
	a = b.post(path, url.Values{"passcode": {"  open sesame "}}).leads(t, path)
	b.follow(a).is(t, http.StatusOK).says(t, "Robin Example shows 2 badges")
	b.get(path).is(t, http.StatusOK)
	b.get(path+"/presentation").is(t, http.StatusOK)
	l.get("/shares").says(t, "Opened once")
	other := s.browser(t)
	for range 9 { // one failed above
		other.post(path, url.Values{"passcode": {"guess"}}).is(t, http.StatusForbidden)
	}
	a = other.post(path, url.Values{"passcode": {"open sesame"}}).is(t, http.StatusTooManyRequests).says(t, "Too many wrong passcodes")
	if a.Header.Get("Retry-After") != "900" {
		t.Error("no Retry-After")
	}
	b.get(path).is(t, http.StatusOK) // a grant stays valid
	s.Clock.Advance(16 * time.Minute)
	other.post(path, url.Values{"passcode": {"open sesame"}}).leads(t, path)
	s.Clock.Advance(31 * time.Minute)
	b.get(path).is(t, http.StatusUnauthorized)
}

// TestViewLimit checks that the last view gets the whole page, and the next one nothing.
func TestViewLimit(t *testing.T) {
	s := newSite(t)
	l, sh := s.sharing(t, wallet.ShareRequest{MaxViews: 2}, five[:2]...)
	path := "/s/" + sh.Token
	first, last, late := s.browser(t), s.browser(t), s.browser(t)
	first.get(path).is(t, http.StatusOK)
	last.get(path).is(t, http.StatusOK)
	late.get(path).is(t, http.StatusNotFound).says(t, "Nothing to see behind this link")
	for _, b := range []*browser{first, last} {
		for _, id := range sh.Entries {
			a := b.get(path+"/pictures/"+id).is(t, http.StatusOK)
			if got := a.Header.Get("Content-Type") + a.Header.Get("Cache-Control"); !strings.HasPrefix(got, "image/") || !strings.HasSuffix(got, "no-store") {
				t.Error(got)
			}
		}
		b.get(path).is(t, http.StatusOK)
		b.get(path+"/presentation").is(t, http.StatusOK)
	}
	late.get(path+"/pictures/"+sh.Entries[0]).is(t, http.StatusNotFound)
	l.get("/shares/"+sh.ID).says(t, "2 of 2")
	l.get("/shares").says(t, "Used up", "Opened 2 times")
	s.Clock.Advance(31 * time.Minute)
	last.get(path).is(t, http.StatusNotFound)
	last.get(path+"/pictures/"+sh.Entries[0]).is(t, http.StatusNotFound)
}

// TestPreviewsDoNotCount checks that HEAD, link previews and prefetches use up no view
// and reveal nothing (threat 16).
func TestPreviewsDoNotCount(t *testing.T) {
	s := newSite(t)
	l, sh := s.sharing(t, wallet.ShareRequest{MaxViews: 1}, five[:2]...)
	for _, path := range []string{"/s/" + sh.Token, "/s/wrong"} {
		b := s.browser(t)
		if a := b.ask(http.MethodHead, path, nil).is(t, http.StatusOK); a.body != "" || len(a.Cookies()) > 0 {
			t.Errorf("HEAD %s: %v %q", path, a.Cookies(), a.body)
		}
		for _, agent := range []string{"Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "Twitterbot/1.0", "facebookexternalhit/1.1",
			"WhatsApp/2.23.20.0 A",
			"LinkedInBot/1.0 (compatible; Mozilla/5.0)", "TelegramBot (like TwitterBot)", "Mozilla/5.0 (compatible; Discordbot/2.0)",
			"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Mozilla/5.0 (Windows NT 6.1) SkypeUriPreview Preview/0.5"} {
			a := b.ask(http.MethodGet, path, nil, "User-Agent", agent).is(t, http.StatusOK).says(t, "Backpack").hasNot(t, "Robin", five[0])
			if got := a.Header.Get("X-Robots-Tag"); got != "noindex, noarchive" || len(a.Cookies()) > 0 {
				t.Errorf("%s: %s %v", agent, got, a.Cookies())
			}
		}
		b.ask(http.MethodGet, path, nil, "Sec-Purpose", "prefetch;prerender").is(t, http.StatusServiceUnavailable).hasNot(t, "Robin")
	}
	l.get("/shares").says(t, "Not opened yet")
	s.browser(t).ask(http.MethodGet, "/s/"+sh.Token, nil, "User-Agent", "Mozilla/5.0 (Linux; Android 11; CUBOT X30) LinkedInApp").is(t, http.StatusOK).
		says(t, "Robin Example")
	l.get("/shares").says(t, "Opened once", "Used up")
}

// TestThreat15GoneLooksTheSame checks that wrong, expired, revoked and used-up links, and
// all addresses below them, have the same answer.
func TestThreat15GoneLooksTheSame(t *testing.T) {
	s := newSite(t)
	l, revoked := s.sharing(t, wallet.ShareRequest{}, five[0])
	used := l.share(wallet.ShareRequest{MaxViews: 1}, five[0])
	s.browser(t).get("/s/" + used.Token)
	expired := l.share(wallet.ShareRequest{ExpiresAt: s.Clock.Now().Add(time.Hour), Passcode: "open sesame"}, five[0])
	removed := l.share(wallet.ShareRequest{}, five[0])
	seen := s.browser(t)
	seen.get("/s/"+revoked.Token).is(t, http.StatusOK)
	s.Clock.Advance(2 * time.Hour)
	l.post("/shares/"+revoked.ID+"/revoke", nil).leads(t, "/shares/"+revoked.ID)
	l.post("/shares/"+removed.ID+"/remove", nil).leads(t, "/shares")
	tokens := map[string]string{"wrong": strings.Repeat("A", len(revoked.Token)), "short": "xQ7", "odd": "%2e%2e", "revoked": revoked.Token, "used": used.Token,
		"expired": expired.Token, "removed": removed.Token}
	for _, part := range []string{"", "/presentation", "/pictures/" + revoked.Entries[0], "/badges/" + revoked.Entries[0]} {
		want := ""
		for name, token := range tokens {
			for _, b := range []*browser{seen, s.browser(t)} {
				a := b.get("/s/"+token+part).is(t, http.StatusNotFound)
				a.Header.Del("Date")
				a.Header.Del("X-Request-Id")
				a.Header.Del("Content-Length")
				got := strings.ReplaceAll(fmt.Sprint(a.Header, a.body), token, "TOKEN")
				if want == "" {
					want = got
				}
				if got != want {
					t.Errorf("%s%s differs:\n%s\nfrom\n%s", name, part, got, want)
				}
			}
		}
	}
}
