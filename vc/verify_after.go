package vc

import (
	"context"
	"fmt"
	"strings"
)

// refreshType is the refresh service that Open Badges 3.0 knows (specs A7.2).
const refreshType = "1EdTechCredentialRefresh"

// acceptCredential asks for a credential in any form that we read.
const acceptCredential = "application/vc+ld+json, application/vc, application/vc+jwt, application/json, text/plain"

// refresh asks the issuer for a newer version, once, and only of a credential
// that was proved: a forged one could lead anywhere (specs A7.2, A7.3). It
// returns the newer one's report when there is one to use instead.
func (c *check) refresh(ctx context.Context) *Report {
	service := c.refreshService()
	switch {
	case c.opt.Bare || c.opt.NoRefresh || service == "" && len(c.d.Credential.Refresh) == 0:
		c.add(CheckRefresh, Skipped, ReasonNotStated, "")
		return nil
	case service == "":
		c.add(CheckRefresh, Unknown, ReasonUnsupported, c.d.Credential.Refresh[0].Type)
		return nil
	case !c.proved():
		c.add(CheckRefresh, Skipped, ReasonNotRun, "")
		return nil
	}
	res, err := c.v.cfg.Fetch.Fetch(ctx, FetchRequest{URL: service, Accept: acceptCredential})
	if err != nil || !res.OK() {
		c.add(CheckRefresh, Unknown, ReasonUnreachable, service)
		return nil
	}
	newer, r, why := c.newer(ctx, res.Body)
	if r == nil {
		if why == "" {
			c.add(CheckRefresh, Passed, "", "")
		} else {
			c.add(CheckRefresh, Unknown, ReasonRefreshRejected, why)
		}
		return nil
	}
	r.Current = newer
	for i := range r.Checks {
		if r.Checks[i].ID == CheckRefresh {
			r.Checks[i] = Check{ID: CheckRefresh, Outcome: Passed, Reason: ReasonRefreshed, Detail: service}
		}
	}
	return r
}

func (c *check) refreshService() string {
	for _, s := range c.d.Credential.Refresh {
		if s.Type == refreshType {
			return s.ID
		}
	}
	return ""
}

// newer verifies what the refresh service answered. A nil report with no
// reason means that it is the same credential.
func (c *check) newer(ctx context.Context, body []byte) (*Document, *Report, string) {
	d, err := Parse(body)
	if err != nil || d.Credential == nil {
		return nil, nil, "the refresh service does not answer with a credential"
	}
	if string(d.Raw) == string(c.d.Raw) {
		return nil, nil, ""
	}
	if !SameCredential(d.Credential, c.d.Credential) || d.Credential.Subject.ID != c.d.Credential.Subject.ID {
		return nil, nil, "the refresh service answers with another credential"
	}
	d.Contexts = c.d.Contexts
	opt := c.opt
	opt.NoRefresh = true
	r, err := c.v.Verify(ctx, d, opt)
	if err != nil || r.Check(CheckProof).Outcome != Passed || r.Check(CheckFormat).Outcome == Failed {
		return nil, nil, "the refreshed credential does not hold"
	}
	return d, r, ""
}

// SameCredential reports whether two credentials are one: issuer and id are
// equal (specs A10.1). One without an id is never the same as another.
func SameCredential(a, b *Credential) bool {
	norm := func(s string) string { return strings.TrimSpace(unescape(s)) }
	return a.ID != "" && norm(a.ID) == norm(b.ID) && norm(a.Issuer.ID) == norm(b.Issuer.ID)
}

// revocation evaluates all status entries (specs E1.7): the gravest counts.
func (c *check) revocation(ctx context.Context) error {
	cred := c.d.Credential
	switch {
	case c.opt.Bare || len(cred.Status) == 0:
		c.add(CheckRevocation, Skipped, ReasonNotStated, "")
		return nil
	case !c.proved():
		c.add(CheckRevocation, Skipped, ReasonNotRun, "")
		return nil
	}
	worst := StatusResult{Outcome: Passed}
	for i, s := range cred.Status {
		if i == maxStatuses {
			worst = StatusResult{Outcome: Unknown, Reason: ReasonTooLarge, Detail: "too many status entries"}
			break
		}
		got, err := c.status(ctx, s)
		if err != nil {
			return err
		}
		worst = graver(worst, got)
	}
	c.add(CheckRevocation, worst.Outcome, worst.Reason, worst.Detail)
	return nil
}

const maxStatuses = 8

func (c *check) status(ctx context.Context, s Status) (StatusResult, error) {
	checker := c.v.statuses[s.Type]
	if checker == nil {
		return StatusResult{Outcome: Unknown, Reason: ReasonUnsupported, Detail: s.Type}, nil
	}
	got, err := checker.CheckStatus(ctx, c.v, c.d.Credential, s)
	if err != nil {
		return got, fmt.Errorf("look up status: %w", err)
	}
	if got.Outcome == Passed && got.Reason != "" { // a message, or a refresh that is due
		c.warn(got.Reason, got.Detail)
		got.Reason, got.Detail = "", ""
	}
	return got, nil
}

// graver returns the graver of two results: revoked, suspended, another
// failure, unknown, clear.
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

// endorsements verifies every endorsement on its own (specs A7.5, A9). Their
// verdicts never change that of the credential.
func (c *check) endorsements(ctx context.Context) {
	docs := allEndorsements(c.d.Credential)
	if c.opt.Bare || len(docs) == 0 {
		c.add(CheckEndorsement, Skipped, ReasonNotStated, "")
		return
	}
	out := Check{ID: CheckEndorsement, Outcome: Passed}
	for _, d := range docs {
		d.Contexts = c.d.Contexts
		r := c.endorsement(ctx, d)
		out.Sub = append(out.Sub, r)
		switch r.Verdict(Policy{}) {
		case Valid:
		case Undetermined:
			if out.Outcome == Passed {
				out.Outcome, out.Reason = Unknown, ReasonEndorsements
			}
		default:
			out.Outcome, out.Reason = Failed, ReasonEndorsements
		}
	}
	c.r.Checks = append(c.r.Checks, out)
}

func (c *check) endorsement(ctx context.Context, d *Document) *Report {
	e := &check{v: c.v, d: d, opt: Options{NoRefresh: true}, r: &Report{At: c.r.At}}
	if d.Credential == nil {
		e.add(CheckFormat, Failed, ReasonMalformed, firstDetail(d.Problems))
		return e.r
	}
	d.Credential.Endorsements = nil // endorsements of endorsements are not followed
	r, err := e.credential(ctx)
	if err != nil {
		e.add(CheckProof, Unknown, ReasonNotRun, err.Error())
		return e.r
	}
	return r
}

// allEndorsements collects those of the credential, the achievement and every
// profile in it (specs A2.13).
func allEndorsements(c *Credential) []*Document {
	out := append([]*Document(nil), c.Endorsements...)
	profiles := []*Profile{&c.Issuer, c.Subject.Source}
	if a := c.Subject.Achievement; a != nil {
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
