package edge

import (
	"context"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// ContentPolicy lets a page run and load only files of this server.
const ContentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// headers sets the headers of every answer. Pages for viewers of a share set a
// stricter referrer policy themselves.
func (e *Edge) headers(c *fiber.Ctx) error {
	e.protect(c)
	return c.Next()
}

func (e *Edge) protect(c *fiber.Ctx) {
	h := &c.Response().Header
	h.Set(fiber.HeaderXRequestID, e.newRequestID(c))
	h.Set("Content-Security-Policy", ContentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(self), microphone=(), geolocation=(), payment=(), usb=()")
	h.Set("Cache-Control", "no-store, private")
	if e.Secure() {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// Secure reports whether clients reach the server over TLS.
func (e *Edge) Secure() bool { return e.PublicURL.Scheme == "https" }

// deadline gives the request a context that ends; Fiber's own never does.
func (e *Edge) deadline(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(e.base, RequestTime)
	defer cancel()
	c.SetUserContext(ctx)
	return c.Next()
}

// host refuses requests for another host, against DNS rebinding and against links
// that an attacker makes the server build.
func (e *Edge) host(c *fiber.Ctx) error {
	// They differ if the request line has a whole address.
	line, header := string(c.Request().Host()), string(c.Request().Header.Host())
	if e.Serves(line) && e.Serves(header) {
		return c.Next()
	}
	return &Refusal{fiber.StatusBadRequest, CodeHost}
}

// Serves reports whether host, with its port if any, is one of the server's.
func (e *Edge) Serves(host string) bool { return e.hosts[strings.ToLower(host)] }

// hostsOf returns the hosts of an origin: its own, and the other names of
// localhost.
func hostsOf(origin *url.URL) map[string]bool {
	hosts := map[string]bool{strings.ToLower(origin.Host): true}
	if origin.Hostname() == "localhost" {
		for _, h := range []string{"127.0.0.1", "[::1]"} {
			if p := origin.Port(); p != "" {
				h += ":" + p
			}
			hosts[h] = true
		}
	}
	return hosts
}

// sameOrigin refuses a request that changes something unless the browser states
// that it comes from a page of this server. A client that states no origin is not
// a browser; it may do what needs no session.
func (e *Edge) sameOrigin(c *fiber.Ctx) error {
	if m := c.Method(); m == fiber.MethodGet || m == fiber.MethodHead || m == fiber.MethodOptions {
		return c.Next()
	}
	foreign := &Refusal{fiber.StatusForbidden, CodeForeign}
	if site := c.Get("Sec-Fetch-Site"); site != "" {
		if site == "same-origin" || site == "none" {
			return c.Next()
		}
		return foreign
	}
	if origin := c.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		if err != nil || u.Scheme != e.PublicURL.Scheme || !e.Serves(u.Host) {
			return foreign
		}
		return c.Next()
	}
	if c.Cookies(e.Session) != "" {
		return foreign
	}
	return c.Next()
}
