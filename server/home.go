package server

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"backpack/server/view"
	"backpack/ui"
)

func (s *Server) home(c *fiber.Ctx) error {
	return s.page(c, &ui.HomePage{Chrome: s.chrome(c, "")})
}

func (s *Server) about(c *fiber.Ctx) error {
	return s.page(c, &ui.AboutPage{Chrome: s.chrome(c, ""), Origin: s.PublicURL.String(), Days: int(sessionLife / (24 * time.Hour))})
}

func (s *Server) privacy(c *fiber.Ctx) error {
	return s.page(c, &ui.PrivacyPage{Chrome: s.chrome(c, "")})
}

// theme remembers light, dark or the device's own.
func (s *Server) theme(c *fiber.Ctx) error {
	t, expires := form(c, "theme"), s.Now().AddDate(1, 0, 0)
	if t != ui.ThemeLight && t != ui.ThemeDark {
		t, expires = "", time.Unix(1, 0)
	}
	c.Cookie(s.newCookie(themeCookie, t, "/", expires))
	next := form(c, "next")
	if s.nextPath(next) != next {
		next = "/"
	}
	return go303(c, next)
}

// asset serves a file whose name holds its hash: it never changes.
func (s *Server) asset(c *fiber.Ctx) error {
	a, ok := s.UI.Asset(param(c, "name"))
	if !ok {
		return fiber.ErrNotFound
	}
	return sendAsset(c, a)
}

func sendAsset(c *fiber.Ctx, a *ui.Asset) error {
	c.Set(fiber.HeaderContentType, a.ContentType)
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	return c.Send(a.Body)
}

func (s *Server) namedAsset(name string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		a, ok := s.UI.Asset(name)
		if !ok {
			return fiber.ErrNotFound
		}
		c.Set(fiber.HeaderContentType, a.ContentType)
		c.Set(fiber.HeaderCacheControl, "public, max-age=3600")
		return c.Send(a.Body)
	}
}

func (s *Server) activity(c *fiber.Ctx) error {
	events, err := s.Wallet.Events(c.UserContext(), visitorOf(c).id(), 200)
	if err != nil {
		return err
	}
	return s.page(c, &ui.ActivityPage{Chrome: s.chrome(c, ""), Events: view.Events(events)})
}
