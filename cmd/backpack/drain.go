package main

import (
	"context"
	"errors"
	"time"

	"backpack/server"
	"backpack/wallet/bolt"
)

// maxDrain bounds BACKPACK_DRAIN.
const maxDrain = 5 * time.Minute

func drainTime(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 || d > maxDrain {
		return 0, errors.New("must be a duration from 0s to 5m, such as 10s")
	}
	return d, nil
}

// drain makes /readyz fail and waits until the proxy has noticed. ctx is the
// one that ended. There is no wait if the data file cannot be written safely.
func drain(ctx context.Context, srv *server.Server, d time.Duration, served <-chan error) {
	srv.Drain()
	if d == 0 || errors.Is(context.Cause(ctx), bolt.ErrBroken) {
		return
	}
	wait := time.NewTimer(d)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-served:
	}
}
