package vc

import (
	"bytes"
	"errors"
	"fmt"
)

// Limits of what one document may contain.
const (
	maxNesting      = 3    // documents within documents
	maxContained    = 2000 // credentials in a presentation or a CLR
	maxEndorsements = 50
)

// Parse reads one credential or presentation from JSON, a compact JWS or an
// SD-JWT. It checks shape and limits, never truth, and does no I/O. The returned
// document shares no memory with b. Departures from the data model that leave it
// readable are Document.Problems. Errors wrap ErrMalformed, ErrTooLarge or, for
// JSON or a JWS that is neither credential nor presentation, ErrUnsupported.
func Parse(b []byte) (*Document, error) { return ParseWith(b, nil) }

// A parser reads one document and those inside it. depth is the number of
// documents around the one being read.
type parser struct {
	contained int               // credentials in presentations and CLRs so far
	open      COSEOpener        // nil: COSE is of a kind that we do not know
	parties   map[string]*Value // of the document that is being read; see parties.go
}

// bytes reads a document from its own bytes.
func (p *parser) bytes(b []byte, depth int) (*Document, error) {
	if len(b) == 0 {
		return nil, fmt.Errorf("%w: there is nothing in it", ErrMalformed)
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

// token reads a compact JWS or, where a ~ stands in it, an SD-JWT.
func (p *parser) token(b []byte, depth int) (*Document, error) {
	if bytes.IndexByte(b, '~') >= 0 {
		return p.sdjwt(b, depth)
	}
	return p.jwt(b, depth)
}

// value reads a document from JSON that was parsed already; its bytes are
// those of v as written.
func (p *parser) value(v *Value, depth int) (*Document, error) {
	if depth > maxNesting {
		return nil, fmt.Errorf("%w: documents within documents deeper than %d", ErrTooLarge, maxNesting)
	}
	switch {
	case v.Is(String): // a JWT as text, as presentations of data model 1.1 hold them
		return p.token([]byte(v.Text()), depth)
	case !v.Is(Object):
		return nil, fmt.Errorf("%w: a credential is a JSON object", ErrUnsupported)
	}
	if inner, ok, err := envelope(v); err != nil {
		return nil, err
	} else if ok {
		d, err := p.enveloped(inner, depth)
		if err == nil && !has(contextURLs(v), ContextV2) {
			d.problem(ReasonContextOrder, "the envelope lacks the context %s, which says what it is", ContextV2)
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

// enveloped reads what an envelope held, which is no envelope itself.
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
		return nil, malformed("an envelope stands in an envelope")
	}
	return p.value(v, depth)
}

// content reads the credential or presentation that d.Claims is.
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
		d.problem(ReasonWrongType, "type does not name VerifiableCredential")
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

// remark notes a departure from the data model that can be read without guessing.
func (d *Document) remark(r Reason, format string, a ...any) {
	note(&d.Remarks, Problem{Reason: r, Detail: fmt.Sprintf(format, a...)})
}

// forgive is remark for what the standard forbids.
func (d *Document) forgive(r Reason, format string, a ...any) {
	note(&d.Remarks, Problem{Reason: r, Detail: fmt.Sprintf(format, a...), Strict: true})
}

// maxNotes bounds what is told of one document, of each kind.
const maxNotes = 20

// note adds p to a list that does not have it. What the standard forbids is
// counted apart, so that nothing harmless crowds it out.
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

// presentation reads a presentation and what it contains.
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

// documents reads credentials inside a presentation or a CLR. One that cannot
// be read stays in its place and says why; it spoils none of the others.
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

// unreadable stands in for a document inside another that could not be read.
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

// tooMany is the error of a document that contains more than it may.
func tooMany(what string, n int) error {
	return fmt.Errorf("%w: more than %d %s", ErrTooLarge, n, what)
}

// contextURLs returns the URLs of @context in order; "" stands for anything
// that is no URL.
func contextURLs(v *Value) []string { return urlsOf(v.Get("@context").List()) }

func urlsOf(list []*Value) []string {
	var out []string
	for _, c := range list {
		out = append(out, c.Str())
	}
	return out
}

// readProofs reads one or many proofs (Data Integrity 1.0, 2.1).
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

// verificationMethod returns the method's URL, also of one that is embedded:
// the key in it is never used, only its name.
func verificationMethod(proof *Value) string {
	m := proof.Get("verificationMethod")
	if m.Is(Object) {
		return m.Get("id").Str()
	}
	return m.Str()
}
