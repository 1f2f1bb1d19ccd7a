package server

import (
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"backpack/wallet"
)

// sessionLife is the longest that a browser keeps the cookie; the session
// itself may end sooner.
const sessionLife = 30 * 24 * time.Hour

// A visitor is who a request comes from; Session is nil for a stranger.
type visitor struct {
	session *wallet.Session
	token   string
	account *wallet.Account
}

func (v *visitor) id() wallet.AccountID { return v.session.Account }

const visitorKey = "visitor"

// who finds out who the visitor is. A session that is over is nobody's.
func (s *Server) who(c *fiber.Ctx) error {
	v := &visitor{token: strings.Clone(c.Cookies(s.cookie))}
	c.Locals(visitorKey, v)
	if v.token == "" {
		return c.Next()
	}
	session, err := s.Wallet.Authenticate(c.UserContext(), v.token)
	var e *wallet.Error
	if errors.As(err, &e) && e.Kind == wallet.Forbidden {
		s.forget(c)
		v.token = ""
		return c.Next()
	}
	if err != nil {
		return err
	}
	if v.account, err = s.Wallet.Account(c.UserContext(), session.Account); err != nil {
		return err
	}
	v.session = session
	return c.Next()
}

func visitorOf(c *fiber.Ctx) *visitor {
	if v, ok := c.Locals(visitorKey).(*visitor); ok {
		return v
	}
	return &visitor{}
}

// signedIn lets only learners through, and forms only with their token.
func (s *Server) signedIn(c *fiber.Ctx) error {
	v := visitorOf(c)
	if v.session == nil {
		if c.Method() == fiber.MethodGet {
			return c.Redirect("/signin?next="+url.QueryEscape(string(c.Request().URI().PathOriginal())), fiber.StatusSeeOther)
		}
		return &wallet.Error{Kind: wallet.Forbidden, Code: "signed_out"}
	}
	if c.Method() == fiber.MethodPost && formTokenOf(c) != formToken(v.token) {
		return &wallet.Error{Kind: wallet.Forbidden, Code: "form_expired"}
	}
	return c.Next()
}

// formTokenOf reads the token from the form, or the header that scripts send.
func formTokenOf(c *fiber.Ctx) string {
	if t := c.Get("X-Form-Token"); t != "" {
		return t
	}
	return c.FormValue("csrf")
}

// remember gives the browser a session, never one that it brought itself.
func (s *Server) remember(c *fiber.Ctx, token string) {
	c.Cookie(s.newCookie(s.cookie, token, "/", s.Now().Add(sessionLife)))
}

func (s *Server) forget(c *fiber.Ctx) { c.Cookie(s.newCookie(s.cookie, "", "/", time.Unix(1, 0))) }

// newCookie makes a cookie that the browser keeps until expires, counted by its
// own clock, which need not be right. A time in the past removes it.
func (s *Server) newCookie(name, value, path string, expires time.Time) *fiber.Cookie {
	out := &fiber.Cookie{Name: name, Value: value, Path: path, HTTPOnly: true, Secure: s.secure(), SameSite: fiber.CookieSameSiteLaxMode}
	if out.MaxAge = int(expires.Sub(s.Now()) / time.Second); out.MaxAge <= 0 {
		out.MaxAge, out.Expires = 0, time.Unix(1, 0)
	}
	return out
}

// cookieName is bound to the host where the browser supports that.
func cookieName(secure bool) string {
	if secure {
		return "__Host-backpack"
	}
	return "backpack"
}

// nextPath returns where to go after signing in: a path of our own, or the
// backpack. Anything that a browser could read as another site is refused.
func nextPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || u.Opaque != "" || !strings.HasPrefix(next, "/") ||
		strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") || strings.HasPrefix(strings.ToLower(next), "/%5c") ||
		strings.HasPrefix(strings.ToLower(next), "/%2f") || len(next) > 500 {
		return "/backpack"
	}
	return next
}

// device says in a few words what browser a session is, as far as it says so.
func device(c *fiber.Ctx) string {
	agent := c.Get(fiber.HeaderUserAgent)
	find := func(names ...string) string {
		for _, n := range names {
			key, label, _ := strings.Cut(n, "=")
			if strings.Contains(agent, key) {
				if label == "" {
					label = key
				}
				return label
			}
		}
		return ""
	}
	browser := find("Edg/=Edge", "Firefox", "Chrome", "Safari")
	system := find("Android", "iPhone", "iPad", "Windows", "Mac OS=Mac", "CrOS=ChromeOS", "Linux")
	switch {
	case browser != "" && system != "":
		return browser + " on " + system
	case browser != "":
		return browser
	}
	return system
}
