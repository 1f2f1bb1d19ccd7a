package main

import (
	"context"
	"errors"
	"time"

	"backpack/server"
	"backpack/wallet/bolt"
)

// maxDrain bounds how long a program that was told to stop may go on.
const maxDrain = 5 * time.Minute

func drainTime(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 || d > maxDrain {
		return 0, errors.New("is a time from 0s to 5m, such as 10s")
	}
	return d, nil
}

// drain has the server say that it is about to stop, and waits until whoever
// sends requests has heard of it. ctx is the one that ended: there is no time
// for it when the data file cannot be written safely.
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
