package vc

// A Form says how a document is secured.
type Form string

// The forms.
const (
	Embedded Form = "embedded" // one or more proofs inside the JSON
	JWT      Form = "vc-jwt"   // compact JWS, as in Open Badges 3.0 and VC 1.1
	JOSEVC   Form = "vc+jwt"   // compact JWS, as in VC-JOSE-COSE
	// SDJWTVCDM and SDJWTVC are SD-JWTs: what they hold can be shown in part. The
	// one holds a credential of W3C's data model, the other claims of its own.
	SDJWTVCDM Form = "vc+sd-jwt"
	SDJWTVC   Form = "dc+sd-jwt"
	COSEVC    Form = "vc+cose"   // COSE_Sign1, as in VC-JOSE-COSE
	Unsigned  Form = "unsigned"  // nothing secures it
	Hosted    Form = "ob-hosted" // Open Badges 0.5 to 2.0 whose truth is at an address
	Signed    Form = "ob-signed" // Open Badges 1.0 to 2.0 as a JWS
)

// Legacy reports whether the form is one of Open Badges before 3.0.
func (f Form) Legacy() bool { return f == Hosted || f == Signed }

// A Document is one credential or presentation exactly as it was received.
type Document struct {
	Raw  []byte // the bytes that were signed, as received; never re-serialised
	Form Form
	// Claims is the JSON inside: the whole of Raw, or the credential in a
	// JWT's payload (below vc or vp in the shape of data model 1.1), or an
	// SD-JWT's with what is disclosed.
	Claims       *Value
	Credential   *Credential   // set for a credential
	Presentation *Presentation // set for a presentation
	Proofs       []Proof
	SD           *SDJWT // set for the forms SDJWTVCDM and SDJWTVC
	// Version is the Open Badges version of a legacy form: 0.5, 1.0, 1.1, 2.0.
	Version string
	// Contexts are JSON-LD contexts that are not embedded in the program but
	// were kept beside the document when it was imported, by URL.
	Contexts map[string][]byte
	// Schemas are the schemas that the document names and that were kept beside
	// it, by URL.
	Schemas map[string][]byte
	// Problems are departures from the data model that parsing tolerated and
	// check format reports, e.g. a missing member. They make it fail.
	Problems []Problem
	// Remarks are departures that leave no doubt about what is meant. They
	// change no verdict.
	Remarks []Problem
}

// A Problem is a departure from the data model.
type Problem struct {
	Reason Reason `json:"reason"`
	Detail string `json:"detail,omitempty"` // plain words, naming the member
	// Strict: the standard forbids it, though it leaves no doubt about what is
	// meant. To programs that ask for no more than the standard says, it is an error.
	Strict bool `json:"strict,omitempty"`
}

// A Presentation is a holder's set of credentials for a verifier.
type Presentation struct {
	ID      string
	Context []string
	Types   []string
	Holder  string
	// Documents are the credentials in order; an enveloped one is already
	// taken out of its envelope.
	Documents []*Document
	Value     *Value
}
