package vc

import (
	"context"
	"crypto"
	"time"
)

// A Purpose is a verification relationship (Data Integrity 1.0, 2.1 proofPurpose).
type Purpose string

// The purposes that credentials and presentations use.
const (
	AssertionMethod Purpose = "assertionMethod"
	Authentication  Purpose = "authentication"
)

// A Proof is one embedded proof, or the one signature of a JWT.
type Proof struct {
	ID                 string
	Type               string // DataIntegrityProof, Ed25519Signature2020, …; "JOSE" for a JWT
	Cryptosuite        string // of a DataIntegrityProof
	Created            string // as written
	Expires            string // as written
	VerificationMethod string // a JWT's kid
	Purpose            Purpose
	ProofValue         string
	JWS                string // of the suites that carry a detached JWS
	Domain             []string
	Challenge          string
	Previous           []string // previousProof

	Value *Value // the proof object; nil for a JWT
	JOSE  *JOSE  // set for a JWT
}

// SuiteID returns the name under which a Suite registers for this proof: the
// cryptosuite of a DataIntegrityProof, "jose" for a JWT, else the type.
func (p *Proof) SuiteID() string {
	switch {
	case p.JOSE != nil:
		return "jose"
	case p.Type == "DataIntegrityProof":
		return p.Cryptosuite
	}
	return p.Type
}

// JOSE is the parsed outside of a compact JWS.
type JOSE struct {
	Header       *Value
	Alg          string
	Kid          string
	Typ          string
	JWK          *Value // the key in the header, which proves nothing by itself
	X5C          *Value // the certificates in the header, which count for an SD-JWT VC alone
	SigningInput []byte // header.payload as received
	Signature    []byte
	// The payload's registered claims; nil when absent.
	Iss, Sub, Jti *Value
	Nbf, Exp, Iat *Value
	Wrapped       bool // the credential stands in the vc or vp claim (data model 1.1)
	Audience      []string
	Nonce         string
}

// A Key is a public key and what is known of whose it is.
type Key struct {
	ID         string           // the verification method's URL; empty for a bare JWK
	Controller string           // who the key's document says controls it
	Type       string           // Multikey, JsonWebKey, Ed25519VerificationKey2020, …
	Thumbprint string           // RFC 7638, to tell keys apart by; empty when there is none
	Public     crypto.PublicKey // ed25519.PublicKey, *ecdsa.PublicKey, *rsa.PublicKey or []byte for curves only aries knows
	Binding    Binding
	// Outcome says whether the issuer asked for controls the key, with Reason
	// and Detail when not Passed. Unknown: the document that would tell could
	// not be had. The key itself is usable in all three cases.
	Outcome Outcome
	Reason  Reason
	Detail  string
	Expires time.Time // of the verification method; zero when not stated
	Revoked time.Time
}

// A Binding says how it is known that a key is the issuer's (specs A5.7, D3.3).
type Binding string

// The bindings, the strongest first.
const (
	BindingDID      Binding = "did"      // the issuer is a DID whose document lists the key
	BindingDocument Binding = "document" // the issuer's https document lists the key
	BindingKeySet   Binding = "key_set"  // the key set of the issuer's domain lists the key
	BindingDomain   Binding = "domain"   // the key is served from the issuer's domain
	BindingNone     Binding = ""         // nothing ties the key to the issuer
)

// A KeyRequest asks for the key that made a proof.
type KeyRequest struct {
	ID      string // verificationMethod or kid: a DID URL, an https URL, "#fragment" or ""
	JWK     *Value // the JWT header's jwk, if any
	Issuer  string // who should control it: the issuer's or holder's id
	Purpose Purpose
	At      time.Time // the moment to judge expiry and revocation of the key at
	// Issued asks by the rules of SD-JWT VC: the key of the first of X5C, the
	// issuer's own metadata, or a DID's document. JWK does not count then.
	Issued bool
	X5C    *Value
	// Certified: the proof names a certificate. Where that is not used, it is
	// why no key is named.
	Certified bool
}

// A KeyResolver finds keys. It returns an error only when there is no usable
// key at all: wrapping ErrUnreachable, ErrUnsupported (an unknown DID method
// or key type), ErrNotFound, ErrForbidden or ErrMalformed.
type KeyResolver interface {
	ResolveKey(ctx context.Context, r KeyRequest) (*Key, error)
}

// A Suite verifies one family of proofs.
type Suite interface {
	// IDs lists the names, as of Proof.SuiteID, that it handles.
	IDs() []string
	// Verify returns nil when key made p over d. An error that wraps
	// ErrSignature means that it did not, one that wraps ErrTerms that the
	// proof does not cover every member, ErrMalformed that the proof is no
	// proof of this suite. Any other error means that it could not be decided.
	Verify(ctx context.Context, d *Document, p *Proof, key *Key) error
}

// SignOptions says how to sign.
type SignOptions struct {
	VerificationMethod string
	Purpose            Purpose
	Created            time.Time
	Expires            time.Time // optional
	Challenge, Domain  string    // of a presentation
	// Contexts are JSON-LD contexts that are not embedded in the program, by
	// URL, as in Document.Contexts.
	Contexts map[string][]byte
	// Mandatory are JSON pointers (RFC 6901) to what every proof derived from
	// this one discloses: for a DerivingSuite only. Whatever bounds the
	// credential, such as its status and dates, belongs there, else its holder
	// can leave that out.
	Mandatory []string
}

// A SigningSuite can also make proofs.
type SigningSuite interface {
	Suite
	// Sign returns the document, a JSON object, with a proof added to it, or
	// as a compact JWS. The members of unsigned are kept as written and in order.
	Sign(ctx context.Context, unsigned []byte, opt SignOptions, s Signer) ([]byte, error)
}

// A Signer signs with one key and gives away nothing else about it.
type Signer interface {
	Public() crypto.PublicKey
	// Sign returns a raw signature: 64 bytes for Ed25519, r‖s for ECDSA.
	Sign(ctx context.Context, message []byte) ([]byte, error)
}
