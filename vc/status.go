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

// A StatusResult is a status list's statement about one credential.
type StatusResult struct {
	Outcome Outcome // Passed: not set. Failed: set; see Reason. Unknown: could not be checked.
	Reason  Reason  // revoked, suspended, status_message, or the reason for Unknown
	Purpose string  // revocation, suspension, refresh, message or custom
	Detail  string  // text from the list: a revocation reason or a status message
	List    string  // URL of the list
	SHA256  string  // digest of the list as served, in hexadecimal; "" if unreadable
	// Until is the end of the list's validity; zero when not stated.
	Until time.Time
}

// A StatusChecker looks up statuses.
type StatusChecker interface {
	// Types lists the values of Status.Type that it supports.
	Types() []string
	// CheckStatus looks up s for credential c. It uses v to verify a status list
	// that is itself a credential. A failure of someone else's server is not an
	// error but a result with Outcome Unknown.
	CheckStatus(ctx context.Context, v *Verifier, c *Credential, s Status) (StatusResult, error)
}
