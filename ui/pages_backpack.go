package ui

import "time"

// BackpackPage is GET /backpack. Query: q, issuer, skill, state, sort, after, and
// select=1 to select badges.
type BackpackPage struct {
	Chrome
	Badges []BadgeCard
	All    int // badges in the backpack
	Total  int // badges that match the filter
	Next   string
	Filter Filter
	// The values to filter by.
	Issuers, Skills, States []string
	Select                  bool // the learner selects badges to share
	News                    []EventView
}

// A Filter selects and orders the badges of a backpack.
type Filter struct {
	Text, Issuer, Skill, State string
	Sort                       string // added (also ""), awarded, title or issuer
	After                      string
}

// Set reports whether the filter restricts the badges; their order does not count.
func (f Filter) Set() bool { return f.Text != "" || f.Issuer != "" || f.Skill != "" || f.State != "" }

// BadgePage is GET /badges/:id: a badge as its holder sees it.
type BadgePage struct {
	Chrome
	Badge    BadgeView
	Mine     string // the proven address that the badge was awarded to; "" for none
	Note     string // the learner's private note; field: note
	Source   string // file, text, address, scan or sample
	FileName string // of the imported file; "" for none
	Added    time.Time
	History  []ChangeView
	Versions []VersionView // if there is more than one, the oldest first
	Shares   []ShareCard   // live shares that contain it
	Original string        // the name of the original file, for the download
	Baked    bool          // a picture that contains the badge can be downloaded
	News     []EventView   // unread notices about the badge
}

// A ChangeView is a change of the verdict between two checks.
type ChangeView struct {
	At       time.Time
	From, To string // verdicts as in BadgeCard
}

// A VersionView is a version of a badge from its issuer.
type VersionView struct {
	N     int       // counted from 0
	From  time.Time // the start of its validity; zero if not stated
	At    time.Time // when the backpack received it
	Shown bool
}

// BadgeRemovePage is GET /badges/:id/remove: the confirmation of removing a badge.
type BadgeRemovePage struct {
	Chrome
	Badge  BadgeCard
	Shares int // live shares that contain it
}

// ImportPage is GET and POST /import. Fields: files (many), photo, text,
// passphrase.
type ImportPage struct {
	Chrome
	Text      string // the submitted text, after an error
	MaxMB     int    // the limit of one upload
	FirstTime bool   // the backpack is empty, so the page offers the samples
	Room      Room
}

// ImportProgressPage is GET /imports/:id while the import is running.
type ImportProgressPage struct {
	Chrome
	ID    string
	Done  int
	Total int
	Items []ImportItem // the items done so far, the latest last
}

// ImportPreviewPage is GET /imports/:id when all items are checked. Field: item
// (many), the numbers of the items to keep.
type ImportPreviewPage struct {
	Chrome
	ID    string
	Items []ImportItem
	Room  Room
	Kept  int // items of this import that were kept before the quota was used up
}

// An ImportItem is a badge or a file of an import. Either Badge or Problem is set.
type ImportItem struct {
	N       int
	Name    string     // the file name or the address; "" for pasted text
	Badge   *BadgeCard // the badge as it would be kept
	Verdict VerdictBox
	Problem string // a code; the texts are "problem.<code>" and "problem.<code>.next"
	Detail  string // technical, in English
	// Duplicate is the id of the same badge in the backpack; "" for none.
	Duplicate string
	Same      int // the number of another item with the same badge, which is kept instead; 0 for none
	Chosen    bool
}

// Keepable reports whether the item can be kept.
func (i *ImportItem) Keepable() bool { return i.Badge != nil && i.Duplicate == "" && i.Same == 0 }

// Keepable returns the number of items that can be kept.
func (p *ImportPreviewPage) Keepable() (n int) {
	for i := range p.Items {
		if p.Items[i].Keepable() {
			n++
		}
	}
	return n
}

func (*BackpackPage) template() string       { return "backpack" }
func (*BadgePage) template() string          { return "badge" }
func (*BadgeRemovePage) template() string    { return "badge_remove" }
func (*ImportPage) template() string         { return "import" }
func (*ImportProgressPage) template() string { return "import_progress" }
func (*ImportPreviewPage) template() string  { return "import_preview" }
