package vc

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A Config holds what a Verifier works with. NewVerifier refuses a missing
// Keys, Fetch or Now, and two suites or checkers with one name.
type Config struct {
	Suites   []Suite
	Keys     KeyResolver
	Statuses []StatusChecker
	Schemas  SchemaValidator // nil: no schema is checked
	Legacy   LegacyVerifier  // nil: Open Badges before 3.0 are undetermined
	Fetch    Fetcher
	Now      func() time.Time
	Skew     time.Duration // allowed clock difference for moments in the future
}

// A LegacyVerifier verifies documents of the forms Hosted and Signed by the
// rules of their own time (specs B).
type LegacyVerifier interface {
	VerifyLegacy(ctx context.Context, d *Document, opt Options) (*Report, error)
}

// Options say what is asked of one verification.
type Options struct {
	// Recipients are identifiers that the asking person is known to control:
	// e-mail addresses and DIDs. Empty: check recipient does not apply.
	Recipients []string
	// Challenge and Domain are what a presentation must have been made for;
	// empty means that none was asked for.
	Challenge, Domain string
	// Offline forbids every fetch: what would need one is Unknown.
	Offline bool
	// NoRefresh skips step 3.
	NoRefresh bool
	// Fresh asks for status lists and documents that no cache has answered.
	Fresh bool
	// Bare leaves out refresh, status and endorsements: for a status list,
	// which must not be looked up in another.
	Bare bool
}

// A Verifier verifies documents. It is safe for concurrent use.
type Verifier struct {
	cfg      Config
	suites   map[string]Suite
	statuses map[string]StatusChecker
}

// NewVerifier returns a Verifier, or an error that names what cfg lacks.
func NewVerifier(cfg Config) (*Verifier, error) {
	if cfg.Keys == nil || cfg.Fetch == nil || cfg.Now == nil {
		return nil, errors.New("vc: a verifier needs Keys, Fetch and Now")
	}
	v := &Verifier{cfg: cfg, suites: map[string]Suite{}, statuses: map[string]StatusChecker{}}
	for _, s := range cfg.Suites {
		for _, id := range s.IDs() {
			if v.suites[id] != nil {
				return nil, fmt.Errorf("vc: two suites for %s", id)
			}
			v.suites[id] = s
		}
	}
	for _, s := range cfg.Statuses {
		for _, t := range s.Types() {
			if v.statuses[t] != nil {
				return nil, fmt.Errorf("vc: two status checkers for %s", t)
			}
			v.statuses[t] = s
		}
	}
	return v, nil
}

// Verify runs the checks of Open Badges 3.0 §9.1 on a credential, or those of
// a presentation and of each credential in it (as Sub of check proof). It
// never returns a nil Report without an error. An error is for the caller's
// own mistakes and for a cancelled context, never for a bad credential.
func (v *Verifier) Verify(ctx context.Context, d *Document, opt Options) (*Report, error) {
	if d == nil || d.Claims == nil && !d.Form.Legacy() {
		return nil, errors.New("vc: nothing to verify")
	}
	if opt.Offline {
		ctx = WithOffline(ctx)
	}
	if opt.Fresh {
		ctx = WithFresh(ctx)
	}
	r, err := v.dispatch(ctx, d, opt)
	if err != nil {
		return nil, err
	}
	return r, ctx.Err()
}

func (v *Verifier) dispatch(ctx context.Context, d *Document, opt Options) (*Report, error) {
	c := &check{v: v, d: d, opt: opt, r: &Report{At: v.cfg.Now().UTC()}}
	switch {
	case d.Form.Legacy() && v.cfg.Legacy != nil:
		return v.cfg.Legacy.VerifyLegacy(ctx, d, opt)
	case d.Form.Legacy():
		c.add(CheckProof, Unknown, ReasonUnsupported, "Open Badges "+d.Version)
		return c.r, nil
	case d.Presentation != nil:
		return c.r, c.presentation(ctx)
	case d.Credential != nil:
		return c.credential(ctx)
	}
	c.add(CheckFormat, Failed, ReasonMalformed, firstDetail(d.Problems))
	return c.r, nil
}

func firstDetail(p []Problem) string {
	if len(p) == 0 {
		return ""
	}
	return p[0].Detail
}

// A check is one verification under way.
type check struct {
	v   *Verifier
	d   *Document
	opt Options
	r   *Report
}

func (c *check) add(id CheckID, o Outcome, reason Reason, detail string) {
	c.r.Checks = append(c.r.Checks, Check{ID: id, Outcome: o, Reason: reason, Detail: detail})
}

func (c *check) warn(reason Reason, detail string) {
	if len(c.r.Warnings) < 20 {
		c.r.Warnings = append(c.r.Warnings, Problem{reason, detail})
	}
}

