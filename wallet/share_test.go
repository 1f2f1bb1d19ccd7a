package wallet_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"os"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

// newShare makes a learner with one badge and a share of it.
func newShare(t testing.TB, e *wallettest.Env, r wallet.ShareRequest) (storage.AccountID, *wallet.Entry, *wallet.Share) {
	t.Helper()
	a := e.Learner(t, "Alma Example").ID
	entry := kept(t, e, a, text(issuer(t, e).Issue(t)))[0]
	r.Entries = append(r.Entries, entry.ID)
	s, err := e.CreateShare(t.Context(), a, r)
	if err != nil {
		t.Fatal(err)
	}
	return a, entry, s
}

func opened(t testing.TB, e *wallettest.Env, s *wallet.Share, o wallet.OpenShareOptions) *wallet.SharedView {
	t.Helper()
	v, err := e.OpenShare(t.Context(), s.Token, o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return v
}

func TestShare(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a, entry, s := newShare(t, e, wallet.ShareRequest{Title: " For a job ", Audience: "Bakery"})
	if got := s.ExpiresAt.Sub(e.Clock.Now()); got != 30*24*time.Hour || s.Title != "For a job" || s.Passcode || s.Views != 0 {
		t.Errorf("share %+v, expires in %v", s, got)
	}
	if len(s.Token) != 32 { // 160 bits in base32
		t.Errorf("token %q", s.Token)
	}
	preview, err := e.PreviewShare(t.Context(), a, wallet.ShareRequest{Entries: []string{entry.ID}, Title: "For a job", Audience: "Bakery"})
	if err != nil {
		t.Fatal(err)
	}
	view := opened(t, e, s, wallet.OpenShareOptions{})
	if view.Holder != "Alma Example" || !strings.HasPrefix(view.HolderDID, "did:key:") || len(view.Items) != 1 || !view.CheckedAt.Equal(e.Clock.Now()) {
		t.Errorf("view %+v", view)
	}
	if it := view.Items[0]; it.Verdict != vc.Valid || it.Badge.Entry.ID != entry.ID || it.Badge.Document.Credential.Name.String() != "Baker" {
		t.Errorf("item %+v", it)
	}
	if !reflect.DeepEqual(preview.Items[0].Report, view.Items[0].Report) || preview.Holder != view.Holder || preview.Share.Title != view.Share.Title {
		t.Error("the preview differs from the view")
	}
	e.Reopen(t)
	again, err := e.Share(t.Context(), a, s.ID)
	if err != nil || again.Token != s.Token || again.Views != 1 || again.Days["2026-11-23"] != 1 {
		t.Errorf("after a restart %+v, %v", again, err)
	}
	if ev := eventOf(t, e, a, "share_opened"); ev == nil || ev.Share != s.ID {
		t.Errorf("event %+v", ev)
	}
	if err := e.RemoveShare(t.Context(), a, s.ID); err != nil {
		t.Fatal(err)
	}
	_, err = e.OpenShare(t.Context(), s.Token, wallet.OpenShareOptions{})
	wallettest.Refused(t, err, wallet.Missing, "share_gone")
}

func TestShareRequests(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	id := kept(t, e, a, text(issuer(t, e).Issue(t)))[0].ID
	now := e.Clock.Now()
	for name, tt := range map[string]struct {
		r    wallet.ShareRequest
		kind wallet.ErrorKind
		code string
	}{
		"no badge": {wallet.ShareRequest{}, wallet.BadInput, "no_badges_chosen"},
		"many badges": {wallet.ShareRequest{Entries: strings.Split(strings.Repeat("a,", 50)+strings.Join(ids(101), ","), ",")},
			wallet.BadInput, "too_many_badges_chosen"},
		"unknown badge": {wallet.ShareRequest{Entries: []string{id, "nobody"}}, wallet.Missing, "not_found"},
		"long title":    {wallet.ShareRequest{Entries: []string{id}, Title: strings.Repeat("é", 121)}, wallet.BadInput, "title_too_long"},
		"long audience": {wallet.ShareRequest{Entries: []string{id}, Audience: strings.Repeat("é", 121)}, wallet.BadInput, "title_too_long"},
		"past":          {wallet.ShareRequest{Entries: []string{id}, ExpiresAt: now}, wallet.BadInput, "expiry_in_past"},
		"far":           {wallet.ShareRequest{Entries: []string{id}, ExpiresAt: now.AddDate(2, 0, 0)}, wallet.BadInput, "expiry_too_far"},
		"negative":      {wallet.ShareRequest{Entries: []string{id}, MaxViews: -1}, wallet.BadInput, "view_limit"},
		"many views":    {wallet.ShareRequest{Entries: []string{id}, MaxViews: 100_001}, wallet.BadInput, "view_limit"},
		"short code":    {wallet.ShareRequest{Entries: []string{id}, Passcode: "abc"}, wallet.BadInput, "passcode_length"},
		"long code":     {wallet.ShareRequest{Entries: []string{id}, Passcode: strings.Repeat("a", 129)}, wallet.BadInput, "passcode_length"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := e.CreateShare(t.Context(), a, tt.r)
			wallettest.Refused(t, err, tt.kind, tt.code)
		})
	}
	if n := count(t, e, a, storage.KindShare); n != 0 {
		t.Errorf("%d shares were made", n)
	}
	entries := []string{id, id, id}
	if s, err := e.CreateShare(t.Context(), a, wallet.ShareRequest{Entries: entries, Title: strings.Repeat("é", 120)}); err != nil || len(s.Entries) != 1 {
		t.Errorf("a valid request: %+v, %v", s, err)
	}
}

