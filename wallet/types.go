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
	Sample    bool // the sample badges were added
}

// A Session is a signed-in browser.
type Session struct {
	ID        string // not the token
	Account   storage.AccountID
	Label     string // "Firefox on Linux", as far as the browser said
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

// An Email is an address of the learner's.
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
	Mine      string // the identifier of the learner's that the badge was awarded to; "" when none matched
	Note      string
	AddedAt   time.Time
	History   []Change
	Watch     Watch
	LastGood  *inspect.LastGood // nil unless the badge held once, and the issuer does not confirm it any more
	Keys      []KeySeen         // with which its issuer was seen to have sealed it, the latest last
	Version   int64             // for optimistic locking
}

// A KeySeen is a key of an issuer's, by its thumbprint, and when checks found
// the issuer to control it.
type KeySeen struct {
	Thumbprint  string
	First, Last time.Time
}

// A Change is a change of verdict that a re-check found.
type Change struct {
	At       time.Time
	From, To vc.Verdict
}

// A Body is the bytes of a badge kept.
type Body struct {
	Raw      []byte            // the document as received; vc.Parse or ob2 reads it again
	File     []byte            // the whole file it came in, e.g. the baked picture; nil when that is Raw
	FileName string            // a safe name for the file
	URL      string            // where it was fetched from, or the hosted address
	Contexts map[string][]byte // JSON-LD contexts kept with it
	Schemas  map[string][]byte // schemas of its issuer's own, kept with it
	Current  []byte            // for a hosted badge: what its address served at the latest successful check; else a newer version
	// CurrentAt is when Current was had; zero when that was not noted.
	CurrentAt time.Time
	// Versions are the newer versions that Current was before, the oldest
	// first; Raw comes before all of them. None for a badge older than 3.0.
	Versions []Version
	// View is, for a badge older than Open Badges 3.0, the badge with its class
	// and issuer as they were served, to show.
	View []byte
	// Record is, for a badge older than Open Badges 3.0, the credential that
	// this backpack's service signed: checked and recorded by this backpack.
	Record []byte
}

// A Version is a version of a badge, as its issuer gave it.
type Version struct {
	Raw []byte
	At  time.Time // when it was had
}

// A Badge is an entry with its content.
type Badge struct {
	Entry *Entry
	Body  *Body
	// Document is what to show: parsed from Body.Current when there is one,
	// else from Body.Raw.
	Document *vc.Document
	// Evidence is the time of the check whose evidence can be had; zero for none.
	Evidence time.Time
	// Changes tells what its issuer's addresses answered otherwise than before.
	Changes []KeptChange
}

// A KeptChange says that an address answered something else than in an earlier
// check. Lists of what was taken back are made to change, and are left out.
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
	State  string // a vc.Verdict, or "" for all
	Sort   string // added (default), awarded, title, issuer
	After  string // cursor of the previous page
	Limit  int
}

// A Listed is what a list shows of a badge. Many who list at the same time have
// the same one: it is not to be changed.
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
	Mine       bool // it was awarded to an identifier of the learner's
	version    int64
	text       string // that is searched, in lower case
}

// A Listing is a page of badges and what can be filtered by.
type Listing struct {
	Entries []*Listed
	Total   int // that match
	All     int // in the backpack
	Next    string
	Issuers []string
	Skills  []string
	States  []vc.Verdict
}

// An Import is a set of things brought in, on its way to being kept.
type Import struct {
	ID        string
	CreatedAt time.Time
	Total     int
	Done      int
	Finished  bool // every item has been checked
	Items     []*ImportItem
}

// An ImportItem is one thing of an import. Problem and Entry exclude each other.
type ImportItem struct {
	N       int
	Name    string // the file's name or the address
	Done    bool
	Problem string // an intake problem code; "" when it is a badge
	Detail  string // technical, English
	Entry   *Entry // as it would be kept; Entry.Summary.Image names a picture of the import
	// Duplicate is the id of the entry that holds the same badge already.
	Duplicate string
	// Same is the number, from 1, of another item that is the same badge and is kept instead: the
	// richest, and of several the first. 0 for none.
	Same int
}

// A ShareRequest says what to show to whom.
type ShareRequest struct {
	Entries   []string
	Title     string
	Audience  string
	ExpiresAt time.Time // zero: 30 days from now
	Passcode  string    // empty: none
	MaxViews  int       // 0: no limit
}

// A Share is a revocable show of chosen badges.
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
	// Token opens the share: /s/<token>. It is derived from the installation's
	// secret, never stored.
	Token string
}

// Live reports whether the share can be opened at now.
func (s *Share) Live(now time.Time) bool {
	return s.RevokedAt.IsZero() && now.Before(s.ExpiresAt) && (s.MaxViews == 0 || s.Views < s.MaxViews)
}

// A SharedView is what the person sees to whom a share is shown.
type SharedView struct {
	Share     *Share
	Holder    string // the learner's name
	HolderDID string
	CheckedAt time.Time
	Items     []*SharedItem
	// Grant lets the same person look again without the passcode and without
	// counting another view, for half an hour.
	Grant string
}

// A SharedItem is one badge of a share.
type SharedItem struct {
	Badge    *Badge
	Report   *vc.Report // of the latest check, as the dates have it now
	Verdict  vc.Verdict
	LastGood *inspect.LastGood
}
