package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"net/url"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"backpack/wallet"
)

// contentPolicy lets a page run and load nothing but our own files.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// headers sets what every answer carries. Pages that show something to a
// stranger set a stricter referrer policy themselves.
func (s *Server) headers(c *fiber.Ctx) error {
	s.protect(c)
	return c.Next()
}

func (s *Server) protect(c *fiber.Ctx) {
	h := &c.Response().Header
	h.Set(fiber.HeaderXRequestID, s.newRequestID(c))
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(self), microphone=(), geolocation=(), payment=(), usb=()")
	h.Set("Cache-Control", "no-store, private")
	if s.secure() {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// secure reports whether people reach the server over TLS.
func (s *Server) secure() bool { return s.PublicURL.Scheme == "https" }

// deadline gives the request a context that ends; Fiber's own never does.
func (s *Server) deadline(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(s.base, requestTime)
	defer cancel()
	c.SetUserContext(ctx)
	return c.Next()
}

// host refuses requests that name another host than ours: DNS rebinding, and
// links that an attacker makes us build. Health checks come before it: they
// are asked by address.
func (s *Server) host(c *fiber.Ctx) error {
	line, header := string(c.Request().Host()), string(c.Request().Header.Host()) // they differ where the request line is a whole address
	if s.hosts[strings.ToLower(line)] && s.hosts[strings.ToLower(header)] {
		return c.Next()
	}
	return &wallet.Error{Kind: wallet.BadInput, Code: "wrong_host"}
}

// framed refuses requests that another server before us could have read as
// two, or as one for somebody else: those that say twice, or in a way of their
// own, how long they are or for whom. It comes before everything that answers.
// Who does not say how long a body is, but sends it in chunks, has to connect
// anew for the next request: what we took for the end may be none to others.
func (s *Server) framed(c *fiber.Ctx) error {
	hosts, lengths, stated, chunked, ok := 0, 0, 0, false, true
	for line := range bytes.Lines(c.Request().Header.RawHeaders()) {
		if line = bytes.TrimRight(line, "\r\n"); len(line) == 0 {
			continue
		}
		name, value, colon := bytes.Cut(line, []byte(":"))
		value = bytes.Trim(value, " \t")
		ok = ok && colon && isToken(name)
		switch strings.ToLower(string(name)) {
		case "host":
			hosts++
		case "content-length":
			lengths++
			var err error
			stated, err = strconv.Atoi(string(value))
			ok = ok && isNumber(value) && err == nil
		case "transfer-encoding":
			lengths++
			chunked = true
			ok = ok && strings.EqualFold(string(value), "chunked")
		}
	}
	protocol := string(c.Request().Header.Protocol())
	ok = ok && (protocol == "HTTP/1.1" || protocol == "HTTP/1.0" && !chunked)
	if !ok || hosts > 1 || lengths > 1 {
		c.Context().SetConnectionClose()
		return fiber.ErrBadRequest
	}
	if chunked {
		c.Context().SetConnectionClose()
	}
	return s.sized(c, stated, chunked)
}

// isToken reports whether b is a name as RFC 9110 5.6.2 has it.
func isToken(b []byte) bool {
	odd := func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
	}
	return len(b) > 0 && bytes.IndexFunc(b, odd) < 0
}

func isNumber(b []byte) bool {
	return len(b) > 0 && bytes.IndexFunc(b, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// hostsOf returns the hosts that stand for origin: itself, and on the own
// machine its other names.
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

// sameOrigin lets a request that changes something through only when the
// browser says that it comes from one of our own pages. A client that says
// nothing of where it comes from is no browser; it may do what needs no session.
func (s *Server) sameOrigin(c *fiber.Ctx) error {
	if m := c.Method(); m == fiber.MethodGet || m == fiber.MethodHead || m == fiber.MethodOptions {
		return c.Next()
	}
	if site := c.Get("Sec-Fetch-Site"); site != "" {
		if site == "same-origin" || site == "none" {
			return c.Next()
		}
		return errForeign
	}
	if origin := c.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		if err != nil || u.Scheme != s.PublicURL.Scheme || !s.hosts[strings.ToLower(u.Host)] {
			return errForeign
		}
		return c.Next()
	}
	if c.Cookies(s.cookie) != "" {
		return errForeign
	}
	return c.Next()
}

var errForeign = &wallet.Error{Kind: wallet.Forbidden, Code: "foreign_form"}

// formToken is the second guard of forms: it belongs to the session's secret,
// which no other site knows.
func formToken(session string) string {
	if session == "" {
		return ""
	}
	sum := sha256.Sum256([]byte("backpack form\x00" + session))
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:15])
}

