package ob2

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"backpack/vc"
)

// skew is the tolerance for an issuer's clock that is ahead.
const skew = 5 * time.Minute

// A Config holds the dependencies of a Verifier.
type Config struct {
	Fetch   vc.Fetcher
	Now     func() time.Time
	Schemas SchemaValidator // nil: extensions are not checked
	Samples vc.Samples      // nil: there are no samples
}

// A Verifier verifies Open Badges 0.5 to 2.0. It is safe for concurrent use.
type Verifier struct{ cfg Config }

var (
	_ vc.LegacyVerifier   = (*Verifier)(nil)
	_ vc.OriginalVerifier = (*Verifier)(nil)
)

// New returns a Verifier. It fails if Fetch or Now is missing.
func New(cfg Config) (*Verifier, error) {
	if cfg.Fetch == nil || cfg.Now == nil {
		return nil, errors.New("ob2: Config needs Fetch and Now")
	}
	return &Verifier{cfg: cfg}, nil
}

// VerifyLegacy verifies a document from Parse by the rules of its version (specs
// B2.7). Report.Current is the document to show: for a hosted badge the one that its
// address serves, with Raw exactly as served; for a signed badge the same JWS with the
// fetched badge class and issuer in its view. Failures of remote servers appear as
// checks that are Unknown or Failed. An error means a document of another form or a
// canceled context.
func (v *Verifier) VerifyLegacy(ctx context.Context, d *vc.Document, opt vc.Options) (*vc.Report, error) {
	if d == nil || !d.Form.Legacy() || d.Credential == nil || d.Claims == nil {
		return nil, fmt.Errorf("verify legacy badge: %w: not a badge before Open Badges 3.0", vc.ErrUnsupported)
	}
	now := v.cfg.Now().UTC()
	r := &run{cfg: v.cfg, opt: opt, now: now, found: map[vc.CheckID]vc.Check{}, report: &vc.Report{At: now},
		requests: &requests{left: maxAsked, known: map[string]answer{}}}
	r.document(ctx, d)
	r.endorse(ctx)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("verify legacy badge: %w", err)
	}
	return r.finish(), nil
}

// VerifyOriginal implements vc.OriginalVerifier. address is the address of a hosted
// badge, or a data URL with a badge of either form.
func (v *Verifier) VerifyOriginal(ctx context.Context, address string, opt vc.Options) (*vc.Report, error) {
	d, err := original(address)
	if err != nil {
		return &vc.Report{At: v.cfg.Now().UTC(), Checks: []vc.Check{
			{ID: vc.CheckProof, Outcome: vc.Unknown, Reason: vc.ReasonNotABadge, Detail: err.Error()}}}, nil
	}
	return v.VerifyLegacy(ctx, d, opt)
}

// A run is one verification.
type run struct {
	cfg      Config
	opt      vc.Options
	now      time.Time
	found    map[vc.CheckID]vc.Check
	report   *vc.Report
	requests *requests
	// form lists departures of the latest document that the format check does not report.
	form []vc.Problem
	// endorsement: the document is an endorsement, not a badge.
	endorsement bool
}

// document verifies a badge or an endorsement by its form.
func (r *run) document(ctx context.Context, d *vc.Document) {
	switch {
	case onChain(d.Claims):
		r.reportOnChain(d)
	case d.Form == vc.Signed:
		r.signed(ctx, d)
	default:
		r.hosted(ctx, d)
	}
}

// read parses the document that an address served.
func (r *run) read(raw []byte, v *vc.Value, address string) (*vc.Document, error) {
	if r.endorsement {
		return endorsementDocument(raw, v, vc.Hosted, address)
	}
	return document(raw, v, vc.Hosted, address)
}

// A fault is the reason for a failure, as an outcome of a check.
type fault struct {
	outcome vc.Outcome
	reason  vc.Reason
	detail  string
}

func unknown(reason vc.Reason, detail string) *fault { return &fault{vc.Unknown, reason, detail} }
func failed(reason vc.Reason, detail string) *fault  { return &fault{vc.Failed, reason, detail} }

func (r *run) set(id vc.CheckID, o vc.Outcome, reason vc.Reason, detail string) {
	r.found[id] = vc.Check{ID: id, Outcome: o, Reason: reason, Detail: detail}
}

func (r *run) fault(id vc.CheckID, f *fault) { r.set(id, f.outcome, f.reason, f.detail) }

func (r *run) warn(reason vc.Reason, detail string) {
	r.remark([]vc.Problem{{Reason: reason, Detail: detail}})
}

