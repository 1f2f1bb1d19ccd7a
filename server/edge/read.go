package edge

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/gofiber/fiber/v2"
)

// framed refuses requests with unclear framing, and bodies that are stated to be
// too large. It runs before every handler that answers.
//
// The connection ends unless Read reads the whole body: the rest of a body is not
// a request. A request in chunks ends it in any case, because another server may
// disagree about the end of the body. If a request is refused for another reason,
// its client may finish sending, since many clients do not read an answer before;
// the body is discarded, which takes time but no memory.
func (e *Edge) framed(c *fiber.Ctx) error {
	stated, chunked, ok := framing(&c.Request().Header)
	if !ok {
		c.Context().SetConnectionClose()
		return fiber.ErrBadRequest
	}
	if chunked {
		c.Context().SetConnectionClose()
	}
	most := e.MaxBody(Path(c))
	switch {
	case stated > most:
		c.Context().SetConnectionClose()
		return fiber.ErrRequestEntityTooLarge
	case !Unread(c):
		return c.Next()
	case c.Get(fiber.HeaderContentEncoding, "identity") != "identity":
		c.Context().SetConnectionClose() // a small one may unpack to any size
		return fiber.ErrUnsupportedMediaType
	}
	c.Context().SetConnectionClose()
	err := c.Next()
	if Unread(c) && !chunked {
		u := e.uploads.of(c, Visitor{}, most)
		u.begun = u.begun.Add(claimTime) // it may have waited
		_, _ = io.Copy(io.Discard, u)
	}
	return err
}

// Path returns the path of a request as it was sent.
func Path(c *fiber.Ctx) string { return pathIn(&c.Request().Header) }

// Unread reports whether a request has a body that was not read yet.
func Unread(c *fiber.Ctx) bool { return c.Request().IsBodyStream() }

// Read reads the body of a request when the visitor's share of the budget allows
// it, parses a form in it, and continues with the next handler. Before, only the
// size of the body is known.
func (e *Edge) Read(c *fiber.Ctx, visitor Visitor) error {
	if !Unread(c) {
		return c.Next()
	}
	u := e.uploads.of(c, visitor, e.MaxBody(Path(c)))
	defer u.leave()
	body, err := u.whole(c.UserContext())
	if err != nil {
		return notRead(c, err)
	}
	if !u.chunked && !e.Draining() {
		c.Response().Header.ResetConnectionClose()
	}
	ctx, cancel := context.WithTimeout(e.base, RequestTime) // reading had a time of its own
	defer cancel()
	c.SetUserContext(ctx)
	c.Request().SetBodyRaw(body)
	defer c.Request().ResetBody() // otherwise it stays until the answer is sent
	splitForm(c, body)
	defer c.Locals(formKey, nil)
	return c.Next()
}

// notRead returns the error to answer a body that was not read. One that found no
// budget is left for framed to discard.
func notRead(c *fiber.Ctx, err error) error {
	var r *Refusal
	var slow net.Error
	switch {
	case errors.As(err, &r):
		c.Set(fiber.HeaderRetryAfter, "30")
		return err
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return err
	}
	c.Request().ResetBody()
	switch {
	case errors.Is(err, fiber.ErrRequestEntityTooLarge):
		return err
	case errors.As(err, &slow) && slow.Timeout():
		return fiber.ErrRequestTimeout
	}
	return fiber.ErrBadRequest
}
