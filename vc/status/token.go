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

// Tokens looks up places in token status lists, which SD-JWT VCs have (specs
// E4.1). It is safe for concurrent use.
type Tokens struct {
	cfg  Config
	held *holder[*tokenList]
}

var _ vc.StatusChecker = (*Tokens)(nil)

// TokenStatusList returns the checker of token status lists, or an error that
// says what cfg lacks.
func TokenStatusList(cfg Config) (*Tokens, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	return &Tokens{cfg: cfg, held: newHolder[*tokenList](cfg.Now)}, nil
}

// Types implements vc.StatusChecker.
func (*Tokens) Types() []string { return []string{vc.StatusListToken} }

// A tokenList is a list that was verified and decoded.
type tokenList struct {
	size uint64 // bits of an entry
	bits []byte
	ttl  time.Duration // 0: not stated
	exp  time.Time     // zero: not stated
}

// CheckStatus implements vc.StatusChecker. The list must be signed by the
// credential's own issuer, found by the same rules as the credential's key, and
// be the one that the credential points at. Its only errors are a missing v or
// c, and a context that is over.
func (l *Tokens) CheckStatus(ctx context.Context, v *vc.Verifier, c *vc.Credential, s vc.Status) (vc.StatusResult, error) {
	if v == nil || c == nil || s.Type != vc.StatusListToken {
		return vc.StatusResult{}, fmt.Errorf("status: nothing to check an entry of type %.60q with", s.Type)
	}
	address, index := s.Value.Get("uri").Str(), s.Value.Get("idx")
	i, err := strconv.ParseUint(index.Text(), 10, 53)
	if err != nil || !index.Is(vc.Number) || address == "" {
		return *unknown(address, vc.ReasonStatusEntry, "the status entry has no idx that is a whole number, or no uri"), nil
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

// read fetches and verifies a list. One that is older than its own ttl allows
// is asked for once more.
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

// open verifies and decodes what was fetched.
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

// readTokenList reads the claims of a verified list.
func readTokenList(claims *vc.Value, address string) (*tokenList, error) {
	if sub := claims.Get("sub").Str(); sub != address {
		return nil, fmt.Errorf("%w: it calls itself %.200q", vc.ErrMalformed, sub)
	}
	if claims.Get("iat") == nil {
		return nil, fmt.Errorf("%w: it does not say when it was made", vc.ErrMalformed)
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

// inflate expands one zlib stream (RFC 1950) that nothing follows, up to the
// size that a list may have.
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
		return nil, fmt.Errorf("%w: the list has more than %d bytes", vc.ErrTooLarge, maxBytes)
	case in.Len() > 0:
		return nil, fmt.Errorf("%w: something follows the zlib stream", vc.ErrMalformed)
	}
	return out, nil
}

// result reads an entry. The first stands in the least significant bits of the
// first byte: the other way round than in a Bitstring Status List.
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
		out.Detail = fmt.Sprintf("the status is 0x%02x, which only the issuer can explain", v)
	}
	return out
}
