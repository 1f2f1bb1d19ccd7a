package server

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"backpack/server/edge"
	"backpack/wallet"
)

// passkeys serves the ceremonies of passkeys.
type passkeys struct {
	*pages
	wallet   *wallet.Wallet
	sessions *sessions
}

func (s *passkeys) register(r *router) {
	r.Post("/auth/passkey/signup/begin", r.signIn, s.signUpBegin)
	r.Post("/auth/passkey/signup/finish", r.signIn, s.signUpFinish)
	r.Post("/auth/passkey/signin/begin", r.signIn, s.signInBegin)
	r.Post("/auth/passkey/signin/finish", r.signIn, s.signInFinish)
	recent, l := s.sessions.recent("/settings"), r.learner()
	l.Post("/auth/passkey/add/begin", recent, s.addBegin)
	l.Post("/auth/passkey/add/finish", s.addFinish)
	l.Post("/settings/passkeys/:id/remove", recent, s.remove)
}

// A ceremonyAnswer is the request of a page in a ceremony.
type ceremonyAnswer struct {
	Name   string          `json:"name"`
	ID     string          `json:"id"`
	Answer json.RawMessage `json:"answer"`
	Next   string          `json:"next"`
}

func readCeremony(c *fiber.Ctx) (*ceremonyAnswer, error) {
	body := c.Body()
	if len(body) > edge.FormLimit {
		return nil, fiber.ErrRequestEntityTooLarge
	}
	a := new(ceremonyAnswer)
	if err := json.Unmarshal(body, a); err != nil {
		return nil, &wallet.Error{Kind: wallet.BadInput, Code: "passkey_failed", Err: fmt.Errorf("read answer: %w", err)}
	}
	return a, nil
}

func (s *passkeys) ceremony(c *fiber.Ctx, begun *wallet.Ceremony, err error) error {
	if err != nil {
		return err
	}
	return s.json(c, fiber.StatusOK, fiber.MIMEApplicationJSON, begun)
}

func (s *passkeys) signUpBegin(c *fiber.Ctx) error {
	a, err := readCeremony(c)
	if err != nil {
		return err
	}
	begun, err := s.wallet.BeginSignUp(c.UserContext(), a.Name, s.lang(c))
	return s.ceremony(c, begun, err)
}

func (s *passkeys) signUpFinish(c *fiber.Ctx) error {
	return s.finish(c, s.wallet.FinishSignUp)
}

func (s *passkeys) signInBegin(c *fiber.Ctx) error {
	begun, err := s.wallet.BeginSignIn(c.UserContext())
	return s.ceremony(c, begun, err)
}

func (s *passkeys) signInFinish(c *fiber.Ctx) error {
	return s.finish(c, s.wallet.FinishSignIn)
}

// A finisher completes a ceremony and returns the new session and its token.
type finisher func(ctx context.Context, ceremony string, answer []byte, label string) (*wallet.Session, string, error)

// finish completes a ceremony and signs the learner in.
func (s *passkeys) finish(c *fiber.Ctx, finish finisher) error {
	a, err := readCeremony(c)
	if err != nil {
		return err
	}
	session, token, err := finish(s.sessions.fromHere(c), a.ID, a.Answer, device(c))
	if err != nil {
		return err
	}
	if err := s.sessions.enter(c, session, token); err != nil {
		return err
	}
	return s.json(c, fiber.StatusOK, fiber.MIMEApplicationJSON, map[string]string{"next": s.nextPath(a.Next)})
}

func (s *passkeys) addBegin(c *fiber.Ctx) error {
	begun, err := s.wallet.BeginAddPasskey(c.UserContext(), visitorOf(c).id())
	return s.ceremony(c, begun, err)
}

func (s *passkeys) addFinish(c *fiber.Ctx) error {
	a, err := readCeremony(c)
	if err != nil {
		return err
	}
	if _, err := s.wallet.FinishAddPasskey(c.UserContext(), visitorOf(c).id(), a.ID, a.Answer, device(c)); err != nil {
		return err
	}
	s.notice(c, "passkey_added", 0, "")
	return s.json(c, fiber.StatusOK, fiber.MIMEApplicationJSON, map[string]string{"next": "/settings"})
}

func (s *passkeys) remove(c *fiber.Ctx) error {
	if err := s.wallet.RemovePasskey(c.UserContext(), visitorOf(c).id(), param(c, "id")); err != nil {
		return err
	}
	s.notice(c, "passkey_removed", 0, "")
	return go303(c, "/settings")
}
