package server

import (
	"strings"

	"github.com/gofiber/fiber/v2"
)

// wantsJSON reports whether the client asks for JSON rather than for a page.
func wantsJSON(c *fiber.Ctx) bool {
	return strings.HasPrefix(c.Path(), "/auth/") || dataAsked(c) != ""
}

// dataTypes are the media types in which a program asks for what a page says.
var dataTypes = []string{mediaPresentation, "application/ld+json", fiber.MIMEApplicationJSON, "application/problem+json", "application/vc"}

// dataAsked returns the one of dataTypes that the client prefers to a page, ""
// when it prefers the page or does not care.
func dataAsked(c *fiber.Ctx) string {
	offer := append([]string{fiber.MIMETextHTML}, dataTypes...)
	if t := c.Accepts(offer...); t != fiber.MIMETextHTML {
		return t
	}
	return ""
}

// mediaPresentation is the media type of a W3C verifiable presentation.
const mediaPresentation = "application/vp"

// mediaCredential is the media type of a W3C verifiable credential.
const mediaCredential = "application/vc"

const evidenceType = "application/zip"
