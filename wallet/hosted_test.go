package wallet_test

import (
	"fmt"
	"testing"
	"time"

	"backpack/vc"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

// forge serves an Open Badges 2.0 badge with an endorsement and an extension.
func forge(e *wallettest.Env) (address string) {
	const context = `"@context":"https://w3id.org/openbadges/v2"`
	address = "https://foundry.example/a/1"
	for at, body := range map[string]string{
		address: `"type":"Assertion","issuedOn":"2020-01-01T00:00:00Z","badge":"https://foundry.example/b/1","verification":{"type":"HostedBadge"},
			"recipient":{"type":"email","hashed":false,"identity":"a@learner.example"},"endorsement":["https://guild.example/e"],
			"extensions:x":{"@context":"https://w3id.org/openbadges/extensions/exampleExtension/context.json",` +
			`"type":["Extension","extensions:ExampleExtension"],"exampleProperty":"Two bells."}`,
		"https://foundry.example/b/1": `"type":"BadgeClass","name":"Bell founding","description":"Casts bells.","image":"https://foundry.example/b.png",
			"criteria":{"narrative":"One bell."},"issuer":"https://foundry.example/i"`,
		"https://foundry.example/i": `"type":"Issuer","name":"Foundry","url":"https://foundry.example","email":"f@foundry.example"`,
		"https://guild.example/i":   `"type":"Issuer","name":"Guild","url":"https://guild.example","email":"g@guild.example"`,
		"https://guild.example/e": `"type":"Endorsement","issuer":"https://guild.example/i","issuedOn":"2020-02-01T00:00:00Z","verification":{"type":"HostedBadge"},
			"claim":{"id":"` + address + `","endorsementComment":"They ring true."}`,
	} {
		e.Web.Put(at, "application/ld+json", fmt.Appendf(nil, `{%s,"id":%q,%s}`, context, at, body))
	}
	return address
}

// TestHostedKept asserts that endorsements and extensions of an Open Badges 2.0
// badge stay available when none of their addresses answers.
func TestHostedKept(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	entry := kept(t, e, a, link(forge(e)))[0]
	if entry.Verdict != vc.Valid {
		t.Fatalf("%s: %+v", entry.Verdict, entry.Report.Checks)
	}
	for _, at := range []string{"https://foundry.example/a/1", "https://foundry.example/b/1", "https://foundry.example/i",
		"https://guild.example/i", "https://guild.example/e"} {
		e.Web.Remove(at)
	}
	b, err := e.Badge(t.Context(), a, entry.ID)
	if err != nil {
		t.Fatal(err)
	}
	c := b.Document.Credential
	if len(c.Endorsements) != 1 || c.Endorsements[0].Credential.Issuer.Name.String() != "Guild" ||
		c.Endorsements[0].Credential.Subject.Value.Get("endorsementComment").Str() != "They ring true." {
		t.Errorf("endorsements: %+v", c.Endorsements)
	}
	if subs := entry.Report.Check(vc.CheckEndorsement).Sub; len(subs) != 1 || subs[0].Verdict(vc.Policy{}) != vc.Valid {
		t.Errorf("%d verdicts on endorsements", len(subs))
	}
	if len(c.Further) != 1 || c.Further[0].Value != "Two bells." {
		t.Errorf("further: %+v", c.Further)
	}
}

// TestOriginalRechecked asserts that a recheck also checks the older badge that
// a record was made from, and that an import makes no request for it.
func TestOriginalRechecked(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	address := forge(e)
	older := kept(t, e, a, link(address))[0]
	record := bodyOf(t, e, a, older.ID).Record
	if len(record) == 0 {
		t.Fatal("the badge has no record")
	}
	before := len(e.Web.Visits())
	newer := kept(t, e, a, inspect.Input{Name: "record.json", Bytes: record})[0]
	if n := len(e.Web.Visits()) - before; n != 0 {
		t.Errorf("%d requests for an import", n)
	}
	for _, want := range []vc.Outcome{vc.Passed, vc.Failed} {
		got, err := e.Recheck(t.Context(), a, newer.ID)
		if err != nil {
			t.Fatal(err)
		}
		if c := got.Report.Check(vc.CheckOriginal); c.Outcome != want || got.Verdict != newer.Verdict {
			t.Errorf("%s: %+v", got.Verdict, c)
		}
		e.Web.Answer(address, func(vc.FetchRequest) (*vc.Resource, error) {
			return &vc.Resource{URL: address, Status: 410, Body: []byte(`{"revoked":true}`)}, nil
		})
	}
}

// hosted20 returns the pages of an Open Badges 2.0 badge below a base address.
func hosted20(base string) map[string]string {
	return map[string]string{
		"assertion": `{"@context":"https://w3id.org/openbadges/v2","type":"Assertion","id":"` + base + `assertion",` +
			`"recipient":{"type":"email","hashed":false,"identity":"alma@example.org"},
			"badge":"` + base + `class","verification":{"type":"HostedBadge"},"issuedOn":"2026-01-01T00:00:00Z"}`,
		"class": `{"@context":"https://w3id.org/openbadges/v2","type":"BadgeClass","id":"` + base + `class",` +
			`"name":"Baker","description":"Bakes","image":"` + base + `none.png",
			"criteria":"` + base + `criteria","issuer":"` + base + `issuer"}`,
		"issuer": `{"@context":"https://w3id.org/openbadges/v2","type":"Issuer","id":"` + base + `issuer",` +
			`"name":"School","email":"office@old.example","url":"` + base + `"}`,
	}
}

// TestHostedVanishes follows an Open Badges 2.0 badge that is verified by its
// address: the address is first silent, then gone, and finally reports a
// revocation.
func TestHostedVanishes(t *testing.T) {
	const base = "https://old.example/"
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	pages := hosted20(base)
	serve := func() {
		for name, body := range pages {
			e.Web.Put(base+name, "application/ld+json", []byte(body))
		}
	}
	serve()
	e.Web.Put(base+"criteria", "text/html", []byte("<h1>Bake ten loaves"))
	entry := kept(t, e, a, link(base+"assertion"))[0]
	if entry.Verdict != vc.Valid {
		t.Fatalf("%s %+v", entry.Verdict, entry.Report.Checks)
	}
	step := func(what string, verdict vc.Verdict, why string) {
		t.Helper()
		e.Clock.Advance(2 * time.Hour)
		now, err := e.Recheck(t.Context(), a, entry.ID)
		if err != nil || now.Verdict != verdict || (now.LastGood != nil) != (why != "") || why != "" && now.LastGood.Why != why {
			t.Fatalf("%s: %s, %+v, %v, %+v", what, now.Verdict, now.LastGood, err, now.Report.Checks)
		}
	}
	for name := range pages {
		e.Web.Remove(base + name)
	}
	step("silent", vc.Undetermined, inspect.WhySilent)
	file, err := e.Evidence(t.Context(), a, entry.ID)
	if err != nil {
		t.Fatal(err)
	}
	if c := replayed(t, e, file, e.Clock.Now()); c.LastGood == nil || !c.AsOf.Equal(entry.CheckedAt) ||
		c.Summary.Title != "Baker" || c.Summary.Issuer != "School" {
		t.Errorf("replayed: %s, %+v, %+v", c.Verdict, c.LastGood, c.Summary)
	}
	gone := func(status int, body string) {
		e.Web.Answer(base+"assertion", func(req vc.FetchRequest) (*vc.Resource, error) {
			return &vc.Resource{URL: req.URL, Status: status, Body: []byte(body)}, nil
		})
	}
	gone(404, "")
	step("gone", vc.Undetermined, inspect.WhyGone)
	serve()
	step("back", vc.Valid, "")
	gone(410, `{"@context":"https://w3id.org/openbadges/v2","type":"Assertion","id":"`+base+`assertion","revoked":true}`)
	step("taken back", vc.Revoked, "")
	if file, err = e.Evidence(t.Context(), a, entry.ID); err != nil {
		t.Fatal(err)
	}
	if c := replayed(t, e, file, e.Clock.Now()); c.Verdict != vc.Revoked || c.LastGood != nil || c.AsOf.IsZero() {
		t.Errorf("replayed: %s, %+v", c.Verdict, c.LastGood)
	}
	for name := range pages {
		e.Web.Remove(base + name)
	}
	step("silent again", vc.Revoked, "")
}
