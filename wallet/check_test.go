package wallet_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/event"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

const listURL = "https://issuer.example/revocations"

// TestRecheckRevoked follows a badge through a revocation, an unreachable list,
// and a reinstatement.
func TestRecheckRevoked(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := issuer(t, e)
	badge := i.Issue(t, vctest.Status("1EdTechRevocationList", "", false))
	online(e, i, listURL)
	entry := kept(t, e, a, text(badge))[0]
	if entry.Verdict != vc.Valid || len(entry.History) != 0 {
		t.Fatalf("at first %s, %v", entry.Verdict, entry.History)
	}
	s, err := e.CreateShare(t.Context(), a, wallet.ShareRequest{Entries: []string{entry.ID}})
	if err != nil {
		t.Fatal(err)
	}
	i.Issue(t, vctest.Status("1EdTechRevocationList", "", true)) // publishes a new list
	step := func(what string, verdict vc.Verdict, changes int) {
		t.Helper()
		e.Clock.Advance(time.Hour)
		got, err := e.Recheck(t.Context(), a, entry.ID)
		if err != nil || got.Verdict != verdict || len(got.History) != changes {
			t.Fatalf("%s: %s with history %v, %v; want %s", what, got.Verdict, got.History, err, verdict)
		}
		if v, err := e.OpenShare(t.Context(), s.Token, wallet.OpenShareOptions{}); err != nil || v.Items[0].Verdict != verdict {
			t.Errorf("%s: shown as %s, %v", what, v.Items[0].Verdict, err)
		}
	}
	step("revoked", vc.Revoked, 1)
	if ev := eventOf(t, e, a, event.NoticeRevoked); ev == nil || ev.Entry != entry.ID || ev.Text != "Baker" {
		t.Errorf("event %+v", ev)
	}
	e.Web.Remove(listURL)
	step("unreachable list", vc.Revoked, 1) // a failed check keeps the known revocation
	i.Issue(t, vctest.Status("1EdTechRevocationList", "", false))
	online(e, i, listURL)
	step("given back", vc.Valid, 2)
	e.Web.Remove(listURL)
	step("unreachable list of a valid badge", vc.Undetermined, 3)
	got, err := e.Badge(t.Context(), a, entry.ID)
	if err != nil || got.Entry.History[0].From != vc.Valid || got.Entry.History[0].To != vc.Revoked {
		t.Errorf("history %+v, %v", got.Entry.History, err)
	}
}

// dueOf returns when the badge's next check is due, and the stored job.
func dueOf(t testing.TB, e *wallettest.Env, a storage.AccountID, id string) (time.Duration, string) {
	t.Helper()
	var rec *storage.Record
	err := e.Store.View(t.Context(), func(tx storage.Tx) (err error) {
		rec, err = tx.Get(storage.Key{Account: a, Kind: storage.KindJob, ID: "check/" + id})
		return err
	})
	if errors.Is(err, storage.ErrNotFound) {
		return 0, "none"
	}
	if err != nil {
		t.Fatal(err)
	}
	return rec.Due.Sub(e.Clock.Now()), string(rec.Data)
}

func TestSchedule(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := issuer(t, e)
	const day = 24 * time.Hour
	soon := e.Clock.Now().Add(5 * time.Hour).Format(time.RFC3339)
	entries := kept(t, e, a, text(i.Issue(t)), text(i.Issue(t, vctest.With("validUntil", soon))))
	within := func(what string, id string, from, to time.Duration) {
		t.Helper()
		if due, _ := dueOf(t, e, a, id); due < from || due > to {
			t.Errorf("%s: due in %v, want %v to %v", what, due, from, to)
		}
	}
	within("a badge", entries[0].ID, 7*day, 8*day)
	within("a badge that expires soon", entries[1].ID, 5*time.Hour, 7*time.Hour)
	s, err := e.CreateShare(t.Context(), a, wallet.ShareRequest{Entries: []string{entries[0].ID, entries[1].ID}})
	if err != nil {
		t.Fatal(err)
	}
	within("a badge shown", entries[0].ID, 0, day)
	within("a badge shown that expires soon", entries[1].ID, 0, 7*time.Hour)
	run := func() {
		t.Helper()
		if _, err := e.RunDue(t.Context(), 10); err != nil {
			t.Fatal(err)
		}
	}
	e.Clock.Advance(day)
	run()
	within("after a day of being shown", entries[0].ID, day, 28*time.Hour)
	if b, err := e.Badge(t.Context(), a, entries[1].ID); err != nil || b.Entry.Verdict != vc.Expired {
		t.Errorf("the expired badge is %s, %v", b.Entry.Verdict, err)
	}
	if err := e.RevokeShare(t.Context(), a, s.ID); err != nil {
		t.Fatal(err)
	}
	e.Clock.Advance(28 * time.Hour)
	run()
	within("no longer shown", entries[0].ID, 7*day, 8*day)
	if err := e.Remove(t.Context(), a, entries[0].ID); err != nil {
		t.Fatal(err)
	}
	if _, job := dueOf(t, e, a, entries[0].ID); job != "none" {
		t.Errorf("the job of a removed badge remains: %s", job)
	}
}

