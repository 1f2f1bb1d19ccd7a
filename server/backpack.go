package server

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"backpack/server/view"
	"backpack/ui"
	"backpack/wallet"
)

// backpack serves the list of badges, their issuers, and the activity.
type backpack struct {
	*pages
	wallet *wallet.Wallet
}

func (s *backpack) register(r *router) {
	l := r.learner()
	l.Get("/backpack", s.list)
	l.Post("/samples", r.work, s.samples)
	l.Get("/activity", s.activity)
	l.Post("/activity/seen", s.seen)
	l.Get("/issuers/:id", s.issuer)
}

// noticesRead is the number of events that are searched for notices.
const (
	noticesRead = 200
)

func (s *backpack) list(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), visitorOf(c).id()
	f := ui.Filter{Text: query(c, "q"), Issuer: query(c, "issuer"), Skill: query(c, "skill"), State: query(c, "state"),
		Sort: query(c, "sort"), After: query(c, "after")}
	l, err := s.wallet.Entries(ctx, a, wallet.Query{Text: f.Text, Issuer: f.Issuer, Skill: f.Skill, State: f.State, Sort: f.Sort, After: f.After})
	if err != nil {
		return err
	}
	events, err := s.wallet.Events(ctx, a, noticesRead)
	if err != nil {
		return err
	}
	page := &ui.BackpackPage{Chrome: s.chrome(c, ui.NavBackpack), All: l.All, Total: l.Total, Next: l.Next, Filter: f,
		Issuers: l.Issuers, Skills: l.Skills, Select: query(c, "select") != "", News: view.Notices(events, "")}
	for _, v := range l.States {
		page.States = append(page.States, string(v))
	}
	for _, e := range l.Entries {
		page.Badges = append(page.Badges, view.OwnCard(e))
	}
	return s.page(c, page)
}

func (s *backpack) samples(c *fiber.Ctx) error {
	kept, err := s.wallet.AddSamples(c.UserContext(), visitorOf(c).id())
	if err != nil {
		return err
	}
	s.notice(c, "samples", len(kept), "")
	return go303(c, "/backpack")
}

func (s *backpack) activity(c *fiber.Ctx) error {
	events, err := s.wallet.Events(c.UserContext(), visitorOf(c).id(), 200)
	if err != nil {
		return err
	}
	return s.page(c, &ui.ActivityPage{Chrome: s.chrome(c, ""), Events: view.Events(events)})
}

// seen marks all notices as seen and returns to the page of the form.
func (s *backpack) seen(c *fiber.Ctx) error {
	if err := s.wallet.SeeNotices(c.UserContext(), visitorOf(c).id()); err != nil {
		return err
	}
	s.notice(c, "seen", 0, "")
	page := s.formPage(c)
	if u, err := url.Parse(page); err != nil || u.Path == "/" {
		page = "/backpack"
	}
	return go303(c, s.nextPath(page))
}

// issuer shows what the learner's badges tell about an issuer.
func (s *backpack) issuer(c *fiber.Ctx) error {
	i, err := s.wallet.IssuerSeen(c.UserContext(), visitorOf(c).id(), param(c, "id"))
	if err != nil {
		return err
	}
	page := &ui.IssuerPage{Chrome: s.chrome(c, ui.NavBackpack)}
	s.view(c, page.Lang).Issuer(page, i)
	return s.page(c, page)
}
