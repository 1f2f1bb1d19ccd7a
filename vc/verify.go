package vc

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A Config holds what a Verifier works with. NewVerifier refuses a missing
// Keys, Fetch or Now, and two suites or checkers with one name.
type Config struct {
	Suites   []Suite
	Keys     KeyResolver
	Statuses []StatusChecker
	Schemas  SchemaValidator  // nil: no schema is checked
	Named    NamedSchemas     // nil: schemas that a credential names are not looked at
	Legacy   LegacyVerifier   // nil: Open Badges before 3.0 are undetermined
	Registry Registry         // nil: nobody is asked who an issuer is
	Contexts EmbeddedContexts // nil: digests of contexts in the program are not compared
	Fetch    Fetcher
	Samples  Samples // nil: no key is known to be everybody's
	Now      func() time.Time
	COSE     COSEOpener    // nil: what is fetched in COSE is of a kind that we do not know
	Skew     time.Duration // allowed clock difference for moments in the future
	// Remember is of how many proofs it is remembered whether they hold, so that
	// what is looked at again costs no cryptography. 0: of none.
	Remember int
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
	// Registry is asked who the issuer is, in place of Config.Registry.
	Registry Registry
	// Offline forbids every fetch: what would need one is Unknown.
	Offline bool
	// NoRefresh skips step 3.
	NoRefresh bool
	// Fresh asks for status lists and documents that no cache has answered.
	Fresh bool
	// Original also verifies the older badge that a credential says it was made
	// from, if it says so (specs B5.3).
	Original bool
	// Bare leaves out refresh, status and endorsements: for a status list,
	// which must not be looked up in another.
	Bare bool
	// Own says that the document's holder asks, for themselves: a base proof of
	// selective disclosure is theirs to keep. To all others one is refused.
	Own bool

	endorsement bool // of an endorsement: those in it are not followed (specs A7.5)
}

// A Verifier verifies documents. It is safe for concurrent use.
type Verifier struct {
	cfg      Config
	suites   map[string]Suite
	statuses map[string]StatusChecker
	memory   *memory // nil: nothing is remembered
}

// NewVerifier returns a Verifier, or an error that names what cfg lacks.
func NewVerifier(cfg Config) (*Verifier, error) {
	if cfg.Keys == nil || cfg.Fetch == nil || cfg.Now == nil {
		return nil, errors.New("vc: a verifier needs Keys, Fetch and Now")
	}
	v := &Verifier{cfg: cfg, suites: map[string]Suite{}, statuses: map[string]StatusChecker{}}
	if cfg.Remember > 0 {
		v.memory = &memory{n: cfg.Remember}
	}
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
	ctx = withShared(ctx)
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
	r.Schemas = fetchedSchemas(ctx)
	return r, ctx.Err()
}

func (v *Verifier) dispatch(ctx context.Context, d *Document, opt Options) (*Report, error) {
	c := &check{v: v, d: d, opt: opt, r: newReport(v.cfg.Now().UTC())}
	switch {
	case d.Form.Legacy() && v.cfg.Legacy != nil:
		return c.legacy(ctx)
	case d.Form.Legacy():
		c.add(CheckProof, Unknown, ReasonUnsupported, "Open Badges "+d.Version)
	case d.Presentation != nil:
		return c.r, c.presentation(ctx)
	case d.Credential != nil:
		return c.credential(ctx, nil)
	default:
		c.unreadable()
	}
	return c.r, nil
}

// Suites lists the names of the proofs that v can check.
func (v *Verifier) Suites() []string { return slices.Sorted(maps.Keys(v.suites)) }

// Now returns the time by the verifier's clock.
func (v *Verifier) Now() time.Time { return v.cfg.Now().UTC() }

// Parse reads a document that was fetched in the course of a verification, in
// every form that the verifier knows.
func (v *Verifier) Parse(b []byte) (*Document, error) { return ParseWith(b, v.cfg.COSE) }

// A check is one verification under way. It changes nothing in d, which others
// may be reading.
type check struct {
	v   *Verifier
	d   *Document
	opt Options
	r   *Report

	derived bool // the holder may have left things out
}

func (c *check) add(id CheckID, o Outcome, reason Reason, detail string) {
	c.r.Checks = append(c.r.Checks, Check{ID: id, Outcome: o, Reason: reason, Detail: detail})
}

