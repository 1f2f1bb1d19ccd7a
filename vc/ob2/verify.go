package ob2

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"backpack/vc"
)

// skew is how far an issuer's clock may be ahead of ours.
const skew = 5 * time.Minute

// A Config holds what a Verifier works with; New refuses a missing part.
type Config struct {
	Fetch   vc.Fetcher
	Now     func() time.Time
	Schemas SchemaValidator // nil: extensions cannot be checked
	Samples vc.Samples      // nil: no key and no address is a sample's
}

// A Verifier verifies Open Badges 0.5 to 2.0. It is safe for concurrent use.
type Verifier struct{ cfg Config }

var (
	_ vc.LegacyVerifier   = (*Verifier)(nil)
	_ vc.OriginalVerifier = (*Verifier)(nil)
)

// New returns a Verifier, or an error that names what cfg lacks.
func New(cfg Config) (*Verifier, error) {
	if cfg.Fetch == nil || cfg.Now == nil {
		return nil, errors.New("ob2: Config needs Fetch and Now")
	}
	return &Verifier{cfg: cfg}, nil
}

// VerifyLegacy verifies a document that Parse returned by the rules of its own
// version (specs B2.7). Report.Current is the document to show: for a hosted
// badge what its address serves, with Raw exactly as served, for a signed one
// the same JWS; its view holds the badge class and the issuer as fetched. What
// a stranger's server does wrong is a check that is Unknown or Failed; an error
// is a document of another form or a cancelled context.
func (v *Verifier) VerifyLegacy(ctx context.Context, d *vc.Document, opt vc.Options) (*vc.Report, error) {
	if d == nil || !d.Form.Legacy() || d.Credential == nil || d.Claims == nil {
		return nil, fmt.Errorf("verify legacy badge: %w: no document of Open Badges before 3.0", vc.ErrUnsupported)
	}
	now := v.cfg.Now().UTC()
	r := &run{cfg: v.cfg, opt: opt, now: now, found: map[vc.CheckID]vc.Check{}, report: &vc.Report{At: now},
		reach: &reach{left: maxAsked, known: map[string]answer{}}}
	r.document(ctx, d)
	r.endorse(ctx)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("verify legacy badge: %w", err)
	}
	return r.finish(), nil
}

// VerifyOriginal implements vc.OriginalVerifier: address is that of a hosted
// badge, or a data: address that holds a badge of either form.
func (v *Verifier) VerifyOriginal(ctx context.Context, address string, opt vc.Options) (*vc.Report, error) {
	d, err := original(address)
	if err != nil {
		return &vc.Report{At: v.cfg.Now().UTC(), Checks: []vc.Check{
			{ID: vc.CheckProof, Outcome: vc.Unknown, Reason: vc.ReasonNotABadge, Detail: err.Error()}}}, nil
	}
	return v.VerifyLegacy(ctx, d, opt)
}

// A run is one verification under way.
type run struct {
	cfg    Config
	opt    vc.Options
	now    time.Time
	found  map[vc.CheckID]vc.Check
	report *vc.Report
	reach  *reach
	// form is what the latest document lacks, beside what check format says.
	form []vc.Problem
	// endorsement: it is one that is verified, not a badge.
	endorsement bool
}

// document verifies a badge or an endorsement by the rules of its form.
func (r *run) document(ctx context.Context, d *vc.Document) {
	switch {
	case onChain(d.Claims):
		r.chained(d)
	case d.Form == vc.Signed:
		r.signed(ctx, d)
	default:
		r.hosted(ctx, d)
	}
}

// read reads what an address serves.
func (r *run) read(raw []byte, v *vc.Value, address string) (*vc.Document, error) {
	if r.endorsement {
		return endorsementDocument(raw, v, vc.Hosted, address)
	}
	return document(raw, v, vc.Hosted, address)
}

// A fault says why something could not be had.
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

// remark adds to the warnings; there are never more than twenty.
func (r *run) remark(list []vc.Problem) {
	r.report.Warnings = append(r.report.Warnings, list[:min(len(list), 20-len(r.report.Warnings))]...)
}

// finish puts the checks in the order of Open Badges 3.0 §9.1.
func (r *run) finish() *vc.Report {
	r.remark(r.form)
	for _, id := range []vc.CheckID{vc.CheckFormat, vc.CheckTerms, vc.CheckSubject, vc.CheckProof, vc.CheckIssuer,
		vc.CheckSchema, vc.CheckRefresh, vc.CheckRevocation, vc.CheckValidFrom, vc.CheckValidUntil, vc.CheckRecipient, vc.CheckEndorsement} {
		c, ok := r.found[id]
		if !ok && id == vc.CheckSchema {
			continue // only extensions name schemas
		}
		if !ok {
			c = vc.Check{ID: id, Outcome: vc.Skipped, Reason: vc.ReasonNotStated}
		}
		r.report.Checks = append(r.report.Checks, c)
	}
	return r.report
}

// facts makes the checks that need nothing but the assertion itself: the
// fetched one, or the file's own where that could not be had.
func (r *run) facts(d *vc.Document) {
	if d.Version == "" { // an address alone: what is there may well be in order
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
		r.set(vc.CheckSubject, vc.Failed, vc.ReasonNoSubjectID, "the endorsement does not say what it endorses")
	case !r.endorsement && len(c.Subject.Identifiers) == 0:
		r.set(vc.CheckSubject, vc.Failed, vc.ReasonNoSubjectID, "the badge names no recipient")
	}
	r.dates(c)
	r.recipient(c)
}

// dates judges issuedOn and expires (specs B1.10).
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
		r.set(vc.CheckValidUntil, vc.Failed, vc.ReasonDateOrder, "it expires before it was issued")
	default:
		r.set(vc.CheckValidUntil, vc.Passed, "", until.Text)
	}
}

// recipient compares the recipient with the person asked about (specs B1.9, A8).
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
