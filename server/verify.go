package server

import (
	"github.com/gofiber/fiber/v2"

	"backpack/ui"
	"backpack/wallet"
)

func (s *Server) verifyForm(c *fiber.Ctx) error {
	l, err := s.queriedList(c)
	if err != nil {
		return err
	}
	return s.verifyPage(c, l, "", nil)
}

func (s *Server) verifyPage(c *fiber.Ctx, l *carried, text string, problems []ui.FieldError) error {
	page := &ui.VerifyPage{Chrome: s.chrome(c, ui.NavVerify), Text: text, MaxMB: bodyLimit >> 20, List: l.view()}
	page.Problems = problems
	return s.page(c, page)
}

// verifySubmit checks what anyone brings, and stores nothing.
func (s *Server) verifySubmit(c *fiber.Ctx) error {
	in, err := brought(c)
	l := &carried{}
	if err == nil {
		n := len(in)
		if l, in, err = s.broughtList(c, in); err != nil {
			return err
		}
		if n > 0 && len(in) == 0 {
			return go303(c, "/verify?"+l.view().Query()) // only the list was brought
		}
	}
	page := &ui.VerifyReportPage{Chrome: s.chrome(c, ui.NavVerify), CheckedAt: s.Now(), List: l.view()}
	var found []*wallet.Checked
	if err == nil {
		found, err = s.checkBy(c, l, page.Lang, in)
	}
	if p, ok := fieldError(err, broughtFields); ok {
		c.Status(fiber.StatusBadRequest)
		return s.verifyPage(c, l, form(c, "text"), []ui.FieldError{p})
	}
	if err != nil {
		return err
	}
	rows := s.view(c, page.Lang).Check(page, found, s.Wallet.ServiceDID())
	if err := s.offerSaving(page, rows, found); err != nil {
		return err
	}
	return s.page(c, page)
}

func (s *Server) checkBy(c *fiber.Ctx, l *carried, lang string, in []wallet.Input) ([]*wallet.Checked, error) {
	checker, err := s.checker(l, lang)
	if err != nil {
		return nil, err
	}
	return checker.Check(c.UserContext(), in)
}
