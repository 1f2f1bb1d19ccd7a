package server

import (
	"github.com/gofiber/fiber/v2"

	"backpack/ui"
	"backpack/wallet"
)

// entry serves signing up, in and out with a backpack key.
type entry struct {
	*pages
	wallet   *wallet.Wallet
	sessions *sessions
}

func (s *entry) register(r *router) {
	r.Get("/signup", s.signUpForm)
	r.Post("/signup", r.signIn, s.signUp)
	r.Get("/signin", s.signInForm)
	r.Post("/signin", r.signIn, s.signIn)
	r.learner().Post("/signout", s.signOut)
}

func (s *entry) signUpForm(c *fiber.Ctx) error {
	if visitorOf(c).session != nil {
		return go303(c, "/backpack")
	}
	return s.signUpPage(c, "", query(c, "next"), nil)
}

func (s *entry) signUpPage(c *fiber.Ctx, name, next string, problems []ui.FieldError) error {
	page := &ui.SignUpPage{Chrome: s.chrome(c, ""), LearnerName: name, Next: next}
	page.Problems = problems
	return s.page(c, page)
}

// signUp creates an account with a backpack key and shows the key, which is never
// shown again.
func (s *entry) signUp(c *fiber.Ctx) error {
	name, next := form(c, "name"), form(c, "next")
	session, token, key, err := s.wallet.SignUpWithKey(s.sessions.fromHere(c), name, s.lang(c), device(c))
	if p, ok := fieldError(err, map[string]string{"name_missing": "name", "name_too_long": "name", "name_characters": "name"}); ok {
		c.Status(fiber.StatusBadRequest)
		return s.signUpPage(c, name, next, []ui.FieldError{p})
	}
	if err != nil {
		return err
	}
	if err := s.sessions.enter(c, session, token); err != nil {
		return err
	}
	return s.page(c, s.keyPage(c, key, next, false))
}

func (s *entry) keyPage(c *fiber.Ctx, key, next string, renewed bool) *ui.BackpackKeyPage {
	address := s.origin.String() + "/signin"
	return &ui.BackpackKeyPage{Chrome: s.chrome(c, ""), Key: key, Address: address, QR: address + "#" + key, Renewed: renewed, Next: s.nextPath(next)}
}

// signInForm asks for the key. A signed-in learner is asked only with again.
func (s *entry) signInForm(c *fiber.Ctx) error {
	if visitorOf(c).session != nil && query(c, "again") == "" {
		return go303(c, s.nextPath(query(c, "next")))
	}
	return s.signInPage(c, query(c, "next"), nil)
}

func (s *entry) signInPage(c *fiber.Ctx, next string, problems []ui.FieldError) error {
	page := &ui.SignInPage{Chrome: s.chrome(c, ""), Next: next}
	page.Problems = problems
	return s.page(c, page)
}

func (s *entry) signIn(c *fiber.Ctx) error {
	next, key := form(c, "next"), form(c, "key")
	var session *wallet.Session
	var token string
	err := required(key, "key_missing")
	if err == nil {
		session, token, err = s.wallet.SignInWithKey(c.UserContext(), key, device(c))
	}
	if p, ok := fieldError(err, map[string]string{"key_missing": "key", "key_unknown": "key", "key_mistyped": "key"}); ok {
		c.Status(fiber.StatusBadRequest)
		return s.signInPage(c, next, []ui.FieldError{p})
	}
	if err != nil {
		return err
	}
	if err := s.sessions.enter(c, session, token); err != nil {
		return err
	}
	return go303(c, s.nextPath(next))
}

func (s *entry) signOut(c *fiber.Ctx) error {
	if err := s.sessions.leave(c); err != nil {
		return err
	}
	s.sessions.forget(c)
	c.Set("Clear-Site-Data", `"cache", "storage"`)
	s.notice(c, "signed_out", 0, "")
	return go303(c, "/")
}
