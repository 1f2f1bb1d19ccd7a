package vc

import (
	"errors"
	"fmt"
)

// The errors of this package and of those below it. They are wrapped with what
// was being done; test for them with errors.Is.
var (
	ErrMalformed   = errors.New("malformed")                  // the bytes are not what they should be
	ErrUnsupported = errors.New("not supported")              // well-formed, but of a kind we do not know
	ErrTooLarge    = errors.New("too large")                  // a limit of size, depth or number was passed
	ErrTooComplex  = errors.New("too complex")                // the work budget of canonicalisation ran out
	ErrSignature   = errors.New("signature does not hold")    // the key did not make this proof over this document
	ErrTerms       = errors.New("not covered by the proof")   // JSON-LD would drop a part of the document
	ErrContext     = errors.New("unknown JSON-LD context")    // a context that is neither embedded nor kept
	ErrNotFound    = errors.New("not found")                  // the thing asked for does not exist
	ErrUnreachable = errors.New("could not be reached")       // no answer from the network, or none in time
	ErrForbidden   = errors.New("address may not be fetched") // the fetcher refuses the address
)

// What asking again will not change, each a kind of ErrUnreachable or
// ErrForbidden: whoever runs the address can, or whoever wrote it down.
var (
	ErrNoHost  = fmt.Errorf("%w: there is no such host", ErrUnreachable)
	ErrRefused = fmt.Errorf("%w: the connection was refused", ErrUnreachable)
	ErrPort    = fmt.Errorf("%w: only https on port 443 is", ErrForbidden)
	ErrPrivate = fmt.Errorf("%w: it is not a public address", ErrForbidden)
)

// ErrAmbiguous is why the statements of a document do not tell what stands
// where in it: it says something of one id at several places, and moving that
// from one to another would leave its proof as it is.
var ErrAmbiguous = errors.New("one id stands in several places")

// ErrUnsafe is why a context that is not known may not be used: it redefines
// terms, hides or drops some, or leads to others.
var ErrUnsafe = fmt.Errorf("%w, and it may not be used", ErrContext)

// ErrEarlyForm is why a credential is not read whose words come from a context
// that its issuer published before the standard had them.
var ErrEarlyForm = fmt.Errorf("%w: it has the standard's words from a context of its own", ErrUnsafe)

// A Held is what a suite returns in place of nil for a proof that holds, when
// there is something to know about what it holds over.
type Held struct {
	// Undirected: it holds only when the direction of texts is left out.
	Undirected bool
	// Words are members and types that the document calls otherwise than their
	// own IRIs do, with what those call them: the names are the holder's to
	// choose, the IRIs are covered.
	Words map[string]string
}

func (h *Held) Error() string { return "the proof holds, with a reservation" }

// ErrUndirected is why it is open whether a proof holds: it does in none of the
// ways in which suites cover the direction of texts.
var ErrUndirected = fmt.Errorf("%w: suites differ in how they cover the direction of texts", ErrUnsupported)

// Why there is no key to check a proof with, though nothing speaks against it.
var (
	ErrNoKeys      = errors.New("the issuer's document lists no keys")
	ErrNoKeyName   = errors.New("the seal names no key")
	ErrCertificate = errors.New("the seal names its key by a certificate")
)

// ErrPrivateCopy is why a base proof of selective disclosure is refused: its
// holder alone keeps it, and shows proofs that are derived from it.
var ErrPrivateCopy = errors.New("a base proof is for its holder alone")
