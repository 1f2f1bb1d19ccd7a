package vc

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
)

// maxProofs bounds how many proofs of one document are looked at.
const maxProofs = 16

// A proved is what was found about one proof.
type proved struct {
	proof   *Proof
	key     *Key
	terms   error // why the proof does not cover every member
	outcome Outcome
	reason  Reason
	detail  string
}

// proofs checks every proof of the document on its own (a proof set, specs
// D3.8) and returns the one that counts: any that holds, unless a supported
// one fails (specs A6.2).
func (c *check) proofs(ctx context.Context, purpose Purpose, controller string) proved {
	if len(c.d.Proofs) == 0 {
		return proved{outcome: Failed, reason: ReasonNoProof}
	}
	if len(c.d.Proofs) > maxProofs {
		return proved{outcome: Unknown, reason: ReasonTooLarge, detail: fmt.Sprintf("%d proofs", len(c.d.Proofs))}
	}
	var best proved
	for i := range c.d.Proofs {
		p := c.proof(ctx, &c.d.Proofs[i], purpose, controller)
		if p.reason == ReasonWrongPurpose && len(c.d.Proofs) > 1 {
			c.warn(p.reason, p.detail)
			if best.outcome == "" {
				best = p
			}
			continue
		}
		best = c.better(best, p)
	}
	return best
}

// better returns the finding that counts of two.
func (c *check) better(a, b proved) proved {
	rank := map[Outcome]int{"": 0, Unknown: 1, Passed: 2, Failed: 3}
	if a.reason == ReasonWrongPurpose {
		return b
	}
	if a.outcome == Failed && b.outcome == Passed {
		a, b = b, a
	}
	if a.outcome == Passed && b.outcome == Failed {
		b.detail = fmt.Sprintf("%s: %s %s", b.proof.SuiteID(), b.reason, b.detail)
		b.reason = ReasonOneOfSeveral
		return b
	}
	if a.outcome == Passed && b.outcome == Unknown {
		c.warn(b.reason, b.detail)
	}
	if rank[b.outcome] > rank[a.outcome] {
		return b
	}
	return a
}

// proof checks one proof.
func (c *check) proof(ctx context.Context, p *Proof, purpose Purpose, controller string) proved {
	out := proved{proof: p}
	suite := c.v.suites[p.SuiteID()]
	switch {
	case suite == nil:
		return out.with(Unknown, ReasonUnsupportedSuite, p.SuiteID())
	case len(p.Previous) > 0:
		return out.with(Unknown, ReasonUnsupportedSuite, "proof chain")
	case p.JOSE == nil && p.Purpose != purpose:
		return out.with(Failed, ReasonWrongPurpose, string(p.Purpose))
	}
	if reason, detail := c.proofTimes(p); reason != "" {
		return out.with(Failed, reason, detail)
	}
	if reason, detail := c.claims(p); reason != "" {
		return out.with(Failed, reason, detail)
	}
	key, err := c.v.cfg.Keys.ResolveKey(ctx, KeyRequest{ID: p.VerificationMethod, JWK: jwkOf(p), Issuer: controller, Purpose: purpose, At: c.v.cfg.Now()})
	if err != nil {
		o, reason := keyOutcome(err)
		return out.with(o, reason, err.Error())
	}
	out.key = key
	err = suite.Verify(ctx, c.d, p, key)
	if errors.Is(err, ErrTerms) {
		out.terms = err
	}
	o, reason := proofOutcome(err)
	if err == nil {
		return out.with(o, reason, "")
	}
	return out.with(o, reason, err.Error())
}

func (p proved) with(o Outcome, reason Reason, detail string) proved {
	p.outcome, p.reason, p.detail = o, reason, detail
	return p
}

func jwkOf(p *Proof) *Value {
	if p.JOSE == nil {
		return nil
	}
	return p.JOSE.JWK
}

// keyOutcome says what it means that there is no key. Nobody's absence proves
// a badge false; a method that cannot be one does.
func keyOutcome(err error) (Outcome, Reason) {
	switch {
	case errors.Is(err, ErrUnreachable):
		return Unknown, ReasonUnreachable
	case errors.Is(err, ErrForbidden):
		return Unknown, ReasonForbidden
	case errors.Is(err, ErrUnsupported):
		return Unknown, ReasonUnsupported
	case errors.Is(err, ErrNotFound):
		return Failed, ReasonKeyNotFound
	case errors.Is(err, ErrMalformed):
		return Failed, ReasonKeyNotFound
	}
	return Unknown, ReasonUnreachable
}

func proofOutcome(err error) (Outcome, Reason) {
	switch {
	case err == nil:
		return Passed, ""
	case errors.Is(err, ErrSignature):
		return Failed, ReasonBadSignature
	case errors.Is(err, ErrTerms):
		return Failed, ReasonUndefinedTerm
	case errors.Is(err, ErrMalformed):
		return Failed, ReasonMalformed
	case errors.Is(err, ErrContext):
		return Unknown, ReasonUnknownContext
	case errors.Is(err, ErrTooComplex):
		return Unknown, ReasonTooComplex
	case errors.Is(err, ErrTooLarge):
		return Unknown, ReasonTooLarge
	case errors.Is(err, ErrUnsupported):
		return Unknown, ReasonUnsupportedSuite
	}
	return Unknown, ReasonNotRun
}