func ids(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = strings.Repeat("b", i+1)
	}
	return out
}

// TestShareGone asserts that every share that cannot be opened gives the same
// answer.
func TestShareGone(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	_, _, wrong := newShare(t, e, wallet.ShareRequest{})
	a, _, revoked := newShare(t, e, wallet.ShareRequest{Passcode: "right"})
	_, _, expired := newShare(t, e, wallet.ShareRequest{ExpiresAt: e.Clock.Now().Add(time.Hour), Passcode: "right"})
	_, _, used := newShare(t, e, wallet.ShareRequest{MaxViews: 1})
	grant := opened(t, e, revoked, wallet.OpenShareOptions{Passcode: "right"}).Grant
	opened(t, e, used, wallet.OpenShareOptions{})
	if err := e.RevokeShare(t.Context(), a, revoked.ID); err != nil {
		t.Fatal(err)
	}
	e.Clock.Advance(time.Hour)
	_, want := e.OpenShare(t.Context(), "nothing", wallet.OpenShareOptions{})
	wallettest.Refused(t, want, wallet.Missing, "share_gone")
	for name, tt := range map[string]struct {
		token string
		o     wallet.OpenShareOptions
	}{
		"empty":                   {"", wallet.OpenShareOptions{}},
		"wrong":                   {altered(wrong.Token), wallet.OpenShareOptions{}},
		"wrong with passcode":     {altered(wrong.Token), wallet.OpenShareOptions{Passcode: "right"}},
		"revoked":                 {revoked.Token, wallet.OpenShareOptions{}},
		"revoked, right passcode": {revoked.Token, wallet.OpenShareOptions{Passcode: "right"}},
		"revoked, grant":          {revoked.Token, wallet.OpenShareOptions{Grant: grant}},
		"expired":                 {expired.Token, wallet.OpenShareOptions{}},
		"expired, wrong passcode": {expired.Token, wallet.OpenShareOptions{Passcode: "wrong"}},
		"used up":                 {used.Token, wallet.OpenShareOptions{}},
		"used up, invented grant": {used.Token, wallet.OpenShareOptions{Grant: "zzzzzz.aaaa"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := e.OpenShare(t.Context(), tt.token, tt.o)
			if !reflect.DeepEqual(err, want) {
				t.Errorf("%#v, want %#v", err, want)
			}
		})
	}
}

