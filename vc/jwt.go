package vc

import (
	"bytes"
	"fmt"
	"strings"
)

// jwt reads a credential or presentation secured as a compact JWS, in the form of
// data model 1.1 (below vc or vp) or 2.0 (specs A5.3, D5.1).
func (p *parser) jwt(b []byte, depth int) (*Document, error) {
	if depth > maxNesting {
		return nil, fmt.Errorf("%w: documents nested deeper than %d", ErrTooLarge, maxNesting)
	}
	raw := bytes.Clone(bytes.TrimSpace(b))
	j, err := parseJWS(raw)
	if err != nil {
		return nil, err
	}
	kind, err := kindOf(j.Header.Get("typ"))
	if err != nil {
		return nil, err
	}
	payload, err := ParseJSON(j.Payload)
	if err != nil {
		return nil, fmt.Errorf("JWS payload: %w", err)
	}
	if !payload.Is(Object) {
		return nil, fmt.Errorf("%w: the payload of a credential must be a JSON object", ErrUnsupported)
	}
	d := &Document{Raw: raw, Form: JWT, Claims: payload, Proofs: []Proof{j.proof(payload)}}
	d.unwrap(d.Proofs[0].JOSE)
	if kind != "" || j.Header.Get("typ") == nil && !d.Proofs[0].JOSE.Wrapped && payload.Stated("iss") == nil {
		d.Form = JOSEVC
	}
	if err := p.content(d, depth); err != nil {
		return nil, err
	}
	d.checkHeader(d.Proofs[0].JOSE)
	d.checkShape(d.Proofs[0].JOSE, kind)
	return d, nil
}

// unwrap replaces Claims by the credential below vc or the presentation below vp. A
// payload that is itself a credential must not have these claims (specs D5.1).
func (d *Document) unwrap(j *JOSE) {
	itself := d.Claims.Get("@context") != nil
	for _, name := range []string{"vc", "vp"} {
		inner := d.Claims.Get(name)
		switch {
		case inner != nil && itself:
			d.problem(ReasonMixedModels, "the payload is a credential and also has the claim %s", name)
		case inner.Is(Object):
			d.Claims, j.Wrapped = inner, true
			return
		}
	}
}

// kindOf returns the content that typ announces: "vc" or "vp" for any of the names
// in VC-JOSE-COSE, "" if typ is JWT or absent (specs A5.2).
func kindOf(typ *Value) (string, error) {
	if typ == nil {
		return "", nil
	}
	switch strings.TrimPrefix(strings.ToLower(typ.Str()), "application/") {
	case "jwt":
		return "", nil
	case "vc+jwt", "vc+ld+jwt", "vc+ld+json+jwt":
		return "vc", nil
	case "vp+jwt", "vp+ld+jwt", "vp+ld+json+jwt":
		return "vp", nil
	}
	if strings.HasSuffix(strings.ToLower(typ.Str()), "+sd-jwt") {
		return "", malformed("an SD-JWT must have a ~ after each part")
	}
	return "", fmt.Errorf("%w: JWT of type %.40q", ErrUnsupported, typ.Text())
}

func (j *JWS) proof(payload *Value) Proof {
	h := j.Header
	return Proof{
		Type: "JOSE", VerificationMethod: h.Get("kid").Str(),
		JOSE: &JOSE{
			Header: h, Alg: j.Alg, Kid: h.Get("kid").Str(), Typ: h.Get("typ").Str(), JWK: h.Get("jwk"), X5C: h.Get("x5c"),
			SigningInput: j.SigningInput, Signature: j.Signature,
			Iss: payload.Stated("iss"), Sub: payload.Stated("sub"), Jti: payload.Stated("jti"),
			Nbf: payload.Stated("nbf"), Exp: payload.Stated("exp"), Iat: payload.Stated("iat"),
			Audience: payload.Get("aud").Strs(), Nonce: payload.Get("nonce").Str(),
		},
	}
}

// jose returns the JWT's header and registered claims, or nil for JSON.
func (d *Document) jose() *JOSE {
	if len(d.Proofs) != 1 {
		return nil
	}
	return d.Proofs[0].JOSE
}

// checkHeader notes a private key in the header (specs A5.6).
func (d *Document) checkHeader(j *JOSE) {
	if m := j.privateMember(); m != "" {
		d.problem(ReasonPrivateKey, "the header's jwk contains the private member %q", m)
	}
}

// privateMember returns the name of a private member of the header's key, which lets any
// reader sign; "" if there is none.
func (j *JOSE) privateMember() string {
	for _, m := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"} {
		if j.JWK.Get(m) != nil {
			return m
		}
	}
	return ""
}

// checkShape notes a header that contradicts the content, and a data model in the
// JWT form of the other (specs A5.2, A5.3).
func (d *Document) checkShape(j *JOSE, kind string) {
	if kind == "vc" && d.Credential == nil || kind == "vp" && d.Presentation == nil {
		d.problem(ReasonWrongType, "the JWT's typ is %s, but its content is not", kind)
	}
	if inside := mediaSubtype(j.Header.Get("cty").Str()); inside == "jwt" || inside == "vp" && d.Presentation == nil || inside == "vc" && d.Credential == nil {
		d.problem(ReasonWrongType, "the header announces %.20q, but the content is different", inside)
	}
	switch model := modelOf(d.Claims); {
	case j.Wrapped && model == Model20:
		d.problem(ReasonMixedModels, "data model 2.0 below the claim vc or vp")
	case !j.Wrapped && model == Model11:
		d.problem(ReasonMixedModels, "data model 1.1 outside the claims vc and vp")
	}
}
