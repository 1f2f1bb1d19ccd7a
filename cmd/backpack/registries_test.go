package main

import (
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/registry"
	"backpack/vc/vctest"
)

func TestVerifyAsksRegistries(t *testing.T) {
	t.Parallel()
	issuer := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	dir := t.TempDir()
	badge := write(t, dir, "badge.json", issuer.Issue(t))
	list := write(t, dir, "partners.csv", []byte("issuer,name\n"+issuer.ID+",\"School of Bread, registered\"\n"))
	env := map[string]string{"BACKPACK_REGISTRIES": "Our partners=" + list}
	got := setup{env: env}.run(t, "verify", "--offline", badge)
	has(t, got.out, "Is it whole and unchanged?", "Is it from the issuer it names?", "Is the issuer known?",
		"Our partners knows this issuer as School of Bread, registered.",
		"Is it still valid?", "Was it awarded to this person?", "What was checked:", "Is it put together as a badge should be?")
	if got.code != exitOK {
		t.Errorf("code %d", got.code)
	}
	var reports []struct {
		Facts  []vc.Fact
		Report vc.Report
	}
	got = setup{env: env}.run(t, "verify", "--offline", "--json", badge)
	if err := json.Unmarshal([]byte(got.out), &reports); err != nil || len(reports) != 1 {
		t.Fatal(err, got.out)
	}
	want := []vc.FactID{vc.FactAuthentic, vc.FactControl, vc.FactKnown, vc.FactCurrent, vc.FactAwarded}
	for i, f := range reports[0].Facts {
		if f.ID != want[i] {
			t.Errorf("fact %d is %s", i, f.ID)
		}
	}
	if k := reports[0].Facts[2]; k.Outcome != vc.Passed || k.Value != "Our partners" || len(reports[0].Report.Known) != 1 {
		t.Errorf("%+v", k)
	}
}

func TestRegistriesThatAreNone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	badge := write(t, dir, "badge.json", []byte("{}"))
	bad := write(t, dir, "bad.csv", []byte("issuer,name\ncollege.example,College\nno issuer,Nobody\n"))
	for setting, want := range map[string]string{
		bad:                                   "bad.csv: malformed: line 3: the issuer contains a space",
		"x=" + filepath.Join(dir, "none"):     "none: no such file",
		"http://lists.example/a.json":         "is not an https address",
		"federation:http://anchor.example":    "is not an https address of a trust anchor",
		bad + ", https://lists.example/a.csv": "line 3",
	} {
		got := setup{env: map[string]string{"BACKPACK_REGISTRIES": setting}}.run(t, "verify", badge)
		if got.code != exitUsage {
			t.Errorf("%s: code %d", setting, got.code)
		}
		has(t, got.err, "BACKPACK_REGISTRIES: ", want)
	}
}

func TestCopies(t *testing.T) {
	t.Parallel()
	c := copies{filepath.Join(t.TempDir(), "new")}
	if _, _, err := c.Load("https://a.example"); err == nil {
		t.Error("a copy of nothing")
	}
	at := time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC)
	if err := c.Save("https://a.example", []byte("one"), at); err != nil {
		t.Fatal(err)
	}
	if b, when, err := c.Load("https://a.example"); err != nil || string(b) != "one" || !when.Equal(at) {
		t.Errorf("%q %s %v", b, when, err)
	}
	if _, _, err := c.Load("https://b.example"); err == nil {
		t.Error("another address has the same copy")
	}
}

// A list is stored for the next start, which may have no network.
func TestListsAreKept(t *testing.T) {
	t.Parallel()
	web := vctest.NewWeb()
	web.Serve("https://lists.example/a.csv", "text/csv", []byte("college.example,College\n"))
	kept := copies{t.TempDir()}
	for _, fetcher := range []vc.Fetcher{web, vctest.NewWeb()} {
		set, err := registries("Partners=https://lists.example/a.csv", registry.Web{Fetch: fetcher, Now: time.Now, Kept: kept})
		if err != nil {
			t.Fatal(err)
		}
		if err := set.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := set.Known(t.Context(), vc.Inquiry{Issuer: "did:web:college.example", Binding: vc.BindingDID})
		if got.Outcome != vc.Passed || got.Listings[0].Registry != "Partners" {
			t.Errorf("%+v", got)
		}
	}
}