// remark appends warnings, up to twenty in total.
func (r *run) remark(list []vc.Problem) {
	r.report.Warnings = append(r.report.Warnings, list[:min(len(list), 20-len(r.report.Warnings))]...)
}

// finish lists the checks in the order of Open Badges 3.0 §9.1.
func (r *run) finish() *vc.Report {
	r.remark(r.form)
	for _, id := range []vc.CheckID{vc.CheckFormat, vc.CheckTerms, vc.CheckSubject, vc.CheckProof, vc.CheckIssuer,
		vc.CheckSchema, vc.CheckRefresh, vc.CheckRevocation, vc.CheckValidFrom, vc.CheckValidUntil, vc.CheckRecipient, vc.CheckEndorsement} {
		c, ok := r.found[id]
		if !ok && id == vc.CheckSchema {
			continue // only extensions have schemas
		}
		if !ok {
			c = vc.Check{ID: id, Outcome: vc.Skipped, Reason: vc.ReasonNotStated}
		}
		r.report.Checks = append(r.report.Checks, c)
	}
	return r.report
}

// facts sets the checks that depend on the assertion alone: the fetched one, or the
// input if fetching failed.
func (r *run) facts(d *vc.Document) {
	if d.Version == "" { // only an address, so nothing to check yet
		r.set(vc.CheckFormat, vc.Skipped, vc.ReasonNotRun, "")
		r.set(vc.CheckSubject, vc.Skipped, vc.ReasonNotRun, "")
		return
	}
	r.set(vc.CheckFormat, vc.Passed, "", "Open Badges "+d.Version)
	r.form = d.Remarks
	if len(d.Problems) > 0 {
		r.set(vc.CheckFormat, vc.Failed, d.Problems[0].Reason, d.Problems[0].Detail)
		r.form = slices.Concat(d.Problems[1:], d.Remarks)
	}
	c := d.Credential
	r.set(vc.CheckSubject, vc.Passed, "", "")
	switch {
	case r.endorsement && c.Subject.ID == "":
		r.set(vc.CheckSubject, vc.Failed, vc.ReasonNoSubjectID, "the endorsement does not name what it endorses")
	case !r.endorsement && len(c.Subject.Identifiers) == 0:
		r.set(vc.CheckSubject, vc.Failed, vc.ReasonNoSubjectID, "the badge does not name a recipient")
	}
	r.dates(c)
	r.recipient(c)
}

// dates checks issuedOn and expires (specs B1.10).
func (r *run) dates(c *vc.Credential) {
	from, until := c.ValidFrom, c.ValidUntil
	r.set(vc.CheckValidFrom, vc.Skipped, vc.ReasonNotStated, "")
	r.set(vc.CheckValidUntil, vc.Skipped, vc.ReasonNotStated, "")
	switch {
	case from.IsZero():
	case from.Time.IsZero():
		r.set(vc.CheckValidFrom, vc.Failed, vc.ReasonDateFormat, "issuedOn is "+from.Text)
	case from.Time.After(r.now.Add(skew)):
		r.set(vc.CheckValidFrom, vc.Failed, vc.ReasonNotYetValid, "issued on "+from.Text)
	default:
		r.set(vc.CheckValidFrom, vc.Passed, "", from.Text)
	}
	switch {
	case until.IsZero():
	case until.Time.IsZero():
		r.set(vc.CheckValidUntil, vc.Failed, vc.ReasonDateFormat, "expires is "+until.Text)
	case until.Time.Before(r.now):
		r.set(vc.CheckValidUntil, vc.Failed, vc.ReasonExpired, "expired on "+until.Text)
	case !from.Time.IsZero() && until.Time.Before(from.Time):
		r.set(vc.CheckValidUntil, vc.Failed, vc.ReasonDateOrder, "the badge expires before it was issued")
	default:
		r.set(vc.CheckValidUntil, vc.Passed, "", until.Text)
	}
}

// recipient compares the recipient with opt.Recipients (specs B1.9, A8).
func (r *run) recipient(c *vc.Credential) {
	if len(r.opt.Recipients) == 0 {
		r.set(vc.CheckRecipient, vc.Skipped, vc.ReasonNobodyAsked, "")
		return
	}
	match, weak := vc.MatchRecipient(&c.Subject, r.opt.Recipients)
	switch {
	case match == "":
		r.set(vc.CheckRecipient, vc.Failed, vc.ReasonNoMatch, "")
	case weak:
		r.set(vc.CheckRecipient, vc.Passed, vc.ReasonWeakHash, "")
	default:
		r.set(vc.CheckRecipient, vc.Passed, vc.ReasonMatched, "")
	}
}
