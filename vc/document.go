package vc

// A Form says how a document is secured.
type Form string

const (
	Embedded Form = "embedded" // one or more proofs inside the JSON
	JWT      Form = "vc-jwt"   // compact JWS, as in Open Badges 3.0 and VC 1.1
	JOSEVC   Form = "vc+jwt"   // compact JWS, as in VC-JOSE-COSE
	// SDJWTVCDM and SDJWTVC are SD-JWTs, which allow selective disclosure.
	// SDJWTVCDM contains a credential of W3C's data model, SDJWTVC other claims.
	SDJWTVCDM Form = "vc+sd-jwt"
	SDJWTVC   Form = "dc+sd-jwt"
	COSEVC    Form = "vc+cose"   // COSE_Sign1, as in VC-JOSE-COSE
	Unsigned  Form = "unsigned"  // no proof
	Hosted    Form = "ob-hosted" // Open Badges 0.5 to 2.0, verified by its URL
	Signed    Form = "ob-signed" // Open Badges 1.0 to 2.0 as a JWS
)

// Legacy reports whether the form predates Open Badges 3.0.
func (f Form) Legacy() bool { return f == Hosted || f == Signed }

// A Document is one credential or presentation exactly as received.
type Document struct {
	Raw  []byte // the signed bytes as received; never re-serialised
	Form Form
	// Claims is the JSON content: all of Raw, the credential in a JWT's payload
	// (below vc or vp in data model 1.1), or an SD-JWT's payload with its
	// disclosures.
	Claims       *Value
	Credential   *Credential   // set for a credential
	Presentation *Presentation // set for a presentation
	Proofs       []Proof
	SD           *SDJWT // set for the forms SDJWTVCDM and SDJWTVC
	// Version is the Open Badges version of a legacy form: 0.5, 1.0, 1.1 or 2.0.
	Version string
	// Contexts are JSON-LD contexts by URL that were stored with the document at
	// import because the program does not embed them.
	Contexts map[string][]byte
	// Schemas are the schemas the document names, by URL, as stored with it.
	Schemas map[string][]byte
	// Problems are departures from the data model that parsing tolerated, such as a
	// missing member. They make check format fail.
	Problems []Problem
	// Remarks are departures that leave the meaning clear. They change no verdict.
	Remarks []Problem
}

// A Problem is a departure from the data model.
type Problem struct {
	Reason Reason `json:"reason"`
	Detail string `json:"detail,omitempty"` // plain words that name the member
	// Strict reports that the standard forbids it although its meaning is clear.
	// Strict API clients treat it as an error.
	Strict bool `json:"strict,omitempty"`
}

// A Presentation is a holder's set of credentials for a verifier.
type Presentation struct {
	ID      string
	Context []string
	Types   []string
	Holder  string
	// Documents are the credentials in order, taken out of their envelopes.
	Documents []*Document
	Value     *Value
}
