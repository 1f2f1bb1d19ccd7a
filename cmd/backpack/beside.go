package main

import (
	"context"
	"errors"
	"log/slog"
)

// serveBeside starts what is answered on listeners of their own, and returns
// what ends that.
func serveBeside(ctx context.Context, c *config, m *metrics, log *slog.Logger) (stop func() error, err error) {
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
	return stop, nil
}
