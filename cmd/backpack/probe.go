package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"backpack/server"
	"backpack/wallet/storage"
)

// probePause is how long a successful write proves that the store is writable.
// It bounds the writes that requests to /readyz cause.
const probePause = 20 * time.Second

// A writeProbe tests whether the store is writable by writing.
type writeProbe struct {
	store storage.Store
	now   func() time.Time

	mu   sync.Mutex
	last time.Time // of the last successful write
}

var keyProbe = storage.Key{Kind: storage.KindMeta, ID: "probe"}

// probes are the conditions of /readyz beyond those that the server checks
// itself.
func probes(store storage.Store) []server.Probe {
	w := &writeProbe{store: store, now: time.Now}
	return []server.Probe{{Says: "the store cannot be written", Check: w.check}}
}

func (p *writeProbe) check(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.now(); now.Sub(p.last) < probePause && !now.Before(p.last) {
		return nil
	}
	err := p.store.Update(ctx, func(tx storage.Tx) error {
		rec, err := tx.Get(keyProbe)
		if errors.Is(err, storage.ErrNotFound) {
			return tx.Create(&storage.Record{Key: keyProbe})
		}
		if err != nil {
			return err
		}
		return tx.Update(rec)
	})
	if errors.Is(err, storage.ErrConflict) || errors.Is(err, storage.ErrExists) {
		err = nil // another replica wrote it just now
	}
	if errors.Is(err, storage.ErrFull) {
		return nil // pages can be read, and the answer says so
	}
	if err == nil {
		p.last = p.now()
	}
	return err
}
