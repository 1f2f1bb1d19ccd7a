package wallet

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"backpack/vc"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// Limits of a Shelf.
const (
	shelfBody  = 4 << 20                // bytes of one resource
	shelfCount = 4096                   // resources
	shelfBytes = 256 << 20              // of all resources
	shelfLease = 15 * time.Second       // for one request; longer than a response can take
	shelfWait  = 4 * time.Second        // for another process's request, before sending one as well
	shelfPause = 100 * time.Millisecond // between two looks at the store
)

// A Shelf is a cache of issuers' public resources, such as status lists and keys.
// All processes on a store share it, so each resource is requested once, even
// across a restart. Entries are sealed and named by a keyed hash of the address.
// The cache is not part of any learner's check records, and it returns only
// resources that are still fresh.
type Shelf struct {
	Store  storage.Store
	Sealer *vault.Sealer
	Now    func() time.Time
	After  func(time.Duration) <-chan time.Time // pauses; time.After in the program
}

// A shelfRecord is a cached resource, or the lease of a process that requests it.
type shelfRecord struct {
	Resource *vc.Resource // nil for a lease
	Until    time.Time    // the end of the resource's freshness, or of the lease
}

// Once implements the shelf of package vc/fetch. It calls ask unless the cache has
// the resource; with fresh, or if the store fails, it calls ask in any case.
func (s *Shelf) Once(ctx context.Context, name string, fresh bool,
	ask func(context.Context) (*vc.Resource, time.Time, error)) (*vc.Resource, time.Time, error) {
	k := storage.Key{Account: "", Kind: storage.KindShelf, ID: s.Sealer.Lookup("shelf", name)}
	var lease *storage.Record
	if !fresh {
		var found *shelfRecord
		if found, lease = s.await(ctx, k); found != nil {
			return found.Resource, found.Until, nil
		}
	}
	res, until, err := ask(ctx)
	s.put(context.WithoutCancel(ctx), k, lease, res, until)
	return res, until, err
}

// await returns the cached resource, or a lease that makes the caller request it.
// It returns neither if the holder of the lease takes too long, or the store has no
// room or fails.
func (s *Shelf) await(ctx context.Context, k storage.Key) (*shelfRecord, *storage.Record) {
	for waited := time.Duration(0); ; waited += shelfPause {
		found, err := s.look(ctx, k)
		switch {
		case err == nil && found.Resource != nil:
			return found, nil
		case err == nil && waited >= shelfWait:
			return nil, nil
		case err == nil: // another process requests it
			select {
			case <-s.After(shelfPause):
				continue
			case <-ctx.Done():
				return nil, nil
			}
		case !errors.Is(err, storage.ErrNotFound):
			return nil, nil
		}
		lease, err := s.lease(ctx, k)
		if !errors.Is(err, storage.ErrExists) { // otherwise another process was faster
			return nil, lease
		}
	}
}

// look returns the cached record, or ErrNotFound if there is none or it has run out.
func (s *Shelf) look(ctx context.Context, k storage.Key) (*shelfRecord, error) {
	var rec *storage.Record
	err := s.Store.View(ctx, func(tx storage.Tx) (err error) {
		rec, err = tx.Get(k)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.open(rec)
}

func (s *Shelf) open(rec *storage.Record) (*shelfRecord, error) {
	plain, err := s.Sealer.Open(rec.Key, rec.Data)
	if err != nil {
		return nil, err
	}
	out := new(shelfRecord)
	if err := json.Unmarshal(plain, out); err != nil {
		return nil, err
	}
	if !s.Now().Before(out.Until) {
		return nil, storage.ErrNotFound
	}
	return out, nil
}

// lease stores a lease for a request. It returns ErrExists if there is a live record.
func (s *Shelf) lease(ctx context.Context, k storage.Key) (*storage.Record, error) {
	var rec *storage.Record
	err := s.Store.Update(ctx, func(tx storage.Tx) (err error) {
		if rec, err = s.record(tx, k, shelfRecord{Until: s.Now().Add(shelfLease)}); err != nil {
			return err
		}
		old, err := tx.Get(k)
		switch {
		case errors.Is(err, storage.ErrNotFound):
			return s.create(tx, rec)
		case err != nil:
			return err
		}
		if _, err := s.open(old); err == nil {
			return storage.ErrExists
		}
		rec.Version = old.Version
		return tx.Update(rec)
	})
	if err != nil {
		return nil, err
	}
	return rec, nil
}

// create creates a record if there is room; otherwise rec.Version stays 0.
func (s *Shelf) create(tx storage.Tx, rec *storage.Record) error {
	n, bytes, err := tx.Count("", storage.KindShelf)
	if err != nil || n >= shelfCount || bytes >= shelfBytes {
		return err
	}
	return tx.Create(rec)
}

func (s *Shelf) record(tx storage.Tx, k storage.Key, content shelfRecord) (*storage.Record, error) {
	plain, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	data, err := s.Sealer.Seal(tx, k, plain)
	return &storage.Record{Key: k, Data: data, Due: content.Until.Add(time.Second)}, err // stores cut off the fraction
}

// put caches the resource, or ends the lease if there is nothing to cache. It
// ignores errors and concurrent changes: the cache only saves requests.
func (s *Shelf) put(ctx context.Context, k storage.Key, lease *storage.Record, res *vc.Resource, until time.Time) {
	keep := res != nil && !until.IsZero() && len(res.Body) <= shelfBody
	_ = s.Store.Update(ctx, func(tx storage.Tx) (err error) {
		var rec *storage.Record
		if keep {
			if rec, err = s.record(tx, k, shelfRecord{res, until}); err != nil {
				return err
			}
		}
		old, err := tx.Get(k)
		switch {
		case errors.Is(err, storage.ErrNotFound) && keep:
			return s.create(tx, rec)
		case err != nil:
			return err
		case !keep && (lease == nil || lease.Version != old.Version):
			return nil
		case !keep:
			return tx.Delete(k)
		}
		rec.Version = old.Version
		return tx.Update(rec)
	})
}
