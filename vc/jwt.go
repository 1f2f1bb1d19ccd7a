package vc

import (
	"bytes"
	"fmt"
	"strings"
)

// parseJWT reads a credential or presentation secured as a compact JWS, in the
// shape of data model 1.1 (below vc or vp) or 2.0 (specs A5.3, D5.1).
func parseJWT(b []byte, depth int) (*Document, error) {
	j, err := ParseJWS(b)
	if err != nil {
		return nil, err
	}
	form, err := formOf(j.Header.Get("typ").Str())
	if err != nil {
		return nil, err
	}
	payload, err := ParseJSON(j.Payload)
	if err != nil {
		return nil, fmt.Errorf("JWS payload: %w", err)
	}
	if !payload.Is(Object) {
		return nil, fmt.Errorf("%w: the payload of a badge is a JSON object", ErrUnsupported)
	}
	d := &Document{Raw: bytes.Clone(b), Form: form, Claims: payload}
	p := j.proof(payload)
	for _, name := range []string{"vc", "vp"} {
		if inner := payload.Get(name); inner.Is(Object) {
			d.Claims, p.JOSE.Wrapped = inner, true
			break
		}
	}
	d.Proofs = []Proof{p}
	d.checkHeader(p.JOSE)
	if err := d.readContent(depth); err != nil {
		return nil, err
	}
	d.checkShape(p.JOSE)
	return d, nil
}

// formOf decides by typ (specs A5.2). An absent one may be either.
func formOf(typ string) (Form, error) {
	switch strings.TrimPrefix(strings.ToLower(typ), "application/") {
	case "", "jwt":
		return JWT, nil
	case "vc+jwt", "vp+jwt", "vc+ld+jwt", "vc+ld+json+jwt", "vp+ld+jwt", "vp+ld+json+jwt":
		return JOSEVC, nil
	}
	return "", fmt.Errorf("%w: a JWT of type %.40q", ErrUnsupported, typ)
}

func (j *JWS) proof(payload *Value) Proof {
	h := j.Header
	return Proof{
		Type: "JOSE", VerificationMethod: h.Get("kid").Str(),
		JOSE: &JOSE{
			Header: h, Alg: j.Alg, Kid: h.Get("kid").Str(), Typ: h.Get("typ").Str(), JWK: h.Get("jwk"),
			SigningInput: j.SigningInput, Signature: j.Signature,
			Iss: payload.Get("iss"), Sub: payload.Get("sub"), Jti: payload.Get("jti"),
			Nbf: payload.Get("nbf"), Exp: payload.Get("exp"), Iat: payload.Get("iat"),
			Audience: payload.Get("aud").Strs(), Nonce: payload.Get("nonce").Str(),
		},
	}
}

// checkHeader notes what the header must not hold (specs A5.6).
func (d *Document) checkHeader(j *JOSE) {
	for _, m := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"} {
		if j.JWK.Get(m) != nil {
			d.problem(ReasonPrivateKey, "the header's jwk holds the private member %q", m)
		}
	}
}

// checkShape notes a data model in the JWT shape of the other (specs A5.3).
func (d *Document) checkShape(j *JOSE) {
	if d.Credential == nil {
		return
	}
	switch {
	case j.Wrapped && d.Credential.Model == Model20:
		d.problem(ReasonMixedModels, "a credential of data model 2.0 stands in the vc claim")
	case !j.Wrapped && d.Credential.Model == Model11:
		d.problem(ReasonMixedModels, "a credential of data model 1.1 is not in the vc claim")
	}
}