// TestJobBacksOff corrupts a record, so that its job fails with an internal
// error.
func TestJobBacksOff(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	entry := kept(t, e, a, text(issuer(t, e).Issue(t)))[0]
	err := e.Store.Update(t.Context(), func(tx storage.Tx) error {
		rec, err := tx.Get(storage.Key{Account: a, Kind: storage.KindBody, ID: entry.ID})
		if err != nil {
			return err
		}
		rec.Data = []byte("broken")
		return tx.Update(rec)
	})
	if err != nil {
		t.Fatal(err)
	}
	e.Clock.Advance(8 * 24 * time.Hour)
	for n := 1; n <= 12; n++ {
		if done, err := e.RunDue(t.Context(), 10); err != nil || done != 1 {
			t.Fatalf("run %d: %d, %v", n, done, err)
		}
		wait, job := dueOf(t, e, a, entry.ID)
		if want := min(time.Minute<<n, 12*time.Hour); wait != want || !strings.Contains(job, fmt.Sprint(n)) {
			t.Errorf("failure %d: due in %v, want %v; %s", n, wait, want, job)
		}
		e.Clock.Advance(wait)
	}
	if !strings.Contains(e.Logs.String(), "job failed") || strings.Contains(e.Logs.String(), "Baker") {
		t.Errorf("logged: %s", e.Logs)
	}
}

// TestHosted05 keeps a badge with a JSON document that does not name its
// address (specs B2.3), imported by the address baked into a picture.
func TestHosted05(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	const address = "https://old.example/assertions/1"
	badge := []byte(`{"recipient":"alma@example.org","issued_on":"2012-01-01","badge":{"version":"0.5.0","name":"Bell founding",
		"image":"/i.png","description":"Casts bells.","criteria":"/c","issuer":{"origin":"https://old.example","name":"Foundry"}}}`)
	e.Web.Put(address, "application/json", badge)
	e.Prove(t, a, "alma@example.org")
	check := func(what string, in inspect.Input) {
		t.Helper()
		imp := imported(t, e, a, in)
		it := imp.Items[0]
		if it.Entry == nil || it.Entry.Verdict != vc.Valid || it.Entry.Mine != "alma@example.org" || it.Entry.Summary.Issuer != "Foundry" {
			t.Fatalf("%s: %+v %+v", what, *it, it.Entry)
		}
		entries, err := e.Keep(t.Context(), a, imp.ID, []int{1})
		if err != nil || len(entries) != 1 {
			t.Fatalf("%s: kept %d, %v", what, len(entries), err)
		}
		id := entries[0].ID
		if got, err := e.Recheck(t.Context(), a, id); err != nil || got.Verdict != vc.Valid {
			t.Errorf("%s: after a recheck %v, %v", what, got, err)
		}
		e.Web.Remove(address)
		got, err := e.Recheck(t.Context(), a, id)
		if err != nil || got.Verdict != vc.Undetermined || got.Summary.Title != "Bell founding" {
			t.Errorf("%s: offline %v, %v", what, got, err)
		}
		if b, err := e.Badge(t.Context(), a, id); err != nil || b.Document.Credential.Issuer.Name.String() != "Foundry" {
			t.Errorf("%s: offline the badge has the issuer %+v, %v", what, b.Document.Credential.Issuer, err)
		}
		e.Web.Put(address, "application/json", badge)
		if err := e.Remove(t.Context(), a, id); err != nil {
			t.Fatal(err)
		}
	}
	check("address", link(address))
	svg := `<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="http://openbadges.org"><openbadges:assertion verify="` + address + `">` +
		`<![CDATA[` + string(badge) + `]]></openbadges:assertion><rect width="9" height="9"/></svg>`
	check("SVG that names the address", inspect.Input{Name: "b.svg", Bytes: []byte(svg)})
	check("SVG with the address alone", inspect.Input{Name: "b.svg", Bytes: []byte(strings.Replace(svg, `<![CDATA[`+string(badge)+`]]>`, "", 1))})
}

// TestRecord makes this backpack's own record of an older badge. Badges that
// are invalid, or that anyone could have made, get no record (specs B5.1 to
// B5.4).
func TestRecord(t *testing.T) {
	const base = "https://old.example/"
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	for name, body := range hosted20(base) {
		e.Web.Put(base+name, "application/ld+json", []byte(body))
	}
	older := kept(t, e, a, link(base+"assertion"))[0]
	checkRecord(t, e, older, bodyOf(t, e, a, older.ID))
	for _, f := range samples(t, e) {
		entry := kept(t, e, a, inspect.Input{Name: f.Name, Bytes: f.Bytes})[0]
		if bodyOf(t, e, a, entry.ID).Record != nil {
			t.Errorf("%s has a record", f.Name)
		}
	}
	svg := sampleNamed(t, e, "city-map-maker.svg").Bytes
	svg = bytes.ReplaceAll(svg, []byte("samples.backpack.invalid"), []byte("nobody.backpack.invalid"))
	bad := kept(t, e, a, inspect.Input{Name: "x.svg", Bytes: svg})
	if len(bad) != 1 || bad[0].Verdict == vc.Valid || bodyOf(t, e, a, bad[0].ID).Record != nil {
		t.Errorf("an invalid badge: %+v", bad)
	}
}

