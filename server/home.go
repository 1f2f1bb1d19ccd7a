package server

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"backpack/ui"
)

// front serves the pages about the service.
type front struct{ *pages }

func (s *front) register(r *router) {
	r.Get("/", s.home)
	r.Get("/about", s.about)
	r.Get("/privacy", s.privacy)
	r.Post("/theme", s.theme)
}

func (s *front) home(c *fiber.Ctx) error {
	return s.page(c, &ui.HomePage{Chrome: s.chrome(c, "")})
}

func (s *front) about(c *fiber.Ctx) error {
	return s.page(c, &ui.AboutPage{Chrome: s.chrome(c, ""), Origin: s.origin.String(), Days: int(sessionLife / (24 * time.Hour))})
}

func (s *front) privacy(c *fiber.Ctx) error {
	return s.page(c, &ui.PrivacyPage{Chrome: s.chrome(c, "")})
}

// theme sets the cookie for the light, the dark, or the device's theme.
func (s *front) theme(c *fiber.Ctx) error {
	t, expires := form(c, "theme"), s.now().AddDate(1, 0, 0)
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
