package ui

import "time"

// VerifyPage is GET /verify: anyone can have a badge checked. Fields of POST
// /verify: files (many), photo, text.
type VerifyPage struct {
	Chrome
	Text  string // what was pasted, after a mistake
	MaxMB int
	List  ListView // issuers that who checks knows; fields list, key
}

// VerifyReportPage is the answer to POST /verify. Nothing of it is stored:
// pictures come as data: addresses.
type VerifyReportPage struct {
	Chrome
	CheckedAt time.Time
	Verdict   VerdictBox // of all together, when there is more than one
	Items     []VerifiedItem
	List      ListView
	Table     []TableRow // of all that was found, when that is more than one thing
	More      int        // rows that the table leaves out
	// Data is what POST /verify/save takes back, with as csv or receipt; "" when
	// there is nothing to save.
	Data    string
	Receipt bool // a receipt can be had
}

// A VerifiedItem is one thing that was checked: a badge, a set of badges that
// somebody presents, or something that is neither.
type VerifiedItem struct {
	Part    string // the id of its part of the page, where it is no badge alone
	Name    string // the file's name or the address; "" for pasted text
	Problem string // as in ImportItem
	Detail  string
	Badge   *BadgeView
	// A presentation: who presents, the checks on that, and the badges.
	Holder    string
	Set       bool // it is a presentation
	Verdict   VerdictBox
	Checks    []CheckRow
	Contained []BadgeView
	Form      string
	Technical []Fact
	Warnings  []string
	Receipt   *ReceiptView // it is a receipt of another check, which is no badge
}

// A ReceiptView is what a verification receipt states.
type ReceiptView struct {
	Box       VerdictBox // whether the receipt itself holds
	Origin    string     // the service, by its own word
	Key       string
	Software  string
	Occasion  string // request, show or backpack
	Confirmed string // own, passed, failed, unknown; "" when it does not hold
	CheckedAt time.Time
	Results   []ReceiptRow
	Unspoken  []string // files brought along that it says nothing of
}

// A ReceiptRow is what a receipt says of one badge.
type ReceiptRow struct {
	Title, Issuer string // Issuer is an id
	Word, Tone    string
	Set           bool // a collection that somebody signed
	At            time.Time
	SHA256        string
	Files         []string // files brought along that are what it speaks of
	Now, NowTone  string   // what the check of today finds of those; "" when there are none
}

func (*VerifyPage) template() string       { return "verify" }
func (*VerifyReportPage) template() string { return "verify_report" }
