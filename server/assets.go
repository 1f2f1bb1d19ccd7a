package server

import (
	"github.com/gofiber/fiber/v2"

	"backpack/ui"
)

// assets serves the files that pages load.
type assets struct{ *pages }

func (s *assets) register(r *router) {
	r.Get("/assets/:name", s.asset)
	r.Get("/favicon.ico", s.named("favicon.svg"))
	r.Get("/manifest.webmanifest", s.named("manifest.webmanifest"))
	r.Get("/robots.txt", func(c *fiber.Ctx) error { return c.SendString("User-agent: *\nDisallow:\n") })
}

// asset serves a file by its name, which has its hash: it never changes.
func (s *assets) asset(c *fiber.Ctx) error {
	a, ok := s.texts.Asset(param(c, "name"))
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

func (s *assets) named(name string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		a, ok := s.texts.Asset(name)
		if !ok {
			return fiber.ErrNotFound
		}
		c.Set(fiber.HeaderContentType, a.ContentType)
		c.Set(fiber.HeaderCacheControl, "public, max-age=3600")
		return c.Send(a.Body)
	}
}
