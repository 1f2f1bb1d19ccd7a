package vc

import (
	"bytes"
	"errors"
	"fmt"
)

// Limits of one document.
const (
	maxNesting      = 3    // documents within documents
	maxContained    = 2000 // credentials in a presentation or a CLR
	maxEndorsements = 50
)

// Parse reads one credential or presentation from JSON, a compact JWS or an SD-JWT.
// It checks form and limits, not validity, and does no I/O. The document does not
// refer to b. Departures from the data model that leave it readable are in
// Document.Problems. Errors wrap ErrMalformed, ErrTooLarge or, for JSON or a JWS
// that is neither a credential nor a presentation, ErrUnsupported.
func Parse(b []byte) (*Document, error) { return ParseWith(b, nil) }

// A parser reads one document and the documents inside it. depth counts the
// documents around the current one.
type parser struct {
	contained int               // credentials in presentations and CLRs so far
	open      COSEOpener        // nil if COSE is not supported
	parties   map[string]*Value // parties of the current document; see parties.go
}

// bytes reads a document from its bytes.
func (p *parser) bytes(b []byte, depth int) (*Document, error) {
	if len(b) == 0 {
		return nil, fmt.Errorf("%w: the input is empty", ErrMalformed)
	}
	if b[0] != '{' && b[0] != '[' && b[0] != '"' {
		return p.token(b, depth)
	}
	v, err := ParseJSON(b)
	if err != nil {
		return nil, err
	}
	return p.value(v, depth)
}

// token reads an SD-JWT if b contains a ~, else a compact JWS.
func (p *parser) token(b []byte, depth int) (*Document, error) {
	if bytes.IndexByte(b, '~') >= 0 {
		return p.sdjwt(b, depth)
	}
	return p.jwt(b, depth)
}

// value reads a document from parsed JSON. Its bytes are those of v as written.
func (p *parser) value(v *Value, depth int) (*Document, error) {
	if depth > maxNesting {
		return nil, fmt.Errorf("%w: documents nested deeper than %d", ErrTooLarge, maxNesting)
	}
	switch {
	case v.Is(String): // a JWT as text, as in presentations of data model 1.1
		return p.token([]byte(v.Text()), depth)
	case !v.Is(Object):
		return nil, fmt.Errorf("%w: a credential must be a JSON object", ErrUnsupported)
	}
	if inner, ok, err := envelope(v); err != nil {
		return nil, err
	} else if ok {
		d, err := p.enveloped(inner, depth)
		if err == nil && !has(contextURLs(v), ContextV2) {
			d.problem(ReasonContextOrder, "the envelope lacks the context %s, which defines it", ContextV2)
		}
		return d, err
	}
	d := &Document{Raw: []byte(v.Raw()), Form: Unsigned, Claims: v}
	if proof := v.Get("proof"); proof != nil {
		d.Form, d.Proofs = Embedded, d.readProofs(proof)
	}
	if err := p.content(d, depth); err != nil {
		return nil, err
	}
	return d, nil
}

// enveloped reads the content of an envelope, which must not be another envelope.
func (p *parser) enveloped(b []byte, depth int) (*Document, error) {
	if isCOSE(b) {
		return p.cose(b, depth)
	}
	if len(b) == 0 || b[0] != '{' {
		return p.token(b, depth)
	}
	v, err := ParseJSON(b)
	if err != nil {
		return nil, err
	}
	if _, again, _ := envelope(v); again {
		return nil, malformed("an envelope contains an envelope")
	}
	return p.value(v, depth)
}

// content reads d.Claims as a credential or presentation.
func (p *parser) content(d *Document, depth int) error {
	types := d.Claims.Get("type").Strs()
	presentation, credential := has(types, "VerifiablePresentation"), has(types, "VerifiableCredential")
	switch {
	case presentation && credential:
		return fmt.Errorf("%w: both a credential and a presentation", ErrUnsupported)
	case presentation:
		return p.presentation(d, depth)
	case !credential && !isAny(types, "OpenBadgeCredential", "AchievementCredential", "EndorsementCredential", "ClrCredential"):
		return fmt.Errorf("%w: neither a verifiable credential nor a presentation", ErrUnsupported)
	case !credential:
		d.problem(ReasonWrongType, "type does not include VerifiableCredential")
	}
	if err := p.credential(d, depth); err != nil {
		return err
	}
	if j := d.jose(); j != nil && j.Wrapped {
		d.Credential.readClaims(j)
	}
	d.checkCredential()
	return nil
}

