package storage

import (
	"errors"
	"fmt"
	"time"
)

// An AccountID identifies an account: 26 characters of lower-case base32. Records
// of the installation itself, such as the service's keys, have an empty one.
type AccountID string

// A Kind is a kind of record: printable ASCII.
type Kind string

// The kinds of record.
const (
	KindAccount   Kind = "account"   // one for each account, ID "self"
	KindSession   Kind = "session"   // a signed-in browser; Due is its end
	KindLogin     Kind = "login"     // a way to sign in (backpack key, passkey) or an e-mail address
	KindChallenge Kind = "challenge" // a ceremony or mailed code under way; Due is its end
	KindKey       Kind = "key"       // a key of the keyring
	KindEntry     Kind = "entry"     // a badge: the part that lists need
	KindBody      Kind = "body"      // a badge: the bytes
	KindImage     Kind = "image"     // a picture
	KindImport    Kind = "import"    // an import under way; Due is its end
	KindItem      Kind = "item"      // one find of an import
	KindShare     Kind = "share"     // a share; Due is its removal, some time after its end
	KindKept      Kind = "kept"      // what other servers answered during the checks of badges
	KindEvent     Kind = "event"     // an event that the learner can read
	KindJob       Kind = "job"       // a scheduled job; Due is its start or the end of its lease
	KindBudget    Kind = "budget"    // the remainder of a rate, Account ""; Due is when it is whole again
	KindShelf     Kind = "shelf"     // what issuers publish for everyone, Account ""; Due is its expiry
	KindStatus    Kind = "status"    // a status list of the service or a credential's place in one, Account ""
	KindMeta      Kind = "meta"      // facts about the store itself, Account ""
)

// The records that tell the state of a store.
var (
	// KeyUnfinished marks a store that a copy or a restore still fills. A
	// wallet does not start on it.
	KeyUnfinished = Key{Kind: KindMeta, ID: "unfinished"}
	// KeySentinel is sealed with the master key and tells it from others.
	KeySentinel = Key{Kind: KindMeta, ID: "sentinel"}
)

// A Key names one record.
type Key struct {
	Account AccountID
	Kind    Kind
	ID      string
}

// A Record is what a store keeps: sealed data, and the members by which the
// store finds it. Everything that a person can read is inside Data, which a
// store never interprets.
type Record struct {
	Key
	// Version is set by the store: 1 after Create, one more after each Update.
	Version int64
	// Lookups are hashes by which Find finds the record. Within one kind a
	// lookup belongs to at most one record, across all accounts.
	Lookups []string
	// Due is when the record next needs attention, such as a job's start or a
	// session's end; zero for never. Stores keep whole seconds in UTC.
	Due  time.Time
	Data []byte
}

// The limits of a key's parts and of a lookup, in bytes. They keep every index
// of every store well below its own limits.
const (
	maxAccount = 64
	maxKind    = 32
	maxID      = 512
	maxLookup  = 512
)

// Check returns an error unless k can name a record: the kind and the ID are
// not empty, and all parts are printable ASCII within the limits.
func (k Key) Check() error {
	switch {
	case k.Kind == "" || k.ID == "":
		return errors.New("a key needs a kind and an id")
	case !plain(string(k.Account), maxAccount), !plain(string(k.Kind), maxKind), !plain(k.ID, maxID):
		return fmt.Errorf("key %q is too long or not printable ASCII", k)
	}
	return nil
}

// Check returns an error unless a store can keep r. Stores call it.
func (r *Record) Check() error {
	if r == nil {
		return errors.New("the record is nil")
	}
	seen := make(map[string]bool, len(r.Lookups))
	for _, l := range r.Lookups {
		if l == "" || seen[l] || !plain(l, maxLookup) {
			return fmt.Errorf("%s: lookup %q is empty, repeated, too long or not printable ASCII", r.Kind, l)
		}
		seen[l] = true
	}
	return r.Key.Check()
}

// plain reports whether s is printable ASCII of at most limit bytes.
func plain(s string, limit int) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return len(s) <= limit
}
