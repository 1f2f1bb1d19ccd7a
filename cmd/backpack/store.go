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

// openStore opens where everything is kept: the database that is configured,
// else the data file.
func openStore(ctx context.Context, c *config) (storage.Store, error) {
	if c.Database != "" {
		return postgres.Open(ctx, c.Database)
	}
	return bolt.OpenWithin(c.dataFile(), c.File)
}

// farewell is how long requests under way have to be answered that nothing is
// saved any more.
const farewell = time.Second

// whileWhole runs fn until it returns. Its context ends when the data file can
// no longer be written safely, for going on would acknowledge what nobody knows
// to be kept; then fn has no longer than the farewell.
func whileWhole(ctx context.Context, store storage.Store, fn func(context.Context) error) (broken bool, err error) {
	var breaks <-chan struct{} // never, of a store that cannot
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
	return fmt.Errorf("stopped: %w; look after the disk, then start again", bolt.ErrBroken)
}

// scrubber is how the store writes over what it keeps of deleted records; nil with
// PostgreSQL, which does so itself as it is told (see OPERATING.md).
func scrubber(store storage.Store) func(context.Context) error {
	if file, ok := store.(*bolt.Store); ok {
		return file.Scrub
	}
	return nil
}
