package vc

import "time"

// An Outcome is the result of one check. It has more than two values on purpose.
type Outcome string

const (
	Passed  Outcome = "passed"
	Failed  Outcome = "failed"
	Unknown Outcome = "unknown" // could not be determined, e.g. offline or unsupported
	Skipped Outcome = "skipped" // not applicable
)

// A CheckID names a check.
type CheckID string

// The checks, in the order of Open Badges 3.0 §9.1.
const (
	CheckFormat      CheckID = "format"      // step 1: data model, contexts and schema
	CheckTerms       CheckID = "terms"       // step 1: the proof covers every member
	CheckSubject     CheckID = "subject"     // step 1: the subject is identified
	CheckProof       CheckID = "proof"       // step 2: the proof is valid for these bytes
	CheckIssuer      CheckID = "issuer"      // step 2: the issuer controls the key
	CheckKnown       CheckID = "known"       // a registry lists the issuer; only if a registry is configured
	CheckSchema      CheckID = "schema"      // step 1: schemas named by the credential itself
	CheckResources   CheckID = "resources"   // resources match the digests in the credential
	CheckRefresh     CheckID = "refresh"     // step 3: the issuer has no newer version
	CheckRevocation  CheckID = "revocation"  // step 4: neither revoked nor suspended
	CheckValidFrom   CheckID = "valid_from"  // step 4: validity has begun
	CheckValidUntil  CheckID = "valid_until" // step 4: validity has not ended
	CheckRecipient   CheckID = "recipient"   // step 5: awarded to the person asked about
	CheckEndorsement CheckID = "endorsement" // step 6: the endorsements' own verdicts
	CheckOriginal    CheckID = "original"    // the older badge from which this one was made is valid
	CheckHolder      CheckID = "holder"      // presentations and key bindings: the holder controls the key
)

// A Check is the result of one step.
type Check struct {
	ID      CheckID   `json:"id"`
	Outcome Outcome   `json:"outcome"`
	Reason  Reason    `json:"reason,omitempty"` // "" if passed without a remark
	Detail  string    `json:"detail,omitempty"` // technical, English
	Sub     []*Report `json:"sub,omitempty"`    // reports on endorsements or contained credentials
}

// A Report is the result of a verification, step by step.
type Report struct {
	At     time.Time `json:"at"`
	Checks []Check   `json:"checks"`
	// Binding says how the key was confirmed as the issuer's, if check issuer
	// passed.
	Binding Binding `json:"binding,omitempty"`
	// Key is the thumbprint of the issuer's key, if check issuer passed.
	Key string `json:"key,omitempty"`
	// Suite names the checked proof: eddsa-rdfc-2022, ES256, hosted, …
	Suite string `json:"suite,omitempty"`
	// Method is the verification method, or the URL of a hosted badge.
	Method string `json:"method,omitempty"`
	// Lists are the status lists read by check revocation.
	Lists []ListSeen `json:"lists,omitempty"`
	// Known are the registries that list the issuer, if check known passed.
	Known []Listing `json:"known,omitempty"`
	// Current is the document to show instead of the verified one: the newer
	// version found and verified in step 3, or the badge served by a hosted badge's
	// URL. It is nil if there is none.
	Current *Document `json:"-"`
	// Schemas are the schemas fetched by check schema, by URL, for the caller to
	// store as Document.Schemas. It is nil if none were fetched.
	Schemas map[string][]byte `json:"-"`
	// StatusUntil is the earliest expiry of the status lists read; zero if there
	// were none.
	StatusUntil time.Time `json:"statusUntil,omitzero"`
	// Undirected reports that the proof does not cover the direction of texts.
	// Ignore it when showing them.
	Undirected bool `json:"undirected,omitempty"`
	// Words maps members and types to the names under which to show them; see Held.
	Words map[string]string `json:"words,omitempty"`
	// Sample reports a valid proof by the public key of the sample issuers.
	Sample bool `json:"sample,omitempty"`
	// Warnings are remarks that change no verdict.
	Warnings []Problem `json:"warnings,omitempty"`
}

// A ListSeen is a status list as read by a verification.
type ListSeen struct {
	URL     string    `json:"url"`
	Purpose string    `json:"purpose,omitempty"`
	Outcome Outcome   `json:"outcome"`
	Reason  Reason    `json:"reason,omitempty"`
	SHA256  string    `json:"sha256,omitempty"` // digest of the list as served; "" if unavailable
	Until   time.Time `json:"until,omitzero"`   // end of its validity; zero when not stated
}

// A Listing is a registry's entry for an issuer. All of it is the registry's word,
// not the badge's.
type Listing struct {
	Registry string    `json:"registry"`          // the registry's name
	Name     string    `json:"name,omitempty"`    // the issuer's name in the registry
	URL      string    `json:"url,omitempty"`     // the issuer's website in the registry
	At       time.Time `json:"at,omitzero"`       // time at which the registry was read
	Stale    bool      `json:"stale,omitempty"`   // the registry was due for an update that failed
	Details  string    `json:"details,omitempty"` // technical: id of the entry, chain of trust
}

// newReport returns an empty report with capacity for a credential's checks.
func newReport(at time.Time) *Report { return &Report{At: at, Checks: make([]Check, 0, 16)} }

// Check returns the check called id. A missing check is Skipped.
func (r *Report) Check(id CheckID) Check {
	if r != nil {
		for _, c := range r.Checks {
			if c.ID == id {
				return c
			}
		}
	}
	return Check{ID: id, Outcome: Skipped, Reason: ReasonNotRun}
}

// A Verdict sums up a report for a person.
type Verdict string

// The verdicts, worst first.
const (
	Invalid      Verdict = "invalid"       // proven false: altered, or not made by the issuer
	Revoked      Verdict = "revoked"       // revoked by the issuer
	Suspended    Verdict = "suspended"     // suspended by the issuer
	Expired      Verdict = "expired"       // valid until a date in the past
	NotYetValid  Verdict = "not_yet_valid" // valid from a date in the future
	Undetermined Verdict = "undetermined"  // an essential check could not be made
	// Sample is a valid proof by a sample issuer, whose keys are public.
	Sample Verdict = "sample"
	// Irregular is authentic but violates the standard: a required member is
	// missing, or its form leaves its meaning to guesswork.
	Irregular Verdict = "irregular"
	// AsShown is valid as far as it is shown: the holder may have left out a status
	// or an end date.
	AsShown Verdict = "valid_as_shown"
	Valid   Verdict = "valid"
)

// A Policy turns checks into a verdict. The zero value is the strictest.
type Policy struct {
	// UnsafeUnknownIssuer accepts a valid proof whose key is not confirmed as the
	// issuer's.
	UnsafeUnknownIssuer bool
	// UnsafeUnknownStatus accepts a badge whose status is unavailable.
	UnsafeUnknownStatus bool
}