// proofTimes checks created and expires (specs D3.6), of a JWT iat.
func (c *check) proofTimes(p *Proof) (Reason, string) {
	now := c.v.cfg.Now()
	if p.JOSE != nil {
		iat, ok := numericDate(p.JOSE.Iat)
		if p.JOSE.Iat != nil && (!ok || iat.After(now.Add(c.v.cfg.Skew))) {
			return ReasonProofFuture, "iat " + p.JOSE.Iat.Raw()
		}
		return "", ""
	}
	created, expires := Moment{}, Moment{}
	for name, m := range map[string]*Moment{"created": &created, "expires": &expires} {
		if *m = moment(p.Value.Get(name)); m.IsZero() {
			continue
		}
		if m.Time.IsZero() {
			return ReasonDateFormat, name + " " + m.Text
		}
		if m.Zoneless {
			c.warn(ReasonDateFormat, "the proof's "+name+" has no time zone; UTC was assumed")
		}
	}
	if !created.IsZero() && created.Time.After(now.Add(c.v.cfg.Skew)) {
		return ReasonProofFuture, created.Text
	}
	if !expires.IsZero() && now.After(expires.Time) {
		return ReasonProofExpired, expires.Text
	}
	return "", ""
}

// claims compares a JWT's registered claims with the credential's members
// (specs A5.4, A5.5, D5.2): one that differs makes it false, one that is
// missing is a remark.
func (c *check) claims(p *Proof) (Reason, string) {
	j, cred := p.JOSE, c.d.Credential
	if j == nil || cred == nil {
		return "", ""
	}
	for _, x := range []struct {
		name, want string
		claim      *Value
	}{{"iss", cred.Issuer.ID, j.Iss}, {"jti", cred.ID, j.Jti}, {"sub", cred.Subject.ID, j.Sub}} {
		switch {
		case x.claim == nil && x.want != "" && c.d.Form == JWT:
			c.warn(ReasonClaimsMismatch, "the claim "+x.name+" is missing")
		case x.claim != nil && (!x.claim.Is(String) || x.claim.Text() != x.want):
			return ReasonClaimsMismatch, fmt.Sprintf("%s is %.200s, the credential says %.200q", x.name, x.claim.Raw(), x.want)
		}
	}
	for _, x := range []struct {
		name  string
		want  Moment
		claim *Value
	}{{"nbf", cred.ValidFrom, j.Nbf}, {"exp", cred.ValidUntil, j.Exp}} {
		if x.claim == nil || x.want.Time.IsZero() || x.name == "nbf" && c.d.Form == JOSEVC {
			continue // in VC-JOSE-COSE nbf bounds the signature, not the claims (specs D5.2)
		}
		t, ok := numericDate(x.claim)
		if !ok || x.name == "nbf" && t.Unix() != x.want.Time.Unix() {
			return ReasonClaimsMismatch, fmt.Sprintf("%s is %.40s, the credential says %.40q", x.name, x.claim.Raw(), x.want.Text)
		}
	}
	return "", ""
}

// numericDate reads a NumericDate (RFC 7519 2): seconds, perhaps with a fraction.
func numericDate(v *Value) (time.Time, bool) {
	if !v.Is(Number) {
		return time.Time{}, false
	}
	f, err := strconv.ParseFloat(v.Text(), 64)
	if err != nil || math.Abs(f) > 1e11 {
		return time.Time{}, false
	}
	return time.Unix(int64(math.Floor(f)), 0).UTC(), true
}

// addTerms says whether the proof covers every member (specs D2.2). A JWT and
// a proof over JCS cover the text itself.
func (c *check) addTerms(p proved) {
	switch {
	case p.terms != nil:
		c.add(CheckTerms, Failed, ReasonUndefinedTerm, p.terms.Error())
	case p.proof == nil:
		c.add(CheckTerms, Skipped, ReasonNotRun, "")
	case coversText(p.proof):
		c.add(CheckTerms, Skipped, ReasonEveryByte, "")
	case p.outcome == Passed || p.reason == ReasonBadSignature:
		c.add(CheckTerms, Passed, "", "")
	case p.reason == ReasonUnknownContext:
		c.add(CheckTerms, Unknown, p.reason, p.detail)
	default:
		c.add(CheckTerms, Skipped, ReasonNotRun, "")
	}
}

func coversText(p *Proof) bool {
	switch p.SuiteID() {
	case "jose", "eddsa-jcs-2022", "ecdsa-jcs-2019":
		return true
	}
	return false
}

func (c *check) addProof(p proved) {
	c.add(CheckProof, p.outcome, p.reason, p.detail)
	if p.proof == nil {
		return
	}
	c.r.Suite, c.r.Method = p.proof.SuiteID(), p.proof.VerificationMethod
	if p.proof.JOSE != nil {
		c.r.Suite = p.proof.JOSE.Alg
	}
}

// addIssuer says whether the issuer controls the key: a fact apart from
// whether the proof holds.
func (c *check) addIssuer(p proved) { c.addController(CheckIssuer, p) }

func (c *check) addController(id CheckID, p proved) {
	switch {
	case p.outcome != Passed || p.key == nil:
		c.add(id, Skipped, ReasonNotRun, "")
	case p.key.Outcome == Passed:
		c.r.Binding = p.key.Binding
		c.add(id, Passed, p.key.Reason, p.key.Detail)
	default:
		c.add(id, p.key.Outcome, p.key.Reason, p.key.Detail)
	}
}
