package vc

import (
	"context"
	"fmt"
)

// Parse reads one credential or presentation from JSON or a compact JWS. It
// checks shape and limits, never truth, and does no I/O. The returned document
// shares no memory with b. Errors wrap ErrMalformed, ErrTooLarge or, for JSON
// or a JWS that is neither, ErrUnsupported.
func Parse(b []byte) (*Document, error) {
	return nil, fmt.Errorf("parse: %w", ErrUnsupported)
}

// A Verifier verifies documents. It is safe for concurrent use.
type Verifier struct{ cfg Config }

// NewVerifier returns a Verifier, or an error that names what cfg lacks.
func NewVerifier(cfg Config) (*Verifier, error) { return &Verifier{cfg: cfg}, nil }

// Verify runs the checks of Open Badges 3.0 §9.1 on a credential, or those of
// a presentation and of each credential in it (as Sub of check proof). It
// never returns a nil Report without an error. An error is for the caller's
// own mistakes and for a cancelled context, never for a bad credential.
func (v *Verifier) Verify(ctx context.Context, d *Document, opt Options) (*Report, error) {
	return nil, fmt.Errorf("verify: %w", ErrUnsupported)
}

// Verdict returns what p makes of the report. A nil report is Undetermined.
func (r *Report) Verdict(p Policy) Verdict { return Undetermined }

// MatchRecipient reports which of known, identifiers that a person is proven
// to control, the subject names, by id or by a plain or hashed identity
// (specs A8). weak is set when the match rests on md5 or on no salt.
func MatchRecipient(s *Subject, known []string) (match string, weak bool) { return "", false }
