package server

import (
	"github.com/gofiber/fiber/v2"

	"backpack/ui"
)

// issuerShow is what the learner's own backpack knows of an issuer.
func (s *Server) issuerShow(c *fiber.Ctx) error {
	i, err := s.Wallet.IssuerSeen(c.UserContext(), visitorOf(c).id(), param(c, "id"))
	if err != nil {
		return err
	}
	page := &ui.IssuerPage{Chrome: s.chrome(c, ui.NavBackpack)}
	s.view(c, page.Lang).Issuer(page, i)
	return s.page(c, page)
}
