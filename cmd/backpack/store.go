package main

import (
	"context"

	"backpack/wallet"
	"backpack/wallet/bolt"
	"backpack/wallet/postgres"
)

// openStore opens where everything is kept: the database that is configured,
// else the data file.
func openStore(ctx context.Context, c *config) (wallet.Store, error) {
	if c.Database != "" {
		return postgres.Open(ctx, c.Database)
	}
	return bolt.Open(c.dataFile())
}

// untilBroken returns a context that ends when the data file can no longer be
// written safely, and a function that then says so: going on would acknowledge
// what nobody knows to be kept.
func untilBroken(ctx context.Context, store wallet.Store) (context.Context, func() error) {
	file, ok := store.(*bolt.Store)
	if !ok {
		return ctx, func() error { return nil }
	}
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case <-file.Broken():
			cancel(bolt.ErrBroken)
		case <-ctx.Done():
		}
	}()
	return ctx, func() error {
		defer cancel(nil)
		select {
		case <-file.Broken():
			return bolt.ErrBroken
		default:
			return nil
		}
	}
}

// scrubber is how the store writes over what it keeps of deleted records; nil with
// PostgreSQL, which does so itself as it is told (see OPERATING.md).
func scrubber(store wallet.Store) func(context.Context) error {
	if file, ok := store.(*bolt.Store); ok {
		return file.Scrub
	}
	return nil
}
