package server

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"backpack/ui"
	"backpack/wallet"
)

// mail serves the choice of the address for news, and the links that end news.
type mail struct {
	*pages
	wallet *wallet.Wallet
}

func (s *mail) register(r *router) {
	r.Get("/mail/stop/:token", r.view, s.askStop)
	r.Post("/mail/stop/:token", r.view, s.stop)
	r.learner().Post("/settings/mail", s.choose)
}

// choose sets the address for news.
func (s *mail) choose(c *fiber.Ctx) error {
	if err := s.wallet.SetMailTo(c.UserContext(), visitorOf(c).id(), form(c, "to")); err != nil {
		return err
	}
	s.notice(c, "mail_saved", 0, "")
	return go303(c, "/settings")
}

// askStop asks for confirmation, because programs follow links in mails.
func (s *mail) askStop(c *fiber.Ctx) error { return s.stopPage(c, false) }

func (s *mail) stop(c *fiber.Ctx) error {
	if err := s.wallet.StopMail(c.UserContext(), param(c, "token")); err != nil {
		return err
	}
	return s.stopPage(c, true)
}

func (s *mail) stopPage(c *fiber.Ctx, stopped bool) error {
	return s.page(c, &ui.MailStopPage{Chrome: s.chrome(c, ""), Path: "/mail/stop/" + url.PathEscape(param(c, "token")), Stopped: stopped})
}
