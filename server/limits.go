package server

import (
	"context"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"backpack/server/edge"
	"backpack/wallet"
	"backpack/wallet/inspect"
)

// limits holds the handlers that limit how often and how much visitors ask.
type limits struct {
	edge  *edge.Edge
	admit func(context.Context, inspect.Visitor) (context.Context, func(), error)

	signIn  fiber.Handler // attempts to sign in or up, by network
	view    fiber.Handler // views of a share, by network
	recheck fiber.Handler // checks by a viewer of a share
	ask     fiber.Handler // small requests without an account, by network
	check   fiber.Handler // checks without an account
	work    fiber.Handler // imports and checks of a learner
}

// newLimits makes the limits. Limits that guard a secret are exact; the wallet
// counts attempts at passcodes and mailed codes itself.
func newLimits(cfg *Config, e *edge.Edge) (*limits, error) {
	var draw edge.Draw
	if cfg.Shared {
		draw = cfg.Wallet.Draw
	}
	l, rates := &limits{edge: e, admit: cfg.Turns.Admit}, cfg.Rates.withDefaults()
	var signIn, check, view, work *edge.Limiter
	for _, x := range []struct {
		p     **edge.Limiter
		name  string
		n     int
		exact bool
	}{{&signIn, "sign-in", rates.SignIn, true}, {&check, "check", rates.Check, false}, {&view, "show", rates.View, false},
		{&work, "work", rates.Import, false}} {
		made, err := edge.NewLimiter(x.name, x.n, x.exact, draw)
		if err != nil {
			return nil, err
		}
		*x.p = made
	}
	l.signIn, l.view, l.ask = l.counted(signIn, cfg.Now), l.counted(view, cfg.Now), l.counted(check, cfg.Now)
	l.recheck, l.check, l.work = l.checking(view, cfg.Now, l.viewer), l.checking(check, cfg.Now, l.stranger), l.checking(work, cfg.Now, learner)
	return l, nil
}

// counted limits requests by network.
func (l *limits) counted(n *edge.Limiter, now func() time.Time) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := n.Count(c, l.edge.Client(c), now()); err != nil {
			return err
		}
		return c.Next()
	}
}

// checking limits requests that check badges. The number of those that wait is
// limited too, and they take turns at the machine.
func (l *limits) checking(n *edge.Limiter, now func() time.Time, who func(*fiber.Ctx) edge.Visitor) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := n.Count(c, who(c).ID, now()); err != nil {
			return err
		}
		return l.admitted(c, who(c))
	}
}

// stranger returns the visitor of a request without an account; viewer, of one
// for an open share, which has a part of the machine that strangers cannot take.
func (l *limits) stranger(c *fiber.Ctx) edge.Visitor {
	return edge.Visitor{ID: l.edge.Client(c), Stranger: true}
}
func (l *limits) viewer(c *fiber.Ctx) edge.Visitor { return edge.Visitor{ID: l.edge.Client(c)} }

func learner(c *fiber.Ctx) edge.Visitor { return edge.Visitor{ID: string(visitorOf(c).id())} }

// admitted continues if one more request may wait for its turn.
func (l *limits) admitted(c *fiber.Ctx, visitor edge.Visitor) error {
	ctx, leave, err := l.admit(c.UserContext(), inspect.Visitor(visitor))
	if err != nil {
		c.Set(fiber.HeaderRetryAfter, "20")
		return err
	}
	defer leave()
	c.SetUserContext(ctx)
	return c.Next()
}

// read reads the body of a request, which counts for the learner or else for the
// network. Before, only the size of the body is known.
func (l *limits) read(c *fiber.Ctx) error {
	if !edge.Unread(c) {
		return c.Next()
	}
	visitor := l.stranger(c)
	if visitorOf(c).session != nil {
		visitor = learner(c)
	} else if edge.Path(c) == "/import" {
		return &wallet.Error{Kind: wallet.Forbidden, Code: "signed_out"}
	}
	return l.edge.Read(c, visitor)
}

// largeForms lists the paths of forms with badges. Every other body is at most
// edge.FormLimit bytes.
var largeForms = []string{"/verify", "/verify/save", "/verify/list", "/import"}

// maxBody returns the size in bytes of the largest body for a path.
func (a API) maxBody(path string) int {
	switch {
	case a.has(path):
		return apiBodyLimit + apiBodyLimit/4 // more than the API accepts, so that the API refuses it in its own form
	case slices.Contains(largeForms, path):
		return edge.BodyLimit
	}
	return edge.FormLimit
}
