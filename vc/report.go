package vc

import "time"

// An Outcome is what one check found. There is deliberately no bool.
type Outcome string

// The outcomes.
const (
	Passed  Outcome = "passed"
	Failed  Outcome = "failed"
	Unknown Outcome = "unknown" // could not be determined: offline, unsupported
	Skipped Outcome = "skipped" // does not apply
)

// A CheckID names a check.
type CheckID string

// The checks, in the order of Open Badges 3.0 §9.1.
const (
	CheckFormat      CheckID = "format"      // step 1: data model, contexts and schema
	CheckTerms       CheckID = "terms"       // step 1: the proof covers every member
	CheckSubject     CheckID = "subject"     // step 1: the subject is identified
	CheckProof       CheckID = "proof"       // step 2: the proof holds over these bytes
	CheckIssuer      CheckID = "issuer"      // step 2: the issuer controls the key
	CheckKnown       CheckID = "known"       // a registry knows the issuer; only when there is one
	CheckSchema      CheckID = "schema"      // step 1: the schemas that the credential itself names
	CheckResources   CheckID = "resources"   // what the credential seals with digests is as it was
	CheckRefresh     CheckID = "refresh"     // step 3: the issuer has no newer version
	CheckRevocation  CheckID = "revocation"  // step 4: neither revoked nor suspended
	CheckValidFrom   CheckID = "valid_from"  // step 4: validity has begun
	CheckValidUntil  CheckID = "valid_until" // step 4: validity has not ended
	CheckRecipient   CheckID = "recipient"   // step 5: awarded to the person asked about
	CheckEndorsement CheckID = "endorsement" // step 6: the endorsements' own verdicts
	CheckOriginal    CheckID = "original"    // the older badge that it was made from holds
	CheckHolder      CheckID = "holder"      // presentations, key bindings: the holder controls the key
)

// A Check is what one step found.
type Check struct {
	ID      CheckID   `json:"id"`
	Outcome Outcome   `json:"outcome"`
	Reason  Reason    `json:"reason,omitempty"` // empty when passed without remark
	Detail  string    `json:"detail,omitempty"` // technical, English
	Sub     []*Report `json:"sub,omitempty"`    // of endorsements and contained credentials
}

// A Report is what a verification found, step by step.
type Report struct {
	At     time.Time `json:"at"`
	Checks []Check   `json:"checks"`
	// Binding is how the key is known to be the issuer's, when check issuer passed.
	Binding Binding `json:"binding,omitempty"`
	// Key is the thumbprint of the issuer's key, when check issuer passed.
	Key string `json:"key,omitempty"`
	// Suite is the name of the proof that was checked: eddsa-rdfc-2022, ES256, hosted, …
	Suite string `json:"suite,omitempty"`
	// Method is the verification method or the hosted address.
	Method string `json:"method,omitempty"`
	// Lists are the status lists that check revocation looked at.
	Lists []ListSeen `json:"lists,omitempty"`
	// Known are the registries that know the issuer, when check known passed.
	Known []Listing `json:"known,omitempty"`
	// Current is the document to show in place of the one verified: the newer
	// version that step 3 found and verified, or what the address of a hosted
	// badge serves. Nil when there is none.
	Current *Document `json:"-"`
	// Schemas are the documents that check schema fetched, by address, for the
	// caller to keep as Document.Schemas. Nil when none were.
	Schemas map[string][]byte `json:"-"`
	// StatusUntil is until when the status lists that were looked into may be
	// used; zero when there were none.
	StatusUntil time.Time `json:"statusUntil,omitzero"`
	// Undirected: the proof does not cover the direction of texts, which is
	// therefore not to be shown.
	Undirected bool `json:"undirected,omitempty"`
	// Words are members and types to be shown by another name than the document
	// gives them; see Held.
	Words map[string]string `json:"words,omitempty"`
	// Sample: the proof holds with a key of the sample issuers, which everybody has.
	Sample bool `json:"sample,omitempty"`
	// Warnings are remarks that change no verdict.
	Warnings []Problem `json:"warnings,omitempty"`
}

// A ListSeen is a status list as a verification saw it.
type ListSeen struct {
	URL     string    `json:"url"`
	Purpose string    `json:"purpose,omitempty"`
	Outcome Outcome   `json:"outcome"`
	Reason  Reason    `json:"reason,omitempty"`
	SHA256  string    `json:"sha256,omitempty"` // of the list as served; "" when it could not be had
	Until   time.Time `json:"until,omitzero"`   // until when it may be used; zero: there was none
}

// A Listing is what a registry says of an issuer. All of it is the registry's
// word, none of it the badge's.
type Listing struct {
	Registry string    `json:"registry"`          // the registry's name
	Name     string    `json:"name,omitempty"`    // the issuer's name in it
	URL      string    `json:"url,omitempty"`     // the issuer's website in it
	At       time.Time `json:"at,omitzero"`       // when the registry was read
	Stale    bool      `json:"stale,omitempty"`   // it could not be read again when that was due
	Details  string    `json:"details,omitempty"` // technical: the entry's id, the chain of trust
}

// newReport returns an empty report with room for the checks of a credential.
func newReport(at time.Time) *Report { return &Report{At: at, Checks: make([]Check, 0, 16)} }

// Check returns the check called id; a missing one is Skipped.
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

// A Verdict is what to tell a person.
type Verdict string

// The verdicts, the gravest first.
const (
	Invalid      Verdict = "invalid"       // proven false: altered, or not made by the issuer
	Revoked      Verdict = "revoked"       // taken back by the issuer
	Suspended    Verdict = "suspended"     // taken back for the time being
	Expired      Verdict = "expired"       // was valid until a date now past
	NotYetValid  Verdict = "not_yet_valid" // valid from a date to come
	Undetermined Verdict = "undetermined"  // something that matters could not be checked
	// Sample is a holding seal of the sample issuers, whose keys are public.
	Sample Verdict = "sample"
	// Irregular is genuine, but not written as the standard demands: a required
	// member is missing, or has a shape that has to be guessed at.
	Irregular Verdict = "irregular"
	// AsShown is valid as far as it is shown: its holder may have left out a
	// status or the end of its validity.
	AsShown Verdict = "valid_as_shown"
	Valid   Verdict = "valid"
)

// A Policy turns facts into a verdict. Its zero value is the strictest.
type Policy struct {
	// UnsafeUnknownIssuer lets a holding proof of a key that could not be tied
	// to the issuer still count as valid.
	UnsafeUnknownIssuer bool
	// UnsafeUnknownStatus lets a status that could not be looked up count as clear.
	UnsafeUnknownStatus bool
}
