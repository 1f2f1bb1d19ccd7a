package ui

import "time"

// A BadgeCard is a badge in a grid or a list.
type BadgeCard struct {
	ID        string
	Image     string // address of the picture on our own server, or a data: address of a PNG, JPEG, GIF, WebP or SVG; "" for none
	ImageMark string // ImageBrought or ImageOpen; "" where the picture is the badge's own
	Title     string
	Issuer    string // the name that the issuer gives itself
	Domain    string // the host that the issuer's address names; "" for none
	Awarded   time.Time
	Expires   time.Time // zero: no expiry date, or EndHidden
	EndHidden bool      // who shows it may have left the expiry date out
	Verdict   string    // one of those that Renderer.Verdict knows
	Inside    string    // the gravest verdict on what a record holds, where that is graver; else ""
	Skills    []string
	Sample    bool // a sample badge that proves nothing
	Mine      bool // awarded to an address that the learner proved
	Chosen    bool // ticked, where badges can be chosen
}

// Values of BadgeCard.ImageMark. The text "picture.<mark>" stands wherever the
// picture does.
const (
	ImageBrought = "brought" // it is not part of what was signed
	ImageOpen    = "open"    // nobody could check whether it is
)

// A BadgeView is a badge in full, as its holder, an employer and anyone who
// checks it sees it. Every string is a stranger's text unless said otherwise.
// Fields whose names end in MD are Markdown, of which 16 KiB are shown.
type BadgeView struct {
	BadgeCard
	TitleLang       string // language of Title; "" when not stated
	Form            string // "Open Badges 3.0", "Open Badges 2.0", "Verifiable credential"
	Generic         bool   // neither a badge nor a record: only what it claims is known
	Description     Words
	AchievementType string // in words, e.g. "Certificate"
	RecipientName   Words  // the name by which the badge calls its recipient: its word; "" for none
	RecipientOnly   bool   // the badge names its recipient by nothing but that name
	Recipient       string // whom the badge itself names, as far as it can be read: an address or name; "" for none
	RecipientHidden bool   // the badge names its recipient only as a hash
	RecipientKey    bool   // the badge names the holder's key only
	From            IssuerView
	Creator         *IssuerView // who designed the achievement, when that is somebody else
	Source          *IssuerView // who assessed the learner
	ValidFrom       time.Time   // only when it differs from Awarded
	CriteriaMD      Words       // Markdown
	CriteriaURL     string
	NarrativeMD     Words       // what this learner did; Markdown
	Alignments      []SkillView // the skills and frameworks it names
	Tags            []string
	Results         []ResultView
	Gradings        []ResultView // results that it could state and does not
	Evidence        []EvidenceView
	Endorsements    []EndorsementView // of the badge and what it is for; others stand in About
	Claims          []Statement       // of a credential of another kind: all that it claims
	Record          bool              // a learner's record of several achievements
	Partial         bool              // of a record: it says itself that it is not all
	Tree            []BranchView      // of a record
	Contained       []ContainedView   // of a record
	Facts           []Fact            // further statements of the badge: Label is one of the Fact… constants
	Statements      []Statement       // what else it states
	About           []AboutView       // who is behind it
	Box             VerdictBox        // Box.Kind equals Verdict
	Sure            []CheckRow        // the five facts, in their order
	Then            *ThenView         // the badge held once, which is not confirmed now
	Listing         *ListingForm      // nil unless its issuer can be put on a list
	Checks          []CheckRow
	CheckedAt       time.Time
	Kept            bool // what the check was given can be downloaded
	Part            bool // who shows it may have left something out
	Newer           bool // what is shown is a newer version that the issuer published
	Technical       []Fact
	Warnings        []string // remarks of the check that change no verdict, technical
}

// Labels of BadgeView.Facts; the texts are "fact.<label>" of the catalogue.
const (
	FactField          = "field"          // field of study
	FactSpecialization = "specialization" //
	FactCredits        = "credits"
	FactCreditsEarned  = "credits_earned"
	FactLicense        = "license"
	FactRole           = "role"
	FactTerm           = "term"
	FactActivity       = "activity" // the time in which it was earned
	FactLanguage       = "language"
	FactCode           = "code"
	FactVersion        = "version"
	FactName           = "name"    // the badge's own name, when it is not that of what it is for
	FactAward          = "award"   // what is said of the award itself
	FactPicture        = "picture" // what the picture shows
	FactOther          = "other"   // in the issuer's own words
)

