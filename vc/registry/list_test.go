package registry_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/registry"
)

const didKey = "did:key:z6MkpLDL3RoAoMRTwTgo3rs39ZwssfaPKtGdZw7AGRN7CK4W"

const consortium = `{"meta": {"created": "2022-10-27T17:57:31+00:00"}, "registry": {
  "` + didKey + `": {"name": "Hill College", "location": "Hill, ME", "url": "https://hill.example"},
  "did:web:school.example": {"name": "School\nof \u202ethe Valley"},
  "nonsense here": {"name": "Passed over"}, "did:web:odd.example": 7}}`

const ownJSON = `{"name": "Our partners", "issuers": [{"issuer": "guild.example.org", "name": "Ridge & Beam Guild", "url": "javascript:alert(1)"},
  {"issuer": "https://host.example/issuers/7", "name": "Tenant seven"}]}`

const ownCSV = "\xEF\xBB\xBFissuer,name,website\n# a comment\n" +
	"guild.example.org,\"Ridge & Beam, Guild\",https://guild.example.org\n\ndid:web:school.example,School\nbücher.example,Bücher\n"

func parse(t *testing.T, name, text string) *registry.List {
	t.Helper()
	l, err := registry.ParseList(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func known(t *testing.T, s *registry.Set, issuer string, b vc.Binding) vc.Known {
	t.Helper()
	return s.Known(t.Context(), vc.Inquiry{Issuer: issuer, Binding: b})
}

func TestLists(t *testing.T) {
	for _, x := range []struct {
		text, name, issuer string
		binding            vc.Binding
		want               string // name, "" if unknown
	}{
		{consortium, "DCC", didKey, vc.BindingDID, "Hill College"},
		{consortium, "DCC", didKey[:len(didKey)-1], vc.BindingDID, ""},
		{consortium, "DCC", "did:web:school.example", vc.BindingDID, "School of the Valley"},
		{consortium, "DCC", "did:web:school.example:dept", vc.BindingDID, ""},
		{consortium, "DCC", "https://school.example", vc.BindingDocument, ""}, // the entry is the did:web only
		{ownJSON, "Our partners", "did:web:guild.example.org", vc.BindingDID, "Ridge & Beam Guild"},
		{ownJSON, "Our partners", "did:web:guild.example.org%3A8443:x", vc.BindingDID, "Ridge & Beam Guild"},
		{ownJSON, "Our partners", "https://GUILD.example.org/issuer", vc.BindingKeySet, "Ridge & Beam Guild"},
		{ownJSON, "Our partners", "https://guild.example.org.evil.example/issuer", vc.BindingDocument, ""},
		{ownJSON, "Our partners", "https://www.guild.example.org/issuer", vc.BindingDocument, ""},
		{ownJSON, "Our partners", "https://guild.example.org/issuer", vc.BindingDomain, "Ridge & Beam Guild"},
		{ownJSON, "Our partners", "https://host.example/issuers/7", vc.BindingDocument, "Tenant seven"},
		{ownJSON, "Our partners", "https://host.example/issuers/7/", vc.BindingDocument, "Tenant seven"},
		{ownJSON, "Our partners", "https://host.example/issuers/8", vc.BindingDocument, ""},
		{ownJSON, "Our partners", "https://host.example/issuers/7", vc.BindingDomain, ""}, // another tenant may serve that key
		{ownCSV, "Partners", "https://guild.example.org/x", vc.BindingDocument, "Ridge & Beam, Guild"},
		{ownCSV, "Partners", "did:web:school.example", vc.BindingDID, "School"},
		{ownCSV, "Partners", "https://xn--bcher-kva.example/i", vc.BindingDocument, "Bücher"},
	} {
		name := x.name
		if x.text == ownJSON {
			name = "" // the list's own
		}
		got := known(t, (&registry.Set{}).With(parse(t, name, x.text)), x.issuer, x.binding)
		switch {
		case x.want == "" && (got.Outcome != vc.Unknown || got.Reason != vc.ReasonNotListed || len(got.Listings) > 0):
			t.Errorf("%s %s: got %+v", x.issuer, x.binding, got)
		case x.want != "" && (got.Outcome != vc.Passed || len(got.Listings) != 1 || got.Listings[0].Name != x.want || got.Listings[0].Registry != x.name):
			t.Errorf("%s %s: got %+v", x.issuer, x.binding, got)
		case x.want != "" && got.Listings[0].URL != "" && !strings.HasPrefix(got.Listings[0].URL, "https://"):
			t.Errorf("%s: got address %s", x.issuer, got.Listings[0].URL)
		}
	}
}

func TestParseListRefuses(t *testing.T) {
	many := strings.Repeat("a", 3000)
	for name, x := range map[string]struct{ text, want string }{
		"empty":                {"", "has no issuer"},
		"only comments":        {"# nothing\n", "has no issuer"},
		"no issuer":            {"issuer,name\nguild.example.org,Guild\nno domain,Name\n", "line 3"},
		"quotes":               {"guild.example.org,Guild\nb.example,\"open\n", "line"},
		"a long id":            {"did:web:" + many + ",x\n", "line 1"},
		"html":                 {"<!doctype html><html>\n", "line 1"},
		"unknown JSON":         {`{"a": 1}`, "neither"},
		"JSON array":           {`[]`, "neither"},
		"broken JSON":          {"{\"registry\":\n{]}", "line 2"},
		"duplicate issuer":     {`{"registry": {"did:a:b": {}, "did:a:b": {}}}`, "line 1"},
		"issuer not an object": {`{"issuers": [7]}`, "issuer 1"},
		"issuer with a path":   {`{"issuers": [{"issuer": "a.example"}, {"issuer": "a.example/b"}]}`, "issuer 2"},
		"with a user":          {`{"issuers": [{"issuer": "https://a@b.example"}]}`, "issuer 1"},
		"ftp":                  {`{"issuers": [{"issuer": "ftp://b.example"}]}`, "issuer 1"},
		"a DID with a key":     {`{"issuers": [{"issuer": "did:web:b.example#key"}]}`, "issuer 1"},
		"no valid member":      {`{"registry": {"x y": {}, "": 7}}`, "none of"},
		"deep":                 {`{"registry": ` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`, ""},
	} {
		_, err := registry.ParseList("x", []byte(x.text))
		if err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: got error %v, want %q", name, err, x.want)
		}
	}
	if _, err := registry.ParseList("x", make([]byte, registry.MaxListBytes+1)); !errors.Is(err, vc.ErrTooLarge) {
		t.Errorf("a huge list: got error %v", err)
	}
	var b strings.Builder
	for i := range 100_001 {
		fmt.Fprintf(&b, "a%d.example,x\n", i)
	}
	if _, err := registry.ParseList("x", []byte(b.String())); !errors.Is(err, vc.ErrTooLarge) {
		t.Errorf("too many issuers: got error %v", err)
	}
}

func TestThreat39LookAlikes(t *testing.T) {
	s := (&registry.Set{}).With(parse(t, "Partners", "guild.example.org,Guild\nmarlow.example,Marlow\n"+didKey+",Hill,https://hill-college.example\n"))
	for issuer, want := range map[string]string{
		"https://gui1d.example.org/i":                  "guild.example.org",
		"did:web:guiId.example.org":                    "guild.example.org", // a capital i
		"did:web:GUILD.example.org":                    "",
		"https://guіld.example.org/":                   "guild.example.org", // Cyrillic і
		"https://mаrlow.example/":                      "marlow.example",    // Cyrillic а
		"https://rnarlow.example/i":                    "marlow.example",
		"https://login.rnarlow.example/i":              "marlow.example",
		"https://hiII-college.example/":                "hill-college.example",
		"https://marlow2.example/":                     "",
		"https://marlow.example.com/":                  "",
		"https://www.marlow.example/":                  "",
		"did:key:z6MkkKnMY4nXoLMxVSGgheknfHkM8mZmcgim": "",
	} {
		got := known(t, s, issuer, vc.BindingDocument)
		if want == "" && got.Reason == vc.ReasonLookAlike || want != "" && (got.Reason != vc.ReasonLookAlike || got.Detail != want || got.Outcome != vc.Unknown) {
			t.Errorf("%s: got %+v, want %q", issuer, got, want)
		}
	}
}

func TestDeceptive(t *testing.T) {
	for issuer, want := range map[string]bool{
		"https://guild.example.org": false, "https://müller.example": false, "https://straße.example": false,
		"https://ελλάδα.example": false, "https://школа.example": false, "https://大学.example": false, "https://東京タワー.example": false,
		"https://tokyo大学.example": false, "https://مدرسة.example": false,
		"https://gоogle.example":      true, // о is Cyrillic
		"https://аррӏе.example":       true, // all Cyrillic, looks all Latin
		"https://школаschool.example": true, "https://αбв.example": true,
	} {
		got := known(t, &registry.Set{}, issuer, vc.BindingDocument)
		if (got.Reason == vc.ReasonMixedScript) != want || !want && (got.Outcome != vc.Skipped || got.Reason != vc.ReasonNoRegistry) {
			t.Errorf("%s (%s): got %+v, want deceptive %t", issuer, registry.DomainOf(issuer), got, want)
		}
	}
}

// FuzzParseList asserts that no input makes parsing or a lookup panic or hang.
func FuzzParseList(f *testing.F) {
	for _, s := range []string{consortium, ownJSON, ownCSV, "", "{", "a.example,\"", "\xff,\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := registry.ParseList("", b)
		if err != nil {
			return
		}
		if l.Entries == 0 && strings.Contains(string(b), "registry") {
			return
		}
		_, _ = l.Lookup(context.Background(), vc.Inquiry{Issuer: string(b)})
		l.LooksLike(registry.DomainOf(string(b)))
	})
}
