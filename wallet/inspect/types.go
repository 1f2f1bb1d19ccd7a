package inspect

import (
	"errors"
	"time"

	"backpack/vc"
	"backpack/vc/intake"
	"backpack/vc/receipt"
)

// A Checked is the result of checking one thing. Problem and Document exclude
// each other.
type Checked struct {
	Input    int    // index of the input that it was found in
	Name     string // the file's name, also inside a ZIP, or the address; "" for text
	File     string // the submitted file, if that is not Name, such as the ZIP
	Folder   string // the folder that tells apart the files of a ZIP; "" for none
	Problem  string // a code of package intake or one of the Problem constants; "" for none
	Detail   string // of Problem, for engineers
	Summary  Summary
	Document *vc.Document // the document to show: the newer version, if the issuer gives one
	Original *vc.Document // the document as submitted
	// SHA256 is the digest of Original.Raw, FileSHA256 of the whole file that
	// it was in, such as a picture; hexadecimal, "" if there is none.
	SHA256, FileSHA256 string
	// Foreign reports that the file is a picture that is not known to be the
	// badge's own, so a receipt states nothing about the file.
	Foreign bool
	Report  *vc.Report
	Verdict vc.Verdict
	Mine    string // the identifier of the asking person that the badge was awarded to; "" for none
	Image   []byte // the picture, safe to serve as Summary.ImageType; nil for none
	// Holder presents a presentation. Contained are its badges, Own is the
	// verdict on its signature alone, and Verdict the gravest of all.
	// Together is one of the Together constants.
	Holder    string
	Own       vc.Verdict
	Together  string
	Contained []*Checked
	// AsOf is set for a check with kept answers: the time that it is about.
	// LastGood is then set if the badge held at that time.
	AsOf     time.Time
	LastGood *LastGood
	// OwnWord reports that the answers rest on the word of the submitted file.
	OwnWord bool
	// Receipt is the content of a verification receipt; nil for everything
	// else. Confirmed says whether the website that it names lists the key.
	Receipt   *receipt.Receipt
	Confirmed vc.Outcome
}

// A Summary is what lists show and search.
type Summary struct {
	Title       string // the achievement's or credential's name
	Issuer      string // the issuer's own name for itself
	IssuerID    string
	Domain      string // the host in IssuerID or in the hosted address; "" for none
	Description string
	Skills      []string // names of alignments, and tags
	AwardedAt   time.Time
	ValidUntil  time.Time // zero: no expiry date
	Form        vc.Form
	Version     string // "Open Badges 3.0", "Open Badges 2.0", "Verifiable credential"
	Image       string // digest of the picture; "" for none
	ImageType   string
	Picture     string `json:",omitempty"` // one of the Picture constants; "" counts as PictureBrought
	Sample      bool
	// Inside is the gravest verdict on the credentials inside a record, if that
	// is graver than the record's own; else "".
	Inside vc.Verdict `json:",omitempty"`
}

// Values of Summary.Picture: where the picture of a badge comes from. Sealed
// and fetched pictures are the badge's own.
const (
	PictureSealed  = "sealed"  // the badge contains it, or its digest
	PictureFetched = "fetched" // the address that the badge names served it
	PictureOpen    = "open"    // the badge contains it, and its proof could not be checked
	PictureBrought = "brought" // the file around the badge, which anyone could have chosen
)

// OwnPicture reports whether the picture is the badge's own: signed, or served
// by the address that was signed.
func (s *Summary) OwnPicture() bool { return s.Picture == PictureSealed || s.Picture == PictureFetched }

// A LastGood says when a badge held last, if the issuer does not confirm it
// now. It never improves a verdict.
type LastGood struct {
	At     time.Time  `json:"at"`               // time of the check in which it held
	Report *vc.Report `json:"report,omitempty"` // of that check; nil if the current report is that one
	Why    string     `json:"why"`              // one of the Why constants
	Since  time.Time  `json:"since,omitzero"`   // time of the first check that could not confirm it
}

// Values of LastGood.Why: the reason why the badge is not confirmed now.
const (
	WhySilent  = "silent"   // the issuer does not answer
	WhyGone    = "gone"     // the issuer answers that it has no such badge
	WhyKey     = "key"      // the issuer shows another key than before
	WhyOld     = "old"      // the latest check is too old
	WhyKept    = "kept"     // it was checked with kept answers only
	WhyOwnWord = "own_word" // it was checked with answers that only the submitted file vouches for
)

// Problems of a find, beside those of package intake.
const (
	ProblemUnreachable intake.Problem = "unreachable"       // the address gave no answer
	ProblemForbidden   intake.Problem = "address_forbidden" // the address may not be asked
	ProblemPort        intake.Problem = "port_forbidden"    // the address has a port that may not be asked
	ProblemPrivate     intake.Problem = "address_inside"    // the address is inside a private network
	ProblemNoHost      intake.Problem = "no_such_host"      // the host does not exist
	ProblemAddress     intake.Problem = "bad_address"       // it is not an https address
	ProblemInternal    intake.Problem = "internal"          // a fault of this program
	ProblemUnreadable  intake.Problem = "unreadable"        // the file could not be opened
	ProblemTime        intake.Problem = "not_in_time"       // there was no time left to check it
	ProblemEvidence    intake.Problem = "evidence_altered"  // the evidence was altered or is damaged
	ProblemReceipt     intake.Problem = "receipt"           // a receipt is not a badge to keep
	ProblemReceiptForm intake.Problem = "receipt_unknown"   // a receipt of an unknown format
)

var errTime = errors.New("there was no time left to check it")
