package server

import (
	"context"
	"log/slog"
	"time"

	"github.com/gofiber/fiber/v2"

	"backpack/server/edge"
	"backpack/wallet"
)

// health answers whether requests should be sent here.
type health struct {
	edge   *edge.Edge
	wallet *wallet.Wallet
	probes []Probe
	log    *slog.Logger
}

func (s *health) register(r *router) {
	r.Get("/livez", func(c *fiber.Ctx) error { return c.SendString("ok") })
	r.Get("/readyz", s.ready)
}

// probeTime bounds all probes together: who asks gives up soon.
const probeTime = 5 * time.Second

// ready reports whether requests should be sent here: the store answers, its
// secrets open with the master key, and every probe agrees. A full disk is no
// reason to send none, for pages can be read; it is told.
func (s *health) ready(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(s.edge.Base(), probeTime)
	defer cancel()
	if s.edge.Draining() {
		return notReady(c, "shutting down")
	}
	for _, p := range append([]Probe{{"the store does not answer", s.wallet.Ready}}, s.probes...) {
		if err := p.Check(ctx); err != nil {
			s.log.Error("not ready", "why", p.Says, "error", err)
			return notReady(c, p.Says)
		}
	}
	if s.wallet.Full() {
		return c.SendString("ready, but the disk is full: nothing can be saved")
	}
	return c.SendString("ready")
}

func notReady(c *fiber.Ctx, why string) error {
	return c.Status(fiber.StatusServiceUnavailable).SendString(why)
}
