package edge

import (
	"context"
	"io"
	"net"
	"time"

	"github.com/gofiber/fiber/v2"
)

const (
	// smallBody is the size in bytes up to which a body is read as it arrives. The
	// budget of a larger one is claimed first.
	smallBody = 1 << 20
	// freeBody is the number of bytes that fasthttp reads of every body.
	freeBody = 8 << 10
)

// uploads holds the budgets of request bodies.
type uploads struct {
	small, large *budget
	headerTime   time.Duration
	after        func(time.Duration) <-chan time.Time
}

func newUploads(bytes int, headerTime time.Duration, after func(time.Duration) <-chan time.Time) *uploads {
	return &uploads{newBudget(bytes / 4), newBudget(bytes), headerTime, after}
}

// An upload is a body being read. It has to keep the pace that RequestTime sets
// for all of it; otherwise a client that sends little would hold budget for much.
type upload struct {
	*uploads
	visitor Visitor
	from    io.Reader
	conn    net.Conn
	begun   time.Time
	size    int // the most that may arrive
	chunked bool
	got     int
	// complete is set if all chunks arrived, and not only an end between two.
	complete bool
	gives    []func()
}

// of returns the upload of a request. most is its size if the request does not
// state one.
func (u *uploads) of(c *fiber.Ctx, visitor Visitor, most int) *upload {
	out := &upload{uploads: u, visitor: visitor, from: c.Context().RequestBodyStream(), conn: c.Context().Conn(),
		begun: c.Context().Time(), size: c.Request().Header.ContentLength()}
	if out.size < 0 {
		out.size, out.chunked = most, true
	}
	return out
}

// Read implements io.Reader.
func (u *upload) Read(p []byte) (int, error) {
	due := RequestTime
	if u.size > smallBody {
		due = RequestTime * time.Duration(min(u.got+smallBody, u.size)) / time.Duration(u.size)
	}
	if err := u.conn.SetReadDeadline(u.begun.Add(u.headerTime + due)); err != nil {
		return 0, err
	}
	n, err := u.from.Read(p)
	u.got += n
	if ends, ok := u.conn.(interface{ ended() bool }); u.chunked && err == io.EOF && ok {
		u.complete = !ends.ended()
	}
	return n, err
}

// take waits for n more bytes of a budget.
func (u *upload) take(ctx context.Context, b *budget, n int) error {
	give, waited, err := b.take(ctx, u.visitor, n, func() <-chan time.Time { return u.after(claimTime) })
	if err != nil {
		return err
	}
	u.gives = append(u.gives, give)
	if waited {
		u.begun = u.begun.Add(claimTime)
	}
	return nil
}

// leave gives the budget back.
func (u *upload) leave() {
	for _, give := range u.gives {
		give()
	}
}

// whole reads the body. A large one claims its budget before it is read on, a
// small one as it arrives, and a tiny one needs none.
func (u *upload) whole(ctx context.Context) ([]byte, error) {
	b, step := u.small, freeBody
	if u.size > smallBody {
		if err := u.take(ctx, u.large, u.size); err != nil {
			return nil, err
		}
		b, step = nil, smallBody
		if !u.chunked {
			step = u.size
		}
	}
	var body []byte
	for n := 0; n < u.size; {
		more := min(max(n, step), u.size-n)
		if b != nil && n > 0 {
			if err := u.take(ctx, b, more); err != nil {
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
