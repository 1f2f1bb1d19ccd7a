package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"backpack/wallet/bolt"
	"backpack/wallet/postgres"
	"backpack/wallet/storage"
)

// openStore opens the configured database, or the data file.
func openStore(ctx context.Context, c *config) (storage.Store, error) {
	if c.Database != "" {
		return postgres.Open(ctx, c.Database)
	}
	return bolt.OpenWithin(c.dataFile(), c.File)
}

// farewell is how long running requests may take to be answered after storing
// has failed.
const farewell = time.Second

// whileWritable runs fn until it returns. Its context ends when the data file can
// no longer be written safely, since going on would acknowledge lost data; fn
// then has no longer than farewell.
func whileWritable(ctx context.Context, store storage.Store, fn func(context.Context) error) (broken bool, err error) {
	var breaks <-chan struct{} // nil, which is never ready, for other stores
	if file, ok := store.(*bolt.Store); ok {
		breaks = file.Broken()
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- fn(ctx) }()
	select {
	case err := <-done:
		select {
		case <-breaks:
			return true, errors.Join(err, errBroken())
		default:
			return false, err
		}
	case <-breaks:
	}
	cancel()
	select {
	case err = <-done:
	case <-time.After(farewell):
	}
	return true, errors.Join(err, errBroken())
}

func errBroken() error {
	return fmt.Errorf("stopped: %w; check the disk, then start again", bolt.ErrBroken)
}

// scrubber returns the store's function that overwrites deleted records. It is
// nil with PostgreSQL, which vacuums by its own settings (see
// docs/operating.md).
func scrubber(store storage.Store) func(context.Context) error {
	if file, ok := store.(*bolt.Store); ok {
		return file.Scrub
	}
	return nil
}
