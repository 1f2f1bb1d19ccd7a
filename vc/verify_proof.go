package vc

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxProofs limits the proofs of one document.
const maxProofs = 16

// A proved is the result for one proof.
type proved struct {
	proof   *Proof
	key     *Key
	terms   error // set if the proof does not cover every member
	derived bool  // the holder may leave parts out
	outcome Outcome
	reason  Reason
	detail  string
}

// proofs checks every proof of the document and returns the result that counts.
// Proofs of a set are independent; those of a chain depend on previous ones (specs
// D3.8).
func (c *check) proofs(ctx context.Context, purpose Purpose, controller string) proved {
	if len(c.d.Proofs) == 0 {
		return proved{outcome: Failed, reason: ReasonNoProof}
	}
	if !spend(ctx, "proofs", len(c.d.Proofs), maxAllProofs) || !spend(ctx, "asked", c.asking(), maxAllAsked) {
		return proved{outcome: Unknown, reason: ReasonTooLarge, detail: "too many proofs in all documents together"}
	}
	if len(c.d.Proofs) > maxProofs {
		return proved{outcome: Unknown, reason: ReasonTooLarge, detail: fmt.Sprintf("%d proofs", len(c.d.Proofs))}
	}
	found := make([]proved, len(c.d.Proofs))
	for i := range c.d.Proofs {
		found[i] = c.proof(ctx, &c.d.Proofs[i], purpose, controller)
	}
	c.chains(found)
	return c.weigh(found)
}

// asking counts the proofs whose key may require a request.
func (c *check) asking() (n int) {
	for _, p := range c.d.Proofs {
		if !strings.HasPrefix(p.VerificationMethod, "did:key:") && !strings.HasPrefix(p.VerificationMethod, "did:jwk:") {
			n++
		}
	}
	return n
}

// weigh picks the result that counts. Any valid proof is enough, but a failed one
// of a supported suite invalidates the set (specs A6.2). Proofs for other purposes
// are ignored.
func (c *check) weigh(found []proved) proved {
	best := found[0]
	for _, p := range found[1:] {
		if rank(p) > rank(best) {
			best = p
		}
	}
	for _, p := range found {
		switch {
		case p.proof == best.proof:
		case best.outcome == Failed && p.outcome == Passed:
			best.detail = fmt.Sprintf("%s: %s %s", best.proof.SuiteID(), best.reason, best.detail)
			best.reason = ReasonOneOfSeveral
			return best
		case p.reason == ReasonUnsupportedSuite && best.outcome == Passed:
			c.warn(ReasonOtherSeal, p.detail)
		case p.outcome == Unknown || p.reason == ReasonWrongPurpose:
			c.warn(p.reason, p.detail)
		}
	}
	return best
}

// rank orders results by their weight.
func rank(p proved) int {
	switch {
	case p.reason == ReasonWrongPurpose:
		return 0
	case p.outcome == Failed:
		return 5
	case p.outcome != Passed:
		return 2
	case p.key.Outcome == Passed:
		return 4
	case p.key.Outcome == Failed: // another party's proof weighs less than an undecided one of the issuer
		return 1
	}
	return 3
}

// proof checks one proof.
func (c *check) proof(ctx context.Context, p *Proof, purpose Purpose, controller string) proved {
	out, suite := c.prepare(ctx, p, purpose, controller)
	if out.key == nil {
		return out
	}
	err := c.v.prove(ctx, suite, c.d, p, out.key)
	if held := (*Held)(nil); errors.As(err, &held) {
		if held.Undirected {
			c.warn(ReasonDirection, "")
		}
		c.r.Undirected, c.r.Words, err = held.Undirected, held.Words, nil
	}
	if errors.Is(err, ErrTerms) {
		out.terms = err
	}
	o, reason := proofOutcome(err)
	switch {
	case err == nil && p.Base():
		return out.with(o, ReasonOwnCopy, p.SuiteID()+" base proof")
	case err == nil && out.derived:
		return out.with(o, ReasonPartShown, "")
	case err == nil:
		return out.with(o, reason, "")
	}
	return out.with(o, reason, err.Error())
}

