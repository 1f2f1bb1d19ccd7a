package server

import (
	"crypto/subtle"
	"errors"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"backpack/wallet"
	"backpack/wallet/storage"
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

func (v *visitor) id() storage.AccountID { return v.session.Account }

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
		if reads(c) {
			return go303(c, "/signin?next="+url.QueryEscape(bounded(address(c), 500)))
		}
		return &wallet.Error{Kind: wallet.Forbidden, Code: "signed_out"}
	}
	if !reads(c) && subtle.ConstantTimeCompare([]byte(formTokenOf(c)), []byte(formToken(v.token))) != 1 {
		return &wallet.Error{Kind: wallet.Forbidden, Code: "form_expired"}
	}
	return c.Next()
}

// reads reports whether the request only asks for something.
func reads(c *fiber.Ctx) bool {
	m := c.Method()
	return m == fiber.MethodGet || m == fiber.MethodHead
}

// recentTime is how long after signing in a browser may do what would let a
// stranger at it keep the backpack for good, or destroy it.
const recentTime = 10 * time.Minute

// recent lets only those through who signed in a moment ago; others sign in
// once more, and come back to back.
func (s *Server) recent(back string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		switch {
		case s.Now().Sub(visitorOf(c).session.CreatedAt) < recentTime:
			return c.Next()
		case wantsJSON(c):
			return &wallet.Error{Kind: wallet.Forbidden, Code: "sign_in_again"}
		}
		s.notice(c, "sign_in_again", 0, "")
		return go303(c, "/signin?again=1&next="+url.QueryEscape(back))
	}
}

// formTokenOf reads the token from the form, or the header that scripts send.
func formTokenOf(c *fiber.Ctx) string {
	if t := c.Get("X-Form-Token"); t != "" {
		return t
	}
	return field(c, "csrf", 100)
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

// nextPath returns where to go after signing in: a path of one of our pages,
// or the backpack. Anything that a browser could read as another site is
// refused, and so is what it would have to tidy up first.
func (s *Server) nextPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || len(next) > 500 ||
		strings.ContainsFunc(next, unfitForURL) || u.RawPath != "" || u.Path != path.Clean("/"+u.Path) {
		return "/backpack"
	}
	if first, _, _ := strings.Cut(u.Path[1:], "/"); !s.pages[first] {
		return "/backpack"
	}
	return next
}

// unfitForURL reports whether a browser would rewrite the character.
func unfitForURL(r rune) bool { return r <= ' ' || r == '\\' || r >= 0x7f }

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
