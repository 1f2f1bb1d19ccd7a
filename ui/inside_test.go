package ui

import (
	"strings"
	"testing"
)

// TestCollections checks the texts for collections and records. The tone is never
// better than that of the gravest verdict inside.
func TestCollections(t *testing.T) {
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		box               VerdictBox
		tone, title, text string
	}{
		{r.Collection("en", "valid", "named", []string{"valid", "valid", "expired"}), "warn",
			"A collection of 3 badges: 2 check out, 1 has expired.", "The person whom these badges name"},
		{r.Collection("en", "valid", "named", []string{"valid"}), "good", "A collection of 1 badge: 1 checks out.", ""},
		{r.Collection("en", "undetermined", "nobody", []string{"valid"}), "warn", "A collection of 1 badge", "Nobody signed"},
		{r.Collection("en", "invalid", "broken", []string{"valid"}), "bad", "A collection", "does not hold"},
		{r.Collection("en", "valid", "other", []string{"made up"}), "warn", "1 could not be fully checked", "Somebody else"},
		{r.Collection("en", "valid", "made up", nil), "good", "A collection without any badge.", "could not be found out"},
		{r.Record("en", "valid", []string{"valid", "", "invalid"}), "bad", "A record with 3 badges inside: 1 checks out, 1 is vouched for by the record, 1 does not hold.", "The record itself is unchanged"},
		{r.Record("en", "revoked", []string{"valid"}), "bad", "1 checks out", "no longer stands by"},
		{r.Record("en", "valid", []string{""}), "good", "vouched for", "unchanged"},
		{r.NoBetter("en", r.Bundle("en", []string{"valid", "valid"}), 2, 2, "invalid"), "bad", "2 of 2 badges check out, and something beside them does not", ""},
		{r.NoBetter("en", r.Bundle("en", []string{"valid", "valid"}), 2, 2), "good", "Both badges check out", ""},
		{r.NoBetter("en", r.Bundle("en", []string{"valid", "expired"}), 2, 1, "undetermined"), "warn", "1 of 2 badges check out", ""},
		{r.Obstacle("en", r.Verdict("en", "undetermined"), "port_forbidden", "… not port 8443"), "warn", "Could not be fully checked", "port 8443"},
		{r.Obstacle("en", r.Verdict("en", "undetermined"), "port_forbidden", ""), "warn", "Could not be fully checked", "a port of its own"},
		{r.Obstacle("en", r.Verdict("en", "undetermined"), "unreachable", ""), "warn", "Could not be fully checked", "Try again later."},
		{r.Obstacle("en", r.Verdict("en", "invalid"), "unsupported", ""), "bad", "This badge does not hold", "Do not rely"},
	} {
		if c.box.Tone != c.tone || !strings.Contains(c.box.Title, c.title) || !strings.Contains(c.box.Text, c.text) {
			t.Errorf("%+v, want %s, %q, %q", c.box, c.tone, c.title, c.text)
		}
	}
	for key := range r.catalogs["en"].texts {
		if strings.HasPrefix(key, "obstacle.") && strings.Contains(strings.ToLower(r.Text("en", key, "port", "port 8443")), "try again") {
			t.Errorf("%s advises to try again", key)
		}
	}
	if (BadgeCard{Verdict: "valid", Inside: "expired"}).State() != "expired" || (BadgeCard{Verdict: "valid"}).State() != "valid" {
		t.Error("a card tells another verdict")
	}
}

// TestCollectionChecks requires texts for the checks of a collection that mention
// no badge, seal or issuer.
func TestCollectionChecks(t *testing.T) {
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ id, outcome, reason, title, text string }{
		{"proof", "passed", "", "Is it unchanged since it was put together?", "nothing was added or taken out"},
		{"proof", "failed", "bad_signature", "put together", "was changed after it was signed"},
		{"proof", "failed", "something new", "put together", "does not hold"},
		{"proof", "skipped", "no_proof", "put together", "Nobody signed"},
		{"terms", "failed", "undefined_term", "the signature cover", "not covered by the signature"},
		{"holder", "failed", "key_not_listed", "holder", "not signed with a key of the holder"},
		{"holder", "skipped", "not_stated", "holder", "names no holder"},
		{"format", "passed", "", "as a collection should be", "collections of badges"},
	} {
		row := r.CollectionCheck("en", c.id, c.outcome, c.reason, "")
		all := row.Title + row.Text
		if !strings.Contains(row.Title, c.title) || !strings.Contains(row.Text, c.text) || strings.Contains(all, "seal") || strings.Contains(all, "issue") {
			t.Errorf("%+v: %q, %q", c, row.Title, row.Text)
		}
		if plain := r.Check("en", c.id, c.outcome, c.reason, ""); plain.Tone != row.Tone || plain.Answer != row.Answer {
			t.Errorf("%+v: %s, %s", c, row.Tone, row.Answer)
		}
	}
	if a, b := r.CollectionCheck("en", "revocation", "failed", "revoked", ""), r.Check("en", "revocation", "failed", "revoked", ""); a != b {
		t.Errorf("%+v, want %+v", a, b)
	}
}
