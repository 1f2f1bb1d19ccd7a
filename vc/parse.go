package vc

import (
	"bytes"
	"fmt"
)

// Limits of what one document may contain.
const (
	maxNesting      = 3   // documents within documents
	maxContained    = 200 // credentials in a presentation or a CLR
	maxEndorsements = 50
)

// Parse reads one credential or presentation from JSON or a compact JWS. It
// checks shape and limits, never truth, and does no I/O. The returned document
// shares no memory with b. Departures from the data model that leave it
// readable are Document.Problems. Errors wrap ErrMalformed, ErrTooLarge or, for
// JSON or a JWS that is neither credential nor presentation, ErrUnsupported.
func Parse(b []byte) (*Document, error) { return parse(bytes.TrimSpace(b), 0) }

func parse(b []byte, depth int) (*Document, error) {
	if depth > maxNesting {
		return nil, fmt.Errorf("%w: documents within documents deeper than %d", ErrTooLarge, maxNesting)
	}
	if len(b) == 0 {
		return nil, fmt.Errorf("%w: there is nothing in it", ErrMalformed)
	}
	if b[0] == '{' || b[0] == '[' || b[0] == '"' {
		v, err := ParseJSON(b)
		if err != nil {
			return nil, err
		}
		return parseValue(v, depth)
	}
	return parseJWT(b, depth)
}

// parseValue reads a document from JSON that was parsed already; its bytes are
// those of v as written.
func parseValue(v *Value, depth int) (*Document, error) {
	if v.Is(String) { // a JWT as a string, as presentations contain them
		return parse([]byte(v.Text()), depth)
	}
	if !v.Is(Object) {
		return nil, fmt.Errorf("%w: a badge is a JSON object", ErrUnsupported)
	}
	if inner, ok, err := envelope(v); ok || err != nil {
		if err != nil {
			return nil, err
		}
		return parse(inner, depth+1)
	}
	d := &Document{Raw: []byte(v.Raw()), Form: Unsigned, Claims: v}
	if d.Proofs = parseProofs(v.Get("proof"), d); len(d.Proofs) > 0 || v.Get("proof") != nil {
		d.Form = Embedded
	}
	return d, d.readContent(depth)
}

// readContent reads the credential or presentation that Claims is.
func (d *Document) readContent(depth int) error {
	types := d.Claims.Get("type").Strs()
	if types == nil {
		types = d.Claims.Get("@type").Strs()
	}
	switch {
	case has(types, "VerifiablePresentation"):
		return d.readPresentation(depth)
	case has(types, "VerifiableCredential"):
		return d.readCredential(depth)
	}
	return fmt.Errorf("%w: neither a verifiable credential nor a presentation", ErrUnsupported)
}

func (d *Document) problem(r Reason, format string, a ...any) {
	if len(d.Problems) < 20 {
		d.Problems = append(d.Problems, Problem{r, fmt.Sprintf(format, a...)})
	}
}

// readPresentation reads a presentation and what it contains.
func (d *Document) readPresentation(depth int) error {
	v := d.Claims
	p := &Presentation{ID: v.Get("id").Str(), Context: contextURLs(v), Types: v.Get("type").Strs(), Value: v}
	if h := v.Get("holder"); h.Is(Object) {
		p.Holder = h.Get("id").Str()
	} else {
		p.Holder = h.Str()
	}
	d.Presentation = p
	d.checkContexts(p.Context)
	items := v.Get("verifiableCredential").List()
	if len(items) > maxContained {
		return fmt.Errorf("%w: more than %d credentials in one presentation", ErrTooLarge, maxContained)
	}
	for i, item := range items {
		inner, err := parseValue(item, depth+1)
		if err != nil {
			return fmt.Errorf("credential %d of the presentation: %w", i+1, err)
		}
		p.Documents = append(p.Documents, inner)
	}
	return nil
}

// contextURLs returns the URLs of @context in order; "" stands for anything
// that is no URL.
func contextURLs(v *Value) []string {
	var out []string
	for _, c := range v.Get("@context").List() {
		out = append(out, c.Str())
	}
	return out
}

// parseProofs reads one or many proofs (Data Integrity 1.0, 2.1).
func parseProofs(v *Value, d *Document) []Proof {
	var out []Proof
	for _, x := range v.List() {
		if !x.Is(Object) {
			d.problem(ReasonMalformed, "a proof is not an object")
			continue
		}
		out = append(out, Proof{
			ID: x.Get("id").Str(), Type: x.Get("type").Str(), Cryptosuite: x.Get("cryptosuite").Str(),
			Created: x.Get("created").Str(), Expires: x.Get("expires").Str(),
			VerificationMethod: verificationMethod(x), Purpose: Purpose(x.Get("proofPurpose").Str()),
			ProofValue: x.Get("proofValue").Str(), JWS: x.Get("jws").Str(),
			Domain: x.Get("domain").Strs(), Challenge: x.Get("challenge").Str(), Previous: x.Get("previousProof").Strs(), Value: x,
		})
	}
	return out
}

// verificationMethod returns the method's URL, also of one that is embedded:
// the key in it is never used, only its name.
func verificationMethod(proof *Value) string {
	m := proof.Get("verificationMethod")
	if m.Is(Object) {
		return m.Get("id").Str()
	}
	return m.Str()
}
