package vc

import "context"

// VerifyToken verifies a compact JWS that is not a credential, such as a token
// status list. It checks the type typ, the times, and the signature of issuer,
// whose key is found by the rules of SD-JWT VC. The claims are nil unless the
// returned check, of CheckProof, is Passed.
func (v *Verifier) VerifyToken(ctx context.Context, raw []byte, typ, issuer string) (*Value, Check) {
	found := func(o Outcome, r Reason, detail string) (*Value, Check) {
		return nil, Check{ID: CheckProof, Outcome: o, Reason: r, Detail: detail}
	}
	j, err := ParseJWS(raw)
	if err != nil {
		return found(Failed, ReasonMalformed, err.Error())
	}
	claims, err := ParseJSON(j.Payload)
	suite := v.suites["jose"]
	switch {
	case err != nil:
		return found(Failed, ReasonMalformed, err.Error())
	case mediaSubtype(j.Header.Get("typ").Str()) != typ:
		return found(Failed, ReasonWrongType, "the token's type is not "+typ)
	case forbidden(j.Alg):
		return found(Failed, ReasonAlgForbidden, j.Alg)
	case suite == nil:
		return found(Unknown, ReasonUnsupportedSuite, j.Alg)
	}
	p := j.proof(claims)
	if detail := sameText("iss", claims.Get("iss"), issuer); detail != "" {
		return found(Failed, ReasonClaimsMismatch, detail)
	}
	now := v.cfg.Now().UTC()
	c := &check{v: v, d: &Document{Raw: raw, Form: JWT, Claims: claims}, r: &Report{At: now}}
	if reason, detail := c.joseTimes(p.JOSE); reason != "" {
		return found(Failed, reason, detail)
	}
	key, err := v.cfg.Keys.ResolveKey(ctx, KeyRequest{ID: p.VerificationMethod, X5C: p.JOSE.X5C, Issued: true, Issuer: issuer, Purpose: AssertionMethod, At: now})
	if err == nil && key == nil {
		err = ErrNotFound
	}
	if err != nil {
		o, reason := keyOutcome(err)
		return found(o, reason, err.Error())
	}
	if key.Outcome != Passed {
		return found(key.Outcome, key.Reason, key.Detail)
	}
	if err := verifyWith(ctx, suite, c.d, &p, key); err != nil {
		o, reason := proofOutcome(err)
		return found(o, reason, err.Error())
	}
	return claims, Check{ID: CheckProof, Outcome: Passed}
}
