package vc

import (
	"context"
	"time"
)

// A Status is one entry of credentialStatus.
type Status struct {
	ID    string
	Type  string
	Value *Value
}

// A StatusResult is what a status list says of one credential.
type StatusResult struct {
	Outcome Outcome // Passed: not set. Failed: set, Reason says what. Unknown: could not be checked.
	Reason  Reason  // revoked, suspended, status_message, or why it is unknown
	Purpose string  // revocation, suspension, refresh, message or custom
	Detail  string  // the list's own words: a revocation reason or a status message
	List    string  // the list's URL
	SHA256  string  // of the list as served, in hexadecimal; "" when there was none to be read
	// Until is until when the list may be used; zero when there was none.
	Until time.Time
}

// A StatusChecker looks statuses up.
type StatusChecker interface {
	// Types lists the values of Status.Type that it knows.
	Types() []string
	// CheckStatus looks s up for credential c. v verifies a status list that
	// is itself a credential. It never returns an error for what a stranger's
	// server did: that is a result with Outcome Unknown.
	CheckStatus(ctx context.Context, v *Verifier, c *Credential, s Status) (StatusResult, error)
}
