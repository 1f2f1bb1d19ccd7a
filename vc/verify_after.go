package vc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
)

// refreshType is the refresh service defined by Open Badges 3.0 (specs A7.2).
const refreshType = "1EdTechCredentialRefresh"

// acceptCredential accepts credentials in every supported form.
const acceptCredential = "application/vc+ld+json, application/vc, application/vc+jwt, application/vc+sd-jwt, application/vc+cose, application/json, text/plain"

// refresh asks the issuer once for a newer version. The credential must be proved,
// since a forged one could name any address (specs A7.2, A7.3). refresh returns the
// newer version's report if that one replaces this.
func (c *check) refresh(ctx context.Context) *Report {
	service := c.refreshService()
	switch {
	case len(c.d.Credential.Refresh) == 0:
		c.add(CheckRefresh, Skipped, c.unstated(), "")
		return nil
	case c.opt.Bare || c.opt.NoRefresh || !c.trusted():
		c.add(CheckRefresh, Skipped, ReasonNotRun, "")
		return nil
	case service == "":
		c.add(CheckRefresh, Unknown, ReasonUnsupported, c.d.Credential.Refresh[0].Type)
		return nil
	}
	res, err := c.fetch(ctx, FetchRequest{URL: service, Accept: acceptCredential, Role: RoleRefresh})
	if err == nil && !res.OK() {
		err = fmt.Errorf("%w: %s answered with status %d", ErrUnreachable, service, res.Status)
	}
	if err != nil {
		c.add(CheckRefresh, Unknown, FetchReason(err), err.Error())
		return nil
	}
	r, why := c.newer(ctx, res.Body)
	switch {
	case r == nil && why == "":
		c.add(CheckRefresh, Passed, "", "")
		return nil
	case r == nil:
		c.add(CheckRefresh, Unknown, ReasonRefreshRejected, why)
		return nil
	}
	i := slices.IndexFunc(r.Checks, func(x Check) bool { return x.ID == CheckRefresh })
	r.Checks[i] = Check{ID: CheckRefresh, Outcome: Passed, Reason: ReasonRefreshed, Detail: service}
	return r
}

// FetchReason returns the reason for a failed fetch. Permanent failures have
// specific reasons.
func FetchReason(err error) Reason {
	switch {
	case errors.Is(err, ErrPort):
		return ReasonPort
	case errors.Is(err, ErrPrivate):
		return ReasonPrivate
	case errors.Is(err, ErrNoHost):
		return ReasonNoHost
	case errors.Is(err, ErrRefused):
		return ReasonRefused
	case errors.Is(err, ErrForbidden):
		return ReasonForbidden
	case errors.Is(err, ErrTooLarge):
		return ReasonTooLarge
	case errors.Is(err, ErrMalformed):
		return ReasonMalformed
	}
	return ReasonUnreachable
}

func (c *check) refreshService() string {
	for _, s := range c.d.Credential.Refresh {
		if s.Type == refreshType {
			return s.ID
		}
	}
	return ""
}

// newer verifies the refresh service's response. A nil report without a reason
// means the credential is unchanged.
func (c *check) newer(ctx context.Context, body []byte) (*Report, string) {
	d, err := c.v.Parse(body)
	if err != nil || d.Credential == nil {
		return nil, "the refresh service did not return a credential"
	}
	if bytes.Equal(d.Raw, c.d.Raw) {
		return nil, ""
	}
	old, cred := c.d.Credential, d.Credential
	switch {
	case !SameCredential(cred, old) || !sameSubject(&cred.Subject, &old.Subject):
		return nil, "the refresh service returned another credential"
	case Newer(old, cred):
		return nil, "the refresh service returned an older version"
	}
	d.Contexts, d.Schemas = c.d.Contexts, c.d.Schemas
	opt := c.opt
	opt.NoRefresh = true
	r, err := c.v.dispatch(ctx, d, opt)
	if err != nil || !r.Confirmed() || r.Check(CheckFormat).Outcome == Unknown {
		return nil, "the version from the refresh service is not valid"
	}
	switch r.Verdict(Policy{}) { // it must not replace a version that may be in force
	case NotYetValid:
		return nil, "the version from the refresh service is not valid yet"
	case Undetermined, Invalid:
		return nil, "the version from the refresh service is invalid or could not be checked"
	case Irregular:
		if c.r.firstOf(c.r.forming(), Failed) == nil {
			return nil, "the version from the refresh service violates the standard"
		}
	}
	r.Current = d
	return r, ""
}

// sameSubject reports whether two versions of a credential have the same subject,
// by id or, without ids, by other identifiers.
func sameSubject(a, b *Subject) bool {
	if a.ID != b.ID {
		return false
	}
	return a.ID != "" || !(&surrounding{subject: b}).differs(a) && (len(a.Identifiers) > 0) == (len(b.Identifiers) > 0)
}

// Confirmed reports whether a credential is authentic and its key is confirmed as
// the issuer's. Only then is the issuer responsible for what the credential refers
// to, such as a picture.
func (r *Report) Confirmed() bool {
	return r.authentic().Outcome == Passed && r.Check(CheckIssuer).Outcome == Passed
}

