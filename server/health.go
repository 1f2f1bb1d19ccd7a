package server

import (
	"context"
	"encoding/base32"
	"io"
	"time"

	"github.com/gofiber/fiber/v2"
)

// An Answered is what may be told of a request to anybody: nothing in it says
// who asked or what for. There are as many values as there are routes, known
// methods and statuses.
type Answered struct {
	Method string // "other" when the client made it up
	Route  string // the pattern, never the path; "none" when there is none
	Status int
	Took   time.Duration
}

// A Probe is something without which no request should be sent here. Says is
// what everybody is told when Check returns an error; the error itself is for
// the log.
type Probe struct {
	Says  string
	Check func(ctx context.Context) error
}

const requestKey = "request"

// newRequestID gives the request a name of its own, by which a person can quote
// it and the operator find it in the log. What a client calls it is never used:
// that could be anything.
func (s *Server) newRequestID(c *fiber.Ctx) string {
	if id := requestID(c); id != "" {
		return id
	}
	var b [8]byte
	if _, err := io.ReadFull(s.Rand, b[:]); err != nil {
		s.Log.Error("no name for a request", "error", err)
	}
	id := base32.StdEncoding.EncodeToString(b[:])[:12]
	c.Locals(requestKey, id)
	return id
}

func requestID(c *fiber.Ctx) string {
	id, _ := c.Locals(requestKey).(string)
	return id
}

// probeTime bounds all probes together: who asks gives up soon.
const probeTime = 5 * time.Second

// ready reports whether requests should be sent here: the store answers, its
// secrets open with the master key, and every probe agrees. A full disk is no
// reason to send none, for pages can be read; it is told.
func (s *Server) ready(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(s.base, probeTime)
	defer cancel()
	if s.leaving() {
		return notReady(c, "shutting down")
	}
	for _, p := range append([]Probe{{"the store does not answer", s.Wallet.Ready}}, s.Probes...) {
		if err := p.Check(ctx); err != nil {
			s.Log.Error("not ready", "why", p.Says, "error", err)
			return notReady(c, p.Says)
		}
	}
	if s.Wallet.Full() {
		return c.SendString("ready, but the disk is full: nothing can be saved")
	}
	return c.SendString("ready")
}

func notReady(c *fiber.Ctx, why string) error {
	return c.Status(fiber.StatusServiceUnavailable).SendString(why)
}
