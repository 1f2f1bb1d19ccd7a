package wallet_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/event"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

// requestsFor counts the requests for an address.
func requestsFor(e *wallettest.Env, url string) (n int) {
	for _, v := range e.Web.Visits() {
		if v.URL == url {
			n++
		}
	}
	return n
}

// TestThreat18OneListForAll rechecks a thousand badges of ten learners, all on
// one status list: the list is requested once in its lifetime, and no request
// identifies a learner or a badge.
func TestThreat18OneListForAll(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	i := webIssuer(t)
	var badges []inspect.Input
	for n := range 100 {
		badges = append(badges, text(i.Issue(t, inList(false), vctest.With("name", fmt.Sprint("Baker ", n)))))
	}
	publish(t, e, i, webDoc, bitsList)
	held := 0
	for n := range 10 {
		a := e.Learner(t, fmt.Sprint("Alma ", n)).ID
		held += len(kept(t, e, a, badges...))
	}
	if n := requestsFor(e, bitsList); held != 1000 || n != 1 {
		t.Fatalf("%d badges were imported with %d requests for their list", held, n)
	}
	before, checks := requestsFor(e, bitsList), 0
	for range 26 { // next week's rechecks are spread over 21 hours
		e.Clock.Advance(time.Hour)
		if checks == 0 {
			e.Clock.Advance(7*day - time.Hour)
		}
		for {
			n, err := e.RunDue(t.Context(), 500)
			if err != nil {
				t.Fatal(err)
			}
			if checks += n; n == 0 {
				break
			}
		}
		if n := requestsFor(e, bitsList) - before; n > 1 {
			t.Fatalf("%d requests within an hour", n)
		}
		before = requestsFor(e, bitsList)
	}
	if n := requestsFor(e, bitsList); checks != 1000 || n < 2 || n > 26 {
		t.Errorf("%d rechecks with %d requests in total", checks, n)
	}
	for _, v := range e.Web.Visits() {
		if v.URL != bitsList && v.URL != webDoc {
			t.Errorf("requested %s", v.URL)
		}
	}
	if l := e.Logs.String(); l != "" {
		t.Errorf("logged:\n%s", l)
	}
}

// TestThreat18ViewsAskNobody opens a share many times: only a viewer's request
// for a fresh check causes requests, and it is recorded.
func TestThreat18ViewsAskNobody(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := webIssuer(t)
	badge := i.Issue(t, inList(true))
	publish(t, e, i, webDoc)
	e.Web.Put(bitsList, "application/vc", i.List(t, "revocation"))
	entry := kept(t, e, a, text(badge))[0]
	s, err := e.CreateShare(t.Context(), a, wallet.ShareRequest{Entries: []string{entry.ID}})
	if err != nil || entry.Verdict != vc.Valid {
		t.Fatal(entry.Verdict, err)
	}
	publish(t, e, i, bitsList) // the badge is now revoked
	n := len(e.Web.Visits())
	var v *wallet.SharedView
	for range 50 {
		e.Clock.Advance(15 * time.Minute)
		v = opened(t, e, s, wallet.OpenShareOptions{})
	}
	if got := len(e.Web.Visits()); got != n {
		t.Errorf("%d requests for 50 views", got-n)
	}
	if it := v.Items[0]; it.Verdict != vc.Valid || !v.CheckedAt.Equal(entry.CheckedAt) || !it.Report.At.Equal(entry.CheckedAt) {
		t.Errorf("shown as %s at %s, but checked at %s", it.Verdict, v.CheckedAt, entry.CheckedAt)
	}
	if v = opened(t, e, s, wallet.OpenShareOptions{Fresh: true}); v.Items[0].Verdict != vc.Revoked || !v.CheckedAt.Equal(e.Clock.Now()) {
		t.Errorf("after a fresh check it is %s at %s", v.Items[0].Verdict, v.CheckedAt)
	}
	n = len(e.Web.Visits())
	opened(t, e, s, wallet.OpenShareOptions{Fresh: true})
	if got := len(e.Web.Visits()); got != n {
		t.Errorf("%d requests to repeat a recent check", got-n)
	}
	if v = opened(t, e, s, wallet.OpenShareOptions{}); v.Items[0].Verdict != vc.Revoked {
		t.Errorf("the next viewer sees %s", v.Items[0].Verdict)
	}
	if noticeCounts(t, e, a)[event.NoticeRevoked] != 1 {
		t.Errorf("notices %v", noticeCounts(t, e, a))
	}
}

// TestOutdatedResults asserts that results from before a long standstill are not
// shown as current.
func TestOutdatedResults(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := issuer(t, e)
	until := e.Clock.Now().Add(9 * day).Format(time.RFC3339)
	entries := kept(t, e, a, text(i.Issue(t)), text(i.Issue(t, vctest.With("validUntil", until), vctest.With("id", "urn:uuid:2"))))
	s, err := e.CreateShare(t.Context(), a, wallet.ShareRequest{Entries: []string{entries[0].ID, entries[1].ID}})
	if err != nil {
		t.Fatal(err)
	}
	look := func(after time.Duration, one, two vc.Verdict, why string) {
		t.Helper()
		e.Clock.Advance(after)
		for _, it := range opened(t, e, s, wallet.OpenShareOptions{}).Items {
			want, id := one, entries[0].ID
			if it.Badge.Entry.ID != id {
				want = two
			}
			if it.Verdict != want || want == vc.Undetermined && (it.LastGood == nil || it.LastGood.Why != why) {
				t.Errorf("after %v: %s is %s, %+v; want %s", after, it.Badge.Entry.Summary.Title, it.Verdict, it.LastGood, want)
			}
		}
	}
	look(8*day, vc.Valid, vc.Valid, "")
	look(2*day, vc.Valid, vc.Expired, "")
	look(day, vc.Undetermined, vc.Expired, inspect.WhyOld)
	passTime(t, e, 0)
	look(0, vc.Valid, vc.Expired, "")
}

