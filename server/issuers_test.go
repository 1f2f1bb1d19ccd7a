package server_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/registry"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

// school returns an issuer whose pages are on the site's web.
func (s *site) school(t testing.TB) *vctest.Issuer {
	t.Helper()
	i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDWeb, vctest.Ed25519)
	s.Web.Answer("https://issuer.example/.well-known/did.json", func(req vc.FetchRequest) (*vc.Resource, error) {
		return i.Web.Fetch(context.Background(), req)
	})
	return i
}

func listOf(t testing.TB, name string, entries ...registry.Entry) *registry.Set {
	t.Helper()
	l, err := registry.NewList(name, entries)
	if err != nil {
		t.Fatal(err)
	}
	return (&registry.Set{}).With(l)
}

// TestIssuerPage checks that the name of a known issuer is the registry's, and that the
// badge's own name is shown as the badge's statement.
func TestIssuerPage(t *testing.T) {
	s := newSiteWith(t, wallettest.Options{Registries: listOf(t, "The Register", registry.Entry{ID: "issuer.example", Name: "Bakers’ School"})})
	badge := s.school(t).Issue(t)
	l := s.learner(t, "Alma")
	imp, err := s.StartImport(t.Context(), l.ID, []inspect.Input{{Bytes: badge}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.WorkImport(t.Context(), l.ID, imp); err != nil {
		t.Fatal(err)
	}
	kept, err := s.Keep(t.Context(), l.ID, imp, []int{1})
	if err != nil || len(kept) != 1 {
		t.Fatal(kept, err)
	}
	page := "/issuers/" + wallet.IssuerRef(kept[0].Summary.IssuerID)
	l.get("/badges/"+kept[0].ID).is(t, http.StatusOK).says(t, "How sure is it?", "Is it whole and unchanged?", "Is it from the issuer it names?",
		"Is the issuer known?", "Is it still valid?", "Was it awarded to this person?").
		has(t, "Bakers’ School", "Known to The Register.", "The badge calls it “School of Bread”.", page)
	l.get(page).is(t, http.StatusOK).says(t, "Bakers’ School", "issuer.example", "Who knows it", "What this backpack has seen", "Its badge in your backpack")
	s.learner(t, "Bela").get(page).is(t, http.StatusNotFound)
	l.get("/issuers/nobody").is(t, http.StatusNotFound)
	a := s.browser(t).get(page)
	if a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/signin") {
		t.Errorf("a stranger: %d %s", a.StatusCode, a.Header.Get("Location"))
	}
}

// TestListedNameIsNotBorrowed checks that a forger or namesake of a listed issuer is not
// known.
func TestListedNameIsNotBorrowed(t *testing.T) {
	s := newSiteWith(t, wallettest.Options{Registries: listOf(t, "The Register", registry.Entry{ID: "issuer.example", Name: "Bakers’ School"})})
	i := s.school(t)
	check := func(o ...vctest.Option) *answer {
		return s.browser(t).post("/verify", url.Values{"text": {string(i.Issue(t, o...))}}).is(t, http.StatusOK)
	}
	check().has(t, "The Register knows this issuer as Bakers’ School.")
	for _, o := range []vctest.Option{vctest.WrongKey, vctest.Stranger, vctest.Tampered} {
		check(o).hasNot(t, "Bakers’ School").has(t, "first it must be certain")
	}
	s.Web.Remove("https://issuer.example/.well-known/did.json")
	s.Clock.Advance(1000 * 3600e9)
	check().hasNot(t, "Bakers’ School")
}

// TestSelfMade checks that a badge about its own issuer is marked, even if a registry
// knows the issuer.
func TestSelfMade(t *testing.T) {
	s := newSiteWith(t, wallettest.Options{Registries: listOf(t, "The Register", registry.Entry{ID: "issuer.example", Name: "Bakers’ School"})})
	i := s.school(t)
	b := s.browser(t)
	b.post("/verify", url.Values{"text": {string(i.Issue(t, vctest.With("credentialSubject.id", i.ID)))}}).is(t, http.StatusOK).
		has(t, "Self-made: awarded by the person to themselves").hasNot(t, "Known to The Register.")
	b.post("/verify", url.Values{"text": {string(i.Issue(t))}}).has(t, "Known to The Register.").hasNot(t, "Self-made")
}
