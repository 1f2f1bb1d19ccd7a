package vc

import (
	"context"
	"time"
)

// A Config holds what a Verifier works with. NewVerifier refuses a missing
// Keys, Fetch or Now, and two suites or checkers with one name.
type Config struct {
	Suites   []Suite
	Keys     KeyResolver
	Statuses []StatusChecker
	Schemas  SchemaValidator // nil: no schema is checked
	Legacy   LegacyVerifier  // nil: Open Badges before 3.0 are undetermined
	Fetch    Fetcher
	Now      func() time.Time
	Skew     time.Duration // allowed clock difference for moments in the future
}

// A LegacyVerifier verifies documents of the forms Hosted and Signed by the
// rules of their own time (specs B).
type LegacyVerifier interface {
	VerifyLegacy(ctx context.Context, d *Document, opt Options) (*Report, error)
}

// Options say what is asked of one verification.
type Options struct {
	// Recipients are identifiers that the asking person is known to control:
	// e-mail addresses and DIDs. Empty: check recipient does not apply.
	Recipients []string
	// Challenge and Domain are what a presentation must have been made for;
	// empty means that none was asked for.
	Challenge, Domain string
	// Offline forbids every fetch: what would need one is Unknown.
	Offline bool
	// NoRefresh skips step 3.
	NoRefresh bool
	// Fresh asks for status lists and documents that no cache has answered.
	Fresh bool
}
