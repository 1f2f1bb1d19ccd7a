package ui

import "time"

// VerifyPage is GET /verify: anyone can check badges. Fields of POST /verify:
// files (many), folder (many), photo, text.
type VerifyPage struct {
	Chrome
	Text  string // the submitted text, after an error
	MaxMB int
	List  ListView // the visitor's own list of issuers; fields list, key
}

// VerifyReportPage is the response to POST /verify. The server stores nothing of
// it, so pictures are data: addresses.
type VerifyReportPage struct {
	Chrome
	CheckedAt time.Time
	Verdict   VerdictBox // on all items, if there is more than one
	Items     []VerifiedItem
	List      ListView
	Table     []TableRow // all findings, if there is more than one
	More      int        // the number of rows that the table omits
	// Data is the field data of POST /verify/save; "" if there is nothing to save.
	Data    string
	Receipt bool // a receipt is available
}

// A VerifiedItem is a checked item: a badge, a presentation of badges, a receipt,
// or a file with none of these.
type VerifiedItem struct {
	Part    string // its id in the page, unless it is a single badge
	Name    string // the file name or the address; "" for pasted text
	Problem string // as in ImportItem
	Detail  string
	Badge   *BadgeView
	// Of a presentation: its holder, the checks on it, and its badges.
	Holder    string
	Set       bool // the item is a presentation
	Verdict   VerdictBox
	Checks    []CheckRow
	Contained []BadgeView
	Form      string
	Technical []Fact
	Warnings  []string
	Receipt   *ReceiptView // the receipt, if the item is one
}

// A ReceiptView is the content of a verification receipt.
type ReceiptView struct {
	Box       VerdictBox // the verdict on the receipt itself
	Origin    string     // the issuing service, as the receipt states it
	Key       string
	Software  string
	Occasion  string // request, show or backpack
	Confirmed string // own, passed, failed or unknown; "" if the receipt is invalid
	CheckedAt time.Time
	Results   []ReceiptRow
	Unspoken  []string // submitted files that the receipt does not mention
}

// A ReceiptRow is a receipt's entry for one badge.
type ReceiptRow struct {
	Title, Issuer string // Issuer is the issuer's id
	Word, Tone    string
	Set           bool // a signed collection
	At            time.Time
	SHA256        string
	Files         []string // submitted files with this badge
	Now, NowTone  string   // the result of a new check of these files; "" without files
}

func (*VerifyPage) template() string       { return "verify" }
func (*VerifyReportPage) template() string { return "verify_report" }
