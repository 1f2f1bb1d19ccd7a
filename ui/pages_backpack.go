package ui

import "time"

// BackpackPage is GET /backpack. Query: q, issuer, skill, state, sort, after,
// and select=1 to choose badges with tick boxes.
type BackpackPage struct {
	Chrome
	Badges []BadgeCard
	All    int // in the backpack
	Total  int // that match
	Next   string
	Filter Filter
	// What can be filtered by.
	Issuers, Skills, States []string
	Select                  bool // choose badges to show
	News                    []EventView
}

// A Filter is what the learner asked the backpack for.
type Filter struct {
	Text, Issuer, Skill, State string
	Sort                       string // added (also ""), awarded, title or issuer
	After                      string
}

// Set reports whether anything but the order was asked for.
func (f Filter) Set() bool { return f.Text != "" || f.Issuer != "" || f.Skill != "" || f.State != "" }

// BadgePage is GET /badges/:id, the learner's own view of a badge.
type BadgePage struct {
	Chrome
	Badge    BadgeView
	Mine     string // the proven address that the badge was awarded to; "" for none
	Note     string // the learner's private note; field: note
	Source   string // file, text, address, scan or sample
	FileName string // of the source; "" for none
	Added    time.Time
	History  []ChangeView
	Versions []VersionView // when there is more than one, the first that was had first
	Shares   []ShareCard   // live shows that contain it
	Original string        // what the original file is called, for the download
	Baked    bool          // there is a picture with the badge inside to download
	News     []EventView   // notices about it that were not seen yet
}

// A ChangeView is a change of verdict that a check found.
type ChangeView struct {
	At       time.Time
	From, To string // verdicts as in BadgeCard
}

// A VersionView is a version of a badge, as its issuer gave it.
type VersionView struct {
	N     int       // counted from 0
	From  time.Time // when its validity begins; zero when it does not say
	At    time.Time // when it was had
	Shown bool
}

// BadgeRemovePage is GET /badges/:id/remove: the second step of removing one.
type BadgeRemovePage struct {
	Chrome
	Badge  BadgeCard
	Shares int // live shows that contain it
}

// ImportPage is GET and POST /import. Fields: files (many), photo, text,
// passphrase.
type ImportPage struct {
	Chrome
	Text      string // what was pasted, after a mistake
	MaxMB     int    // the most that can be sent at once
	FirstTime bool   // the backpack is empty: offer the samples
	Room      Room
}

// ImportProgressPage is GET /imports/:id while the import is being checked.
type ImportProgressPage struct {
	Chrome
	ID    string
	Done  int
	Total int
	Items []ImportItem // those done so far, the latest last
}

// ImportPreviewPage is GET /imports/:id once everything was looked at. Field:
// item (many), the numbers to keep.
type ImportPreviewPage struct {
	Chrome
	ID    string
	Items []ImportItem
	Room  Room
	Kept  int // of this import, before there was no more room
}

// An ImportItem is one thing that was brought. Problem and Badge exclude each
// other.
type ImportItem struct {
	N       int
	Name    string     // the file's name or the address; "" for pasted text
	Badge   *BadgeCard // as it would be kept
	Verdict VerdictBox
	Problem string // a problem code: texts "problem.<code>" and "problem.<code>.next"
	Detail  string // technical, English
	// Duplicate is the id of the badge in the backpack that is the same one.
	Duplicate string
	Same      int // the number of another item that is the same badge and is kept instead; 0 for none
	Chosen    bool
}

// Keepable reports whether the item can be kept.
func (i *ImportItem) Keepable() bool { return i.Badge != nil && i.Duplicate == "" && i.Same == 0 }

// Keepable returns how many of the items can be kept.
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
