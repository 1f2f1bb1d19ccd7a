package server

import (
	"fmt"

	"github.com/gofiber/fiber/v2"
)

// Drain prepares for Shutdown: /readyz says that no more requests are wanted,
// progress streams end, so that browsers ask again elsewhere, and who keeps a
// connection is asked to make another. Requests are answered as before.
func (s *Server) Drain() { s.drain() }

// leaving reports whether Drain was called.
func (s *Server) leaving() bool { return s.serving.Err() != nil }

// closing asks the client of a server that is about to end not to send its
// next request on the same connection.
func (s *Server) closing(c *fiber.Ctx) error {
	if s.leaving() {
		c.Context().SetConnectionClose()
	}
	return c.Next()
}

// Shutdown waits for requests that are being answered, and stops. Those that
// are not answered within shutdownTime are broken off.
func (s *Server) Shutdown() error {
	s.Drain()
	err := s.app.ShutdownWithTimeout(shutdownTime)
	s.stop()
	if err != nil {
		return fmt.Errorf("wait for requests under way: %w", err)
	}
	return nil
}
