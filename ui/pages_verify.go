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
}

// A VerifiedItem is one thing that was checked: a badge, a set of badges that
// somebody presents, or something that is neither.
type VerifiedItem struct {
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
}

func (*VerifyPage) template() string       { return "verify" }
func (*VerifyReportPage) template() string { return "verify_report" }