// limited refuses a visitor who asks too often. Checks and sign-ins are
// counted by network, work for an account by account.
func (s *Server) limited(l *limiter, key func(*fiber.Ctx) string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := s.count(c, l, key(c)); err != nil {
			return err
		}
		return c.Next()
	}
}

func (s *Server) count(c *fiber.Ctx, l *limiter, visitor string) error {
	ok, err := l.allow(c.UserContext(), visitor, s.Now())
	if ok || err != nil {
		return err
	}
	c.Set(fiber.HeaderRetryAfter, "60")
	return &wallet.Error{Kind: wallet.Limited, Code: "too_often"}
}

// checking is limited for requests that have badges checked: of those only so
// many wait at a time, and they share the machine with each other.
func (s *Server) checking(l *limiter, who func(*fiber.Ctx) wallet.Visitor) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := s.count(c, l, who(c).ID); err != nil {
			return err
		}
		return s.admitted(c, who(c))
	}
}

// stranger is who somebody without an account is; viewer, when they look at
// an open show, for which there is room that strangers cannot take.
func (s *Server) stranger(c *fiber.Ctx) wallet.Visitor {
	return wallet.Visitor{ID: s.byNetwork(c), Stranger: true}
}
func (s *Server) looking(c *fiber.Ctx) wallet.Visitor { return wallet.Visitor{ID: s.byNetwork(c)} }

func learner(c *fiber.Ctx) wallet.Visitor { return wallet.Visitor{ID: string(visitorOf(c).id())} }

// admitted goes on when there is room for one more who waits for an answer.
func (s *Server) admitted(c *fiber.Ctx, visitor wallet.Visitor) error {
	ctx, leave, err := s.Turns.Admit(c.UserContext(), visitor)
	if err != nil {
		c.Set(fiber.HeaderRetryAfter, "20")
		return err
	}
	defer leave()
	c.SetUserContext(ctx)
	return c.Next()
}

// logged writes one line for each request: its route, never its path, which
// may hold a token, and nothing that says who it was.
func (s *Server) logged(c *fiber.Ctx) error {
	start := s.Now()
	if err := next(c); err != nil {
		if err := s.onError(c, err); err != nil {
			return err
		}
	}
	r := Answered{Method: knownMethod(c), Route: routeOf(c), Status: c.Response().StatusCode(), Took: s.Now().Sub(start)}
	s.Log.Info("request", "id", requestID(c), "method", r.Method, "route", r.Route, "status", r.Status, "ms", r.Took.Milliseconds())
	if s.Observe != nil {
		s.Observe(r)
	}
	return nil
}

// next is c.Next with a panic made an error: one request that goes wrong must
// not end all others. Of the panic's value only the runtime's own words are
// told, for others may hold what somebody sent.
func next(c *fiber.Ctx) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case runtime.Error:
			err = fmt.Errorf("panic: %w\n%s", p, debug.Stack())
		default:
			err = fmt.Errorf("panic of type %T\n%s", p, debug.Stack())
		}
	}()
	return c.Next()
}

// routeOf is the pattern of the request's route; of a request that was refused
// before it was matched to one, nothing is told.
func routeOf(c *fiber.Ctx) string {
	if r := c.Route(); len(r.Handlers) > 0 {
		return r.Path
	}
	return "none"
}

// knownMethod is the request's method, unless a client made it up.
func knownMethod(c *fiber.Ctx) string {
	if m := c.Method(); slices.Contains(fiber.DefaultMethods, m) {
		return m
	}
	return "other"
}