// prepare makes all checks of a proof that do not require reading the document, and
// finds its key. Without a key, the result holds the reason.
func (c *check) prepare(ctx context.Context, p *Proof, purpose Purpose, controller string) (proved, Suite) {
	out := proved{proof: p}
	suite := c.v.suites[p.SuiteID()]
	if p.Base() && !c.opt.Own { // specs D4.5
		return out.with(Failed, ReasonPrivateCopy, p.SuiteID()+" base proof"), suite
	}
	if c.unknownKind(p, suite) {
		return out.with(Unknown, ReasonUnsupportedSuite, p.SuiteID()), suite
	}
	if missing := missingMember(p); missing != "" {
		return out.with(Failed, ReasonMissingMember, "the proof has no "+missing), suite
	}
	out.derived = derives(suite, p)
	switch {
	case p.JOSE != nil && forbidden(p.JOSE.Alg):
		return out.with(Failed, ReasonAlgForbidden, p.JOSE.Alg), suite
	case p.JOSE != nil && p.JOSE.privateMember() != "":
		return out.with(Failed, ReasonPrivateKey, p.JOSE.privateMember()), suite
	case p.JOSE == nil && p.Purpose != purpose: // specs D3.2
		return out.with(Failed, ReasonWrongPurpose, string(p.Purpose)), suite
	}
	if _, err := c.d.chain(p); err != nil {
		return out.with(Failed, ReasonProofChain, err.Error()), suite
	}
	if reason, detail := c.proofTimes(p); reason != "" {
		return out.with(Failed, reason, detail), suite
	}
	key, err := c.v.cfg.Keys.ResolveKey(ctx, c.keyRequest(p, purpose, controller))
	if err == nil && key == nil {
		err = ErrNotFound
	}
	if err != nil {
		o, reason := keyOutcome(err)
		return out.with(o, reason, err.Error()), suite
	}
	out.key = key
	return out, suite
}

// unknownKind reports whether a proof is of an unknown kind, whose required members
// are also unknown. A single proof without a type is malformed, not unknown.
func (c *check) unknownKind(p *Proof, suite Suite) bool {
	switch {
	case p.JOSE != nil:
		return suite == nil
	case p.Type == "":
		return len(c.d.Proofs) > 1
	case p.SuiteID() == "": // a DataIntegrityProof without a cryptosuite
		return false
	}
	return suite == nil || !named(p)
}

// missingMember returns the name of a required member that the proof lacks (specs
// D3.1), or "".
func missingMember(p *Proof) string {
	switch {
	case p.JOSE != nil:
		return ""
	case p.Type == "":
		return "type"
	case p.Type == "DataIntegrityProof" && p.Cryptosuite == "":
		return "cryptosuite"
	case p.VerificationMethod == "":
		return "verificationMethod"
	case p.Purpose == "":
		return "proofPurpose"
	case p.ProofValue == "" && p.JWS == "" && p.Value.Get("signatureValue") == nil:
		return "proofValue"
	}
	return ""
}

// named reports whether a proof's type fits its suite: proof types start with a
// capital letter, cryptosuites of a DataIntegrityProof do not.
func named(p *Proof) bool {
	capital := p.SuiteID()[0] >= 'A' && p.SuiteID()[0] <= 'Z'
	return capital == (p.Type != "DataIntegrityProof")
}

// forbidden reports whether an algorithm proves no origin: none, or one with a
// shared key (specs D5.3).
func forbidden(alg string) bool {
	return strings.EqualFold(alg, "none") || len(alg) > 1 && strings.EqualFold(alg[:2], "HS")
}

func (p proved) with(o Outcome, reason Reason, detail string) proved {
	p.outcome, p.reason, p.detail = o, reason, detail
	return p
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
	case errors.Is(err, ErrUndirected):
		return Unknown, ReasonDirection
	case errors.Is(err, ErrEarlyForm):
		return Unknown, ReasonEarlyForm
	case errors.Is(err, ErrUnsafe):
		return Unknown, ReasonContextUnsafe
	case errors.Is(err, ErrContext):
		return Unknown, ReasonUnknownContext
	case errors.Is(err, ErrAmbiguous):
		return Unknown, ReasonAmbiguous
	case errors.Is(err, ErrTooComplex):
		return Unknown, ReasonTooComplex
	case errors.Is(err, ErrTooLarge):
		return Unknown, ReasonTooLarge
	case errors.Is(err, ErrUnsupported):
		return Unknown, ReasonUnsupportedSuite
	}
	return Unknown, ReasonNotRun
}

// proofTimes checks when a proof was made and expires (specs D3.6).
func (c *check) proofTimes(p *Proof) (Reason, string) {
	if p.JOSE != nil {
		return c.joseTimes(p.JOSE)
	}
	for _, name := range []string{"created", "expires"} {
		v := p.Value.Get(name)
		if v == nil {
			continue
		}
		m := moment(v)
		switch {
		case !v.Is(String) || m.Time.IsZero():
			return ReasonDateFormat, name + ": " + v.Raw()
		case name == "created" && m.Time.After(c.r.At.Add(c.v.cfg.Skew)):
			return ReasonProofFuture, m.Text
		case name == "expires" && c.r.At.After(m.Time):
			return ReasonProofExpired, m.Text
		case m.Zoneless:
			c.warn(ReasonDateFormat, "the proof's "+name+" has no time zone; UTC is assumed")
		}
	}
	return "", ""
}