func (c *check) warn(reason Reason, detail string) {
	c.remark(Problem{Reason: reason, Detail: detail})
}

func (c *check) remark(p Problem) { note(&c.r.Warnings, p) }

// unreadable tells of a contained document that could not be read: one of a
// kind that we do not know may still be a good one.
func (c *check) unreadable() {
	p := Problem{Reason: ReasonMalformed}
	if len(c.d.Problems) > 0 {
		p = c.d.Problems[0]
	}
	o := Failed
	if p.Reason == ReasonUnsupported || p.Reason == ReasonTooLarge {
		o = Unknown
	}
	c.add(CheckFormat, o, p.Reason, p.Detail)
	if o == Failed { // whatever it is, nothing seals it
		c.add(CheckProof, o, p.Reason, p.Detail)
	}
}

// credential runs the steps of Open Badges 3.0 §9.1 in their order (specs A7).
// around is the CLR or presentation that the document stands in, if any.
func (c *check) credential(ctx context.Context, around *surrounding) (*Report, error) {
	issuer := c.d.Credential.Issuer.ID
	p := c.proofs(ctx, AssertionMethod, issuer)
	if len(c.d.Proofs) == 0 && around != nil {
		p = c.vouched(around)
	}
	if err := c.format(ctx, p); err != nil { // step 1
		return nil, err
	}
	c.addTerms(p)
	c.subject(around)
	c.addProof(p) // step 2
	c.addController(CheckIssuer, p, issuer)
	c.known(ctx, issuer)
	c.keyBinding(ctx)
	c.resources()
	if err := c.namedSchemas(ctx); err != nil {
		return nil, err
	}
	if err := c.contained(ctx); err != nil {
		return nil, err
	}
	if newer := c.refresh(ctx); newer != nil { // step 3
		return newer, nil
	}
	if err := c.revocation(ctx); err != nil { // step 4
		return nil, err
	}
	c.dates()
	c.recipient()                               // step 5
	if err := c.endorsements(ctx); err != nil { // step 6
		return nil, err
	}
	return c.r, c.original(ctx)
}

// format is the data model, the contexts and the schema. A JWT's claims belong
// to it: one that contradicts the credential makes it say two things. (Where
// they name two issuers, check issuer fails as well.)
func (c *check) format(ctx context.Context, p proved) error {
	problems := append(slices.Clone(c.d.Problems), c.claims()...)
	if cred := c.d.Credential; c.opt.endorsement && (cred == nil || !has(cred.Types, "EndorsementCredential")) { // specs A9.2
		problems = append([]Problem{{Reason: ReasonNotEndorsement}}, problems...)
	}
	faults, err := c.schema(ctx)
	if err != nil {
		return err
	}
	problems = append(problems, faults...)
	c.remarks()
	switch {
	case len(problems) > 0:
		c.add(CheckFormat, Failed, problems[0].Reason, problems[0].Detail)
		for _, x := range problems[1:] {
			c.remark(Problem{Reason: x.Reason, Detail: x.Detail, Strict: true})
		}
	case p.reason.unread() && p.reason != ReasonAmbiguous && p.reason != ReasonDirection:
		c.add(CheckFormat, Unknown, p.reason, p.detail)
	default:
		c.add(CheckFormat, Passed, "", "")
	}
	return nil
}

// schema returns the violations that have to be guessed at; the others become
// remarks (specs A4.4).
func (c *check) schema(ctx context.Context) ([]Problem, error) {
	if c.v.cfg.Schemas == nil || c.d.Credential == nil {
		return nil, nil
	}
	all, err := c.v.cfg.Schemas.Validate(ctx, c.d.Credential)
	if err != nil {
		return nil, fmt.Errorf("validate schema: %w", err)
	}
	var out []Problem
	for _, x := range all {
		p := Problem{Reason: x.reason(), Detail: x.Path + ": " + x.Message}
		if x.Warning {
			p.Strict = x.Strict
			c.remark(p)
		} else {
			out = append(out, p)
		}
	}
	return out, nil
}

