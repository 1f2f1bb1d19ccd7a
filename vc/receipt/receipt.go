package receipt

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"backpack/vc"
)

// Type is the type of a receipt, in addition to VerifiableCredential.
const Type = "VerificationReceipt"

// Limits of a receipt.
const (
	MaxResults = 1_000
	maxText    = 300 // characters of a badge's text
	maxMembers = 100 // facts, checks and lists in one result
)

// A Receipt is the content of a receipt.
type Receipt struct {
	ID     string    // a URN
	Issuer string    // the service's DID
	At     time.Time // when it was written
	Record
}

// A Record is the statement in a receipt.
type Record struct {
	// Origin is the address of the service, as it claims.
	Origin string `json:"checkedBy"`
	// Software is the program with its version.
	Software string `json:"software,omitempty"`
	// Occasion is one of the Occasion constants.
	Occasion string   `json:"occasion"`
	Results  []Result `json:"results"`
}

// Occasions of a check.
const (
	OnRequest = "request"  // a visitor uploaded it
	OnShow    = "show"     // a learner shared it by link
	OnKeeping = "backpack" // its holder checked it in the backpack
)

// A Result is the finding about a badge or a presentation.
type Result struct {
	SHA256     string `json:"sha256"`               // of the badge's bytes as received
	FileSHA256 string `json:"fileSha256,omitempty"` // of the file around it, such as an image
	Within     string `json:"within,omitempty"`     // SHA-256 of the presentation around it
	ID         string `json:"id,omitempty"`
	Issuer     string `json:"issuer,omitempty"` // id
	Title      string `json:"title,omitempty"`
	Kind       string `json:"kind,omitempty"` // such as "Open Badges 3.0"

	At      time.Time  `json:"at"`
	Verdict vc.Verdict `json:"verdict"`
	Facts   []Finding  `json:"facts,omitempty"` // the five facts
	Checks  []Finding  `json:"checks,omitempty"`
	Suite   string     `json:"suite,omitempty"`
	Method  string     `json:"method,omitempty"` // verification method, or the address of a hosted badge
	Binding string     `json:"binding,omitempty"`
	Key     string     `json:"keyThumbprint,omitempty"` // RFC 7638, SHA-256
	Lists   []List     `json:"statusLists,omitempty"`
	// Challenged is set for a presentation. "none" states that the holder was not
	// challenged, so it does not show who presents it now.
	Challenged string `json:"challenge,omitempty"`
}

// A Finding is a fact or a check.
type Finding struct {
	ID      string     `json:"id"`
	Outcome vc.Outcome `json:"outcome"`
	Reason  vc.Reason  `json:"reason,omitempty"`
}

// A List is a status list that a check used.
type List struct {
	URL     string     `json:"url"`
	Purpose string     `json:"purpose,omitempty"`
	Outcome vc.Outcome `json:"outcome"`
	SHA256  string     `json:"sha256,omitempty"`
	Until   time.Time  `json:"validUntil,omitzero"`
}

// NewResult returns the result for a report on d. fileSHA256 is in hexadecimal, ""
// if the badge was not in another file.
func NewResult(d *vc.Document, fileSHA256, title, kind string, r *vc.Report, v vc.Verdict) Result {
	out := Result{SHA256: fmt.Sprintf("%x", d.Digest()), Title: short(title), Kind: kind, Verdict: v}
	if fileSHA256 != out.SHA256 {
		out.FileSHA256 = fileSHA256
	}
	if c := d.Credential; c != nil {
		out.ID, out.Issuer = short(c.ID), short(c.Issuer.ID)
	}
	if d.Presentation != nil {
		out.Challenged, out.Title = "none", "" // its only title is the file name
	}
	if r == nil {
		return out
	}
	out.At, out.Suite, out.Method, out.Binding, out.Key = r.At.UTC().Truncate(time.Second), r.Suite, short(r.Method), string(r.Binding), r.Key
	if d.Presentation == nil {
		for _, f := range r.Facts() {
			out.Facts = append(out.Facts, Finding{string(f.ID), f.Outcome, f.Reason})
		}
	}
	for _, c := range r.Checks {
		out.Checks = append(out.Checks, Finding{string(c.ID), c.Outcome, c.Reason})
	}
	for _, l := range r.Lists {
		out.Lists = append(out.Lists, List{short(l.URL), short(l.Purpose), l.Outcome, l.SHA256, l.Until.UTC().Truncate(time.Second)})
	}
	return out
}

// short truncates a badge's text and makes it valid for JSON.
func short(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if r := []rune(s); len(r) > maxText {
		return string(r[:maxText-1]) + "…"
	}
	return s
}

// terms is the second entry of @context.
const terms = `{"VerificationReceipt":"urn:backpack:receipt#VerificationReceipt",` +
	`"VerificationRecord":"urn:backpack:receipt#VerificationRecord",` +
	`"checkedBy":"urn:backpack:receipt#checkedBy",` +
	`"software":"urn:backpack:receipt#software",` +
	`"occasion":"urn:backpack:receipt#occasion",` +
	`"results":{"@id":"urn:backpack:receipt#results","@type":"@json"}}`

// description is in every receipt, for readers elsewhere.
const description = "What the service that signed this found when it checked badges, at the moments stated. " +
	"It is the word of that service. It is no badge, and says nothing about today."

// Unsigned returns the credential to sign, with the purpose assertionMethod.
func (r *Receipt) Unsigned() ([]byte, error) {
	switch {
	case r.ID == "" || r.Issuer == "" || r.At.IsZero() || len(r.Results) == 0:
		return nil, errors.New("a receipt requires an id, an issuer, a time and results")
	case len(r.Results) > MaxResults:
		return nil, fmt.Errorf("%w: more than %d results in a receipt", vc.ErrTooLarge, MaxResults)
	}
	type subject struct {
		Type string `json:"type"`
		Record
	}
	type issuer struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	out, err := json.Marshal(struct {
		Context     []json.RawMessage `json:"@context"`
		ID          string            `json:"id"`
		Type        []string          `json:"type"`
		Name        string            `json:"name"`
		Description string            `json:"description"`
		Issuer      issuer            `json:"issuer"`
		ValidFrom   string            `json:"validFrom"`
		Subject     subject           `json:"credentialSubject"`
	}{
		[]json.RawMessage{json.RawMessage(`"` + vc.ContextV2 + `"`), json.RawMessage(terms)}, r.ID, []string{"VerifiableCredential", Type},
		"Verification receipt", description, issuer{r.Issuer, "Backpack at " + host(r.Origin)},
		r.At.UTC().Format(time.RFC3339), subject{"VerificationRecord", r.Record},
	})
	if err != nil {
		return nil, fmt.Errorf("write receipt: %w", err)
	}
	return out, nil
}

// host returns the host of an origin.
func host(origin string) string {
	_, rest, ok := strings.Cut(origin, "://")
	if !ok {
		return origin
	}
	return strings.TrimSuffix(rest, "/")
}
