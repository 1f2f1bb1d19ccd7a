package status

import (
	"context"
	"errors"
	"fmt"
	"time"

	"backpack/vc"
)

// revocationType is the status type of Open Badges 3.0 (specs E3.1).
const revocationType = "1EdTechRevocationList"

// Revocations looks up credentials in 1EdTech's revocation lists. It is safe for
// concurrent use.
type Revocations struct {
	cfg  Config
	held *holder[*revocations]
}

var _ vc.StatusChecker = (*Revocations)(nil)

// RevocationList returns the checker of 1EdTechRevocationList, or an error if cfg
// is incomplete.
func RevocationList(cfg Config) (*Revocations, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	return &Revocations{cfg: cfg, held: newHolder[*revocations](cfg.Now)}, nil
}

// Types implements vc.StatusChecker.
func (*Revocations) Types() []string { return []string{revocationType} }

// CheckStatus implements vc.StatusChecker (specs E3). The list is not signed: trust
// rests on the https address in the credential. The only error is a done context.
func (r *Revocations) CheckStatus(ctx context.Context, _ *vc.Verifier, c *vc.Credential, s vc.Status) (vc.StatusResult, error) {
	if s.ID == "" || c == nil || c.ID == "" {
		return *unknown(s.ID, vc.ReasonStatusEntry, "the credential has no id, or its status entry has no list"), nil
	}
	got := r.held.get(ctx, place{nil, s.ID}, func(ctx context.Context) *reading[*revocations] { return r.read(ctx, s.ID) })
	switch {
	case ctx.Err() != nil:
		return vc.StatusResult{}, ctx.Err()
	case got.fail != nil:
		out := *got.fail // the original is shared
		out.Purpose = "revocation"
		return out, nil
	}
	out := got.list.result(s.ID, c)
	out.SHA256, out.Until = got.list.sum, got.until
	return out, nil
}

// read fetches and parses a list.
func (r *Revocations) read(ctx context.Context, address string) *reading[*revocations] {
	res, fail := r.cfg.fetch(ctx, address, "application/json")
	if fail != nil {
		return &reading[*revocations]{fail: fail}
	}
	list, err := parseRevocations(res.Body)
	if err != nil {
		reason := vc.ReasonStatusList
		if errors.Is(err, vc.ErrTooLarge) {
			reason = vc.ReasonTooLarge
		}
		return &reading[*revocations]{fail: unknown(address, reason, "the revocation list: "+err.Error())}
	}
	list.sum = hexOf(res.Body)
	return &reading[*revocations]{list: list, size: len(res.Body), until: lifetime(res, 0, time.Time{}, r.cfg.Now())}
}

// revocations is a parsed list.
type revocations struct {
	issuer  string
	revoked map[string]string
	sum     string // SHA-256 of the list as served
}

// parseRevocations parses a list (specs E3.1, E3.2). It is strict where an error
// could hide a revocation: an invalid list is an error, not an empty list.
func parseRevocations(body []byte) (*revocations, error) {
	v, err := vc.ParseJSON(body)
	if err != nil {
		return nil, err
	}
	entries := v.Get("revokedCredential")
	if entries == nil {
		entries = v.Get("revokedCredentials")
	}
	if entries == nil {
		return nil, fmt.Errorf("%w: it has no revokedCredential", vc.ErrMalformed)
	}
	out := &revocations{issuer: v.Get("issuer").Str(), revoked: map[string]string{}}
	if out.issuer == "" {
		out.issuer = v.Get("issuer").Get("id").Str()
	}
	for _, x := range entries.List() {
		if err := out.add(x); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// add adds an entry; revoked: false means reinstated.
func (r *revocations) add(x *vc.Value) error {
	id, flag := x.Get("id").Str(), x.Get("revoked")
	if x.Is(vc.String) { // a bare id, as in Open Badges 2.0
		id = x.Text()
	}
	if id == "" || flag != nil && !flag.Is(vc.Bool) {
		return fmt.Errorf("%w: an entry has no id, or revoked is neither true nor false", vc.ErrMalformed)
	}
	if flag == nil || flag.Text() == "true" {
		r.revoked[id] = x.Get("revocationReason").Str()
	}
	return nil
}

func (r *revocations) result(address string, c *vc.Credential) vc.StatusResult {
	out := vc.StatusResult{Outcome: vc.Passed, Purpose: "revocation", List: address}
	if why, ok := r.revoked[c.ID]; ok {
		out.Outcome, out.Reason, out.Detail = vc.Failed, vc.ReasonRevoked, why
	}
	return otherIssuer(out, r.issuer, c.Issuer.ID)
}