func isAny(types []string, any ...string) bool {
	for _, t := range any {
		if has(types, t) {
			return true
		}
	}
	return false
}

func (d *Document) problem(r Reason, format string, a ...any) {
	note(&d.Problems, Problem{Reason: r, Detail: fmt.Sprintf(format, a...)})
}

// remark notes a departure from the data model whose meaning is clear.
func (d *Document) remark(r Reason, format string, a ...any) {
	note(&d.Remarks, Problem{Reason: r, Detail: fmt.Sprintf(format, a...)})
}

// strictRemark is remark for a departure that the standard forbids.
func (d *Document) strictRemark(r Reason, format string, a ...any) {
	note(&d.Remarks, Problem{Reason: r, Detail: fmt.Sprintf(format, a...), Strict: true})
}

// maxNotes limits the problems and the remarks of one document.
const maxNotes = 20

// note adds p to the list unless it is already there. Strict problems have a limit
// of their own, so harmless ones cannot displace them.
func note(list *[]Problem, p Problem) {
	same := 0
	for _, x := range *list {
		if x == p {
			return
		}
		if x.Strict == p.Strict {
			same++
		}
	}
	if same < maxNotes {
		*list = append(*list, p)
	}
}

// presentation reads a presentation and the credentials in it.
func (p *parser) presentation(d *Document, depth int) error {
	v := d.Claims
	out := &Presentation{ID: v.Get("id").Str(), Context: d.covered(), Types: v.Get("type").Strs(), Value: v}
	d.checkNulls(v)
	if h := v.Stated("holder"); h.Is(Object) {
		if out.Holder = h.Get("id").Str(); out.Holder == "" {
			d.problem(ReasonMissingMember, "holder has no id")
		}
	} else {
		out.Holder = h.Str()
	}
	if j := d.jose(); j != nil && out.Holder == "" {
		out.Holder = j.Iss.Str() // VC Data Model 1.1, 6.3.1
	}
	d.Presentation = out
	d.checkContexts(out.Context)
	var err error
	out.Documents, err = p.documents(v.Get("verifiableCredential"), depth+1)
	return err
}

// documents reads the credentials in a presentation or CLR. An unreadable one keeps
// its place and states its error; it does not affect the others.
func (p *parser) documents(v *Value, depth int) ([]*Document, error) {
	var out []*Document
	for item := range v.Each() {
		if p.contained++; p.contained > maxContained {
			return nil, tooMany("contained credentials", maxContained)
		}
		d, err := p.value(item, depth)
		if err != nil {
			d = unreadable(item, err)
		}
		out = append(out, d)
	}
	return out, nil
}

// unreadable returns a placeholder for an embedded document that could not be read.
func unreadable(v *Value, err error) *Document {
	raw := v.Raw()
	if v.Is(String) {
		raw = v.Text()
	}
	reason := ReasonMalformed
	switch {
	case errors.Is(err, ErrUnsupported):
		reason = ReasonUnsupported
	case errors.Is(err, ErrTooLarge):
		reason = ReasonTooLarge
	}
	return &Document{Raw: []byte(raw), Form: Unsigned, Claims: v, Problems: []Problem{{Reason: reason, Detail: err.Error()}}}
}

// tooMany returns the error for a document that exceeds a count limit.
func tooMany(what string, n int) error {
	return fmt.Errorf("%w: more than %d %s", ErrTooLarge, n, what)
}

// contextURLs returns the URLs of @context in order; "" stands for any other value.
func contextURLs(v *Value) []string { return urlsOf(v.Get("@context").List()) }

func urlsOf(list []*Value) []string {
	var out []string
	for _, c := range list {
		out = append(out, c.Str())
	}
	return out
}

// readProofs reads one proof or a list of proofs (Data Integrity 1.0, 2.1).
func (d *Document) readProofs(v *Value) []Proof {
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

// verificationMethod returns the method's URL. Of an embedded method only the id
// counts; its key is never used.
func verificationMethod(proof *Value) string {
	m := proof.Get("verificationMethod")
	if m.Is(Object) {
		return m.Get("id").Str()
	}
	return m.Str()
}
