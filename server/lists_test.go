package server_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"backpack/vc/vctest"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

// listed follows an answer to the address that holds the list.
func (b *browser) listed(a *answer) (page *answer, q url.Values) {
	b.t.Helper()
	u, err := url.Parse(a.Header.Get("Location"))
	if a.StatusCode != http.StatusSeeOther || err != nil || u.Path != "/verify/list" {
		b.t.Fatalf("status %d to %s: %.500s", a.StatusCode, u, a.body)
	}
	return b.get(u.String()).is(b.t, http.StatusOK), u.Query()
}

// TestEmployersList makes a list of known issuers without an account, and checks badges
// with it.
func TestEmployersList(t *testing.T) {
	s := newSite(t)
	i := s.school(t)
	badge := string(i.Issue(t))
	b := s.browser(t)
	b.post("/verify", url.Values{"text": {badge}}).is(t, http.StatusOK).has(t, "No registry was asked", "I know this issuer",
		`name="issuer" value="did:web:issuer.example"`)

	page, q := b.listed(b.post("/verify/list", url.Values{"issuer": {i.ID}, "label": {"School of Bread"}}))
	page.says(t, "List without a name", "School of Bread", "did:web:issuer.example", "Keep this list")
	page, q = b.listed(b.post("/verify/list", url.Values{"list": {q.Get("list")}, "key": {q.Get("key")}, "name": {"Mill & Sons"},
		"add": {"guild.example, The Guild\n\n https://a.example/i/ \n"}}))
	page.says(t, "Mill & Sons", "The Guild", "https://a.example/i")
	use := url.Values{"text": {badge}, "list": {q.Get("list")}}
	b.post("/verify", use).is(t, http.StatusOK).says(t, "A list that came with a link, “Mill & Sons”", "knows this issuer as School of Bread").
		hasNot(t, "I know this issuer")
	use.Set("key", q.Get("key"))
	b.post("/verify", use).says(t, "Your list “Mill & Sons”", "knows this issuer as School of Bread")
	b.get("/verify?"+q.Encode()).is(t, http.StatusOK).says(t, "Your list “Mill & Sons”", "3 issuers")

	file := b.get("/verify/list.json?"+q.Encode()).is(t, http.StatusOK).has(t, `"name": "Mill`, "guild.example")
	if !strings.Contains(file.Header.Get("Content-Disposition"), "attachment") {
		t.Error("the file is not a download")
	}
	b.upload("/verify", badge, inspect.Input{Name: "issuers-i-know.json", Bytes: []byte(file.body)}).is(t, http.StatusOK).
		says(t, "Your list “Mill & Sons”", "knows this issuer as School of Bread")
	if a := b.upload("/verify", "", inspect.Input{Name: "issuers-i-know.json", Bytes: []byte(file.body)}); a.StatusCode != http.StatusSeeOther {
		t.Errorf("only the list: %d", a.StatusCode)
	}
	page, q = b.listed(b.post("/verify/list", url.Values{"list": {q.Get("list")}, "key": {q.Get("key")}, "drop": {i.ID}}))
	page.hasNot(t, "School of Bread")
	b.post("/verify", url.Values{"text": {badge}, "list": {q.Get("list")}}).has(t, "None of the registries asked knows it")
	// The issuer of a forged badge is not known, and cannot be listed.
	_, q = b.listed(b.post("/verify/list", url.Values{"issuer": {i.ID}, "label": {"School of Bread"}}))
	for _, o := range []vctest.Option{vctest.WrongKey, vctest.Stranger, vctest.Tampered} {
		b.post("/verify", url.Values{"text": {string(i.Issue(t, o))}, "list": {q.Get("list")}}).is(t, http.StatusOK).
			hasNot(t, "knows this issuer as", "I know this issuer")
	}
	// A learner does the same.
	l := s.learner(t, "Alma")
	l.listed(l.post("/verify/list", url.Values{"add": {"guild.example"}}))
}

