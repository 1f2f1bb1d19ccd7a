package server

import (
	"context"
	"log/slog"
	"time"

	"github.com/gofiber/fiber/v2"

	"backpack/server/edge"
	"backpack/wallet"
)

// health answers health checks.
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

// probeTime bounds all probes together: health checks give up soon.
const probeTime = 5 * time.Second

// ready reports whether requests should be sent here: the store answers, the master
// key decrypts it, and every probe passes. A server with a full disk is ready,
// because it serves pages; the answer mentions the disk.
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
