package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"backpack/wallet/storage"
)

// ErrNotEmpty means that a store has records that are not from this transfer.
var ErrNotEmpty = errors.New("the store already contains a backpack")

// Limits of one transaction, except for a larger single record, so others do not wait
// long.
const (
	batchRecords = 256
	batchBytes   = 2 << 20
)

// A Loader is a Sink that writes to a store.
type Loader struct {
	ctx      context.Context // of the whole transfer
	store    storage.Store
	resuming bool
	batch    []*storage.Record
	size     int
	last     storage.AccountID
	keys     map[storage.Key]bool // keys of the current account; only when resuming
	// Left is the number of records that were already present.
	Left int
}

// Load begins to write to an empty store, or continues an interrupted transfer with the
// same name, what. It returns ErrNotEmpty if the store has other records.
func Load(ctx context.Context, store storage.Store, what string) (*Loader, error) {
	l := &Loader{ctx: ctx, store: store}
	mark, err := json.Marshal(what)
	if err != nil {
		return nil, err
	}
	return l, store.Update(ctx, func(tx storage.Tx) error {
		r, err := tx.Get(storage.KeyUnfinished)
		if err == nil {
			l.resuming = true
			if string(r.Data) != string(mark) {
				return fmt.Errorf("%w: an unfinished copy of %s", ErrNotEmpty, r.Data)
			}
			return nil
		}
		if !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		if empty, err := isEmpty(tx); err != nil || !empty {
			return errors.Join(err, ErrNotEmpty)
		}
		return tx.Create(&storage.Record{Key: storage.KeyUnfinished, Data: mark})
	})
}

func isEmpty(tx storage.Tx) (bool, error) {
	some := errors.New("some")
	if err := tx.Walk("", func(*storage.Record) error { return some }); err != nil {
		if errors.Is(err, some) {
			err = nil
		}
		return false, err
	}
	accounts, err := tx.Accounts("", 1)
	return len(accounts) == 0, err
}

// Resuming reports whether this continues an earlier attempt.
func (l *Loader) Resuming() bool { return l.resuming }

// Begin implements Sink.
func (l *Loader) Begin(a storage.AccountID) error {
	if l.resuming {
		l.keys = map[storage.Key]bool{}
		// Accounts between two successive ones of the source no longer exist there.
		if err := l.dropWhile(l.last, func(x storage.AccountID) bool { return x < a }); err != nil {
			return err
		}
	}
	l.last = a
	return nil
}

// Record implements Sink.
func (l *Loader) Record(r *storage.Record) error {
	if l.resuming {
		l.keys[r.Key] = true
	}
	l.batch, l.size = append(l.batch, r), l.size+len(r.Data)
	if len(l.batch) < batchRecords && l.size < batchBytes {
		return nil
	}
	return l.flush()
}

func (l *Loader) flush() error {
	if len(l.batch) == 0 {
		return nil
	}
	left := 0
	err := l.store.Update(l.ctx, func(tx storage.Tx) error {
		left = 0
		for _, r := range l.batch {
			there, err := l.put(tx, r)
			if err != nil {
				return fmt.Errorf("write a record of kind %s: %w", r.Kind, err)
			}
			if there {
				left++
			}
		}
		return nil
	})
	l.batch, l.size, l.Left = l.batch[:0], 0, l.Left+left
	return err
}

// put writes r and reports whether it was already present.
func (l *Loader) put(tx storage.Tx, r *storage.Record) (there bool, err error) {
	if l.resuming {
		old, err := tx.Get(r.Key)
		if err == nil && reflect.DeepEqual(old, r) {
			return true, nil
		}
		if err == nil {
			err = tx.Delete(r.Key)
		}
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return false, err
		}
		if err := free(tx, r); err != nil {
			return false, err
		}
	}
	return false, tx.Restore(r)
}

// free deletes the records of an earlier attempt with a lookup that is r's now. They
// come later in the source, or are no longer in it.
func free(tx storage.Tx, r *storage.Record) error {
	for _, l := range r.Lookups {
		old, err := tx.Find(r.Kind, l)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if err := tx.Delete(old.Key); err != nil {
			return err
		}
	}
	return nil
}

// End implements Sink. It reads the account back and verifies its digest.
func (l *Loader) End(want Sum) error {
	if err := l.flush(); err != nil {
		return err
	}
	if l.resuming {
		if err := l.dropOthers(want.Account); err != nil {
			return err
		}
	}
	var got Sum
	err := l.store.View(l.ctx, func(tx storage.Tx) (err error) {
		got, err = SumOf(tx, want.Account)
		return err
	})
	if err == nil && got != want {
		err = fmt.Errorf("the copy of account %q differs from its source", want.Account)
	}
	return err
}

// dropOthers deletes the records of an account that are not in the source.
func (l *Loader) dropOthers(a storage.AccountID) error {
	return l.store.Update(l.ctx, func(tx storage.Tx) error {
		var others []storage.Key
		err := tx.Walk(a, func(r *storage.Record) error {
			if !l.keys[r.Key] && r.Key != storage.KeyUnfinished {
				others = append(others, r.Key)
			}
			return nil
		})
		for _, k := range others {
			err = errors.Join(err, tx.Delete(k))
		}
		return err
	})
}

// dropWhile deletes the accounts after one, while doomed returns true.
func (l *Loader) dropWhile(after storage.AccountID, doomed func(storage.AccountID) bool) error {
	for {
		more := false
		err := l.store.Update(l.ctx, func(tx storage.Tx) error {
			page, err := tx.Accounts(after, 1)
			more = err == nil && len(page) == 1 && doomed(page[0])
			if more {
				_, err = tx.DeleteAccount(page[0])
			}
			return err
		})
		if err != nil || !more {
			return err
		}
	}
}

// Finish verifies that the store has no surplus accounts, and completes the transfer:
// the store is usable from then on.
func (l *Loader) Finish(total Total) error {
	if l.resuming {
		if err := l.dropWhile(l.last, func(storage.AccountID) bool { return true }); err != nil {
			return err
		}
	}
	return l.store.Update(l.ctx, func(tx storage.Tx) error {
		n := 1
		err := Accounts(tx, func(storage.AccountID) error { n++; return nil })
		if err == nil && n != total.Accounts {
			err = fmt.Errorf("the copy has %d accounts, the source %d", n-1, total.Accounts-1)
		}
		return errors.Join(err, tx.Delete(storage.KeyUnfinished))
	})
}