// remarks tells what is unwise but not wrong.
func (c *check) remarks() {
	for _, x := range c.d.Remarks {
		c.remark(x)
	}
	if cred := c.d.Credential; cred != nil && (cred.ValidFrom.Zoneless || cred.ValidUntil.Zoneless) {
		c.warn(ReasonDateFormat, "a date has no time zone; UTC was assumed")
	}
	if cred := c.d.Credential; cred != nil {
		c.remarkResults(&cred.Subject)
		c.remarkCLR(cred)
	}
	written := c.d.Claims.Get("@context").List()
	for i, u := range c.contexts()[:min(len(written), len(c.contexts()))] { // specs D2.3: the rule is one, whoever sets @vocab
		switch {
		case u == "https://www.w3.org/ns/credentials/examples/v2", u == "https://www.w3.org/ns/credentials/undefined-terms/v2":
			c.warn(ReasonVocabHides, u)
		case written[i].Get("@vocab").Is(String), strings.Contains(string(c.d.Contexts[u]), `"@vocab"`):
			c.warn(ReasonVocabHides, "@vocab "+u)
		}
	}
}

// contexts are those that the document names and its proof covers.
func (c *check) contexts() []string {
	if c.d.Presentation != nil {
		return c.d.Presentation.Context
	}
	return c.d.Credential.Context
}

// subject demands that a badge says whom it is about (Open Badges 3.0 §9.1
// step 1), and one inside a CLR the same person as the CLR (specs C5).
func (c *check) subject(around *surrounding) {
	s := &c.d.Credential.Subject
	switch {
	case around.differs(s):
		c.add(CheckSubject, Failed, ReasonSubjectDiffers, s.ID)
	case !c.d.Credential.Badge():
		c.add(CheckSubject, Skipped, "", "")
	case s.ID == "" && len(s.Identifiers) == 0 && s.Name.String() != "":
		c.add(CheckSubject, Failed, ReasonNameOnly, s.Name.String())
	case s.ID == "" && len(s.Identifiers) == 0:
		c.add(CheckSubject, Failed, ReasonNoSubjectID, "")
	default:
		c.add(CheckSubject, Passed, "", "")
	}
}

// trusted reports whether the proof holds and is not known to be somebody
// else's: only then may what the document says lead to requests (specs A7.2).
func (c *check) trusted() bool {
	return c.r.Check(CheckProof).Outcome == Passed && c.r.Check(CheckIssuer).Outcome != Failed
}

// onBehalf returns ctx for requests that the document asks for. They speak
// against hosts only when its proof is known to be the issuer's own: anybody
// can seal a badge in the name of somebody who does not answer.
func (c *check) onBehalf(ctx context.Context) context.Context {
	if c.trusted() && c.r.Check(CheckIssuer).Outcome == Passed {
		return WithHolding(ctx)
	}
	return ctx
}

// fetch asks for a resource unless that is forbidden, whatever Config.Fetch is.
func (c *check) fetch(ctx context.Context, req FetchRequest) (*Resource, error) {
	if Offline(ctx) {
		return nil, ErrUnreachable
	}
	ctx = c.onBehalf(ctx)
	req.Fresh = req.Fresh || Fresh(ctx)
	return c.v.cfg.Fetch.Fetch(ctx, req)
}

// dates compares validity with the clock (specs A7.4): leeway for the
// beginning only. An end that cannot be read leaves open whether it has come.
func (c *check) dates() {
	cred, now := c.d.Credential, c.r.At
	switch from := cred.ValidFrom; {
	case from.IsZero():
		c.add(CheckValidFrom, Skipped, c.unstated(), "")
	case from.Time.IsZero():
		c.add(CheckValidFrom, Unknown, ReasonDateFormat, from.Text)
	case now.Add(c.v.cfg.Skew).Before(from.First()):
		c.add(CheckValidFrom, Failed, ReasonNotYetValid, from.Text)
	default:
		c.add(CheckValidFrom, Passed, "", "")
	}
	until := c.validUntil()
	switch {
	case until.IsZero():
		c.add(CheckValidUntil, Skipped, c.unstated(), "")
	case until.Time.IsZero():
		c.add(CheckValidUntil, Unknown, ReasonDateFormat, until.Text)
	case now.After(until.Last()):
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
		until = sooner(until, Moment{Text: exp.Format(time.RFC3339), Time: exp})
	}
	return until
}
