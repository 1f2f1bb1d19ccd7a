package server

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"backpack/wallet"
)

// sessions finds the visitor of a request and guards the routes of learners.
type sessions struct {
	*pages
	wallet *wallet.Wallet
	cookie string // the name of the session cookie
}

// sessionLife is how long a browser keeps the cookie. The session may end sooner.
const sessionLife = 30 * 24 * time.Hour

// who finds the visitor. A session that has ended counts as none.
func (s *sessions) who(c *fiber.Ctx) error {
	v := &visitor{token: strings.Clone(c.Cookies(s.cookie))}
	c.Locals(visitorKey, v)
	if v.token == "" {
		return c.Next()
	}
	session, err := s.wallet.Authenticate(c.UserContext(), v.token)
	var e *wallet.Error
	if errors.As(err, &e) && e.Kind == wallet.Forbidden {
		s.forget(c)
		v.token = ""
		return c.Next()
	}
	if err != nil {
		return err
	}
	if v.account, err = s.wallet.Account(c.UserContext(), session.Account); err != nil {
		return err
	}
	v.session = session
	return c.Next()
}

// signedIn lets learners pass, and their forms only with the session's token.
func (s *sessions) signedIn(c *fiber.Ctx) error {
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

// recentTime is how long after signing in a learner may do what would let a stranger
// at their browser keep the backpack for good, or destroy it.
const recentTime = 10 * time.Minute

// recent lets learners pass who signed in within recentTime. Others sign in again and
// return to the path back.
func (s *sessions) recent(back string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		switch {
		case s.now().Sub(visitorOf(c).session.CreatedAt) < recentTime:
			return c.Next()
		case wantsJSON(c):
			return &wallet.Error{Kind: wallet.Forbidden, Code: "sign_in_again"}
		}
		s.notice(c, "sign_in_again", 0, "")
		return go303(c, "/signin?again=1&next="+url.QueryEscape(back))
	}
}

// enter starts a session with a new cookie. A session that the browser had ends.
func (s *sessions) enter(c *fiber.Ctx, session *wallet.Session, token string) error {
	if err := s.leave(c); err != nil {
		return err
	}
	account, err := s.wallet.Account(c.UserContext(), session.Account)
	if err != nil {
		return err
	}
	c.Locals(visitorKey, &visitor{session: session, token: token, account: account})
	s.remember(c, token)
	return nil
}

// leave ends the visitor's session, if any.
func (s *sessions) leave(c *fiber.Ctx) error {
	v := visitorOf(c)
	if v.session == nil {
		return nil
	}
	err := s.wallet.RevokeSession(c.UserContext(), v.id(), v.session.ID)
	var e *wallet.Error
	if errors.As(err, &e) && e.Kind == wallet.Missing {
		return nil
	}
	return err
}

// fromHere returns the context of a request that may create an account.
func (s *sessions) fromHere(c *fiber.Ctx) context.Context {
	return wallet.WithNetwork(c.UserContext(), s.edge.Client(c))
}

// remember sets the session cookie.
func (s *sessions) remember(c *fiber.Ctx, token string) {
	c.Cookie(s.newCookie(s.cookie, token, "/", s.now().Add(sessionLife)))
}

func (s *sessions) forget(c *fiber.Ctx) { c.Cookie(s.newCookie(s.cookie, "", "/", time.Unix(1, 0))) }

// cookieName returns the name of the session cookie. Over TLS it binds the cookie to
// the host.
func cookieName(secure bool) string {
	if secure {
		return "__Host-backpack"
	}
	return "backpack"
}
