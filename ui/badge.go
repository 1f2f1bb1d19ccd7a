package ui

import "time"

// A BadgeCard is a badge in a grid or a list.
type BadgeCard struct {
	ID        string
	Image     string // path of the picture, or its data: address (PNG, JPEG, GIF, WebP or SVG); "" for none
	ImageMark string // ImageBrought or ImageOpen; "" if the picture is the badge's own
	Title     string
	Issuer    string // the name that the issuer gives itself
	Domain    string // the host in the issuer's address; "" for none
	Awarded   time.Time
	Expires   time.Time // zero: no expiry date, or EndHidden
	EndHidden bool      // the holder may have withheld the expiry date
	Verdict   string    // one of Verdicts
	Inside    string    // the gravest verdict on a record's content if graver than Verdict, else ""
	Skills    []string
	Sample    bool // a sample badge: it proves nothing
	Mine      bool // awarded to an address that the learner has proved
	Chosen    bool // selected in a form
}

// Values of BadgeCard.ImageMark. The text "picture.<mark>" accompanies the
// picture everywhere.
const (
	ImageBrought = "brought" // the signature does not cover the picture
	ImageOpen    = "open"    // it is unknown whether the signature covers the picture
)

// A BadgeView is a badge in full, for its holder, an employer or any other
// checker. Strings are untrusted text unless stated otherwise. Fields with names
// that end in MD are Markdown; pages show the first 16 KiB.
type BadgeView struct {
	BadgeCard
	TitleLang       string // language of Title; "" if not stated
	Form            string // "Open Badges 3.0", "Open Badges 2.0", "Verifiable credential"
	Generic         bool   // neither a badge nor a record: only Claims are known
	Description     Words
	AchievementType string // in words, e.g. "Certificate"
	RecipientName   Words  // the recipient's name, as the badge states it
	RecipientOnly   bool   // RecipientName is all that identifies the recipient
	Recipient       string // the recipient's address or identifier in the badge; "" for none
	RecipientHidden bool   // the badge identifies its recipient by a hash only
	RecipientKey    bool   // the badge identifies its recipient by a key only
	From            IssuerView
	Creator         *IssuerView // the designer of the achievement, if not the issuer
	Source          *IssuerView // the assessor
	ValidFrom       time.Time   // zero if it equals Awarded
	CriteriaMD      Words       // Markdown
	CriteriaURL     string
	NarrativeMD     Words       // the work of this learner; Markdown
	Alignments      []SkillView // skills and framework items
	Tags            []string
	Results         []ResultView
	Gradings        []ResultView // possible results that the badge does not state
	Evidence        []EvidenceView
	Endorsements    []EndorsementView // of the badge and its achievement; About has the others
	Claims          []Statement       // of a generic credential: everything it claims
	Record          bool              // a learner's record with several achievements
	Partial         bool              // of a record: it declares itself incomplete
	Tree            []BranchView      // of a record
	Contained       []ContainedView   // of a record
	Facts           []Fact            // further statements; Label is one of the Fact… constants
	Statements      []Statement       // everything else the badge states
	About           []AboutView       // the issuer, creator, source and parent organisation
	Box             VerdictBox        // Box.Kind equals Verdict
	Sure            []CheckRow        // the five facts, in their order
	Then            *ThenView         // an earlier check, if the badge held then and this is not confirmed now
	Listing         *ListingForm      // nil unless the issuer can be added to a list
	Checks          []CheckRow
	CheckedAt       time.Time
	Kept            bool // the check material can be downloaded
	Part            bool // the holder may have withheld a part
	Newer           bool // this is a newer version that the issuer published
	Technical       []Fact
	Warnings        []string // remarks that do not affect the verdict; technical
}

// Labels of BadgeView.Facts. The catalogue's keys are "fact.<label>".
const (
	FactField          = "field" // field of study
	FactSpecialization = "specialization"
	FactCredits        = "credits"
	FactCreditsEarned  = "credits_earned"
	FactLicense        = "license"
	FactRole           = "role"
	FactTerm           = "term"
	FactActivity       = "activity" // the period in which it was earned
	FactLanguage       = "language"
	FactCode           = "code"
	FactVersion        = "version"
	FactName           = "name"    // the badge's own name, if it differs from the achievement's
	FactAward          = "award"   // the description of the award itself
	FactPicture        = "picture" // the caption of the picture
	FactOther          = "other"   // in the issuer's own words
)

