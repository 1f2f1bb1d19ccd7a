package server

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"backpack/wallet"
)

// A ceremonyAnswer is what the page sends when the browser has answered.
type ceremonyAnswer struct {
	Name   string          `json:"name"`
	ID     string          `json:"id"`
	Answer json.RawMessage `json:"answer"`
	Next   string          `json:"next"`
}

func readCeremony(c *fiber.Ctx) (*ceremonyAnswer, error) {
	body := c.Body()
	if len(body) > formLimit {
		return nil, fiber.ErrRequestEntityTooLarge
	}
	a := new(ceremonyAnswer)
	if err := json.Unmarshal(body, a); err != nil {
		return nil, &wallet.Error{Kind: wallet.BadInput, Code: "passkey_failed", Err: fmt.Errorf("read answer: %w", err)}
	}
	return a, nil
}

func (s *Server) ceremony(c *fiber.Ctx, begun *wallet.Ceremony, err error) error {
	if err != nil {
		return err
	}
	return s.json(c, fiber.StatusOK, fiber.MIMEApplicationJSON, begun)
}

func (s *Server) passkeySignUpBegin(c *fiber.Ctx) error {
	a, err := readCeremony(c)
	if err != nil {
		return err
	}
	begun, err := s.Wallet.BeginSignUp(c.UserContext(), a.Name, s.lang(c))
	return s.ceremony(c, begun, err)
}

func (s *Server) passkeySignUpFinish(c *fiber.Ctx) error {
	return s.passkeyFinish(c, s.Wallet.FinishSignUp)
}

func (s *Server) passkeySignInBegin(c *fiber.Ctx) error {
	begun, err := s.Wallet.BeginSignIn(c.UserContext())
	return s.ceremony(c, begun, err)
}

func (s *Server) passkeySignInFinish(c *fiber.Ctx) error {
	return s.passkeyFinish(c, s.Wallet.FinishSignIn)
}

// A finisher completes a ceremony of the wallet's.
type finisher func(ctx context.Context, ceremony string, answer []byte, label string) (*wallet.Session, string, error)

// passkeyFinish completes a ceremony that ends with somebody signed in.
func (s *Server) passkeyFinish(c *fiber.Ctx, finish finisher) error {
	a, err := readCeremony(c)
	if err != nil {
		return err
	}
	session, token, err := finish(s.fromHere(c), a.ID, a.Answer, device(c))
	if err != nil {
		return err
	}
	if err := s.enter(c, session, token); err != nil {
		return err
	}
	return s.json(c, fiber.StatusOK, fiber.MIMEApplicationJSON, map[string]string{"next": s.nextPath(a.Next)})
}

func (s *Server) passkeyAddBegin(c *fiber.Ctx) error {
	begun, err := s.Wallet.BeginAddPasskey(c.UserContext(), visitorOf(c).id())
	return s.ceremony(c, begun, err)
}

func (s *Server) passkeyAddFinish(c *fiber.Ctx) error {
	a, err := readCeremony(c)
	if err != nil {
		return err
	}
	if _, err := s.Wallet.FinishAddPasskey(c.UserContext(), visitorOf(c).id(), a.ID, a.Answer, device(c)); err != nil {
		return err
	}
	s.notice(c, "passkey_added", 0, "")
	return s.json(c, fiber.StatusOK, fiber.MIMEApplicationJSON, map[string]string{"next": "/settings"})
}

func (s *Server) passkeyRemove(c *fiber.Ctx) error {
	if err := s.Wallet.RemovePasskey(c.UserContext(), visitorOf(c).id(), param(c, "id")); err != nil {
		return err
	}
	s.notice(c, "passkey_removed", 0, "")
	return go303(c, "/settings")
}
