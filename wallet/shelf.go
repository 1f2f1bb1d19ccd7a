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

// Limits of what is on a Shelf, and of the waiting before it.
const (
	shelfBody  = 4 << 20 // bytes of one answer
	shelfCount = 4096
	shelfBytes = 256 << 20
	shelfLease = 15 * time.Second       // for who asks; longer than an answer can take
	shelfWait  = 4 * time.Second        // for who asks; then one asks as well
	shelfPause = 100 * time.Millisecond // between two looks
)

// A Shelf keeps what issuers publish for everybody, lists of statuses and keys,
// for all processes on a store, which so ask for each once, and over a restart.
// What is on it is sealed, and named by a keyed hash of its address. It is no
// part of a learner's evidence and only ever an answer that may still be used.
type Shelf struct {
	Store  storage.Store
	Sealer *vault.Sealer
	Now    func() time.Time
	After  func(time.Duration) <-chan time.Time // pauses; time.After in the program
}

// A shelfRecord is an answer, or that somebody is asking for it.
type shelfRecord struct {
	Resource *vc.Resource
	Until    time.Time // of the answer, or of the lease
}

// Once implements the shelf of package vc/fetch. When the store fails, it asks.
func (s *Shelf) Once(ctx context.Context, name string, fresh bool, ask func(context.Context) (*vc.Resource, time.Time, error)) (*vc.Resource, time.Time, error) {
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

// await returns the answer, or the lease of who is to ask for it: nil when
// somebody else has it and takes long, or when there is no room or no store.
func (s *Shelf) await(ctx context.Context, k storage.Key) (*shelfRecord, *storage.Record) {
	for waited := time.Duration(0); ; waited += shelfPause {
		found, err := s.look(ctx, k)
		switch {
		case err == nil && found.Resource != nil:
			return found, nil
		case err == nil && waited >= shelfWait:
			return nil, nil
		case err == nil: // somebody asks
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
		if !errors.Is(err, storage.ErrExists) { // else somebody was faster
			return nil, lease
		}
	}
}

// look returns what is there and still good, or ErrNotFound.
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

// lease notes that somebody asks. ErrExists says that another one does already.
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

// create creates a record where there is room; rec.Version stays 0 where there
// is none.
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

// put makes the answer what is there, or ends the lease of who got none. That
// it cannot, or that somebody else has put another one there, is no matter.
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
