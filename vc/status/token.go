package status

import (
	"bytes"
	"compress/zlib"
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"backpack/vc"
)

const acceptToken = "application/statuslist+jwt"

// Tokens looks up entries in token status lists, the status of SD-JWT VCs (specs
// E4.1). It is safe for concurrent use.
type Tokens struct {
	cfg  Config
	held *holder[*tokenList]
}

var _ vc.StatusChecker = (*Tokens)(nil)

// TokenStatusList returns the checker of token status lists, or an error if cfg is
// incomplete.
func TokenStatusList(cfg Config) (*Tokens, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	return &Tokens{cfg: cfg, held: newHolder[*tokenList](cfg.Now)}, nil
}

// Types implements vc.StatusChecker.
func (*Tokens) Types() []string { return []string{vc.StatusListToken} }

// A tokenList is a verified and decoded list.
type tokenList struct {
	size uint64 // of an entry, in bits
	bits []byte
	ttl  time.Duration // 0: not stated
	exp  time.Time     // zero: not stated
}

// CheckStatus implements vc.StatusChecker. The list must be the one to which the
// credential refers, signed by the credential's own issuer with a key found by the
// same rules. It returns an error only for a nil v or c, or a done context.
func (l *Tokens) CheckStatus(ctx context.Context, v *vc.Verifier, c *vc.Credential, s vc.Status) (vc.StatusResult, error) {
	if v == nil || c == nil || s.Type != vc.StatusListToken {
		return vc.StatusResult{}, fmt.Errorf("status: cannot check an entry of type %.60q", s.Type)
	}
	address, index := s.Value.Get("uri").Str(), s.Value.Get("idx")
	i, err := strconv.ParseUint(index.Text(), 10, 53)
	if err != nil || !index.Is(vc.Number) || address == "" {
		return *unknown(address, vc.ReasonStatusEntry, "the status entry needs a whole number idx and a uri"), nil
	}
	issuer := c.Issuer.ID
	r := l.held.get(ctx, place{v, issuer + " " + address}, func(ctx context.Context) *reading[*tokenList] {
		return l.read(ctx, v, address, issuer)
	})
	switch {
	case ctx.Err() != nil:
		return vc.StatusResult{}, ctx.Err()
	case r.fail != nil:
		return *r.fail, nil
	}
	out := r.list.result(address, i)
	out.Until = r.until
	return out, nil
}

// read fetches and verifies a list. It fetches a list that is older than its own
// ttl once more.
func (l *Tokens) read(ctx context.Context, v *vc.Verifier, address, issuer string) *reading[*tokenList] {
	for {
		res, fail := l.cfg.fetch(ctx, address, acceptToken)
		if fail != nil {
			return &reading[*tokenList]{fail: fail}
		}
		r := l.open(ctx, v, address, issuer, res)
		if r.fail != nil || vc.Fresh(ctx) || r.list.ttl == 0 || l.cfg.Now().Sub(res.FetchedAt) <= max(r.list.ttl, shortest) {
			return r
		}
		ctx = vc.WithFresh(ctx)
	}
}

// open verifies and decodes a fetched list.
func (l *Tokens) open(ctx context.Context, v *vc.Verifier, address, issuer string, res *vc.Resource) *reading[*tokenList] {
	claims, c := v.VerifyToken(ctx, res.Body, "statuslist+jwt", issuer)
	if c.Outcome != vc.Passed {
		reason := vc.ReasonStatusList
		if c.Reason.Silent() {
			reason = c.Reason
		}
		return &reading[*tokenList]{fail: unknown(address, reason, fmt.Sprintf("the status list: %s %s: %s", c.Outcome, c.Reason, c.Detail))}
	}
	list, err := readTokenList(claims, address)
	if err != nil {
		return &reading[*tokenList]{fail: unknown(address, vc.ReasonStatusList, "the status list: "+err.Error())}
	}
	return &reading[*tokenList]{list: list, size: len(list.bits), until: lifetime(res, list.ttl, list.exp, l.cfg.Now())}
}

// readTokenList decodes the claims of a verified list.
func readTokenList(claims *vc.Value, address string) (*tokenList, error) {
	if sub := claims.Get("sub").Str(); sub != address {
		return nil, fmt.Errorf("%w: its sub is %.200q", vc.ErrMalformed, sub)
	}
	if claims.Get("iat") == nil {
		return nil, fmt.Errorf("%w: it has no iat", vc.ErrMalformed)
	}
	out := &tokenList{}
	switch bits := claims.Get("status_list").Get("bits"); bits.Text() {
	case "1", "2", "4", "8":
		out.size = uint64(bits.Text()[0] - '0')
	default:
		return nil, fmt.Errorf("%w: entries of %.20q bits", vc.ErrMalformed, bits.Text())
	}
	if ttl, err := strconv.ParseUint(claims.Get("ttl").Text(), 10, 31); err == nil {
		out.ttl = time.Duration(ttl) * time.Second
	}
	if exp, err := strconv.ParseInt(claims.Get("exp").Text(), 10, 64); err == nil {
		out.exp = time.Unix(exp, 0)
	}
	packed, err := vc.DecodeBase64(claims.Get("status_list").Get("lst").Str())
	if err != nil {
		return nil, err
	}
	out.bits, err = inflate(packed)
	return out, err
}

// inflate expands exactly one zlib stream (RFC 1950), up to maxBytes.
func inflate(packed []byte) ([]byte, error) {
	in := bytes.NewReader(packed)
	z, err := zlib.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("%w: the list is not zlib: %v", vc.ErrMalformed, err)
	}
	out, err := io.ReadAll(io.LimitReader(z, maxBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: the zlib stream is damaged: %v", vc.ErrMalformed, err)
	case len(out) > maxBytes:
		return nil, fmt.Errorf("%w: the list exceeds %d bytes", vc.ErrTooLarge, maxBytes)
	case in.Len() > 0:
		return nil, fmt.Errorf("%w: there are bytes after the zlib stream", vc.ErrMalformed)
	}
	return out, nil
}

// result interprets an entry. The first entry is in the least significant bits of
// the first byte, unlike in a Bitstring Status List.
func (l *tokenList) result(address string, index uint64) vc.StatusResult {
	out := vc.StatusResult{Outcome: vc.Unknown, Reason: vc.ReasonStatusList, Purpose: "revocation", List: address}
	if index >= uint64(len(l.bits))*8/l.size {
		out.Detail = fmt.Sprintf("the list has no entry %d", index)
		return out
	}
	at := index * l.size
	switch v := l.bits[at/8] >> (at % 8) & (1<<l.size - 1); v {
	case 0:
		out.Outcome, out.Reason = vc.Passed, ""
	case 1:
		out.Outcome, out.Reason = vc.Failed, vc.ReasonRevoked
	case 2:
		out.Outcome, out.Reason, out.Purpose = vc.Failed, vc.ReasonSuspended, "suspension"
	default:
		out.Reason, out.Purpose = vc.ReasonUnsupported, "custom"
		out.Detail = fmt.Sprintf("the status is 0x%02x, a value that only the issuer defines", v)
	}
	return out
}
