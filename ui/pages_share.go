package ui

import "time"

// SharesPage is GET /shares: the learner's shares.
type SharesPage struct {
	Chrome
	Shares []ShareCard
	Badges int // badges in the backpack
}

// A ShareCard is a share in a list.
type ShareCard struct {
	ID, Title, Audience string
	Badges              int
	Views               int
	Created, Expires    time.Time
	State               string // live, expired, used_up or revoked
	Passcode            bool
}

// A ShareForm is the submitted form of a share.
type ShareForm struct {
	Title    string // field title
	Audience string // field audience
	Expires  string // field expires, "2026-11-23"
	Passcode string // field passcode
	MaxViews string // field max_views; "" or "0" for no limit
}

// ShareNewPage is GET /shares/new?badge=…&badge=… and, after an error, POST
// /shares/preview. Fields: badge (many), title, audience, expires, passcode,
// max_views.
type ShareNewPage struct {
	Chrome
	Badges   []BadgeCard // all badges; BadgeCard.Chosen marks the selected ones
	Form     ShareForm
	Earliest string // the range of Form.Expires, "2026-11-23"
	Latest   string
}

// Chosen returns the number of selected badges.
func (p *ShareNewPage) Chosen() (n int) {
	for i := range p.Badges {
		if p.Badges[i].Chosen {
			n++
		}
	}
	return n
}

// SharePreviewPage is the response to POST /shares/preview: the page that an
// employer will see, and the button that creates the link (POST /shares, the
// same fields).
type SharePreviewPage struct {
	Chrome
	Show   SharedView
	Form   ShareForm
	Chosen []string // the ids of the badges, kept in the field badge
}

// SharePage is GET /shares/:id: the link, its QR code and the number of views.
type SharePage struct {
	Chrome
	Share ShareCard
	URL   string // the link; the page draws its QR code
	Made  bool   // it was created just now
	Max   int    // the limit of views; 0 for none
	Days  []DayCount
	Items []BadgeCard
}

// A DayCount is the number of views on a day.
type DayCount struct {
	Day   time.Time
	Count int
}

// SharedPage is GET /s/:token: a share as an employer sees it.
type SharedPage struct {
	Chrome
	Show SharedView
	// Base is the path of the share, "/s/<token>". POST <Base>/check checks again;
	// <Base>/presentation and <Base>/badges/<id> are downloads.
	Base string
	URL  string // the full address, for checks by other software
}

// A SharedView is the content of a share, for the employer's page and its preview.
type SharedView struct {
	Title     string
	Holder    string // the learner's name for themselves
	Audience  string
	CheckedAt time.Time
	Created   time.Time
	Expires   time.Time // when the link ends; badges have their own expiry
	Verdict   VerdictBox
	Badges    []BadgeView
	Evidence  bool // the check material can be downloaded
}

// SharedPasscodePage asks for the passcode of a share: POST /s/:token, field
// passcode.
type SharedPasscodePage struct {
	Chrome
	Base string
}

// SharedGonePage is the response to an unknown link and to a share that is over:
// they look the same.
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
