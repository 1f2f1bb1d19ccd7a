package ui

import "time"

// Words are a stranger's words, with their language as far as it is known.
type Words struct {
	Text string
	Lang string // a language tag; "" when not stated
	Dir  string // ltr or rtl; "" lets the text itself decide
}

// Plain are words of which no language is known.
func Plain(s string) Words { return Words{Text: s} }

// String returns the words alone.
func (w Words) String() string { return w.Text }

// A Statement is a labelled value that a badge states and no other part of a
// view shows: an extension's, or one that is worth little room.
type Statement struct {
	Label string // in words; "" for an item of a list
	Value Words  // may be an address
	Parts []Statement
}

// An AboutView is somebody in a badge with what is said of them.
type AboutView struct {
	Who          string // issuer, creator, source or parent; the text is "about.<who>"
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
	Anchor    string // of the credential for it on the page; "" when there is none
	State     string // as ContainedView.State; "" when there is none
	Parts     []BranchView
	Relations []RelationView
	Elsewhere bool // its parts are shown in another place
}

// A RelationView is how an achievement relates to another; the text is
// "relation.<kind>" with the other's name.
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
	// State is a verdict as in BadgeCard, or "vouched" when the credential has
	// no seal of its own and the record's speaks for it.
	State string
	Why   string // why it is not simply valid, in words
	// Inside says why it cannot stand alone, "" when it can: unsigned or
	// unreadable; the text is "contained.<inside>".
	Inside      string
	Description Words
	Statements  []Statement
}
