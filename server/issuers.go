package server

import (
	"github.com/gofiber/fiber/v2"

	"backpack/ui"
	"backpack/vc"
	"backpack/wallet/inspect"
)

// known lists what registries say of the issuer of a badge. Of a sample issuer
// nobody can know anything, for everybody has its key.
func known(sum *inspect.Summary, r *vc.Report) []ui.KnownView {
	if sum.Sample || r.Fact(vc.FactKnown).Outcome != vc.Passed {
		return nil
	}
	return knownViews(r.Known)
}

func knownViews(all []vc.Listing) []ui.KnownView {
	var out []ui.KnownView
	for _, l := range all {
		out = append(out, ui.KnownView{Registry: l.Registry, Name: l.Name, URL: l.URL, At: l.At, Old: l.Stale})
	}
	return out
}

// issuerShow is what the learner's own backpack knows of an issuer.
func (s *Server) issuerShow(c *fiber.Ctx) error {
	i, err := s.Wallet.IssuerSeen(c.UserContext(), visitorOf(c).id(), param(c, "id"))
	if err != nil {
		return err
	}
	latest := i.Latest()
	page := &ui.IssuerPage{Chrome: s.chrome(c, ui.NavBackpack), Since: i.Since, Sample: latest.Summary.Sample, CheckedAt: latest.CheckedAt}
	w := s.viewer(c, page.Lang)
	page.Issuer = ui.IssuerView{Name: latest.Summary.Issuer, Domain: asciiHost(latest.Summary.Domain)}
	if latest.Report != nil {
		page.Issuer.Known, page.Issuer.Confirmed = known(&latest.Summary, latest.Report), confirmed(&latest.Summary, latest.Report)
	}
	for _, f := range inspect.Facts(&latest.Summary, latest.Report) {
		switch f.ID {
		case vc.FactControl:
			page.Control = w.fact(f)
		case vc.FactKnown:
			page.Known = w.fact(f)
		}
	}
	for _, k := range i.Keys {
		page.Keys = append(page.Keys, ui.KeyView{Thumbprint: k.Thumbprint, First: k.First, Last: k.Last})
	}
	for _, x := range i.Endorsements {
		page.Endorsements = append(page.Endorsements, w.endorsement(x.Document, "issuer", x.Report))
	}
	for _, e := range i.Entries {
		page.Badges = append(page.Badges, ownCard(e.Listed()))
	}
	return s.page(c, page)
}
