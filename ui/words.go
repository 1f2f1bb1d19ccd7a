package ui

import "time"

// Words are an untrusted text with its language, if stated.
type Words struct {
	Text string
	Lang string // a language tag; "" if not stated
	Dir  string // ltr or rtl; "" if the text decides
}

// Plain returns Words in an unstated language.
func Plain(s string) Words { return Words{Text: s} }

// String returns the text.
func (w Words) String() string { return w.Text }

// A Statement is a labelled value of a badge that no other part of a view shows,
// such as an extension.
type Statement struct {
	Label string // in words; "" for a list item
	Value Words  // may be an address
	Parts []Statement
}

// An AboutView describes a party of a badge.
type AboutView struct {
	Who          string // issuer, creator, source or parent; the catalogue's key is "about.<who>"
	Name         Words
	Domain       string
	Description  Words
	Statements   []Statement
	Endorsements []EndorsementView
}

// A BranchView is an achievement in the tree of a record, with its parts.
type BranchView struct {
	Title     Words
	Kind      string // in words, e.g. "Course"
	Anchor    string // the id of its credential on the page; "" for none
	State     string // as ContainedView.State; "" without a credential
	Parts     []BranchView
	Relations []RelationView
	Elsewhere bool // its parts are shown elsewhere in the tree
}

// A RelationView is a relation to another achievement. The catalogue's key is
// "relation.<kind>".
type RelationView struct{ Kind, Name string }

// A ContainedView is a credential inside a record.
type ContainedView struct {
	N       int // counted from 0
	Anchor  string
	Title   Words
	Kind    string // as BadgeView.Form
	Issuer  string
	Domain  string
	Awarded time.Time
	Expires time.Time
	// State is a verdict as in BadgeCard, or "vouched" if the credential has no
	// seal of its own and the record's seal covers it.
	State string
	Why   string // the reason if State is not valid, in words
	// Inside is the obstacle to taking the credential out of the record: unsigned
	// or unreadable; "" for none. The catalogue's key is "contained.<inside>".
	Inside      string
	Description Words
	Statements  []Statement
}