// An IssuerView is an issuer, creator or endorser.
type IssuerView struct {
	Name   string
	Domain string // host in its address, in ASCII; shown beside the name
	// Confirmed is the evidence that the issuer made the badge. The catalogue's
	// key is "issuer.<confirmed>".
	Confirmed string
	Known     []KnownView // the registries that list it; never taken from the badge
	Ref       string      // its page is /issuers/<Ref>; "" for none
	Key       string      // thumbprint of the key that sealed the badge; technical
}

// Title returns the name in a registry, which counts as confirmed, or "".
func (i IssuerView) Title() string {
	if len(i.Known) > 0 {
		return i.Known[0].Name
	}
	return ""
}

// A KnownView is a registry's entry for an issuer.
type KnownView struct {
	Registry, Name, URL string
	At                  time.Time // when the registry was read; zero for a local file
	Old                 bool      // a later attempt to read the registry failed
}

// Values of IssuerView.Confirmed.
const (
	IssuerByDomain     = "domain"      // the domain lists the key or serves the badge
	IssuerByKey        = "key"         // the issuer is a bare key that nothing outside the badge identifies
	IssuerNotConfirmed = "unconfirmed" // nothing links the key to the issuer, or the domain denies the link
	IssuerUnknown      = "unknown"     // the issuer's domain did not answer
	IssuerRecorded     = "recorded"    // an older badge that another backpack checked and recorded
	IssuerSample       = "sample"      // the built-in sample issuer
	IssuerSelf         = "self"        // self-asserted: the recipient awarded it
)

// A SkillView is a skill or framework item that a badge aligns to.
type SkillView struct {
	Name, Description    Words
	Code, Framework, URL string
	Type                 string // in words
}

// A ResultView is a result of an assessment. It is always shown with its status
// (specs A2.6).
type ResultView struct {
	Name    Words
	Kind    string // of result, in words
	Value   string // "87", "B+"
	Status  string // Completed, Failed, InProgress, …; "" if not stated
	Range   string // "0 to 100", or the allowed values in ascending order
	Strange bool   // Value is outside of Range
	Level   Words  // the rubric level achieved
	Needed  Words  // the required value or level
	Reached string // yes, no or unknown; "" if nothing was required
	Levels  []LevelView
	Skills  []SkillView
}

// Good reports whether the result favours the learner: completed, or reached if
// it has no status, and not below the requirement.
func (r *ResultView) Good() bool {
	return r.Reached != "no" && (r.Status == "Completed" || r.Status == "" && r.Reached == "yes")
}

// Bad reports whether the result is failed or below the requirement.
func (r *ResultView) Bad() bool { return r.Status == "Failed" || r.Reached == "no" }

// A LevelView is a level of a rubric.
type LevelView struct {
	Name, Description  Words
	Level, Points      string
	Achieved, Required bool
	Skills             []SkillView
}

// An EvidenceView is a piece of evidence. Its address is shown but never loaded.
type EvidenceView struct {
	Name, Description, Genre, Audience Words
	NarrativeMD                        Words // Markdown
	URL                                string
	Embedded                           bool // the badge contains it as data
	Statements                         []Statement
}

// An EndorsementView is an endorsement of a part of a badge.
type EndorsementView struct {
	From     IssuerView
	Title    Words
	TextMD   Words  // Markdown
	About    string // badge, achievement, issuer, … or other
	Verdict  string // as in BadgeCard
	Why      string // the reason if the verdict is not valid, in words
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

// A CheckRow is a check or one of the five facts in words, from Renderer.Check or
// Renderer.Fact.
type CheckRow struct {
	ID      string
	Outcome string // Yes, No, CantTell or NotStated
	Tone    string // good, bad, warn or calm; bad only for a proven failure
	Title   string // the question
	Answer  string // "Yes", "No", "Could not check", "Not stated"
	Text    string // one sentence
	More    bool   // Text adds to Answer
	Detail  string // technical, in English; shown in the technical details only
}

// A Finding is a report's result for one of the five facts: authentic, control,
// known, current or awarded.
type Finding struct {
	ID, Outcome, Reason string
	Value               string    // how control was proved, or the registry that lists the issuer
	Name                string    // the issuer's name in the registry
	At                  time.Time // when the registry was read
}

// A VerdictBox is a verdict in words, from Renderer.Verdict, Renderer.Bundle and
// the like.
type VerdictBox struct {
	Kind  string // as in BadgeCard.Verdict, or empty
	Tone  string // good, bad, warn or calm
	Title string
	Text  string
}
