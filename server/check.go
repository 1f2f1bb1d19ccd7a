package server

import (
	"github.com/gofiber/fiber/v2"

	"backpack/server/edge"
	"backpack/ui"
	"backpack/wallet"
	"backpack/wallet/inspect"
)

// checks serves checks without an account. It stores nothing.
type checks struct {
	*pages
	wallet *wallet.Wallet
	lists  *issuerLists
	secret func(name string) string // signs tables
}

func (s *checks) register(r *router) {
	r.Get("/verify", s.ask)
	r.Post("/verify", r.check, s.submit)
	r.Post("/verify/save", r.ask, s.save)
	r.Get("/.well-known/did.json", s.serviceDocument)
}

func (s *checks) ask(c *fiber.Ctx) error {
	l, err := s.lists.queried(c)
	if err != nil {
		return err
	}
	return s.askPage(c, l, "", nil)
}

func (s *checks) askPage(c *fiber.Ctx, l *carried, text string, problems []ui.FieldError) error {
	page := &ui.VerifyPage{Chrome: s.chrome(c, ui.NavVerify), Text: text, MaxMB: edge.BodyLimit >> 20, List: l.view()}
	page.Problems = problems
	return s.page(c, page)
}

// submit checks the files or the text in a form.
func (s *checks) submit(c *fiber.Ctx) error {
	in, err := brought(c)
	l := &carried{}
	if err == nil {
		n := len(in)
		if l, in, err = s.lists.brought(c, in); err != nil {
			return err
		}
		if n > 0 && len(in) == 0 {
			return go303(c, "/verify?"+l.view().Query()) // the form had a list only
		}
	}
	page := &ui.VerifyReportPage{Chrome: s.chrome(c, ui.NavVerify), CheckedAt: s.now(), List: l.view()}
	var found []*inspect.Checked
	if err == nil {
		found, err = s.run(c, l, page.Lang, in)
	}
	if p, ok := fieldError(err, broughtFields); ok {
		c.Status(fiber.StatusBadRequest)
		return s.askPage(c, l, form(c, "text"), []ui.FieldError{p})
	}
	if err != nil {
		return err
	}
	rows := s.view(c, page.Lang).Check(page, found, s.wallet.ServiceDID())
	if err := s.offerSaving(page, rows, found); err != nil {
		return err
	}
	return s.page(c, page)
}

func (s *checks) run(c *fiber.Ctx, l *carried, lang string, in []inspect.Input) ([]*inspect.Checked, error) {
	checker, err := s.lists.checker(l, lang)
	if err != nil {
		return nil, err
	}
	return checker.Check(c.UserContext(), in)
}
