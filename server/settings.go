package server

import (
	"github.com/gofiber/fiber/v2"

	"backpack/server/view"
	"backpack/ui"
	"backpack/wallet"
)

// settings serves the settings and the deletion of an account.
type settings struct {
	*pages
	wallet   *wallet.Wallet
	sessions *sessions
	entry    *entry
}

func (s *settings) register(r *router) {
	l := r.learner()
	l.Get("/settings", s.show)
	l.Post("/settings/name", s.rename)
	l.Post("/settings/key", s.sessions.recent("/settings"), s.renewKey)
	l.Post("/settings/sessions/end-others", s.endOthers)
	l.Post("/settings/sessions/:id/end", s.endSession)
	recent := s.sessions.recent("/settings/delete")
	l.Get("/settings/delete", recent, s.askDelete)
	l.Post("/settings/delete", recent, s.delete)
}

func (s *settings) show(c *fiber.Ctx) error { return s.showPage(c, nil) }

func (s *settings) showPage(c *fiber.Ctx, problems []ui.FieldError) error {
	ctx, v := c.UserContext(), visitorOf(c)
	page := &ui.SettingsPage{Chrome: s.chrome(c, ui.NavSettings), LearnerName: v.account.Name}
	page.Problems = problems
	passkeys, err := s.wallet.Passkeys(ctx, v.id())
	if err != nil {
		return err
	}
	if page.HasKey, err = s.wallet.HasBackpackKey(ctx, v.id()); err != nil {
		return err
	}
	for _, p := range passkeys {
		page.Passkeys = append(page.Passkeys, ui.PasskeyView{ID: p.ID, Label: p.Label, Added: p.AddedAt, Used: p.UsedAt,
			Indispensable: len(passkeys) == 1 && !page.HasKey})
	}
	emails, err := s.wallet.Emails(ctx, v.id())
	if err != nil {
		return err
	}
	for _, e := range emails {
		page.Emails = append(page.Emails, ui.EmailView{ID: e.ID, Address: e.Address, Proved: e.Proved, Added: e.AddedAt})
	}
	if page.MailTo, err = s.wallet.MailTo(ctx, v.id()); err != nil {
		return err
	}
	sessions, err := s.wallet.Sessions(ctx, v.id())
	if err != nil {
		return err
	}
	for _, x := range sessions {
		page.Sessions = append(page.Sessions, ui.SessionView{ID: x.ID, Label: x.Label, Since: x.CreatedAt, Seen: x.SeenAt, Current: x.ID == v.session.ID})
	}
	u, err := s.wallet.Usage(ctx, v.id())
	if err != nil {
		return err
	}
	page.Badges, page.Room = u.Badges, view.Room(u)
	return s.page(c, page)
}

func (s *settings) rename(c *fiber.Ctx) error {
	err := s.wallet.Rename(c.UserContext(), visitorOf(c).id(), form(c, "name"))
	if p, ok := fieldError(err, map[string]string{"name_missing": "name", "name_too_long": "name", "name_characters": "name"}); ok {
		c.Status(fiber.StatusBadRequest)
		return s.showPage(c, []ui.FieldError{p})
	}
	if err != nil {
		return err
	}
	s.notice(c, "name_saved", 0, "")
	return go303(c, "/settings")
}

func (s *settings) renewKey(c *fiber.Ctx) error {
	key, err := s.wallet.RenewBackpackKey(c.UserContext(), visitorOf(c).id())
	if err != nil {
		return err
	}
	return s.page(c, s.entry.keyPage(c, key, "/settings", true))
}

func (s *settings) endSession(c *fiber.Ctx) error {
	v, id := visitorOf(c), param(c, "id")
	if id == v.session.ID {
		return s.entry.signOut(c)
	}
	if err := s.wallet.RevokeSession(c.UserContext(), v.id(), id); err != nil {
		return err
	}
	s.notice(c, "session_ended", 0, "")
	return go303(c, "/settings")
}

func (s *settings) endOthers(c *fiber.Ctx) error {
	v := visitorOf(c)
	if err := s.wallet.RevokeOtherSessions(c.UserContext(), v.id(), v.session.ID); err != nil {
		return err
	}
	s.notice(c, "sessions_ended", 0, "")
	return go303(c, "/settings")
}

func (s *settings) askDelete(c *fiber.Ctx) error { return s.deletePage(c, nil) }

func (s *settings) deletePage(c *fiber.Ctx, problems []ui.FieldError) error {
	ctx, v := c.UserContext(), visitorOf(c)
	n, err := s.wallet.CountBadges(ctx, v.id())
	if err != nil {
		return err
	}
	shares, err := s.wallet.Shares(ctx, v.id())
	if err != nil {
		return err
	}
	page := &ui.DeletePage{Chrome: s.chrome(c, ui.NavSettings), LearnerName: v.account.Name, Badges: n, Shares: len(shares)}
	page.Problems = problems
	return s.page(c, page)
}

func (s *settings) delete(c *fiber.Ctx) error {
	err := s.wallet.DeleteAccount(c.UserContext(), visitorOf(c).id(), form(c, "name"))
	if p, ok := fieldError(err, map[string]string{"name_differs": "name"}); ok {
		c.Status(fiber.StatusBadRequest)
		return s.deletePage(c, []ui.FieldError{p})
	}
	if err != nil {
		return err
	}
	s.sessions.forget(c)
	c.Set("Clear-Site-Data", `"cache", "storage"`)
	s.notice(c, "account_deleted", 0, "")
	return go303(c, "/")
}
