package server

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"backpack/ui"
	"backpack/wallet"
)

func (s *Server) settings(c *fiber.Ctx) error { return s.settingsPage(c, nil) }

func (s *Server) settingsPage(c *fiber.Ctx, problems []ui.FieldError) error {
	ctx, v := c.UserContext(), visitorOf(c)
	page := &ui.SettingsPage{Chrome: s.chrome(c, ui.NavSettings), LearnerName: v.account.Name}
	page.Problems = problems
	passkeys, err := s.Wallet.Passkeys(ctx, v.id())
	if err != nil {
		return err
	}
	if page.HasKey, err = s.Wallet.HasBackpackKey(ctx, v.id()); err != nil {
		return err
	}
	for _, p := range passkeys {
		page.Passkeys = append(page.Passkeys, ui.PasskeyView{ID: p.ID, Label: p.Label, Added: p.AddedAt, Used: p.UsedAt,
			Indispensable: len(passkeys) == 1 && !page.HasKey})
	}
	emails, err := s.Wallet.Emails(ctx, v.id())
	if err != nil {
		return err
	}
	for _, e := range emails {
		page.Emails = append(page.Emails, ui.EmailView{ID: e.ID, Address: e.Address, Proved: e.Proved, Added: e.AddedAt})
	}
	if page.MailTo, err = s.Wallet.MailTo(ctx, v.id()); err != nil {
		return err
	}
	sessions, err := s.Wallet.Sessions(ctx, v.id())
	if err != nil {
		return err
	}
	for _, x := range sessions {
		page.Sessions = append(page.Sessions, ui.SessionView{ID: x.ID, Label: x.Label, Since: x.CreatedAt, Seen: x.SeenAt, Current: x.ID == v.session.ID})
	}
	if page.Room, err = s.room(c); err != nil {
		return err
	}
	page.Badges = page.Room.Badges
	return s.page(c, page)
}

func (s *Server) settingsName(c *fiber.Ctx) error {
	err := s.Wallet.Rename(c.UserContext(), visitorOf(c).id(), form(c, "name"))
	if p, ok := fieldError(err, map[string]string{"name_missing": "name", "name_too_long": "name", "name_characters": "name"}); ok {
		c.Status(fiber.StatusBadRequest)
		return s.settingsPage(c, []ui.FieldError{p})
	}
	if err != nil {
		return err
	}
	s.notice(c, "name_saved", 0, "")
	return go303(c, "/settings")
}

func (s *Server) settingsKey(c *fiber.Ctx) error {
	key, err := s.Wallet.RenewBackpackKey(c.UserContext(), visitorOf(c).id())
	if err != nil {
		return err
	}
	return s.page(c, s.keyPage(c, key, "/settings", true))
}

func (s *Server) emailAdd(c *fiber.Ctx) error {
	e, err := s.Wallet.AddEmail(c.UserContext(), visitorOf(c).id(), form(c, "email"))
	if p, ok := fieldError(err, map[string]string{"email_invalid": "email", "email_exists": "email", "too_many_emails": "email", "too_many_mails": "email", "mail_failed": "email"}); ok {
		c.Status(fiber.StatusBadRequest)
		return s.settingsPage(c, []ui.FieldError{p})
	}
	if err != nil {
		return err
	}
	s.notice(c, "code_sent", 0, e.Address)
	return go303(c, "/settings/emails/"+url.PathEscape(e.ID))
}

// email finds one of the learner's addresses.
func (s *Server) email(c *fiber.Ctx) (*wallet.Email, error) {
	all, err := s.Wallet.Emails(c.UserContext(), visitorOf(c).id())
	if err != nil {
		return nil, err
	}
	for _, e := range all {
		if e.ID == param(c, "id") {
			return e, nil
		}
	}
	return nil, fiber.ErrNotFound
}

func (s *Server) emailForm(c *fiber.Ctx) error { return s.emailPage(c, nil) }