// joseTimes checks the claims that limit a JWT's signature (specs D5.2). Those that
// limit the credential belong to its dates.
func (c *check) joseTimes(j *JOSE) (Reason, string) {
	for _, x := range []struct {
		name  string
		claim *Value
	}{{"iat", j.Iat}, {"nbf", j.Nbf}, {"exp", j.Exp}} {
		if x.claim == nil {
			continue
		}
		t, ok := numericDate(x.claim)
		if m := moment(x.claim); !ok && x.name == "iat" && !m.Time.IsZero() { // seen in practice; iat only limits the start
			t, ok = m.Time, true
			c.warn(ReasonDateFormat, "iat is a text, not a number")
		}
		switch {
		case !ok:
			return ReasonDateFormat, x.name + ": " + x.claim.Raw()
		case x.name == "exp" && c.d.Credential == nil && c.r.At.After(t):
			return ReasonProofExpired, x.name + " " + t.Format(time.RFC3339)
		case x.name == "nbf" && (c.d.Form == JWT || c.d.Form == SDJWTVC) && c.d.Credential != nil: // start of the credential's validity (specs A5.4)
		case x.name != "exp" && t.After(c.r.At.Add(c.v.cfg.Skew)):
			return ReasonProofFuture, x.name + " " + t.Format(time.RFC3339)
		}
	}
	return "", ""
}

// numericDate reads a NumericDate (RFC 7519 2): seconds, with an optional fraction.
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

// addTerms reports whether the proof covers every member (specs D2.2). Proofs of
// JWTs and JCS cover the text itself.
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
	case p.reason.unclear():
		c.add(CheckTerms, Unknown, p.reason, p.detail)
	default:
		c.add(CheckTerms, Skipped, ReasonNotRun, "")
	}
}

// textCovered reports whether all proofs of the document cover its text.
func (d *Document) textCovered() bool {
	for i := range d.Proofs {
		if !coversText(&d.Proofs[i]) {
			return false
		}
	}
	return true
}

// unclear reports whether a proof is undecided because the document's statements are
// unclear.
func (r Reason) unclear() bool {
	switch r {
	case ReasonUnknownContext, ReasonContextUnsafe, ReasonEarlyForm, ReasonAmbiguous, ReasonDirection:
		return true
	}
	return false
}

// textSuites lists suites whose proofs cover the text itself.
var textSuites = []string{"jose", "eddsa-jcs-2022", "ecdsa-jcs-2019"}

func coversText(p *Proof) bool { return slices.Contains(textSuites, p.SuiteID()) }

func (c *check) addProof(p proved) {
	c.add(CheckProof, p.outcome, p.reason, p.detail)
	c.derived = p.derived || c.d.Form == SDJWTVCDM && c.d.SD.HiddenTop > 0
	if p.proof == nil {
		return
	}
	c.noteSample(p)
	if own := p.proof.Value.Get("@context"); own != nil && p.outcome == Passed && !coversText(p.proof) && !sameList(own, c.d.Claims.Get("@context")) {
		c.warn(ReasonProofContext, "")
	}
	c.r.Suite, c.r.Method = p.proof.SuiteID(), p.proof.VerificationMethod
	if p.proof.JOSE != nil {
		c.r.Suite = p.proof.JOSE.Alg
	}
}

// addController reports whether the issuer or holder controls the key, separately
// from the proof's validity.
func (c *check) addController(id CheckID, p proved, controller string) {
	switch {
	case p.outcome != Passed:
		c.add(id, Skipped, ReasonNotRun, "")
	case controller == "" && id == CheckHolder && (p.key.Outcome == Passed || p.key.Reason == ReasonControllerMismatch):
		c.add(id, Skipped, ReasonNotStated, "") // any key may present, since no holder is named
	case controller == "" && id == CheckIssuer:
		c.add(id, Unknown, ReasonNotStated, "")
	case c.otherIss(controller) != "":
		c.add(id, Failed, ReasonClaimsMismatch, c.otherIss(controller))
	case p.key.Outcome == Passed:
		c.r.Binding, c.r.Key = p.key.Binding, p.key.Thumbprint
		c.add(id, Passed, p.key.Reason, p.key.Detail)
	default:
		c.add(id, p.key.Outcome, p.key.Reason, p.key.Detail)
	}
}
