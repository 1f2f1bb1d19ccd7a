package ui

import "time"

// SharesPage is GET /shares: what the learner shows to others.
type SharesPage struct {
	Chrome
	Shares []ShareCard
	Badges int // in the backpack: without any there is nothing to show
}

// A ShareCard is one show in a list.
type ShareCard struct {
	ID, Title, Audience string
	Badges              int
	Views               int
	Created, Expires    time.Time
	State               string // live, expired, used_up or revoked
	Passcode            bool
}

// A ShareForm is what the learner typed about a show.
type ShareForm struct {
	Title    string // field title
	Audience string // field audience
	Expires  string // field expires, "2026-11-23"
	Passcode string // field passcode
	MaxViews string // field max_views; "" or "0" for no limit
}

// ShareNewPage is GET /shares/new?badge=…&badge=… and POST /shares/preview with
// mistakes. Fields: badge (many), title, audience, expires, passcode, max_views.
type ShareNewPage struct {
	Chrome
	Badges   []BadgeCard // all that can be chosen; BadgeCard.Chosen is set for those that are
	Form     ShareForm
	Earliest string // the first and the last day that may be chosen, "2026-11-23"
	Latest   string
}

// Chosen returns how many badges are ticked.
func (p *ShareNewPage) Chosen() (n int) {
	for i := range p.Badges {
		if p.Badges[i].Chosen {
			n++
		}
	}
	return n
}

// SharePreviewPage is the answer to POST /shares/preview: exactly what they
// will see, and the button that makes the link (POST /shares, the same fields).
type SharePreviewPage struct {
	Chrome
	Show   SharedView
	Form   ShareForm
	Chosen []string // the badges' ids, carried along as field badge
}

// SharePage is GET /shares/:id: the link, its QR code, who looked.
type SharePage struct {
	Chrome
	Share ShareCard
	URL   string // the link; the page draws its QR code
	Made  bool   // it was made just now
	Max   int    // views allowed; 0 for no limit
	Days  []DayCount
	Items []BadgeCard
}

// A DayCount is how often a show was opened on a day.
type DayCount struct {
	Day   time.Time
	Count int
}

// SharedPage is GET /s/:token: what an employer sees.
type SharedPage struct {
	Chrome
	Show SharedView
	// Base is the path of the show, "/s/<token>": <Base>/check re-checks (POST),
	// <Base>/presentation and <Base>/badges/<id> download.
	Base string
	URL  string // the whole address, for checking it elsewhere
}

// A SharedView is a show: the employer's page and its preview are drawn from it.
type SharedView struct {
	Title     string
	Holder    string // the name that the learner gave themselves
	Audience  string
	CheckedAt time.Time
	Created   time.Time
	Expires   time.Time // of the link, not of the badges
	Verdict   VerdictBox
	Badges    []BadgeView
	Evidence  bool // what the checks were given can be downloaded
}

// SharedPasscodePage asks for the passcode of a show: POST /s/:token, field
// passcode.
type SharedPasscodePage struct {
	Chrome
	Base string
}

// SharedGonePage is the one answer to a wrong link and to a show that is over.
type SharedGonePage struct {
	Chrome
}

func (*SharesPage) template() string         { return "shares" }
func (*ShareNewPage) template() string       { return "share_new" }
func (*SharePreviewPage) template() string   { return "share_preview" }
func (*SharePage) template() string          { return "share" }
func (*SharedPage) template() string         { return "shared" }
func (*SharedPasscodePage) template() string { return "shared_passcode" }
func (*SharedGonePage) template() string     { return "shared_gone" }