// TestViewLimit opens a share limited to ten views a thousand times at once.
func TestViewLimit(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a, _, s := newShare(t, e, wallet.ShareRequest{MaxViews: 10})
	var got, gone atomic.Int32
	var wg sync.WaitGroup
	for range 1000 {
		wg.Go(func() {
			switch _, err := e.OpenShare(t.Context(), s.Token, wallet.OpenShareOptions{}); {
			case err == nil:
				got.Add(1)
			case strings.Contains(err.Error(), "share_gone"):
				gone.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	after, err := e.Share(t.Context(), a, s.ID)
	if got.Load() != 10 || gone.Load() != 990 || err != nil || after.Views != 10 || after.Days["2026-11-23"] != 10 || after.Live(e.Clock.Now()) {
		t.Errorf("%d opened it, %d were refused; %+v, %v", got.Load(), gone.Load(), after, err)
	}
}

func TestGrants(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a, entry, s := newShare(t, e, wallet.ShareRequest{MaxViews: 1, Passcode: "open sesame"})
	_, _, other := newShare(t, e, wallet.ShareRequest{})
	grant := opened(t, e, s, wallet.OpenShareOptions{Passcode: "open sesame"}).Grant
	// A further view needs no passcode, counts no view, and works after the limit
	// is reached.
	opened(t, e, s, wallet.OpenShareOptions{Grant: grant, Fresh: true})
	if _, err := e.SharedPresentation(t.Context(), s.Token, grant); err != nil {
		t.Error(err)
	}
	if b, err := e.SharedBadge(t.Context(), s.Token, grant, entry.ID); err != nil || b.Entry.ID != entry.ID {
		t.Errorf("badge: %v", err)
	}
	if again, err := e.Share(t.Context(), a, s.ID); err != nil || again.Views != 1 {
		t.Errorf("%d views, %v", again.Views, err)
	}
	foreign := opened(t, e, other, wallet.OpenShareOptions{}).Grant
	for name, g := range map[string]string{"none": "", "another share's": foreign, "altered": altered(grant), "longer": "z" + grant} {
		_, err := e.SharedPresentation(t.Context(), s.Token, g)
		wallettest.Refused(t, err, wallet.Missing, "share_gone")
		_, err = e.SharedBadge(t.Context(), s.Token, g, entry.ID)
		wallettest.Refused(t, err, wallet.Missing, "share_gone")
		if _, _, err = e.SharedImage(t.Context(), s.Token, g, entry.ID); err == nil {
			t.Errorf("%s: picture", name)
		}
	}
	e.Clock.Advance(30 * time.Minute)
	_, err := e.OpenShare(t.Context(), s.Token, wallet.OpenShareOptions{Grant: grant})
	wallettest.Refused(t, err, wallet.Missing, "share_gone")
}

func TestPasscode(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a, _, s := newShare(t, e, wallet.ShareRequest{Passcode: "geheim é"})
	if !s.Passcode {
		t.Error("the share reports no passcode")
	}
	_, err := e.OpenShare(t.Context(), s.Token, wallet.OpenShareOptions{})
	wallettest.Refused(t, err, wallet.Forbidden, "passcode_needed")
	opened(t, e, s, wallet.OpenShareOptions{Passcode: " geheim e\u0301"}) // é in decomposed form
	for range 10 {
		_, err := e.OpenShare(t.Context(), s.Token, wallet.OpenShareOptions{Passcode: "wrong"})
		wallettest.Refused(t, err, wallet.Forbidden, "passcode_wrong")
	}
	_, err = e.OpenShare(t.Context(), s.Token, wallet.OpenShareOptions{Passcode: "geheim é"})
	wallettest.Refused(t, err, wallet.Limited, "passcode_tries")
	if again, _ := e.Share(t.Context(), a, s.ID); again.Views != 1 {
		t.Errorf("%d views", again.Views)
	}
	e.Clock.Advance(16 * time.Minute)
	opened(t, e, s, wallet.OpenShareOptions{Passcode: "geheim é"})

	// At most ten passcodes are tried, even when more arrive at once.
	var tried atomic.Int32
	var wg sync.WaitGroup
	for range 30 {
		wg.Go(func() {
			if _, err := e.OpenShare(t.Context(), s.Token, wallet.OpenShareOptions{Passcode: "wrong"}); strings.Contains(err.Error(), "passcode_wrong") {
				tried.Add(1)
			}
		})
	}
	wg.Wait()
	if tried.Load() != 10 {
		t.Errorf("%d passcodes were tried", tried.Load())
	}
}

func TestShareLosesBadge(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := issuer(t, e)
	two := kept(t, e, a, text(i.Issue(t)), text(i.Issue(t, vctest.With("id", "https://issuer.example/badges/2"))))
	s, err := e.CreateShare(t.Context(), a, wallet.ShareRequest{Entries: []string{two[0].ID, two[1].ID}})
	if err != nil {
		t.Fatal(err)
	}
	v := opened(t, e, s, wallet.OpenShareOptions{})
	if len(v.Items) != 2 {
		t.Fatalf("%d badges", len(v.Items))
	}
	if err := e.Remove(t.Context(), a, two[0].ID); err != nil {
		t.Fatal(err)
	}
	if got := opened(t, e, s, wallet.OpenShareOptions{Grant: v.Grant}); len(got.Items) != 1 || got.Items[0].Badge.Entry.ID != two[1].ID {
		t.Errorf("%d badges", len(got.Items))
	}
	_, err = e.SharedBadge(t.Context(), s.Token, v.Grant, two[0].ID)
	wallettest.Refused(t, err, wallet.Missing, "")
	if err := e.Remove(t.Context(), a, two[1].ID); err != nil {
		t.Fatal(err)
	}
	if got := opened(t, e, s, wallet.OpenShareOptions{}); len(got.Items) != 0 {
		t.Errorf("%d badges", len(got.Items))
	}
	_, err = e.Present(t.Context(), a, s.ID)
	wallettest.Refused(t, err, wallet.Conflict, "nothing_to_present")
}

func TestViewsByDay(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a, _, s := newShare(t, e, wallet.ShareRequest{})
	for _, n := range []int{2, 1} {
		for range n {
			opened(t, e, s, wallet.OpenShareOptions{})
		}
		e.Clock.Advance(24 * time.Hour)
	}
	got, err := e.Share(t.Context(), a, s.ID)
	want := map[string]int{"2026-11-23": 2, "2026-11-24": 1}
	if err != nil || got.Views != 3 || !reflect.DeepEqual(got.Days, want) {
		t.Errorf("%d views, %v, %v", got.Views, got.Days, err)
	}
}

// TestShareLimit counts only shares that can be opened; shares that ended long
// ago are deleted.
func TestShareLimit(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{Limits: wallet.Limits{Shares: 1}})
	a, entry, s := newShare(t, e, wallet.ShareRequest{})
	r := wallet.ShareRequest{Entries: []string{entry.ID}}
	_, err := e.CreateShare(t.Context(), a, r)
	wallettest.Refused(t, err, wallet.Limited, "too_many_shares")
	if err := e.RevokeShare(t.Context(), a, s.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := e.CreateShare(t.Context(), a, r); err != nil {
		t.Error(err)
	}
	e.Clock.Advance(121 * 24 * time.Hour)
	if _, err := e.RunDue(t.Context(), 10); err != nil {
		t.Fatal(err)
	}
	if got, err := e.Shares(t.Context(), a); err != nil || len(got) != 0 {
		t.Errorf("%d shares, %v", len(got), err)
	}
}

// TestThreat15TokenIsNotStored searches the data file for tokens and passcodes.
func TestThreat15TokenIsNotStored(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	_, _, s := newShare(t, e, wallet.ShareRequest{Passcode: "open sesame", Title: "A title"})
	grant := opened(t, e, s, wallet.OpenShareOptions{Passcode: "open sesame"}).Grant
	e.Store.Close()
	data, err := os.ReadFile(e.Path)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{s.Token, grant, "open sesame", "A title"} {
		for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte(secret)), hex.EncodeToString([]byte(secret))} {
			if strings.Contains(string(data), form) {
				t.Errorf("%q is in the data file", form)
			}
		}
	}
}

// TestRefreshedShare opens a share of a badge that its issuer has refreshed: it
// contains the newer version, which is verified by itself (specs A7.2).
func TestRefreshedShare(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := issuer(t, e)
	const service = "https://issuer.example/refresh/1"
	refresh := vctest.With("refreshService", vctest.Object{"id": service, "type": "1EdTechCredentialRefresh"})
	old := i.Issue(t, refresh, vctest.With("validUntil", "2026-12-01T00:00:00Z"))
	entry := kept(t, e, a, text(old))[0]
	newer := i.Issue(t, refresh, vctest.With("validFrom", "2026-11-01T00:00:00Z"), vctest.With("name", "Master baker"),
		vctest.With("credentialSubject.achievement.name", "Master baker"))
	e.Web.Put(service, "application/vc", newer)
	e.Clock.Advance(30 * 24 * time.Hour)
	got, err := e.Recheck(t.Context(), a, entry.ID)
	if err != nil || got.Verdict != vc.Valid || got.Summary.Title != "Master baker" {
		t.Fatalf("refreshed: %s %q, %v", got.Verdict, got.Summary.Title, err)
	}
	e.Web.Remove(service)
	s, err := e.CreateShare(t.Context(), a, wallet.ShareRequest{Entries: []string{entry.ID}})
	if err != nil {
		t.Fatal(err)
	}
	it := opened(t, e, s, wallet.OpenShareOptions{}).Items[0]
	if it.Verdict != vc.Valid || string(it.Badge.Document.Raw) != string(newer) || string(it.Badge.Body.Raw) != string(old) {
		t.Errorf("shown: %s, %s", it.Verdict, it.Badge.Document.Raw)
	}
}

// TestOpenShareCancelled opens a share with a cancelled context.
func TestOpenShareCancelled(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	_, _, s := newShare(t, e, wallet.ShareRequest{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.OpenShare(ctx, s.Token, wallet.OpenShareOptions{}); err == nil {
		t.Error("opened")
	}
}

// altered returns s with its last character changed.
func altered(s string) string {
	last := "a"
	if strings.HasSuffix(s, last) {
		last = "b"
	}
	return s[:len(s)-1] + last
}
