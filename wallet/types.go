package wallet

import (
	"time"

	"backpack/vc"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
)

// An Account is a learner's account.
type Account struct {
	ID        storage.AccountID
	Name      string
	Lang      string
	Holder    string // the learner's DID
	HolderKey string // the verification method of Holder
	CreatedAt time.Time
	Sample    bool // the learner has added the sample badges
}

// A Session is a signed-in browser.
type Session struct {
	ID        string // not the token
	Account   storage.AccountID
	Label     string // the browser as far as known, like "Firefox on Linux"
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
}

// A Passkey is a passkey registered to an account.
type Passkey struct {
	ID      string
	Label   string
	AddedAt time.Time
	UsedAt  time.Time
}

// An Email is one of the learner's email addresses.
type Email struct {
	ID       string
	Address  string
	Proved   bool
	AddedAt  time.Time
	ProvedAt time.Time
}

// An Entry is one badge kept in a backpack.
type Entry struct {
	ID        string
	Summary   inspect.Summary
	Source    inspect.Source
	Report    *vc.Report // of the latest check
	Verdict   vc.Verdict
	CheckedAt time.Time
	Mine      string // the learner's identifier that the badge is awarded to; "" if none matches
	Note      string
	AddedAt   time.Time
	History   []Change
	Watch     Watch
	LastGood  *inspect.LastGood // nil unless the badge was once valid and its issuer no longer confirms it
	Keys      []KeySeen         // the issuer's keys that checks found, the latest last
	Version   int64             // for optimistic locking
}

// A KeySeen is an issuer's key with the times of the first and the last check
// that found the issuer to control it.
type KeySeen struct {
	Thumbprint  string
	First, Last time.Time
}

// A Change is a change of verdict that a re-check found.
type Change struct {
	At       time.Time
	From, To vc.Verdict
}

// A Body holds the bytes of a kept badge.
type Body struct {
	Raw      []byte            // the document as received, for vc.Parse or package ob2
	File     []byte            // the whole file it came in, e.g. the baked picture; nil if that is Raw
	FileName string            // a safe name for the file
	URL      string            // where it was fetched from, or the hosted address
	Contexts map[string][]byte // JSON-LD contexts kept with it
	Schemas  map[string][]byte // its issuer's own schemas, kept with it
	// Current is, for a hosted badge, the response of its address at the latest
	// successful check; for any other badge, a newer version.
	Current []byte
	// CurrentAt is when Current was received; zero if unknown.
	CurrentAt time.Time
	// Versions are the versions between Raw and Current, the oldest first. A badge
	// older than Open Badges 3.0 has none.
	Versions []Version
	// View is, for a badge older than Open Badges 3.0, the badge with its class
	// and issuer as served, for display.
	View []byte
	// Record is, for a badge older than Open Badges 3.0, the credential in which
	// this backpack's service states that it checked and recorded the badge.
	Record []byte
}

// A Version is a version of a badge from its issuer.
type Version struct {
	Raw []byte
	At  time.Time // when it was received
}

// A Badge is an entry with its content.
type Badge struct {
	Entry *Entry
	Body  *Body
	// Document is the document to show, parsed from Body.Current or, without one,
	// from Body.Raw.
	Document *vc.Document
	// Evidence is the time of the latest check with a check record; zero if there
	// is none.
	Evidence time.Time
	// Changes lists changed responses from the issuer's addresses.
	Changes []KeptChange
}

// A KeptChange records that an address gave another response than in an earlier
// check. Status lists are left out because they change by design.
type KeptChange struct {
	At       time.Time
	Role     vc.Role
	URL      string
	From, To string // SHA-256 in hexadecimal
}

// A Query selects and orders entries.
type Query struct {
	Text   string // words that title, issuer, description or skills must contain
	Issuer string // Summary.Issuer
	Skill  string
	State  string // a vc.Verdict; "" for all
	Sort   string // added (default), awarded, title, issuer
	After  string // cursor of the previous page
	Limit  int
}

// A Listed holds the fields of a badge that lists show. Concurrent callers share
// it; they must not change it.
type Listed struct {
	ID         string
	Title      string
	Issuer     string
	Domain     string
	Skills     []string
	AwardedAt  time.Time
	ValidUntil time.Time
	AddedAt    time.Time
	Verdict    vc.Verdict
	Picture    bool
	Origin     string     // of the picture: one of the Picture constants
	Inside     vc.Verdict // as in Summary
	Sample     bool
	Mine       bool // it is awarded to one of the learner's identifiers
	version    int64
	text       string // the searched text, in lower case
}

// A Listing is a page of badges with the values to filter by.
type Listing struct {
	Entries []*Listed
	Total   int // matching badges
	All     int // badges in the backpack
	Next    string
	Issuers []string
	Skills  []string
	States  []vc.Verdict
}

// An Import is a set of files and addresses that the learner brings in and has
// not kept yet.
type Import struct {
	ID        string
	CreatedAt time.Time
	Total     int
	Done      int
	Finished  bool // every item has been checked
	Items     []*ImportItem
}

// An ImportItem is one item of an import. Problem and Entry exclude each other.
type ImportItem struct {
	N       int
	Name    string // the file's name or the address
	Done    bool
	Problem string // an intake problem code; "" for a badge
	Detail  string // technical, English
	Entry   *Entry // the entry to keep; Entry.Summary.Image names a picture of the import
	// Duplicate is the id of the entry that already holds the same badge.
	Duplicate string
	// Same is the number, from 1, of another item with the same badge that is kept
	// instead: the richest one, the first of several. It is 0 for none.
	Same int
}

// A ShareRequest holds the settings of a new share.
type ShareRequest struct {
	Entries   []string
	Title     string
	Audience  string
	ExpiresAt time.Time // zero: 30 days from now
	Passcode  string    // empty: none
	MaxViews  int       // 0: no limit
}

// A Share shows chosen badges under a link that the learner can revoke.
type Share struct {
	ID        string
	Title     string
	Audience  string
	Entries   []string
	CreatedAt time.Time
	ExpiresAt time.Time
	RevokedAt time.Time // zero: live
	Passcode  bool
	MaxViews  int
	Views     int
	Days      map[string]int // views by day, "2026-11-23"
	// Token opens the share at /s/<token>. It is derived from the installation's
	// secret and never stored.
	Token string
}

// Live reports whether the share can be opened at now.
func (s *Share) Live(now time.Time) bool {
	return s.RevokedAt.IsZero() && now.Before(s.ExpiresAt) && (s.MaxViews == 0 || s.Views < s.MaxViews)
}

// A SharedView is the content of a share as a viewer sees it.
type SharedView struct {
	Share     *Share
	Holder    string // the learner's name
	HolderDID string
	CheckedAt time.Time
	Items     []*SharedItem
	// Grant lets the same viewer open the share again for half an hour, without the
	// passcode and without counting another view.
	Grant string
}

// A SharedItem is one badge of a share.
type SharedItem struct {
	Badge    *Badge
	Report   *vc.Report // of the latest check, adjusted to the present date
	Verdict  vc.Verdict
	LastGood *inspect.LastGood
}
