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

// Config configures a Verifier. NewVerifier refuses a missing Keys, Fetch or Now,
// and two suites or status checkers with the same name.
type Config struct {
	Suites   []Suite
	Keys     KeyResolver
	Statuses []StatusChecker
	Schemas  SchemaValidator  // nil: schemas are not checked
	Named    NamedSchemas     // nil: a credential's own schemas are ignored
	Legacy   LegacyVerifier   // nil: Open Badges before 3.0 are Undetermined
	Registry Registry         // nil: no registry is asked
	Contexts EmbeddedContexts // nil: digests of embedded contexts are not compared
	Fetch    Fetcher
	Samples  Samples // nil: no key counts as public
	Now      func() time.Time
	COSE     COSEOpener    // nil: fetched COSE is not supported
	Skew     time.Duration // tolerated clock difference for future times
	// Remember is the number of proof results to cache; 0 disables the cache.
	Remember int
}

// A LegacyVerifier verifies documents of the forms Hosted and Signed by the rules
// of their version (specs B).
type LegacyVerifier interface {
	VerifyLegacy(ctx context.Context, d *Document, opt Options) (*Report, error)
}

// Options configures one verification.
type Options struct {
	// Recipients are identifiers that the recipient is known to control: email
	// addresses and DIDs. If empty, check recipient is skipped.
	Recipients []string
	// Challenge and Domain are what a presentation must have been made for; ""
	// accepts any.
	Challenge, Domain string
	// Registry replaces Config.Registry.
	Registry Registry
	// Offline forbids all fetches. Checks that need one are Unknown.
	Offline bool
	// NoRefresh skips step 3.
	NoRefresh bool
	// Fresh fetches status lists and documents without caches.
	Fresh bool
	// Original also verifies the older badge from which the credential was made, if
	// it names one (specs B5.3).
	Original bool
	// Bare leaves out refresh, status and endorsements. It is for a status list,
	// whose own status must not lead to another list.
	Bare bool
	// Own reports that the verification is for the document's holder, who may keep
	// a base proof of selective disclosure. Otherwise base proofs are refused.
	Own bool

	endorsement bool // an endorsement, whose own endorsements are not followed (specs A7.5)
}

// A Verifier verifies documents. It is safe for concurrent use.
type Verifier struct {
	cfg      Config
	suites   map[string]Suite
	statuses map[string]StatusChecker
	memory   *memory // nil: no results are cached
}

// NewVerifier returns a Verifier, or an error that names the fault of cfg.
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

// Verify runs the checks of Open Badges 3.0 §9.1 on a credential, or those of a
// presentation and of each credential in it (as Sub of check proof). The Report is
// not nil unless there is an error. Errors report misuse or a cancelled context,
// never an invalid credential.
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

// Suites lists the proof names that v supports.
func (v *Verifier) Suites() []string { return slices.Sorted(maps.Keys(v.suites)) }

// Now returns the time of the verifier's clock, in UTC.
func (v *Verifier) Now() time.Time { return v.cfg.Now().UTC() }

// Parse reads a document fetched during a verification, in every form the verifier
// supports.
func (v *Verifier) Parse(b []byte) (*Document, error) { return ParseWith(b, v.cfg.COSE) }

// A check is a verification in progress. It does not modify d, which may be in
// concurrent use.
type check struct {
	v   *Verifier
	d   *Document
	opt Options
	r   *Report

	derived bool // the holder may have left parts out
}

func (c *check) add(id CheckID, o Outcome, reason Reason, detail string) {
	c.r.Checks = append(c.r.Checks, Check{ID: id, Outcome: o, Reason: reason, Detail: detail})
}

func (c *check) warn(reason Reason, detail string) {
	c.remark(Problem{Reason: reason, Detail: detail})
}

func (c *check) remark(p Problem) { note(&c.r.Warnings, p) }

// unreadable reports a contained document that could not be read. If its kind is
// unknown, it may still be valid.
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
	if o == Failed { // whatever it is, it has no valid proof
		c.add(CheckProof, o, p.Reason, p.Detail)
	}
}

// credential runs the steps of Open Badges 3.0 §9.1 in order (specs A7). around is
// the CLR that contains the document, if any.
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

// format checks the data model, the contexts and the schema. A JWT claim that
// contradicts the credential is a fault of form, too. (If they name two issuers,
// check issuer fails as well.)
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
	case p.reason.unclear() && p.reason != ReasonAmbiguous && p.reason != ReasonDirection:
		c.add(CheckFormat, Unknown, p.reason, p.detail)
	default:
		c.add(CheckFormat, Passed, "", "")
	}
	return nil
}

// schema returns the violations that leave the meaning unclear. The others become
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

// remarks adds warnings that change no verdict.
func (c *check) remarks() {
	for _, x := range c.d.Remarks {
		c.remark(x)
	}
	if cred := c.d.Credential; cred != nil && (cred.ValidFrom.Zoneless || cred.ValidUntil.Zoneless) {
		c.warn(ReasonDateFormat, "a date has no time zone; UTC is assumed")
	}
	if cred := c.d.Credential; cred != nil {
		c.remarkResults(&cred.Subject)
		c.remarkCLR(cred)
	}
	written := c.d.Claims.Get("@context").List()
	for i, u := range c.contexts()[:min(len(written), len(c.contexts()))] { // specs D2.3: applies to any context that sets @vocab
		switch {
		case u == "https://www.w3.org/ns/credentials/examples/v2", u == "https://www.w3.org/ns/credentials/undefined-terms/v2":
			c.warn(ReasonVocabHides, u)
		case written[i].Get("@vocab").Is(String), strings.Contains(string(c.d.Contexts[u]), `"@vocab"`):
			c.warn(ReasonVocabHides, "@vocab "+u)
		}
	}
}

// contexts returns the document's contexts that its proof covers.
func (c *check) contexts() []string {
	if c.d.Presentation != nil {
		return c.d.Presentation.Context
	}
	return c.d.Credential.Context
}

// subject checks that a badge identifies its subject (Open Badges 3.0 §9.1 step
// 1), and that a badge in a CLR has the CLR's subject (specs C5).
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

// trusted reports whether the proof is valid and not known to be another party's.
// Only then may the document's content cause requests (specs A7.2).
func (c *check) trusted() bool {
	return c.r.Check(CheckProof).Outcome == Passed && c.r.Check(CheckIssuer).Outcome != Failed
}

// onBehalf returns a context for requests that the document's content causes. Their
// failures count against a host only if the issuer is confirmed: anyone can sign a
// badge that names an unresponsive host.
func (c *check) onBehalf(ctx context.Context) context.Context {
	if c.trusted() && c.r.Check(CheckIssuer).Outcome == Passed {
		return WithHolding(ctx)
	}
	return ctx
}

// fetch sends a request unless ctx is offline, whatever Config.Fetch does.
func (c *check) fetch(ctx context.Context, req FetchRequest) (*Resource, error) {
	if Offline(ctx) {
		return nil, ErrUnreachable
	}
	ctx = c.onBehalf(ctx)
	req.Fresh = req.Fresh || Fresh(ctx)
	return c.v.cfg.Fetch.Fetch(ctx, req)
}

// dates compares the validity period with the clock (specs A7.4). Skew applies to
// the start only. An unreadable end leaves the check Unknown.
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

// validUntil returns the end of validity. For a JWT it is exp if that is sooner
// (specs A5.4).
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
		until = earlierEnd(until, Moment{Text: exp.Format(time.RFC3339), Time: exp})
	}
	return until
}