// An IssuerView is an issuer, creator or endorser.
type IssuerView struct {
	Name   string
	Domain string // host that its address names; shown in ASCII form beside the name
	// Confirmed says how it is known that the issuer made the badge; the text
	// is "issuer.<confirmed>" of the catalogue.
	Confirmed string
	Known     []KnownView // the registries that know it; never by the badge's word
	Ref       string      // the learner's page of it is /issuers/<Ref>; "" for none
	Key       string      // thumbprint of the key that sealed the badge; technical
}

// Title is the name to show as confirmed: a registry's, else none.
func (i IssuerView) Title() string {
	if len(i.Known) > 0 {
		return i.Known[0].Name
	}
	return ""
}

// A KnownView is what a registry says of an issuer.
type KnownView struct {
	Registry, Name, URL string
	At                  time.Time // when the registry was read; zero when it is a file
	Old                 bool      // it could not be read again since
}

// Values of IssuerView.Confirmed.
const (
	IssuerByDomain     = "domain"      // the domain itself lists the key or serves the badge
	IssuerByKey        = "key"         // the issuer is a bare key: nothing outside the badge tells who that is
	IssuerNotConfirmed = "unconfirmed" // nothing ties the key to the issuer, or the domain denies it
	IssuerUnknown      = "unknown"     // it could not be asked
	IssuerRecorded     = "recorded"    // an older badge that a backpack checked and recorded
	IssuerSample       = "sample"      // the built-in sample issuer
	IssuerSelf         = "self"        // self-asserted: awarded by its own recipient
)

// A SkillView is a skill or a framework's item that a badge aligns to.
type SkillView struct {
	Name, Description    Words
	Code, Framework, URL string
	Type                 string // in words
}

// A ResultView is a result of an assessment, never shown without its status
// (specs A2.6).
type ResultView struct {
	Name    Words
	Kind    string // of result, in words
	Value   string // "87", "B+"
	Status  string // as stated: Completed, Failed, InProgress, …; "" when not stated
	Range   string // "0 to 100", or the values allowed from the lowest on
	Strange bool   // the value is none of those
	Level   Words  // the rubric level achieved
	Needed  Words  // the value or level that was required
	Reached string // yes, no, unknown, or "" when nothing was required
	Levels  []LevelView
	Skills  []SkillView
}

// Good reports whether the result speaks for the learner: completed, and not
// short of what was required.
func (r *ResultView) Good() bool {
	return r.Reached != "no" && (r.Status == "Completed" || r.Status == "" && r.Reached == "yes")
}

// Bad reports whether the result speaks against the learner.
func (r *ResultView) Bad() bool { return r.Status == "Failed" || r.Reached == "no" }

// A LevelView is a level of a rubric.
type LevelView struct {
	Name, Description  Words
	Level, Points      string
	Achieved, Required bool
	Skills             []SkillView
}

// An EvidenceView is a piece of evidence. Its address is shown, never loaded.
type EvidenceView struct {
	Name, Description, Genre, Audience Words
	NarrativeMD                        Words // Markdown
	URL                                string
	Embedded                           bool // it lies in the badge itself, as data
	Statements                         []Statement
}

// An EndorsementView is what somebody else says about a part of a badge.
type EndorsementView struct {
	From     IssuerView
	Title    Words
	TextMD   Words  // Markdown
	About    string // badge, achievement, issuer, …, or other when it names something else
	Verdict  string // as in BadgeCard
	Why      string // why it does not simply hold, in words
	IssuedAt time.Time
	Expires  time.Time
}

// A Fact is a labelled value.
type Fact struct{ Label, Value string }

// Outcomes of CheckRow.
const (
	Yes       = "yes"
	No        = "no"
	CantTell  = "unknown"
	NotStated = "not_stated"
)

// A CheckRow is one check or one of the five facts in words. Renderer.Check and
// Renderer.Fact make it.
type CheckRow struct {
	ID      string
	Outcome string // Yes, No, CantTell or NotStated
	Tone    string // good, bad, warn or calm: bad only for what is proven wrong
	Title   string // the question
	Answer  string // "Yes", "No", "Could not check", "Not stated"
	Text    string // one sentence
	More    bool   // Text says more than Answer does
	Detail  string // technical, English; shown in the technical details only
}

// A Finding is what a report says of one of the five facts: authentic, control,
// known, current, awarded.
type Finding struct {
	ID, Outcome, Reason string
	Value               string    // how control was shown; the registry that knows the issuer
	Name                string    // the issuer's name in the registry
	At                  time.Time // when the registry was read
}

// A VerdictBox is a verdict in words. Renderer.Verdict and Renderer.Bundle make it.
type VerdictBox struct {
	Kind  string // as in BadgeCard.Verdict, or empty
	Tone  string // good, bad, warn or calm
	Title string
	Text  string
}
