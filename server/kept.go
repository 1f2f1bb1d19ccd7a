package server

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"backpack/ui"
)

const evidenceType = "application/zip"

// badgeEvidence gives out what the check of a badge was given by its issuer.
func (s *Server) badgeEvidence(c *fiber.Ctx) error {
	body, err := s.Wallet.Evidence(c.UserContext(), visitorOf(c).id(), param(c, "id"))
	if err != nil {
		return err
	}
	return download(c, body, "evidence.zip", evidenceType)
}

// sharedEvidence is badgeEvidence for all badges of a show, or one of them.
func (s *Server) sharedEvidence(c *fiber.Ctx) error {
	body, err := s.Wallet.SharedEvidence(c.UserContext(), param(c, "token"), grant(c), param(c, "id"))
	if err != nil {
		return err
	}
	return download(c, body, "evidence.zip", evidenceType)
}

// noticesSeen marks all notices as seen, and goes back to where that was said.
func (s *Server) noticesSeen(c *fiber.Ctx) error {
	if err := s.Wallet.SeeNotices(c.UserContext(), visitorOf(c).id()); err != nil {
		return err
	}
	s.notice(c, "seen", 0, "")
	page := s.formPage(c)
	if u, err := url.Parse(page); err != nil || u.Path == "/" {
		page = "/backpack"
	}
	return go303(c, s.nextPath(page))
}

// settingsMail says where news is mailed to.
func (s *Server) settingsMail(c *fiber.Ctx) error {
	if err := s.Wallet.SetMailTo(c.UserContext(), visitorOf(c).id(), form(c, "to")); err != nil {
		return err
	}
	s.notice(c, "mail_saved", 0, "")
	return go303(c, "/settings")
}

// mailStopForm asks whoever follows the link in a mail: programs that look at
// links in mails must not end them.
func (s *Server) mailStopForm(c *fiber.Ctx) error { return s.mailStopPage(c, false) }

func (s *Server) mailStop(c *fiber.Ctx) error {
	if err := s.Wallet.StopMail(c.UserContext(), param(c, "token")); err != nil {
		return err
	}
	return s.mailStopPage(c, true)
}

func (s *Server) mailStopPage(c *fiber.Ctx, stopped bool) error {
	return s.page(c, &ui.MailStopPage{Chrome: s.chrome(c, ""), Path: "/mail/stop/" + url.PathEscape(param(c, "token")), Stopped: stopped})
}
