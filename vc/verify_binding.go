package vc

import (
	"context"
	"fmt"
	"strings"
)

// A binding is the result of checking an SD-JWT's key binding.
type binding struct {
	outcome Outcome
	reason  Reason
	detail  string
}

func bindingFailed(r Reason, format string, a ...any) binding {
	return binding{Failed, r, fmt.Sprintf(format, a...)}
}

// keyBinding checks that the presenter of an SD-JWT holds the key to which its
// issuer bound it (RFC 9901, 7.3). A missing key binding is not a fault, but leaves
// the check Unknown if a challenge was set.
func (c *check) keyBinding(ctx context.Context) {
	sd := c.d.SD
	if sd == nil || sd.KeyBinding == nil && c.d.Claims.Get("cnf") == nil {
		return
	}
	found := binding{Skipped, ReasonNotRun, ""}
	switch {
	case c.r.Check(CheckProof).Outcome != Passed: // the bound key is unknown
	case sd.KeyBinding == nil:
		found = c.notShown("")
	default:
		found = c.bound(ctx, sd, c.d.Claims.Get("cnf"))
	}
	c.add(CheckHolder, found.outcome, found.reason, found.detail)
}

// notShown returns the result for a missing or expired key binding.
func (c *check) notShown(detail string) binding {
	if c.opt.Challenge != "" || c.opt.Domain != "" {
		return binding{Unknown, ReasonHolderNotShown, detail}
	}
	return binding{Skipped, ReasonHolderNotShown, detail}
}

// bound checks a key binding: its type, what it covers, its audience, times and
// signature.
func (c *check) bound(ctx context.Context, sd *SDJWT, cnf *Value) binding {
	kb := sd.KeyBinding
	if mediaSubtype(kb.Header.Get("typ").Str()) != "kb+jwt" {
		return bindingFailed(ReasonWrongType, "the key binding has type %.40q", kb.Header.Get("typ").Text())
	}
	if forbidden(kb.Alg) {
		return bindingFailed(ReasonAlgForbidden, "%.40s", kb.Alg)
	}
	claims, err := ParseJSON(kb.Payload)
	if err != nil || !claims.Is(Object) {
		return bindingFailed(ReasonMalformed, "the key binding has no claims")
	}
	if want, err := sd.Digest(sd.Bound); err != nil || claims.Get("sd_hash").Str() != want {
		return bindingFailed(ReasonBadSignature, "the key binding covers something else: sd_hash differs")
	}
	for _, check := range []func(*Value) binding{c.boundFor, c.boundWhen} {
		if b := check(claims); b.outcome != Passed {
			return b
		}
	}
	return c.boundBy(ctx, kb, cnf)
}

// boundFor compares nonce and aud of a key binding with Challenge and Domain (specs
// D3.7).
func (c *check) boundFor(claims *Value) binding {
	nonce, aud := claims.Get("nonce").Str(), claims.Get("aud").Strs()
	switch {
	case nonce == "" || len(aud) == 0:
		return bindingFailed(ReasonMissingMember, "the key binding lacks nonce or aud")
	case c.opt.Challenge != "" && nonce != c.opt.Challenge:
		return bindingFailed(ReasonChallenge, "%.100s", nonce)
	case c.opt.Domain != "" && !has(aud, c.opt.Domain):
		return bindingFailed(ReasonDomain, "%.100s", strings.Join(aud, ", "))
	}
	return binding{outcome: Passed}
}

// boundWhen checks the times of a key binding. An expired one proves nothing, but
// does not count against the credential.
func (c *check) boundWhen(claims *Value) binding {
	iat, ok := numericDate(claims.Get("iat"))
	if !ok {
		return bindingFailed(ReasonDateFormat, "iat: %.40s", claims.Get("iat").Raw())
	}
	if iat.After(c.r.At.Add(c.v.cfg.Skew)) {
		return bindingFailed(ReasonProofFuture, "iat %s", claims.Get("iat").Raw())
	}
	for _, name := range []string{"nbf", "exp"} {
		claim := claims.Get(name)
		t, ok := numericDate(claim)
		switch {
		case claim == nil:
		case !ok:
			return bindingFailed(ReasonDateFormat, "%s: %.40s", name, claim.Raw())
		case name == "nbf" && t.After(c.r.At.Add(c.v.cfg.Skew)):
			return bindingFailed(ReasonProofFuture, "nbf %s", claim.Raw())
		case name == "exp" && c.r.At.After(t):
			return c.notShown("the key binding expired at " + claim.Raw())
		}
	}
	return binding{outcome: Passed}
}

// boundBy verifies a key binding's signature with the key confirmed by the issuer.
func (c *check) boundBy(ctx context.Context, kb *JWS, cnf *Value) binding {
	suite := c.v.suites["jose"]
	switch {
	case suite == nil:
		return binding{Unknown, ReasonUnsupportedSuite, kb.Alg}
	case !spend(ctx, "proofs", 1, maxAllProofs) || !spend(ctx, "asked", 1, maxAllAsked):
		return binding{Unknown, ReasonTooLarge, "too many proofs in all documents together"}
	}
	q := KeyRequest{Purpose: Authentication, At: c.r.At}
	jwk, kid := cnf.Get("jwk"), cnf.Get("kid").Str()
	switch {
	case cnf == nil:
		return bindingFailed(ReasonKeyNotFound, "the issuer bound it to no key")
	case jwk != nil:
		q.JWK = jwk
	case strings.HasPrefix(kid, "did:"):
		q.ID = kid
		q.Issuer, _, _ = strings.Cut(kid, "#")
	default:
		return binding{Unknown, ReasonUnsupported, "cnf identifies a key in an unknown way"}
	}
	key, err := c.v.cfg.Keys.ResolveKey(ctx, q)
	if err == nil && key == nil {
		err = ErrNotFound
	}
	if err != nil {
		o, reason := keyOutcome(err)
		return binding{o, reason, err.Error()}
	}
	if jwk == nil && key.Outcome != Passed { // for cnf.jwk, the issuer's word suffices
		return binding{key.Outcome, key.Reason, key.Detail}
	}
	p := kb.proof(nil)
	if err := verifyWith(ctx, suite, c.d, &p, key); err != nil {
		o, reason := proofOutcome(err)
		return binding{o, reason, err.Error()}
	}
	return binding{outcome: Passed}
}
