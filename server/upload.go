package server

import (
	"context"
	"errors"
	"io"
	"net"
	"time"

	"github.com/gofiber/fiber/v2"

	"backpack/wallet"
	"backpack/wallet/inspect"
)

const (
	// smallBody is the size of a body up to which it is read as it comes; for a
	// larger one there has to be room before.
	smallBody = 1 << 20
	// freeBody is what is read of every body before we are asked.
	freeBody    = 8 << 10
	codeUploads = "uploads_busy"
)

// sized refuses a body that is stated to be too large, and has the connection
// end unless it is read whole: what is left of a body is no request. A client
// whose request is refused for something else is let finish, or many would not
// read the answer; that takes its time, and none of our memory.
func (s *Server) sized(c *fiber.Ctx, stated int, chunked bool) error {
	most := s.mostOf(pathIn(&c.Request().Header))
	switch {
	case stated > most:
		c.Context().SetConnectionClose()
		return fiber.ErrRequestEntityTooLarge
	case !c.Request().IsBodyStream():
		return c.Next()
	case c.Get(fiber.HeaderContentEncoding, "identity") != "identity":
		c.Context().SetConnectionClose() // a small one may unpack to anything
		return fiber.ErrUnsupportedMediaType
	}
	c.Context().SetConnectionClose()
	err := c.Next()
	if c.Request().IsBodyStream() && !chunked {
		u := s.upload(c, inspect.Visitor{})
		u.begun = u.begun.Add(uploadWait) // it may have waited
		_, _ = io.Copy(io.Discard, u)
	}
	return err
}

// read reads the body of a request, of which nobody before it knows more than
// the size, when there is room for it.
func (s *Server) read(c *fiber.Ctx) error {
	if !c.Request().IsBodyStream() {
		return c.Next()
	}
	visitor := s.stranger(c)
	if visitorOf(c).session != nil {
		visitor = learner(c)
	} else if pathIn(&c.Request().Header) == "/import" {
		return &wallet.Error{Kind: wallet.Forbidden, Code: "signed_out"}
	}
	return s.readAs(c, visitor)
}

func (s *Server) readAs(c *fiber.Ctx, visitor inspect.Visitor) error {
	if !c.Request().IsBodyStream() {
		return c.Next()
	}
	u := s.upload(c, visitor)
	defer u.leave()
	body, err := u.whole(c.UserContext())
	if err != nil {
		return s.notRead(c, err)
	}
	if !u.chunked && !s.leaving() {
		c.Response().Header.ResetConnectionClose()
	}
	ctx, cancel := context.WithTimeout(s.base, requestTime) // the body had its own
	defer cancel()
	c.SetUserContext(ctx)
	c.Request().SetBodyRaw(body)
	defer c.Request().ResetBody() // else it stays until the answer is sent
	splitForm(c, body)
	defer c.Locals(sentKey, nil)
	return c.Next()
}

// notRead tells what went wrong with a body. One that there is no room for is
// left to sized.
func (s *Server) notRead(c *fiber.Ctx, err error) error {
	var e *wallet.Error
	var slow net.Error
	switch {
	case errors.As(err, &e) && e.Kind == wallet.Busy:
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

// An upload is a body that is being read. It has to come at the pace that the
// time for all of it makes, else who sends little keeps room for much.
type upload struct {
	*Server
	visitor inspect.Visitor
	from    io.Reader
	conn    net.Conn
	begun   time.Time
	size    int // the most that may come
	chunked bool
	got     int
	// complete is whether all chunks came, and not only an end between two.
	complete bool
	gives    []func()
}

func (s *Server) upload(c *fiber.Ctx, visitor inspect.Visitor) *upload {
	u := &upload{Server: s, visitor: visitor, from: c.Context().RequestBodyStream(), conn: c.Context().Conn(), begun: c.Context().Time(), size: c.Request().Header.ContentLength()}
	if u.size < 0 {
		u.size, u.chunked = s.mostOf(pathIn(&c.Request().Header)), true
	}
	return u
}

// Read implements io.Reader.
func (u *upload) Read(p []byte) (int, error) {
	due := requestTime
	if u.size > smallBody {
		due = requestTime * time.Duration(min(u.got+smallBody, u.size)) / time.Duration(u.size)
	}
	if err := u.conn.SetReadDeadline(u.begun.Add(u.HeaderTime + due)); err != nil {
		return 0, err
	}
	n, err := u.from.Read(p)
	u.got += n
	if ends, ok := u.conn.(interface{ ended() bool }); u.chunked && err == io.EOF && ok {
		u.complete = !ends.ended()
	}
	return n, err
}

// take waits for room for n bytes more.
func (u *upload) take(ctx context.Context, r *room, n int) error {
	give, waited, err := r.take(ctx, u.visitor, n, func() <-chan time.Time { return u.After(uploadWait) })
	if err != nil {
		return err
	}
	u.gives = append(u.gives, give)
	if waited {
		u.begun = u.begun.Add(uploadWait)
	}
	return nil
}

func (u *upload) leave() {
	for _, give := range u.gives {
		give()
	}
}

// whole reads the body. For a large one there is room before it is read on; a
// small one gets it as it comes, and a tiny one needs none.
func (u *upload) whole(ctx context.Context) ([]byte, error) {
	r, step := u.rooms.small, freeBody
	if u.size > smallBody {
		if err := u.take(ctx, u.rooms.large, u.size); err != nil {
			return nil, err
		}
		r, step = nil, smallBody
		if !u.chunked {
			step = u.size
		}
	}
	var body []byte
	for n := 0; n < u.size; {
		more := min(max(n, step), u.size-n)
		if r != nil && n > 0 {
			if err := u.take(ctx, r, more); err != nil {
				return nil, err
			}
		}
		body = append(make([]byte, 0, n+more), body...)[:n+more]
		got, err := io.ReadFull(u, body[n:])
		switch n += got; {
		case err != nil && u.complete:
			return body[:n], nil
		case err != nil:
			return nil, err
		}
	}
	if u.chunked { // it may end here
		if _, err := u.Read(make([]byte, 1)); err == nil || !u.complete {
			return nil, fiber.ErrRequestEntityTooLarge
		}
	}
	return body, nil
}
