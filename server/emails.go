package server

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"backpack/ui"
	"backpack/wallet"
)

// emails serves the addresses of an account.
type emails struct {
	*pages
	wallet   *wallet.Wallet
	settings *settings
}

func (s *emails) register(r *router) {
	l := r.learner()
	l.Post("/settings/emails", s.settings.sessions.recent("/settings"), s.add)
	l.Get("/settings/emails/:id", s.ask)
	l.Post("/settings/emails/:id", s.prove)
	l.Post("/settings/emails/:id/resend", s.resend)
	l.Post("/settings/emails/:id/remove", s.remove)
}

func (s *emails) add(c *fiber.Ctx) error {
	e, err := s.wallet.AddEmail(c.UserContext(), visitorOf(c).id(), form(c, "email"))
	fields := map[string]string{"email_invalid": "email", "email_exists": "email", "too_many_emails": "email",
		"too_many_mails": "email", "mail_failed": "email"}
	if p, ok := fieldError(err, fields); ok {
		c.Status(fiber.StatusBadRequest)
		return s.settings.showPage(c, []ui.FieldError{p})
	}
	if err != nil {
		return err
	}
	s.notice(c, "code_sent", 0, e.Address)
	return go303(c, "/settings/emails/"+url.PathEscape(e.ID))
}

// find returns the learner's address that the path names.
func (s *emails) find(c *fiber.Ctx) (*wallet.Email, error) {
	all, err := s.wallet.Emails(c.UserContext(), visitorOf(c).id())
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

func (s *emails) ask(c *fiber.Ctx) error { return s.askPage(c, nil) }

func (s *emails) askPage(c *fiber.Ctx, problems []ui.FieldError) error {
	e, err := s.find(c)
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

func (s *emails) prove(c *fiber.Ctx) error {
	e, err := s.find(c)
	if err != nil {
		return err
	}
	code := form(c, "code")
	if err = required(code, "code_missing"); err == nil {
		err = s.wallet.ProveEmail(c.UserContext(), visitorOf(c).id(), e.ID, code)
	}
	if p, ok := fieldError(err, map[string]string{"code_missing": "code", "code_wrong": "code", "code_expired": "code", "code_tries": "code"}); ok {
		c.Status(fiber.StatusBadRequest)
		return s.askPage(c, []ui.FieldError{p})
	}
	if err != nil {
		return err
	}
	s.notice(c, "email_proved", 0, e.Address)
	return go303(c, "/settings")
}

func (s *emails) resend(c *fiber.Ctx) error {
	e, err := s.find(c)
	if err != nil {
		return err
	}
	if err := s.wallet.ResendCode(c.UserContext(), visitorOf(c).id(), e.ID); err != nil {
		return err
	}
	s.notice(c, "code_sent", 0, e.Address)
	return go303(c, "/settings/emails/"+url.PathEscape(e.ID))
}

func (s *emails) remove(c *fiber.Ctx) error {
	if err := s.wallet.RemoveEmail(c.UserContext(), visitorOf(c).id(), param(c, "id")); err != nil {
		return err
	}
	s.notice(c, "email_removed", 0, "")
	return go303(c, "/settings")
}
