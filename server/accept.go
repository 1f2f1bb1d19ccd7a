package server

import (
	"strings"

	"github.com/gofiber/fiber/v2"
)

// wantsJSON reports whether the client prefers JSON to a page.
func wantsJSON(c *fiber.Ctx) bool {
	return strings.HasPrefix(c.Path(), "/auth/") || dataAsked(c) != ""
}

// dataTypes lists the media types by which a program asks for the data of a page.
var dataTypes = []string{mediaPresentation, "application/ld+json", fiber.MIMEApplicationJSON, "application/problem+json", "application/vc"}

// dataAsked returns the type in dataTypes that the client prefers to a page; "" if
// it prefers the page or states no preference.
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