func (s *Server) emailPage(c *fiber.Ctx, problems []ui.FieldError) error {
	e, err := s.email(c)
	if err != nil {
		return err
	}
	if e.Proved {
		return go303(c, "/settings")
	}
	page := &ui.EmailConfirmPage{Chrome: s.chrome(c, ui.NavSettings), ID: e.ID, Address: e.Address}
	page.Problems = problems
	return s.page(c, page)
}

func (s *Server) emailProve(c *fiber.Ctx) error {
	e, err := s.email(c)
	if err != nil {
		return err
	}
	code := form(c, "code")
	if err = required(code, "code_missing"); err == nil {
		err = s.Wallet.ProveEmail(c.UserContext(), visitorOf(c).id(), e.ID, code)
	}
	if p, ok := fieldError(err, map[string]string{"code_missing": "code", "code_wrong": "code", "code_expired": "code", "code_tries": "code"}); ok {
		c.Status(fiber.StatusBadRequest)
		return s.emailPage(c, []ui.FieldError{p})
	}
	if err != nil {
		return err
	}
	s.notice(c, "email_proved", 0, e.Address)
	return go303(c, "/settings")
}

func (s *Server) emailResend(c *fiber.Ctx) error {
	e, err := s.email(c)
	if err != nil {
		return err
	}
	if err := s.Wallet.ResendCode(c.UserContext(), visitorOf(c).id(), e.ID); err != nil {
		return err
	}
	s.notice(c, "code_sent", 0, e.Address)
	return go303(c, "/settings/emails/"+url.PathEscape(e.ID))
}

func (s *Server) emailRemove(c *fiber.Ctx) error {
	if err := s.Wallet.RemoveEmail(c.UserContext(), visitorOf(c).id(), param(c, "id")); err != nil {
		return err
	}
	s.notice(c, "email_removed", 0, "")
	return go303(c, "/settings")
}

func (s *Server) sessionEnd(c *fiber.Ctx) error {
	v, id := visitorOf(c), param(c, "id")
	if id == v.session.ID {
		return s.signOut(c)
	}
	if err := s.Wallet.RevokeSession(c.UserContext(), v.id(), id); err != nil {
		return err
	}
	s.notice(c, "session_ended", 0, "")
	return go303(c, "/settings")
}

func (s *Server) sessionsEndOthers(c *fiber.Ctx) error {
	v := visitorOf(c)
	if err := s.Wallet.RevokeOtherSessions(c.UserContext(), v.id(), v.session.ID); err != nil {
		return err
	}
	s.notice(c, "sessions_ended", 0, "")
	return go303(c, "/settings")
}

func (s *Server) deleteForm(c *fiber.Ctx) error { return s.deletePage(c, nil) }

func (s *Server) deletePage(c *fiber.Ctx, problems []ui.FieldError) error {
	ctx, v := c.UserContext(), visitorOf(c)
	n, err := s.Wallet.CountBadges(ctx, v.id())
	if err != nil {
		return err
	}
	shares, err := s.Wallet.Shares(ctx, v.id())
	if err != nil {
		return err
	}
	page := &ui.DeletePage{Chrome: s.chrome(c, ui.NavSettings), LearnerName: v.account.Name, Badges: n, Shares: len(shares)}
	page.Problems = problems
	return s.page(c, page)
}

func (s *Server) deleteAccount(c *fiber.Ctx) error {
	err := s.Wallet.DeleteAccount(c.UserContext(), visitorOf(c).id(), form(c, "name"))
	if p, ok := fieldError(err, map[string]string{"name_differs": "name"}); ok {
		c.Status(fiber.StatusBadRequest)
		return s.deletePage(c, []ui.FieldError{p})
	}
	if err != nil {
		return err
	}
	s.forget(c)
	c.Set("Clear-Site-Data", `"cache", "storage"`)
	s.notice(c, "account_deleted", 0, "")
	return go303(c, "/")
}
