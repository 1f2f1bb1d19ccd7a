package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
)

// serveBeside starts the servers on additional listeners, and returns a
// function that stops them.
func serveBeside(ctx context.Context, c *config, m *metrics, e *entrance, log *slog.Logger) (stop func() error, err error) {
	var waits []func() error
	stop = func() (err error) {
		for _, wait := range waits {
			err = errors.Join(err, wait())
		}
		return err
	}
	if c.Metrics != "" {
		wait, err := m.serve(ctx, c.Metrics, log)
		if err != nil {
			return stop, err
		}
		waits = append(waits, wait)
	}
	if c.TLS.HTTP != "" {
		l, err := net.Listen("tcp", c.TLS.HTTP)
		if err != nil {
			return stop, errors.Join(fmt.Errorf("listen on %s for plain http: %w; set another address with --tls-http, or off", c.TLS.HTTP, err), stop())
		}
		waits = append(waits, serveHTTP(ctx, l, e.plain))
	}
	return stop, nil
}
