package vc

import (
	"errors"
	"fmt"
)

// Errors of this package and of the packages below it. They are wrapped with
// context; test for them with errors.Is.
var (
	ErrMalformed   = errors.New("malformed")                  // the bytes violate their format
	ErrUnsupported = errors.New("not supported")              // well-formed, but of an unknown kind
	ErrTooLarge    = errors.New("too large")                  // exceeds a limit of size, depth or count
	ErrTooComplex  = errors.New("too complex")                // canonicalisation exceeded its work budget
	ErrSignature   = errors.New("signature is not valid")     // this key did not sign this document
	ErrTerms       = errors.New("not covered by the proof")   // JSON-LD would drop part of the document
	ErrContext     = errors.New("unknown JSON-LD context")    // neither embedded nor stored with the document
	ErrNotFound    = errors.New("not found")                  // no such thing
	ErrUnreachable = errors.New("could not be reached")       // no answer from the network in time
	ErrForbidden   = errors.New("address may not be fetched") // the fetcher refuses the address
)

// Permanent failures. Asking again does not help; only the server's operator or the
// URL's author can fix them.
var (
	ErrNoHost  = fmt.Errorf("%w: no such host", ErrUnreachable)
	ErrRefused = fmt.Errorf("%w: connection refused", ErrUnreachable)
	ErrPort    = fmt.Errorf("%w: only https on port 443 is allowed", ErrForbidden)
	ErrPrivate = fmt.Errorf("%w: not a public address", ErrForbidden)
)

// ErrAmbiguous reports that the proof does not fix the document's structure:
// statements about one id stand in several places and could be exchanged without
// breaking the proof.
var ErrAmbiguous = errors.New("one id stands in several places")

// ErrUnsafe reports that an unknown context may not be used: it redefines, hides or
// drops terms, or refers to other contexts.
var ErrUnsafe = fmt.Errorf("%w, and it may not be used", ErrContext)

// ErrEarlyForm reports a credential whose terms come from a context that its issuer
// published before the standard defined them.
var ErrEarlyForm = fmt.Errorf("%w: it takes the standard's terms from its own context", ErrUnsafe)

// A Held is returned by a suite instead of nil for a valid proof with a
// reservation.
type Held struct {
	// Undirected reports that the proof is valid only without the direction of
	// texts.
	Undirected bool
	// Words maps members and types whose names differ from their IRIs to the names
	// in the IRIs. The proof covers the IRIs; the holder can choose the names.
	Words map[string]string
}

func (h *Held) Error() string { return "the proof is valid with a reservation" }

// ErrUndirected reports that the proof is valid under none of the ways in which
// suites cover the direction of texts, so its validity stays open.
var ErrUndirected = fmt.Errorf("%w: suites differ in how they cover the direction of texts", ErrUnsupported)

// Reasons for a missing key that do not speak against the proof.
var (
	ErrNoKeys      = errors.New("the issuer's document lists no keys")
	ErrNoKeyName   = errors.New("the proof names no key")
	ErrCertificate = errors.New("the proof names its key by a certificate")
)

// ErrPrivateCopy refuses a base proof of selective disclosure. Its holder keeps it
// and presents derived proofs instead.
var ErrPrivateCopy = errors.New("a base proof is for its holder only")
