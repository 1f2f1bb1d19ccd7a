package server

import (
	"context"
	"errors"

	"github.com/gofiber/fiber/v2"

	"backpack/ui"
	"backpack/wallet"
)

func (s *Server) signUpForm(c *fiber.Ctx) error {
	if visitorOf(c).session != nil {
		return go303(c, "/backpack")
	}
	return s.page(c, &ui.SignUpPage{Chrome: s.chrome(c, ""), Next: query(c, "next")})
}

// signUp makes a backpack that is entered with a backpack key, and shows the
// key: the only time.
func (s *Server) signUp(c *fiber.Ctx) error {
	name, next := form(c, "name"), form(c, "next")
	session, token, key, err := s.Wallet.SignUpWithKey(s.fromHere(c), name, s.lang(c), device(c))
	if p, ok := fieldError(err, map[string]string{"name_missing": "name", "name_too_long": "name", "name_characters": "name"}); ok {
		page := &ui.SignUpPage{Chrome: s.chrome(c, ""), LearnerName: name, Next: next}
		page.Problems = []ui.FieldError{p}
		c.Status(fiber.StatusBadRequest)
		return s.page(c, page)
	}
	if err != nil {
		return err
	}
	if err := s.enter(c, session, token); err != nil {
		return err
	}
	return s.page(c, s.keyPage(c, key, next, false))
}

// fromHere is the context of a request in which an account may be made.
func (s *Server) fromHere(c *fiber.Ctx) context.Context {
	return wallet.WithNetwork(c.UserContext(), s.byNetwork(c))
}

func (s *Server) keyPage(c *fiber.Ctx, key, next string, renewed bool) *ui.BackpackKeyPage {
	address := s.PublicURL.String() + "/signin"
	return &ui.BackpackKeyPage{Chrome: s.chrome(c, ""), Key: key, Address: address, QR: address + "#" + key, Renewed: renewed, Next: s.nextPath(next)}
}

// enter begins a session: the browser gets a new cookie, never one it brought,
// and the session that it brought ends.
func (s *Server) enter(c *fiber.Ctx, session *wallet.Session, token string) error {
	if err := s.leave(c); err != nil {
		return err
	}
	account, err := s.Wallet.Account(c.UserContext(), session.Account)
	if err != nil {
		return err
	}
	c.Locals(visitorKey, &visitor{session: session, token: token, account: account})
	s.remember(c, token)
	return nil
}

// leave ends the visitor's session, if there is one.
func (s *Server) leave(c *fiber.Ctx) error {
	v := visitorOf(c)
	if v.session == nil {
		return nil
	}
	err := s.Wallet.RevokeSession(c.UserContext(), v.id(), v.session.ID)
	var e *wallet.Error
	if errors.As(err, &e) && e.Kind == wallet.Missing {
		return nil
	}
	return err
}

// signInForm asks for the key; who is signed in is asked only by again.
func (s *Server) signInForm(c *fiber.Ctx) error {
	if visitorOf(c).session != nil && query(c, "again") == "" {
		return go303(c, s.nextPath(query(c, "next")))
	}
	return s.page(c, &ui.SignInPage{Chrome: s.chrome(c, ""), Next: query(c, "next")})
}

func (s *Server) signIn(c *fiber.Ctx) error {
	next, key := form(c, "next"), form(c, "key")
	var session *wallet.Session
	var token string
	err := required(key, "key_missing")
	if err == nil {
		session, token, err = s.Wallet.SignInWithKey(c.UserContext(), key, device(c))
	}
	if p, ok := fieldError(err, map[string]string{"key_missing": "key", "key_unknown": "key", "key_mistyped": "key"}); ok {
		page := &ui.SignInPage{Chrome: s.chrome(c, ""), Next: next}
		page.Problems = []ui.FieldError{p}
		c.Status(fiber.StatusBadRequest)
		return s.page(c, page)
	}
	if err != nil {
		return err
	}
	if err := s.enter(c, session, token); err != nil {
		return err
	}
	return go303(c, s.nextPath(next))
}

// required refuses a field that was left empty.
func required(value, code string) error {
	if value == "" {
		return &wallet.Error{Kind: wallet.BadInput, Code: code}
	}
	return nil
}

func (s *Server) signOut(c *fiber.Ctx) error {
	if err := s.leave(c); err != nil {
		return err
	}
	s.forget(c)
	c.Set("Clear-Site-Data", `"cache", "storage"`)
	s.notice(c, "signed_out", 0, "")
	return go303(c, "/")
}
