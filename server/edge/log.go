package edge

import (
	"encoding/base32"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"

	"github.com/gofiber/fiber/v2"
)

// logged writes one line for each request. It has the route, never the path,
// which may hold a token, and nothing that identifies the client.
func (e *Edge) logged(c *fiber.Ctx) error {
	start := e.Now()
	if err := next(c); err != nil {
		if err := e.fail(c, err); err != nil {
			return err
		}
	}
	r := Answered{Method: knownMethod(c), Route: Route(c), Status: c.Response().StatusCode(), Took: e.Now().Sub(start)}
	e.Log.Info("request", "id", RequestID(c), "method", r.Method, "route", r.Route, "status", r.Status, "ms", r.Took.Milliseconds())
	if e.Observe != nil {
		e.Observe(r)
	}
	return nil
}

// next is c.Next with a panic turned into an error, so that it ends one request
// only. The panic's value is logged if it is the runtime's own: another one may
// hold private data.
func next(c *fiber.Ctx) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case runtime.Error:
			err = fmt.Errorf("panic: %w\n%s", p, debug.Stack())
		default:
			err = fmt.Errorf("panic of type %T\n%s", p, debug.Stack())
		}
	}()
	return c.Next()
}

// Route returns the pattern of a request's route; "none" if the request was
// refused before it reached one.
func Route(c *fiber.Ctx) string {
	if r := c.Route(); len(r.Handlers) > 0 {
		return r.Path
	}
	return "none"
}

// knownMethod returns the request's method; "other" if the client made it up.
func knownMethod(c *fiber.Ctx) string {
	if m := c.Method(); slices.Contains(fiber.DefaultMethods, m) {
		return m
	}
	return "other"
}

const requestKey = "request"

// newRequestID gives the request an id, which a person can quote and the operator
// find in the log. An id from the client is never used: it could be anything.
func (e *Edge) newRequestID(c *fiber.Ctx) string {
	if id := RequestID(c); id != "" {
		return id
	}
	var b [8]byte
	if _, err := io.ReadFull(e.Rand, b[:]); err != nil {
		e.Log.Error("no id for a request", "error", err)
	}
	id := base32.StdEncoding.EncodeToString(b[:])[:12]
	c.Locals(requestKey, id)
	return id
}

// RequestID returns the id of a request; "" before it has one.
func RequestID(c *fiber.Ctx) string {
	id, _ := c.Locals(requestKey).(string)
	return id
}
