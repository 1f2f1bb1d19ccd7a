package vc

import "time"

// A Model is a version of the W3C Verifiable Credentials Data Model.
type Model int

// The versions. Only the first context tells them apart (specs A3.1).
const (
	ModelUnknown Model = iota
	Model11
	Model20
)

// A Credential is the content of a verifiable credential, read from JSON. Its
// fields are for display; Document.Claims stays the source of truth.
type Credential struct {
	Context []string // the URLs of @context in order; "" stands for an inline context
	Model   Model
	VCT     string // type of an SD-JWT VC, which defines its own claims; else ""
	ID      string
	Types   []string

	Name, Description Text
	Image             *Image
	Issuer            Profile
	ValidFrom         Moment // validFrom or issuanceDate
	ValidUntil        Moment // validUntil or expirationDate
	AwardedDate       Moment
	Subject           Subject
	Evidence          []Evidence
	Endorsements      []*Document // embedded and JWT endorsements, each parsed as a document
	Contained         []*Document // credentials in a CLR, in order (specs C3)
	Partial           bool        // the CLR is not the learner's full record (specs C2)
	Resources         []RelatedResource
	Status            []Status
	Schemas           []SchemaRef
	Refresh           []Service
	TermsOfUse        []Service
	Further           []Statement // statements of extensions (specs B1.11)

	Value *Value // the credential's JSON object
}

// Badge reports whether the credential is an Open Badge 3.0, or the 3.0 view of an
// earlier one.
func (c *Credential) Badge() bool {
	return has(c.Types, "OpenBadgeCredential") || has(c.Types, "AchievementCredential")
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// Awarded returns the award date: awardedDate, else the start of validity (specs
// A3.3).
func (c *Credential) Awarded() Moment {
	if !c.AwardedDate.IsZero() {
		return c.AwardedDate
	}
	return c.ValidFrom
}

// A Moment is a date and time as written, together with its meaning.
type Moment struct {
	Text string    // as written; empty when absent
	Time time.Time // at the written offset; zero when absent or unreadable
	// Day reports that the text has no time of day. Time is then the day's start in
	// UTC.
	Day bool
	// Zoneless reports that the text has no time zone. UTC is assumed (specs
	// A2.16).
	Zoneless bool
}

// IsZero reports whether the moment is absent.
func (m Moment) IsZero() bool { return m.Text == "" }

// An Image is a picture, given by URL or data URI.
type Image struct {
	ID      string
	Caption Text
}

// A Service is an object with only id and type defined by the standard, such as
// refreshService and termsOfUse.
type Service struct {
	ID, Type string
	Value    *Value
}

// A Profile is an issuer, creator or assessor (Open Badges 3.0 Profile).
type Profile struct {
	ID, URL, Phone, Email string
	Types                 []string
	Name, Description     Text
	Image                 *Image
	Address               string // joined into one line
	Official              string
	ParentOrg             *Profile
	OtherIdentifiers      []Identifier
	Endorsements          []*Document
	Value                 *Value // nil when the issuer is a bare URL
}

// An Identifier is an IdentifierEntry.
type Identifier struct{ Identifier, Type string }

// A Subject is the person the credential is about, with their achievement
// (AchievementSubject).
type Subject struct {
	ID            string
	Name          Text // the person's name by the credential's own word
	Types         []string
	Identifiers   []Identity
	Achievement   *Achievement
	Achievements  []*Achievement // a CLR's achievements
	Associations  []Association  // a CLR's associations
	ActivityStart Moment
	ActivityEnd   Moment
	CreditsEarned string
	Image         *Image
	LicenseNumber string
	Narrative     Text // Markdown
	Results       []Result
	Role, Term    Text
	Source        *Profile
	Value         *Value
}

// An Identity is an IdentityObject: an identifier, plain or hashed.
type Identity struct {
	Hashed bool
	Hash   string // identityHash: alg$hex, or the plain identifier
	Type   string // identityType
	Salt   string
}

// An Achievement is what was achieved (BadgeClass in Open Badges 2.0).
type Achievement struct {
	ID                 string
	Types              []string
	Name, Description  Text
	CriteriaID         string
	CriteriaNarrative  Text // Markdown
	AchievementType    string
	Alignments         []Alignment
	Creator            *Profile
	CreditsAvailable   string
	Endorsements       []*Document
	FieldOfStudy       Text
	HumanCode          string
	Image              *Image
	InLanguage         string
	OtherIdentifiers   []Identifier
	Related            []Related
	ResultDescriptions []ResultDescription
	Specialization     Text
	Tags               []string
	Version            string
	Value              *Value
}

// An Alignment ties an achievement to a skill or framework.
type Alignment struct {
	TargetName                                         Text
	TargetURL, TargetCode, TargetFramework, TargetType string
	TargetDescription                                  Text
}

// A Related links to another achievement.
type Related struct {
	ID         string
	Types      []string
	InLanguage string
	Version    string
}

// A Result is an assessment result. Always show it together with its Status (specs
// A2.6).
type Result struct {
	ResultDescription, AchievedLevel string // ids in Achievement.ResultDescriptions
	Status, Value                    string
	Alignments                       []Alignment
}

// A ResultDescription explains the values of a Result.
type ResultDescription struct {
	ID                           string
	Name                         Text
	ResultType                   string
	AllowedValues                []string
	RequiredLevel, RequiredValue string
	ValueMin, ValueMax           string
	Levels                       []RubricLevel
	Alignments                   []Alignment
}

// A RubricLevel is a RubricCriterionLevel.
type RubricLevel struct {
	ID                string
	Name, Description Text
	Level, Points     string
	Alignments        []Alignment
}

// An Evidence is a piece of evidence. Its ID is fetched only on request.
type Evidence struct {
	ID                           string
	Types                        []string
	Name, Narrative, Description Text
	Genre, Audience              Text
}