// credential runs the steps of Open Badges 3.0 §9.1 in their order (specs A7).
func (c *check) credential(ctx context.Context) (*Report, error) {
	if err := c.format(ctx); err != nil { // step 1
		return nil, err
	}
	p := c.proofs(ctx, AssertionMethod, c.d.Credential.Issuer.ID)
	c.addTerms(p)
	c.subject()
	c.addProof(p) // step 2
	c.addIssuer(p)
	if newer := c.refresh(ctx); newer != nil { // step 3
		return newer, nil
	}
	if err := c.revocation(ctx); err != nil { // step 4
		return nil, err
	}
	c.dates()
	c.recipient()       // step 5
	c.endorsements(ctx) // step 6
	return c.r, nil
}

// format is the data model, the contexts' order and the schema.
func (c *check) format(ctx context.Context) error {
	if len(c.d.Problems) > 0 {
		for _, p := range c.d.Problems[1:] {
			c.warn(p.Reason, p.Detail)
		}
		c.add(CheckFormat, Failed, c.d.Problems[0].Reason, c.d.Problems[0].Detail)
		return nil
	}
	for _, m := range []Moment{c.d.Credential.ValidFrom, c.d.Credential.ValidUntil} {
		if m.Zoneless {
			c.warn(ReasonDateFormat, "a date has no time zone; UTC was assumed")
		}
	}
	if c.v.cfg.Schemas == nil {
		c.add(CheckFormat, Passed, "", "")
		return nil
	}
	violations, err := c.v.cfg.Schemas.Validate(ctx, c.d.Credential)
	if err != nil {
		return fmt.Errorf("validate schema: %w", err)
	}
	for _, x := range violations {
		if !x.Warning {
			c.add(CheckFormat, Failed, ReasonSchema, x.Path+": "+x.Message)
			return nil
		}
		c.warn(ReasonSchema, x.Path+": "+x.Message)
	}
	c.add(CheckFormat, Passed, "", "")
	return nil
}

// subject demands that a badge says whom it is about (Open Badges 3.0 §9.1 step 1).
func (c *check) subject() {
	s := &c.d.Credential.Subject
	switch {
	case !c.d.Credential.Badge():
		c.add(CheckSubject, Skipped, "", "")
	case s.ID == "" && len(s.Identifiers) == 0:
		c.add(CheckSubject, Failed, ReasonNoSubjectID, "")
	default:
		c.add(CheckSubject, Passed, "", "")
	}
}

// proved reports whether check proof passed: only then may what the credential
// says lead to requests or be compared with anything.
func (c *check) proved() bool { return c.r.Check(CheckProof).Outcome == Passed }

// dates compares validity with the clock (specs A7.4): leeway for the
// beginning only.
func (c *check) dates() {
	cred, now := c.d.Credential, c.v.cfg.Now()
	switch from := cred.ValidFrom; {
	case from.IsZero():
		c.add(CheckValidFrom, Skipped, ReasonNotStated, "")
	case from.Time.IsZero():
		c.add(CheckValidFrom, Failed, ReasonDateFormat, from.Text)
	case now.Add(c.v.cfg.Skew).Before(from.Time):
		c.add(CheckValidFrom, Failed, ReasonNotYetValid, from.Text)
	default:
		c.add(CheckValidFrom, Passed, "", "")
	}
	until := c.validUntil()
	switch {
	case until.IsZero():
		c.add(CheckValidUntil, Skipped, ReasonNotStated, "")
	case until.Time.IsZero():
		c.add(CheckValidUntil, Failed, ReasonDateFormat, until.Text)
	case now.After(until.Time):
		c.add(CheckValidUntil, Failed, ReasonExpired, until.Text)
	default:
		c.add(CheckValidUntil, Passed, "", "")
	}
}

// validUntil is the end of validity: of a JWT, what exp says (specs A5.4), if
// that is sooner.
func (c *check) validUntil() Moment {
	until := c.d.Credential.ValidUntil
	for _, p := range c.d.Proofs {
		if p.JOSE == nil || p.JOSE.Exp == nil {
			continue
		}
		exp, ok := numericDate(p.JOSE.Exp)
		if !ok {
			return Moment{Text: p.JOSE.Exp.Raw()}
		}
		if until.IsZero() || exp.Before(until.Time) {
			until = Moment{Text: exp.Format(time.RFC3339), Time: exp}
		}
	}
	return until
}

// recipient compares the subject with who asks (Open Badges 3.0 §9.1 step 5).
func (c *check) recipient() {
	if len(c.opt.Recipients) == 0 {
		c.add(CheckRecipient, Skipped, ReasonNobodyAsked, "")
		return
	}
	match, weak := MatchRecipient(&c.d.Credential.Subject, c.opt.Recipients)
	switch {
	case match == "":
		c.add(CheckRecipient, Failed, ReasonNoMatch, "")
	case weak:
		c.add(CheckRecipient, Passed, ReasonWeakHash, "")
	default:
		c.add(CheckRecipient, Passed, ReasonMatched, "")
	}
}