func checkRecord(t *testing.T, e *wallettest.Env, entry *wallet.Entry, body *wallet.Body) {
	got := e.Checked(t, body.Record)
	if got.Verdict != vc.Valid {
		t.Fatalf("the record is %s: %+v", got.Verdict, got.Report.Checks)
	}
	var rec struct {
		Name, Description string
		Issuer            struct{ ID, Name string }
		Evidence          []struct{ ID, Description string }
		CredentialSubject struct {
			Identifier  []struct{ IdentityHash, Salt string }
			Achievement struct {
				Name    string
				Creator struct{ ID, Name string }
			}
		}
	}
	if err := json.Unmarshal(body.Record, &rec); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(body.Raw)
	achievement := rec.CredentialSubject.Achievement
	for what, ok := range map[string]bool{
		"states its origin": strings.Contains(rec.Name, "checked and recorded by this backpack") &&
			strings.Contains(rec.Description, "does not speak for its issuer"),
		"own issuer":          strings.HasPrefix(rec.Issuer.ID, "did:key:") && rec.Issuer.ID != entry.Summary.IssuerID,
		"original as creator": achievement.Creator.ID == entry.Summary.IssuerID && achievement.Creator.Name == entry.Summary.Issuer && achievement.Creator.ID != "",
		"digest as evidence":  len(rec.Evidence) == 1 && strings.Contains(rec.Evidence[0].Description, hex.EncodeToString(sum[:])),
		"address as evidence": entry.Summary.Form != vc.Hosted || rec.Evidence[0].ID == body.URL && body.URL != "",
		"title":               achievement.Name == entry.Summary.Title,
		"recipient":           len(rec.CredentialSubject.Identifier) == 1,
	} {
		if !ok {
			t.Errorf("%s: not true of %s", what, body.Record)
		}
	}
}

// TestMine proves the address that a badge was awarded to, then removes it.
func TestMine(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := issuer(t, e)
	sum := sha256.Sum256([]byte("alma@example.orgsalt"))
	entry := kept(t, e, a, text(i.Issue(t, vctest.With("credentialSubject.identifier", []any{vctest.Object{"type": "IdentityObject",
		"hashed": true, "identityHash": "sha256$" + hex.EncodeToString(sum[:]), "identityType": "emailAddress", "salt": "salt"}}))))[0]
	if entry.Mine != "" {
		t.Errorf("the badge is already the learner's: %q", entry.Mine)
	}
	now := func() *wallet.Entry {
		t.Helper()
		if _, err := e.RunDue(t.Context(), 10); err != nil {
			t.Fatal(err)
		}
		b, err := e.Badge(t.Context(), a, entry.ID)
		if err != nil {
			t.Fatal(err)
		}
		return b.Entry
	}
	email := e.Prove(t, a, "alma@example.org")
	if got := now(); got.Mine != "alma@example.org" || got.Report.Check(vc.CheckRecipient).Outcome != vc.Passed {
		t.Errorf("proved: mine %q", got.Mine)
	}
	if err := e.RemoveEmail(t.Context(), a, email.ID); err != nil {
		t.Fatal(err)
	}
	if got := now(); got.Mine != "" || got.Verdict != vc.Valid {
		t.Errorf("removed: mine %q, %s", got.Mine, got.Verdict)
	}
	own, err := e.Account(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	direct := kept(t, e, a, text(i.Issue(t, vctest.With("credentialSubject.id", own.Holder))))[0]
	if direct.Mine != own.Holder {
		t.Errorf("the recipient of a badge to the learner's own DID is %q", direct.Mine)
	}
}

func TestEventCap(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	entry := kept(t, e, a, text(issuer(t, e).Issue(t)))[0]
	for n := range 255 {
		e.Clock.Advance(time.Millisecond)
		s, err := e.CreateShare(t.Context(), a, wallet.ShareRequest{Entries: []string{entry.ID}, Title: fmt.Sprint("show ", n)})
		if err != nil {
			t.Fatal(err)
		}
		e.Clock.Advance(time.Millisecond)
		if err := e.RevokeShare(t.Context(), a, s.ID); err != nil {
			t.Fatal(err)
		}
		if err := e.RemoveShare(t.Context(), a, s.ID); err != nil {
			t.Fatal(err)
		}
	}
	events, err := e.Events(t.Context(), a, 10_000)
	if err != nil || len(events) != 500 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	if events[0].Code != "share_revoked" || events[0].Text != "show 254" || events[1].Code != "share_created" || events[499].Text != "show 5" {
		t.Errorf("the latest are %+v and %+v, the earliest %+v", events[0], events[1], events[499])
	}
}

// TestCheckStoresNothing checks the samples without an account.
func TestCheckStoresNothing(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	before := records(t, e)
	if err := e.Open(t); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Check(t.Context(), e.Samples); err != nil {
		t.Fatal(err)
	}
	if records(t, e) != before {
		t.Error("records were stored")
	}
}
