package status

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"backpack/vc"
)

const (
	// maxBody is the largest list as served, in bytes: enough for 16 million
	// random entries. Lists in use have a few kilobytes.
	maxBody = 4 << 20
)

// A Config configures a checker. Fetch and Now are required.
type Config struct {
	Fetch vc.Fetcher
	Now   func() time.Time
}

func (c Config) check() error {
	if c.Fetch == nil || c.Now == nil {
		return errors.New("status: a checker requires Fetch and Now")
	}
	return nil
}

// fetch fetches a list, or returns an unknown result with the reason.
func (c Config) fetch(ctx context.Context, address, accept string) (*vc.Resource, *vc.StatusResult) {
	res, err := c.Fetch.Fetch(ctx, vc.FetchRequest{URL: address, Accept: accept, MaxBytes: maxBody, Fresh: vc.Fresh(ctx), Role: vc.RoleStatus})
	switch {
	case err == nil && res.OK():
		return res, nil
	case err == nil && (res.Status == 404 || res.Status == 410):
		return nil, unknown(address, vc.ReasonStatusGone, fmt.Sprintf("%s answers with status %d", address, res.Status))
	case err == nil:
		return nil, unknown(address, vc.ReasonUnreachable, fmt.Sprintf("%s answers with status %d", address, res.Status))
	case errors.Is(err, vc.ErrMalformed):
		return nil, unknown(address, vc.ReasonStatusEntry, err.Error())
	}
	return nil, unknown(address, vc.FetchReason(err), err.Error())
}

func hexOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func unknown(list string, reason vc.Reason, detail string) *vc.StatusResult {
	return &vc.StatusResult{Outcome: vc.Unknown, Reason: reason, Detail: detail, List: list}
}

// otherIssuer adds the remark that a list has another issuer than the credential
// (specs E1.6, E3.3). It is the reason of a clear status and leaves a graver one.
func otherIssuer(r vc.StatusResult, list, credential string) vc.StatusResult {
	if list == credential || list == "" {
		return r
	}
	remark := fmt.Sprintf("the status list has another issuer, %.200s", list)
	if r.Outcome == vc.Passed && r.Reason == "" {
		r.Reason = vc.ReasonStatusIssuer
	}
	if r.Detail != "" {
		remark = r.Detail + "; " + remark
	}
	r.Detail = remark
	return r
}
