package vc

import (
	"context"
	"crypto"
	"time"
)

// A Purpose is a verification relationship (Data Integrity 1.0, 2.1 proofPurpose).
type Purpose string

// The purposes of credentials and presentations.
const (
	AssertionMethod Purpose = "assertionMethod"
	Authentication  Purpose = "authentication"
)

// A Proof is an embedded proof, or the signature of a JWT.
type Proof struct {
	ID                 string
	Type               string // DataIntegrityProof, Ed25519Signature2020, …; "JOSE" for a JWT
	Cryptosuite        string // of a DataIntegrityProof
	Created            string // as written
	Expires            string // as written
	VerificationMethod string // a JWT's kid
	Purpose            Purpose
	ProofValue         string
	JWS                string // detached JWS of some suites
	Domain             []string
	Challenge          string
	Previous           []string // previousProof

	Value *Value // the proof object; nil for a JWT
	JOSE  *JOSE  // set for a JWT
}

// SuiteID returns the name under which a Suite is registered for this proof: the
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

// JOSE is the header and the registered claims of a compact JWS.
type JOSE struct {
	Header       *Value
	Alg          string
	Kid          string
	Typ          string
	JWK          *Value // the key in the header, which proves nothing by itself
	X5C          *Value // the certificates in the header; used for SD-JWT VC only
	SigningInput []byte // header.payload, as received
	Signature    []byte
	// Registered claims of the payload; nil when absent.
	Iss, Sub, Jti *Value
	Nbf, Exp, Iat *Value
	Wrapped       bool // the credential is in the claim vc or vp (data model 1.1)
	Audience      []string
	Nonce         string
}

// A Key is a public key together with the evidence for its owner.
type Key struct {
	ID         string           // URL of the verification method; "" for a bare JWK
	Controller string           // controller according to the key's document
	Type       string           // Multikey, JsonWebKey, Ed25519VerificationKey2020, …
	Thumbprint string           // RFC 7638; "" if undefined
	Public     crypto.PublicKey // ed25519.PublicKey, *ecdsa.PublicKey, *rsa.PublicKey, or []byte for other curves
	Binding    Binding
	// Outcome reports whether the requested issuer controls the key, with Reason
	// and Detail unless Passed. It is Unknown if the deciding document is
	// unavailable. The key is usable in any case.
	Outcome Outcome
	Reason  Reason
	Detail  string
	Expires time.Time // end of the verification method; zero when not stated
	Revoked time.Time
}

// A Binding says how a key was confirmed as the issuer's (specs A5.7, D3.3).
type Binding string

// The bindings, strongest first.
const (
	BindingDID      Binding = "did"      // the issuer is a DID whose document lists the key
	BindingDocument Binding = "document" // the issuer's document at its https URL lists the key
	BindingKeySet   Binding = "key_set"  // the key set of the issuer's domain lists the key
	BindingDomain   Binding = "domain"   // the issuer's domain serves the key
	BindingNone     Binding = ""         // nothing ties the key to the issuer
)

// A KeyRequest identifies the key of a proof.
type KeyRequest struct {
	ID      string // verificationMethod or kid: a DID URL, an https URL, "#fragment" or ""
	JWK     *Value // the jwk of the JWT header, if any
	Issuer  string // id of the issuer or holder that should control the key
	Purpose Purpose
	At      time.Time // time at which the key must be neither expired nor revoked
	// Issued applies the rules of SD-JWT VC: the key comes from the first
	// certificate of X5C, the issuer's metadata or a DID document. JWK is ignored.
	Issued bool
	X5C    *Value
	// Certified reports that the proof names a certificate. If certificates are not
	// used, this explains why no key is named.
	Certified bool
}

// A KeyResolver finds keys. It returns an error only if there is no usable key. The
// error wraps ErrUnreachable, ErrUnsupported (an unknown DID method or key type),
// ErrNotFound, ErrForbidden or ErrMalformed.
type KeyResolver interface {
	ResolveKey(ctx context.Context, r KeyRequest) (*Key, error)
}

// A Suite verifies one family of proofs.
type Suite interface {
	// IDs lists the names it handles, as returned by Proof.SuiteID.
	IDs() []string
	// Verify returns nil if key made p over d, or a Held if the proof is valid with
	// a reservation. The error wraps ErrSignature if key did not make p, ErrTerms
	// if the proof does not cover every member, and ErrMalformed if p is not a
	// proof of this suite. Any other error leaves the result undecided.
	Verify(ctx context.Context, d *Document, p *Proof, key *Key) error
}

// SignOptions configures a new proof.
type SignOptions struct {
	VerificationMethod string
	Purpose            Purpose
	Created            time.Time
	Expires            time.Time // optional
	Challenge, Domain  string    // for presentations
	// Contexts are JSON-LD contexts by URL that the program does not embed, as in
	// Document.Contexts.
	Contexts map[string][]byte
	// Mandatory lists JSON pointers (RFC 6901) to parts that every derived proof
	// must disclose; for a DerivingSuite only. Include everything that limits the
	// credential, such as status and dates, or the holder can omit it.
	Mandatory []string
}

// A SigningSuite is a Suite that can make proofs.
type SigningSuite interface {
	Suite
	// Sign returns the document with a proof: a JSON object with the proof added,
	// or a compact JWS. The members of unsigned keep their bytes and order.
	Sign(ctx context.Context, unsigned []byte, opt SignOptions, s Signer) ([]byte, error)
}

// A Signer signs with one key. It never exposes the private key.
type Signer interface {
	Public() crypto.PublicKey
	// Sign returns a raw signature: 64 bytes for Ed25519, r‖s for ECDSA.
	Sign(ctx context.Context, message []byte) ([]byte, error)
}