// TestNoticesOnce lets a badge expire while the program restarts again and
// again.
func TestNoticesOnce(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := issuer(t, e)
	with := func(d time.Duration, n int) inspect.Input {
		return text(i.Issue(t, vctest.With("validUntil", e.Clock.Now().Add(d).Format(time.RFC3339)), vctest.With("id", fmt.Sprint("urn:uuid:", n))))
	}
	entries := kept(t, e, a, with(45*day, 1), with(3*day, 2), with(-day, 3))
	at := map[int]map[string]int{}
	for d := range 50 {
		passTime(t, e, day)
		if d%10 == 5 {
			e.Reopen(t)
		}
		if _, err := e.Recheck(t.Context(), a, entries[0].ID); err != nil {
			t.Fatal(err)
		}
		at[d+1] = noticeCounts(t, e, a)
	}
	for d, want := range map[int]map[string]int{
		2:  {},
		4:  {event.NoticeExpired: 1},
		14: {event.NoticeExpired: 1},
		16: {event.NoticeExpired: 1, event.NoticeSoon: 1},
		39: {event.NoticeExpired: 1, event.NoticeSoon: 1, event.NoticeVerySoon: 1},
		50: {event.NoticeExpired: 2, event.NoticeSoon: 1, event.NoticeVerySoon: 1},
	} {
		if !maps.Equal(at[d], want) {
			t.Errorf("day %d: notices %v, want %v", d, at[d], want)
		}
	}
	if ev := eventOf(t, e, a, event.NoticeSoon); ev.Entry != entries[0].ID || !ev.Until.Equal(entries[0].Summary.ValidUntil) || ev.Seen {
		t.Errorf("%+v", ev)
	}
	if err := e.SeeNotices(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if ev := eventOf(t, e, a, event.NoticeSoon); !ev.Seen {
		t.Error("the notice is not marked as seen")
	}
}

// TestSuspendedAndReinstated follows a badge through a suspension and a
// reinstatement.
func TestSuspendedAndReinstated(t *testing.T) {
	const list = "https://issuer.example/status/bitstring/suspension"
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := webIssuer(t)
	badge := i.Issue(t, vctest.Suspended)
	publish(t, e, i, webDoc)
	serve := func(on bool) {
		if publish(t, e, i, list); !on {
			e.Web.Put(list, "application/vc", i.List(t, "suspension"))
		}
	}
	serve(false)
	entry := kept(t, e, a, text(badge))[0]
	for n, on := range []bool{true, false, true, false} {
		serve(on)
		passTime(t, e, 9*day)
		want := map[bool]vc.Verdict{true: vc.Suspended, false: vc.Valid}[on]
		if now := entryNow(t, e, a, entry.ID); now.Verdict != want {
			t.Fatalf("step %d: %s, want %s", n, now.Verdict, want)
		}
		e.Reopen(t)
	}
	if got, want := noticeCounts(t, e, a), map[string]int{event.NoticeSuspended: 2, event.NoticeReinstated: 2}; !maps.Equal(got, want) {
		t.Errorf("notices %v, want %v", got, want)
	}
}

// TestDisabledAccountJobs asserts that nothing is checked, requested or mailed
// for a disabled account, and that all due jobs run when it is enabled.
func TestDisabledAccountJobs(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a, entries := mailed(t, e)
	passTime(t, e, day)
	before := map[string]time.Time{}
	for _, entry := range entries {
		before[entry.ID] = entryNow(t, e, a, entry.ID).CheckedAt
	}
	if err := e.SetDisabled(t.Context(), a, true); err != nil {
		t.Fatal(err)
	}
	visits := len(e.Web.Visits())
	for range 15 {
		passTime(t, e, day)
	}
	e.Reopen(t)
	passTime(t, e, day)
	for id, at := range before {
		if now := entryNow(t, e, a, id).CheckedAt; !now.Equal(at) {
			t.Errorf("checked at %s", now)
		}
	}
	if n := len(e.Web.Visits()) - visits; n != 0 || len(noticeMails(e)) != 0 {
		t.Errorf("%d requests, %d mails", n, len(noticeMails(e)))
	}
	if due, err := e.Backlog(t.Context(), 10); err != nil || due != 0 {
		t.Errorf("%d due, %v: they block other jobs", due, err)
	}
	if err := e.SetDisabled(t.Context(), a, false); err != nil {
		t.Fatal(err)
	}
	opened := e.Clock.Now()
	passTime(t, e, 0)
	for id := range before {
		if now := entryNow(t, e, a, id).CheckedAt; now.Before(opened.Truncate(time.Second)) {
			t.Errorf("checked at %s, enabled at %s", now, opened)
		}
	}
	passTime(t, e, 2*time.Hour)
	if n := len(noticeMails(e)); n != 1 {
		t.Errorf("%d mails", n)
	}
	if l := e.Logs.String(); l != "" {
		t.Errorf("logged:\n%s", l)
	}
}
