package wallet_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	vckept "backpack/vc/kept"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/event"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

const (
	webDoc   = "https://issuer.example/.well-known/did.json"
	bitsList = "https://issuer.example/status/bitstring/revocation"
)

// webIssuer makes an issuer identified by its domain.
func webIssuer(t testing.TB) *vctest.Issuer {
	t.Helper()
	return vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDWeb, vctest.Ed25519)
}

// publish copies the current resources at the URLs from the issuer's web to the
// Env's.
func publish(t testing.TB, e *wallettest.Env, i *vctest.Issuer, urls ...string) {
	t.Helper()
	for _, u := range urls {
		res, err := i.Web.Fetch(context.Background(), vc.FetchRequest{URL: u})
		if err != nil {
			t.Fatal(err)
		}
		e.Web.Put(u, res.ContentType, res.Body)
	}
}

func inList(set bool) vctest.Option {
	return vctest.Status("BitstringStatusListEntry", "revocation", set)
}

// entryNow returns the current entry.
func entryNow(t testing.TB, e *wallettest.Env, a storage.AccountID, id string) *wallet.Entry {
	t.Helper()
	b, err := e.Badge(t.Context(), a, id)
	if err != nil {
		t.Fatal(err)
	}
	return b.Entry
}

// passTime advances the clock and runs all due jobs.
func passTime(t testing.TB, e *wallettest.Env, d time.Duration) {
	t.Helper()
	e.Clock.Advance(d)
	for {
		n, err := e.RunDue(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// noticeCounts returns how often each notice was recorded.
func noticeCounts(t testing.TB, e *wallettest.Env, a storage.AccountID) map[string]int {
	t.Helper()
	events, err := e.Events(t.Context(), a, 1000)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, ev := range events {
		for _, code := range event.Notices() {
			if ev.Code == code {
				out[code]++
			}
		}
	}
	return out
}

// replayed has the service check an evidence file of its own that contains one
// badge, offline and with the answers in the file.
func replayed(t testing.TB, e *wallettest.Env, file []byte, now time.Time) *inspect.Checked {
	t.Helper()
	return replayedBy(t, file, now, e.Marks)
}

// replayedBy is replayed for a service that recognises its own files by the
// given marks.
func replayedBy(t testing.TB, file []byte, now time.Time, marks func(manifest []byte) []string) *inspect.Checked {
	t.Helper()
	ch, err := wallettest.Replay(nil, now)
	if err != nil {
		t.Fatal(err)
	}
	ch.Replay, ch.Marks = wallettest.Replay, marks
	found, err := ch.Check(t.Context(), []inspect.Input{{Name: "evidence.zip", Bytes: file}})
	if err != nil || len(found) != 1 || found[0].Problem != "" {
		t.Fatalf("%d results, %+v, %v", len(found), found[0], err)
	}
	return found[0]
}

const day = 24 * time.Hour

// TestIssuerVanishes follows a badge with an issuer that goes offline and comes
// back.
func TestIssuerVanishes(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := webIssuer(t)
	badge := i.Issue(t, inList(false))
	publish(t, e, i, webDoc, bitsList)
	entry := kept(t, e, a, text(badge))[0]
	s, err := e.CreateShare(t.Context(), a, wallet.ShareRequest{Entries: []string{entry.ID}})
	if err != nil || entry.Verdict != vc.Valid {
		t.Fatalf("%s, %v", entry.Verdict, err)
	}
	passTime(t, e, 2*day) // a good check on a later day
	good := entryNow(t, e, a, entry.ID).CheckedAt
	e.Web.Remove(webDoc)
	e.Web.Remove(bitsList)
	passTime(t, e, 2*day)
	now := entryNow(t, e, a, entry.ID)
	g := now.LastGood
	if now.Verdict != vc.Undetermined || g == nil || !g.At.Equal(good) || g.Why != inspect.WhySilent || g.Report.Verdict(vc.Policy{}) != vc.Valid {
		t.Fatalf("%s, last good %+v, want %s", now.Verdict, g, good)
	}
	if n := noticeCounts(t, e, a); len(n) != 0 {
		t.Errorf("a notice about a short silence: %v", n)
	}
	view := opened(t, e, s, wallet.OpenShareOptions{})
	if it := view.Items[0]; it.Verdict != vc.Undetermined || it.LastGood == nil || !it.LastGood.At.Equal(good) {
		t.Errorf("shared as %s, last good %+v", it.Verdict, it.LastGood)
	}
	for name, get := range map[string]func() ([]byte, error){
		"own":   func() ([]byte, error) { return e.Evidence(t.Context(), a, entry.ID) },
		"one":   func() ([]byte, error) { return e.SharedEvidence(t.Context(), s.Token, view.Grant, entry.ID) },
		"share": func() ([]byte, error) { return e.SharedEvidence(t.Context(), s.Token, view.Grant, "") },
	} {
		file, err := get()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		c := replayed(t, e, file, e.Clock.Now())
		if c.Verdict != vc.Undetermined || c.LastGood == nil || !c.LastGood.At.Equal(good) ||
			c.LastGood.Why != inspect.WhyKept || c.Report.Verdict(vc.Policy{}) != vc.Valid {
			t.Errorf("%s: replayed %s, %+v, %+v", name, c.Verdict, c.LastGood, c.Report)
		}
		if c := replayed(t, e, file, time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)); c.Verdict != vc.Expired {
			t.Errorf("%s: after its expiry the badge is %s", name, c.Verdict)
		}
	}
	if _, err := e.SharedEvidence(t.Context(), s.Token, "", entry.ID); err == nil {
		t.Error("an evidence file without a grant")
	}
	passTime(t, e, 20*day)
	e.Reopen(t)
	passTime(t, e, 20*day)
	if n := noticeCounts(t, e, a); n[event.NoticeSilent] != 1 || len(n) != 1 {
		t.Errorf("notices after six weeks of silence: %v", n)
	}
	publish(t, e, i, webDoc, bitsList)
	passTime(t, e, 2*day)
	if now := entryNow(t, e, a, entry.ID); now.Verdict != vc.Valid || now.LastGood != nil || !now.Watch.SilentSince.IsZero() {
		t.Errorf("online again: %s, %+v, %+v", now.Verdict, now.LastGood, now.Watch)
	}
}

// TestKeyChanges lets the issuer publish another key under the same name: the
// badge becomes invalid, and its last good check stays known.
func TestKeyChanges(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := webIssuer(t)
	badge := i.Issue(t)
	publish(t, e, i, webDoc)
	entry := kept(t, e, a, text(badge))[0]
	other := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDWeb, vctest.P256)
	publish(t, e, other, webDoc)
	passTime(t, e, 8*day)
	passTime(t, e, 8*day)
	now := entryNow(t, e, a, entry.ID)
	if now.Verdict != vc.Invalid || now.LastGood == nil || now.LastGood.Why != inspect.WhyKey {
		t.Fatalf("%s, %+v", now.Verdict, now.LastGood)
	}
	if n := noticeCounts(t, e, a); n[event.NoticeKey] != 1 || len(n) != 1 {
		t.Errorf("notices %v", n)
	}
	file, err := e.Evidence(t.Context(), a, entry.ID)
	if err != nil {
		t.Fatal(err)
	}
	if c := replayed(t, e, file, e.Clock.Now()); c.LastGood == nil || !c.LastGood.At.Equal(now.LastGood.At) {
		t.Errorf("the evidence file is of another check: %+v", c.LastGood)
	}
	b, err := e.Badge(t.Context(), a, entry.ID)
	if err != nil || len(b.Changes) != 1 || b.Changes[0].URL != webDoc || b.Changes[0].Role != vc.RoleIssuer || b.Changes[0].From == b.Changes[0].To {
		t.Errorf("changes %+v, %v", b.Changes, err)
	}
	bad := kept(t, e, a, text(i.Issue(t, vctest.Tampered)))[0]
	publish(t, e, i, webDoc)
	passTime(t, e, 9*day)
	if now := entryNow(t, e, a, entry.ID); now.Verdict != vc.Valid || now.LastGood != nil {
		t.Errorf("with the old key again: %s, %+v", now.Verdict, now.LastGood)
	}
	if now := entryNow(t, e, a, bad.ID); now.Verdict != vc.Invalid || now.LastGood != nil {
		t.Errorf("an altered badge after a change of key: %s, %+v", now.Verdict, now.LastGood)
	}
}

// blobs counts the stored check material, and asserts that every body has a
// reference count.
func blobs(t testing.TB, e *wallettest.Env, a storage.AccountID) (bodies, all int) {
	t.Helper()
	err := e.Config.Store.View(t.Context(), func(tx storage.Tx) error {
		recs, err := tx.List(a, storage.KindKept, "", 10_000)
		counts := 0
		for _, r := range recs {
			switch {
			case strings.HasPrefix(r.ID, "b/"):
				bodies++
			case strings.HasPrefix(r.ID, "n/"):
				counts++
			}
			for _, public := range []string{"issuer.example", vckept.Digest([]byte("x"))[:8]} {
				if strings.Contains(r.ID, public) || bytes.Contains(r.Data, []byte(public)) {
					t.Errorf("the record %s reveals its content", r.ID)
				}
			}
		}
		if counts != bodies {
			t.Errorf("%d reference counts for %d bodies", counts, bodies)
		}
		all = len(recs)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return bodies, all
}

// TestKeptOnce asserts that check material shared by several badges is stored
// once, until the last of them is removed.
func TestKeptOnce(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := webIssuer(t)
	issue := func(n int) inspect.Input { return text(i.Issue(t, inList(false), vctest.With("name", fmt.Sprint(n)))) }
	one, two, three := issue(1), issue(2), issue(3)
	publish(t, e, i, webDoc, bitsList)
	want := func(what string, n int) {
		t.Helper()
		if got, _ := blobs(t, e, a); got != n {
			t.Errorf("%s: %d bodies are stored, want %d", what, got, n)
		}
	}
	imp := imported(t, e, a, one, two, three, one)
	want("while an import waits", 2)
	if err := e.DropImport(t.Context(), a, imp.ID); err != nil {
		t.Fatal(err)
	}
	if _, all := blobs(t, e, a); all != 0 {
		t.Errorf("%d records of an import remain", all)
	}
	entries := kept(t, e, a, one, two, one)
	want("two badges", 2)
	i.Issue(t, inList(false), vctest.With("name", "makes the list anew"))
	for n := range 5 { // the list changes again and again
		i.Web.Serve(bitsList, "application/vc", relist(t, i, n))
		publish(t, e, i, bitsList)
		passTime(t, e, 9*day)
		if got := entryNow(t, e, a, entries[0].ID); got.Verdict != vc.Valid {
			t.Fatalf("%s %+v", got.Verdict, got.Report.Checks)
		}
		want("a first and a latest list", 3)
	}
	if err := e.Remove(t.Context(), a, entries[0].ID); err != nil {
		t.Fatal(err)
	}
	want("one badge removed", 3)
	if _, err := e.Evidence(t.Context(), a, entries[1].ID); err != nil {
		t.Error(err)
	}
	kept(t, e, a, two) // a duplicate
	want("a duplicate", 3)
	if err := e.Remove(t.Context(), a, entries[1].ID); err != nil {
		t.Fatal(err)
	}
	if _, all := blobs(t, e, a); all != 0 {
		t.Errorf("%d records of removed badges remain", all)
	}
	if l := e.Logs.String(); l != "" {
		t.Errorf("logged:\n%s", l)
	}
}

// relist returns the list with n+1 trailing spaces, so that its digest changes.
func relist(t testing.TB, i *vctest.Issuer, n int) []byte {
	t.Helper()
	i.Issue(t, inList(false))
	res, err := i.Web.Fetch(context.Background(), vc.FetchRequest{URL: bitsList})
	if err != nil {
		t.Fatal(err)
	}
	return append(res.Body, bytes.Repeat([]byte(" "), n+1)...)
}

// TestKeptQuota asserts that a full backpack stores no check material and still
// works.
func TestKeptQuota(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{Limits: wallet.Limits{Bytes: 40 << 10}})
	a := e.Learner(t, "Alma").ID
	i := webIssuer(t)
	publish(t, e, i, webDoc)
	badge := i.Issue(t, vctest.With("credentialSubject.achievement.criteria.id", "https://issuer.example/criteria"))
	e.Web.Put("https://issuer.example/criteria", "text/plain", bytes.Repeat([]byte("x"), 38<<10))
	entry := kept(t, e, a, text(badge))[0]
	if n, _ := blobs(t, e, a); n != 1 {
		t.Errorf("%d bodies are stored in a full backpack", n)
	}
	file, err := e.Evidence(t.Context(), a, entry.ID)
	if err != nil {
		t.Fatal(err)
	}
	ev, err := vckept.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	omitted := 0
	for _, m := range ev.Badges[0].Material {
		if m.Omitted {
			omitted++
		}
	}
	if omitted != 1 {
		t.Errorf("%d of %d bodies are omitted", omitted, len(ev.Badges[0].Material))
	}
}

// TestCriteriaAreKept asserts that the text of the criteria page is stored for
// a valid badge, and for no other.
func TestCriteriaAreKept(t *testing.T) {
	const page = "https://issuer.example/criteria"
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := webIssuer(t)
	publish(t, e, i, webDoc)
	e.Web.Put(page, "text/html; charset=utf-8", []byte("<script>track()</script><h1>Baker</h1><p>Bake ten loaves."))
	criteria := vctest.With("credentialSubject.achievement.criteria.id", page)
	bad := kept(t, e, a, text(i.Issue(t, criteria, vctest.Tampered)))
	for _, v := range e.Web.Visits() {
		if v.URL == page || len(bad) != 1 {
			t.Error("a forged badge caused a request for its criteria page")
		}
	}
	entry := kept(t, e, a, text(i.Issue(t, criteria)))[0]
	passTime(t, e, 9*day)
	file, err := e.Evidence(t.Context(), a, entry.ID)
	if err != nil {
		t.Fatal(err)
	}
	ev, err := vckept.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range ev.Badges[0].Material {
		if m.Role == vc.RoleCriteria {
			if string(m.Body) != "Baker\nBake ten loaves." || !m.Text || m.FetchedAt.IsZero() {
				t.Errorf("stored %q, %+v", m.Body, m)
			}
			return
		}
	}
	t.Error("the page is not stored")
}
