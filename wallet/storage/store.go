package storage

import (
	"context"
	"errors"
	"time"
)

// A Store keeps records.
//
// View and Update run fn in a transaction that sees one consistent state.
// Update commits if fn returns nil and changes nothing otherwise. When Update
// returns nil, the change survives a crash. Update may run fn more than once:
// fn must have no effect outside tx and must not use the network. fn must not
// use tx after it returns. Records are copies: the caller may keep and change
// the records it gets, and the store keeps no reference to those it is given.
//
// An error of fn is returned unchanged. A cancelled ctx ends the call with its
// error, before the commit at the latest.
//
// fn must call neither View nor Update.
type Store interface {
	View(ctx context.Context, fn func(tx Tx) error) error
	Update(ctx context.Context, fn func(tx Tx) error) error
	// Ping reports whether the store can be read.
	Ping(ctx context.Context) error
	Close() error
}

// A Tx reads records and, within Update, changes them. A change within View is
// an error. A method that takes an account touches the records of no other
// account. A method that returns one of the errors below has changed nothing,
// and the transaction goes on.
type Tx interface {
	// Get returns the record, or ErrNotFound.
	Get(k Key) (*Record, error)
	// List returns up to limit records of the account and kind whose ID is
	// greater than after, in ascending byte order of ID.
	List(a AccountID, kind Kind, after string, limit int) ([]*Record, error)
	// Versions calls fn with the ID and the Version of every record of the
	// account and kind, in ascending byte order of ID. It stops at an error of
	// fn and returns it. fn must not use the transaction.
	Versions(a AccountID, kind Kind, fn func(id string, version int64) error) error
	// Find returns the record of the kind with the lookup, or ErrNotFound.
	Find(kind Kind, lookup string) (*Record, error)
	// Due returns up to limit records of the kind, across all accounts, with a
	// Due that is set and not after now, the earliest first.
	Due(kind Kind, now time.Time, limit int) ([]*Record, error)
	// Create adds r and sets its Version to 1. It returns ErrExists if the key
	// is taken, or if another record of the kind has one of the lookups.
	Create(r *Record) error
	// Update replaces the record with r's key and increments r.Version. It
	// returns ErrNotFound if there is none, ErrConflict if r.Version is not the
	// current one, and ErrExists if a lookup belongs to another record.
	Update(r *Record) error
	// Delete removes the record, or returns ErrNotFound.
	Delete(k Key) error
	// DeleteAccount removes every record of the account and returns their
	// number. An empty a is an error.
	DeleteAccount(a AccountID) (int, error)
	// Count returns the number of the account's records of the kind, and the
	// total size of their Data in bytes.
	Count(a AccountID, kind Kind) (n int, bytes int64, err error)

	// Accounts returns up to limit accounts with records that are greater than
	// after, in ascending byte order. The empty account is never among them.
	Accounts(after AccountID, limit int) ([]AccountID, error)
	// Walk calls fn with every record of the account, in ascending byte order
	// of kind and then of ID. It stops at an error of fn and returns it. fn may
	// read through tx but must not change anything.
	Walk(a AccountID, fn func(r *Record) error) error
	// Restore is Create for a record from another store: it keeps r.Version,
	// which must be at least 1.
	Restore(r *Record) error
}

// The errors that answer a call of Tx.
var (
	ErrNotFound = errors.New("not found")
	ErrExists   = errors.New("already exists")
	ErrConflict = errors.New("changed meanwhile")
)

// The errors of a store that is out of order. They are wrapped with their cause.
var (
	// ErrFull means that the store has no room. Nothing was changed. Records can
	// still be read and usually be deleted.
	ErrFull = errors.New("the store is full")
	// ErrUnavailable means that the store does not answer. Nothing was changed.
	ErrUnavailable = errors.New("the store is not available")
	// ErrUnsure means that the change may or may not have been saved.
	ErrUnsure = errors.New("it is unknown whether the change was saved")
)