// TestListsAreNotAltered checks that only the maker of a list can change it.
func TestListsAreNotAltered(t *testing.T) {
	s, other := newSite(t), newSite(t)
	b := s.browser(t)
	_, q := b.listed(b.post("/verify/list", url.Values{"name": {"Mill"}, "add": {"guild.example"}}))
	token, key := q.Get("list"), q.Get("key")
	_, foreign := other.browser(t).listed(other.browser(t).post("/verify/list", url.Values{"add": {"guild.example"}}))
	_, own := b.listed(b.post("/verify/list", url.Values{"name": {"Mill"}, "add": {"evil.example"}}))
	for name, bad := range map[string]string{
		"a letter changed": "f" + token[1:], "cut": token[:len(token)-1], "no seal": strings.Split(token, ".")[0],
		"another's seal": strings.Split(token, ".")[0] + "." + strings.Split(own.Get("list"), ".")[1],
		"made elsewhere": foreign.Get("list"), "huge": strings.Repeat("a", 10_000), "rubbish": "\"><script>", "a point": ".",
	} {
		for _, a := range []*answer{b.get("/verify?list=" + url.QueryEscape(bad)), b.get("/verify/list?list=" + url.QueryEscape(bad)),
			b.get("/verify/list.json?list=" + url.QueryEscape(bad)),
			b.post("/verify", url.Values{"text": {"x"}, "list": {bad}}), b.post("/verify/list", url.Values{"list": {bad}, "key": {key}, "add": {"evil.example"}})} {
			if a.StatusCode != http.StatusBadRequest {
				t.Errorf("%s: %s %s: status %d", name, a.Request.Method, a.Request.URL.Path, a.StatusCode)
			}
		}
	}
	for name, k := range map[string]string{"no key": "", "another key": own.Get("key"), "nearly": key[:len(key)-1]} {
		b.post("/verify/list", url.Values{"list": {token}, "key": {k}, "add": {"evil.example"}}).is(t, http.StatusForbidden)
		b.get("/verify/list?list="+token+"&key="+k).is(t, http.StatusOK).says(t, "guild.example").hasNot(t, "<textarea", "Remove")
		_ = name
	}
	if strings.Split(token, ".")[0] == strings.Split(own.Get("list"), ".")[0] {
		t.Error("two lists of one name look alike")
	}
	b.get("/verify/list.json").is(t, http.StatusNotFound)
}

// TestListMistakes checks that an invalid entry is reported at its field and changes nothing.
func TestListMistakes(t *testing.T) {
	s := newSiteWith(t, wallettest.Options{})
	b := s.browser(t)
	var many strings.Builder
	for range 101 {
		many.WriteString(strings.Repeat("a", 1+many.Len()%50) + strconv.Itoa(many.Len()) + ".example\n")
	}
	for add, want := range map[string]string{
		"no domain":                          "names no issuer",
		"guild.example\nhttp//x":             "names no issuer",
		"did:web:samples.backpack.invalid":   "Sample issuers",
		"https://samples.backpack.invalid/x": "Sample issuers",
		"samples.backpack.invalid":           "Sample issuers",
		many.String():                        "no more room",
		"a.example," + strings.Repeat("é", 90) + "\n" + strings.Repeat("b.example/,", 3): "names no issuer",
	} {
		b.post("/verify/list", url.Values{"add": {add}}).is(t, http.StatusBadRequest).says(t, want)
	}
	page, _ := b.listed(b.post("/verify/list", url.Values{"name": {"<script>alert(1)</script>"}, "add": {"a.example,\"><img src=x onerror=alert(1)>"}}))
	page.hasNot(t, "<script>alert", "<img src=x")
	page, _ = b.listed(b.post("/verify/list", url.Values{"name": {"\u202eevil\x00"}, "add": {"a.example"}}))
	page.says(t, "List without a name")
}
