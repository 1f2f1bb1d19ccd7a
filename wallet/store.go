package wallet

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// An AccountID identifies an account: 26 characters of lower-case base32.
type AccountID string

// A Kind is a kind of record. Kinds and ids are ASCII without NUL.
type Kind string

// The kinds of record.
const (
	KindAccount   Kind = "account"   // one for each account, ID "self"
	KindSession   Kind = "session"   // a signed-in browser; Due is its end
	KindLogin     Kind = "login"     // a way to sign in: backpack key, passkey; a proved e-mail address
	KindChallenge Kind = "challenge" // a ceremony or mailed code under way; Due is its end
	KindKey       Kind = "key"       // a key of the keyring
	KindEntry     Kind = "entry"     // a badge kept: what lists need
	KindBody      Kind = "body"      // a badge kept: the bytes
	KindImage     Kind = "image"     // a picture
	KindImport    Kind = "import"    // an import under way; Due is its end
	KindItem      Kind = "item"      // one thing of an import
	KindShare     Kind = "share"     // a show; Due is when it is forgotten, some time after its end
	KindKept      Kind = "kept"      // what the checks of badges were given by others
	KindEvent     Kind = "event"     // what happened, for the learner
	KindJob       Kind = "job"       // work owed; Due says when
	KindBudget    Kind = "budget"    // what is left of a rate, Account ""; Due is when it is whole again
	KindShelf     Kind = "shelf"     // what issuers publish for everybody, Account ""; Due is when it is no longer good
	KindStatus    Kind = "status"    // of what the service issued: a list, or where a credential is in one; Account ""
	KindMeta      Kind = "meta"      // facts of the store itself, Account ""
)

// A Key names one record. Records of the installation itself, such as the
// service's keys, have an empty Account.
type Key struct {
	Account AccountID
	Kind    Kind
	ID      string
}

// A Record is what a store keeps: sealed data, and beside it only what the
// store itself needs to find it again. All that a person would read is inside
// Data, which the store never understands.
type Record struct {
	Key
	// Version is set by the store: 1 after Create, one more after each Update.
	Version int64
	// Lookups are hashes by which Find finds the record. Within one kind a
	// lookup belongs to at most one record, over all accounts.
	Lookups []string
	// Due is when the record next wants attention: a job's start, a session's
	// end. Zero: never. Stores keep whole seconds, in UTC.
	Due  time.Time
	Data []byte
}

// The longest parts of a key, and the longest lookup, in bytes. They keep
// every index of every store well under its own limits.
const (
	maxAccount = 64
	maxKind    = 32
	maxID      = 512
	maxLookup  = 512
)

// Check returns an error unless k can name a record: the kind and the ID are
// not empty, and all parts are printable ASCII and not too long.
func (k Key) Check() error {
	switch {
	case k.Kind == "" || k.ID == "":
		return errors.New("a key needs a kind and an id")
	case !plain(string(k.Account), maxAccount), !plain(string(k.Kind), maxKind), !plain(k.ID, maxID):
		return fmt.Errorf("key %q is not printable ASCII of a fair length", k)
	}
	return nil
}

// Check returns an error unless a store can keep r. Stores call it.
func (r *Record) Check() error {
	if r == nil {
		return errors.New("no record")
	}
	seen := make(map[string]bool, len(r.Lookups))
	for _, l := range r.Lookups {
		if l == "" || seen[l] || !plain(l, maxLookup) {
			return fmt.Errorf("%s: lookup %q is empty, doubled, too long or not printable ASCII", r.Kind, l)
		}
		seen[l] = true
	}
	return r.Key.Check()
}

func plain(s string, most int) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return len(s) <= most
}

// A Store keeps records.
//
// View and Update run fn in a transaction that sees one consistent state.
// Update commits if fn returns nil and leaves no trace otherwise; when it has
// returned nil, the change survives a crash. Update may run fn more than once:
// fn must have no effect outside tx and must do no network I/O. fn must not
// use tx after it returns. Records are copies: the caller may keep and change
// what it gets, and the store keeps nothing of what it was given.
//
// Errors of fn are returned as they are. A cancelled ctx ends the call with
// its error, at the latest before the commit.
//
// Neither View nor Update may be called from within fn.
type Store interface {
	View(ctx context.Context, fn func(tx Tx) error) error
	Update(ctx context.Context, fn func(tx Tx) error) error
	// Ping reports whether the store can be read.
	Ping(ctx context.Context) error
	Close() error
}

// A Tx reads and, within Update, changes records. Changing one within View is
// an error. Every method that names an account touches no other account's.
// A method that returns one of the errors below has changed nothing, and the
// transaction goes on.
type Tx interface {
	// Get returns the record, or ErrNotFound.
	Get(k Key) (*Record, error)
	// List returns up to limit records of the account and kind whose ID is
	// greater than after, in ascending byte order of ID.
	List(a AccountID, kind Kind, after string, limit int) ([]*Record, error)
	// Versions calls fn with the ID and the Version of every record of the
	// account and kind, in ascending byte order of ID, until fn returns an error,
	// which it returns. fn may not use the transaction.
	Versions(a AccountID, kind Kind, fn func(id string, version int64) error) error
	// Find returns the record of the kind that has the lookup, or ErrNotFound.
	Find(kind Kind, lookup string) (*Record, error)
	// Due returns up to limit records of the kind, of all accounts, whose Due
	// is set and not after now, the earliest first.
	Due(kind Kind, now time.Time, limit int) ([]*Record, error)
	// Create adds r and sets its Version to 1. ErrExists when there is a
	// record with its key, or one of the kind has one of its lookups.
	Create(r *Record) error
	// Update replaces the record with r's key and increments r.Version.
	// ErrNotFound when there is none, ErrConflict unless r.Version is the
	// current one, ErrExists when a lookup belongs to another record.
	Update(r *Record) error
	// Delete removes the record, or returns ErrNotFound.
	Delete(k Key) error
	// DeleteAccount removes every record of the account, which must not be
	// empty, and returns how many there were.
	DeleteAccount(a AccountID) (int, error)
	// Count returns the number and the bytes of Data of the account's records
	// of the kind.
	Count(a AccountID, kind Kind) (n int, bytes int64, err error)

	// Accounts returns up to limit accounts that have records and are greater
	// than after, in ascending byte order. The empty one is never among them.
	Accounts(after AccountID, limit int) ([]AccountID, error)
	// Walk calls fn with every record of the account, in ascending byte order
	// of kind and then of ID, until fn returns an error, which it returns. fn
	// may read through tx but must not change anything.
	Walk(a AccountID, fn func(r *Record) error) error
	// Restore is Create for a record of another store: r.Version, which must be
	// 1 or more, stays what it is.
	Restore(r *Record) error
}

// The errors of a Store.
var (
	ErrNotFound = errors.New("not found")
	ErrExists   = errors.New("exists already")
	ErrConflict = errors.New("changed by someone else meanwhile")
)

// The errors of a Store that cannot do now what it is asked for, whatever that
// is. They are wrapped with their cause.
var (
	// ErrFull: there is no room to keep more. Nothing was changed; what is kept
	// can be read, and mostly also removed.
	ErrFull = errors.New("there is no room to save anything")
	// ErrUnavailable: the store does not answer. Nothing was changed.
	ErrUnavailable = errors.New("the store cannot be used at the moment")
	// ErrUnsure: nobody knows whether the change is kept.
	ErrUnsure = errors.New("it is not certain that the change was saved")
)