// revocation evaluates all status entries; the worst result counts (specs E1.7).
func (c *check) revocation(ctx context.Context) error {
	cred := c.d.Credential
	switch {
	case len(cred.Status) == 0 && c.hides("credentialStatus"):
		c.add(CheckRevocation, Skipped, ReasonNotDisclosed, "")
		return nil
	case len(cred.Status) == 0: // "not stated" must never read as "not revoked"
		c.add(CheckRevocation, Skipped, c.unstated(), "")
		return nil
	case c.opt.Bare || !c.trusted():
		c.add(CheckRevocation, Skipped, ReasonNotRun, "")
		return nil
	}
	worst := StatusResult{Outcome: Passed}
	for i, s := range cred.Status {
		if i == maxStatuses || !spend(ctx, "statuses", 1, maxAllAsked) {
			worst = StatusResult{Outcome: Unknown, Reason: ReasonTooLarge, Detail: "too many status entries"}
			break
		}
		got, err := c.status(c.onBehalf(ctx), s)
		if err != nil {
			return err
		}
		worst = graver(worst, got)
	}
	if worst.Outcome == Passed && c.hides("credentialStatus") { // another entry may be undisclosed
		worst.Reason = ReasonNotDisclosed
	}
	c.add(CheckRevocation, worst.Outcome, worst.Reason, worst.Detail)
	return nil
}

const maxStatuses = 8

func (c *check) status(ctx context.Context, s Status) (StatusResult, error) {
	checker := c.v.statuses[s.Type]
	for _, t := range s.Value.Get("type").Strs() { // the order of types has no meaning
		if checker == nil {
			checker = c.v.statuses[t]
		}
	}
	if checker == nil {
		return StatusResult{Outcome: Unknown, Reason: ReasonUnsupported, Detail: s.Type}, nil
	}
	got, err := checker.CheckStatus(ctx, c.v, c.d.Credential, s)
	if err != nil {
		return got, fmt.Errorf("look up status: %w", err)
	}
	if at := c.r.StatusUntil; !got.Until.IsZero() && (at.IsZero() || got.Until.Before(at)) {
		c.r.StatusUntil = got.Until
	}
	c.r.Lists = append(c.r.Lists, ListSeen{got.List, got.Purpose, got.Outcome, got.Reason, got.SHA256, got.Until})
	switch { // messages and due refreshes are remarks, not revocations
	case got.Outcome == Passed && got.Reason != "", got.Reason == ReasonStatusMessage, got.Reason == ReasonRefreshDue:
		c.warn(got.Reason, got.Detail)
		return StatusResult{Outcome: Passed}, nil
	}
	return got, nil
}

// graver returns the worse of two results: revoked, suspended, other failure,
// unknown, clear.
func graver(a, b StatusResult) StatusResult {
	rank := func(r StatusResult) int {
		switch {
		case r.Outcome == Failed && r.Reason == ReasonRevoked:
			return 4
		case r.Outcome == Failed && r.Reason == ReasonSuspended:
			return 3
		case r.Outcome == Failed:
			return 2
		case r.Outcome == Unknown:
			return 1
		}
		return 0
	}
	if rank(b) > rank(a) {
		return b
	}
	return a
}

// endorsements verifies each endorsement separately (specs A7.5, A9). Their
// verdicts do not affect the credential's.
func (c *check) endorsements(ctx context.Context) error {
	docs := AllEndorsements(c.d.Credential)
	switch {
	case len(docs) == 0:
		c.add(CheckEndorsement, Skipped, ReasonNotStated, "")
		return nil
	case c.opt.Bare || c.opt.endorsement || !c.trustedOrVouched():
		c.add(CheckEndorsement, Skipped, ReasonNotRun, "")
		return nil
	}
	out := Check{ID: CheckEndorsement, Outcome: Passed}
	for _, d := range docs {
		r, err := c.child(ctx, d, Options{NoRefresh: true, endorsement: true}, nil)
		if err != nil {
			return err
		}
		out.Sub = append(out.Sub, r)
		verdict := r.Verdict(Policy{})
		if verdict == Sample && c.r.Sample { // a sample may endorse a sample
			verdict = Valid
		}
		if out.Detail == "" && verdict != Valid {
			out.Detail = r.firstProblem()
		}
		switch {
		case verdict == Valid || verdict == AsShown:
		case verdict == Undetermined || verdict == Sample:
			if out.Outcome == Passed {
				out.Outcome, out.Reason = Unknown, ReasonEndorsements
			}
		default:
			out.Outcome, out.Reason = Failed, ReasonEndorsements
		}
	}
	c.r.Checks = append(c.r.Checks, out)
	return nil
}

// trustedOrVouched reports whether the document's proof is valid as far as known, or another
// document vouches for it. Only then are its endorsements checked.
func (c *check) trustedOrVouched() bool {
	p := c.r.Check(CheckProof)
	return c.trusted() || p.Outcome == Skipped && p.Reason == ReasonVouched
}

// firstProblem describes the first check that failed or is unknown; "" if there is none.
func (r *Report) firstProblem() string {
	for _, c := range r.Checks {
		if c.Outcome == Failed || c.Outcome == Unknown {
			return fmt.Sprintf("%s: %s %s %s", c.ID, c.Outcome, c.Reason, c.Detail)
		}
	}
	return ""
}

// AllEndorsements returns the endorsements of the credential, its achievements and
// all profiles in it, in the order of the Subs of check endorsement (specs A2.13).
func AllEndorsements(c *Credential) []*Document {
	out := append([]*Document(nil), c.Endorsements...)
	profiles := []*Profile{&c.Issuer, c.Subject.Source}
	achievements := c.Subject.Achievements
	if a := c.Subject.Achievement; a != nil {
		achievements = append([]*Achievement{a}, achievements...)
	}
	for _, a := range achievements {
		out = append(out, a.Endorsements...)
		profiles = append(profiles, a.Creator)
	}
	for _, p := range profiles {
		for ; p != nil; p = p.ParentOrg {
			out = append(out, p.Endorsements...)
		}
	}
	return out
}
