package wallet

import (
	"context"
	"errors"

	"backpack/wallet/storage"
)

// A bounded store can tell whether it has room for more. Full returns the last
// known state; Room tries to write, and returns ErrFull if there is no room.
type bounded interface {
	Full() bool
	Room(ctx context.Context) error
}

// bounded returns the first bounded store in the chain of wrapped stores, or nil.
func (w *Wallet) bounded() bounded {
	for s := w.cfg.Store; ; {
		if b, ok := s.(bounded); ok {
			return b
		}
		around, ok := s.(interface{ Unwrap() storage.Store })
		if !ok {
			return nil
		}
		s = around.Unwrap()
	}
}

// Full reports whether the store has no room to save anything. Reading and removing
// still work.
func (w *Wallet) Full() bool {
	b := w.bounded()
	return b != nil && b.Full()
}

// roomy reports whether there is room for the results of background jobs, and logs
// each change.
func (w *Wallet) roomy(ctx context.Context) bool {
	var err error
	if b := w.bounded(); b != nil {
		err = b.Room(ctx)
	}
	full := errors.Is(err, storage.ErrFull)
	switch was := w.full.Swap(full); {
	case full && !was:
		w.cfg.Log.Error("the store has no room; background work waits", "error", err)
	case was && !full:
		w.cfg.Log.Info("the store has room again")
	}
	return !full
}

// notSaved reports whether err says that the store cannot save or confirm a change.
func notSaved(err error) bool {
	return errors.Is(err, storage.ErrFull) || errors.Is(err, storage.ErrUnavailable) || errors.Is(err, storage.ErrUnsure)
}
