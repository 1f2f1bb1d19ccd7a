package server

import (
	"io"
	"time"

	"github.com/gofiber/fiber/v2"
)

// lingerTime is how long a client may go on sending what was refused.
const lingerTime = 10 * time.Second

// linger reads, for a while, what a client still sends of a request that was
// refused. If the connection were closed at once, the system would break it off
// and the answer be lost; a proxy would take that for a server that does not
// work, and after some such requests send it nobody.
func (c *conn) linger() {
	half, ok := c.Conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case <-c.after(lingerTime):
			_ = c.Conn.Close() // ends the reading
		case <-done:
		}
	}()
	_, _ = io.Copy(io.Discard, io.LimitReader(c.Conn, bodyLimit))
}

// refused has the connection of a request that is refused, perhaps before all
// of it was read, closed so that its client comes to read why.
func refused(c *fiber.Ctx, status int) {
	unread := status == fiber.StatusRequestEntityTooLarge || status == fiber.StatusRequestHeaderFieldsTooLarge
	if !unread && !c.Response().ConnectionClose() {
		return
	}
	switch in := c.Context().Conn().(type) {
	case *conn:
		in.refused.Store(true)
	case *tlsConn:
		in.refused.Store(true)
	}
}
