package wallet

import (
	"context"
	"errors"

	"backpack/wallet/storage"
)

// A bounded store knows whether it has room to keep more. Full is what it
// knows; Room tries, and returns ErrFull when there is none.
type bounded interface {
	Full() bool
	Room(ctx context.Context) error
}

// bounded returns the store as one that knows, also from within one that wraps
// it; nil when it does not.
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

// Full reports whether there is no room to save anything: pages can be read,
// and things removed.
func (w *Wallet) Full() bool {
	b := w.bounded()
	return b != nil && b.Full()
}

// roomy reports whether there is room for the results of work, and logs when
// that changes.
func (w *Wallet) roomy(ctx context.Context) bool {
	var err error
	if b := w.bounded(); b != nil {
		err = b.Room(ctx)
	}
	full := errors.Is(err, storage.ErrFull)
	switch was := w.full.Swap(full); {
	case full && !was:
		w.cfg.Log.Error("there is no room to save anything; background work waits", "error", err)
	case was && !full:
		w.cfg.Log.Info("there is room again")
	}
	return !full
}

// notSaved reports whether a change failed because the store takes none.
func notSaved(err error) bool {
	return errors.Is(err, storage.ErrFull) || errors.Is(err, storage.ErrUnavailable) || errors.Is(err, storage.ErrUnsure)
}
