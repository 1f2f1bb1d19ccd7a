package status

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"backpack/vc"
)

// acceptList lists the supported forms of a list credential (specs E1.11).
const acceptList = "application/vc+jwt, application/vc, application/vc+sd-jwt, application/vc+cose, " +
	"application/vc+ld+json, application/jwt, application/ld+json, application/json"

// Lists looks up entries in lists of bits. It is safe for concurrent use.
type Lists struct {
	cfg      Config
	dialects []dialect
	held     *holder[*bitlist]
}

var _ vc.StatusChecker = (*Lists)(nil)

// Bitstring returns the checker of Bitstring Status List 1.0, or an error if cfg is
// incomplete.
func Bitstring(cfg Config) (*Lists, error) { return newLists(cfg, bitstring) }

// StatusList2021 returns the checker of StatusList2021 and RevocationList2020, or
// an error if cfg is incomplete.
func StatusList2021(cfg Config) (*Lists, error) { return newLists(cfg, list2021, list2020) }

func newLists(cfg Config, dialects ...dialect) (*Lists, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	return &Lists{cfg: cfg, dialects: dialects, held: newHolder[*bitlist](cfg.Now)}, nil
}

// Types implements vc.StatusChecker.
func (l *Lists) Types() []string {
	var out []string
	for _, d := range l.dialects {
		out = append(out, d.entry)
	}
	return out
}

// A bitlist is a verified and decoded list credential.
type bitlist struct {
	issuer   string
	purposes []string
	bits     []byte
	ttl      time.Duration // 0: not stated
	sum      string        // SHA-256 of the list as served
	id       string        // its id, if other than its address
}

// CheckStatus implements vc.StatusChecker with the algorithm of Bitstring Status
// List 3.2 (specs E1.5). It returns an error only for a nil v, an entry of a type
// not in Types, or a done context.
func (l *Lists) CheckStatus(ctx context.Context, v *vc.Verifier, c *vc.Credential, s vc.Status) (vc.StatusResult, error) {
	i := slices.IndexFunc(l.dialects, func(d dialect) bool { return d.entry == s.Type })
	if i < 0 || v == nil || c == nil {
		return vc.StatusResult{}, fmt.Errorf("status: cannot check an entry of type %.60q", s.Type)
	}
	d := l.dialects[i]
	e, err := d.read(s)
	if err != nil {
		return *unknown(e.list, vc.ReasonStatusEntry, err.Error()), nil
	}
	r := l.list(ctx, v, d, e.list)
	switch {
	case ctx.Err() != nil:
		return vc.StatusResult{}, ctx.Err()
	case r.fail != nil:
		out := *r.fail // the original is shared
		out.Purpose = e.purpose
		return out, nil
	}
	out := otherIssuer(d.lookUp(r.list, e, c.Issuer.ID), r.list.issuer, c.Issuer.ID)
	out.List, out.SHA256, out.Until = e.list, r.list.sum, r.until
	return out, nil
}

// list returns the list at an address, from the cache or by reading it.
func (l *Lists) list(ctx context.Context, v *vc.Verifier, d dialect, address string) *reading[*bitlist] {
	return l.held.get(ctx, place{v, d.list + " " + address}, func(ctx context.Context) *reading[*bitlist] {
		return l.read(ctx, v, d, address)
	})
}

// read fetches and verifies a list. It fetches a list that is older than its own
// ttl once more (specs E1.8).
func (l *Lists) read(ctx context.Context, v *vc.Verifier, d dialect, address string) *reading[*bitlist] {
	for {
		res, fail := l.cfg.fetch(ctx, address, acceptList)
		if fail != nil {
			return &reading[*bitlist]{fail: fail}
		}
		r := l.open(ctx, v, d, address, res)
		if r.fail != nil || vc.Fresh(ctx) || r.list.ttl == 0 || l.cfg.Now().Sub(res.FetchedAt) <= max(r.list.ttl, shortest) {
			return r
		}
		ctx = vc.WithFresh(ctx)
	}
}

// open verifies and decodes a fetched list.
func (l *Lists) open(ctx context.Context, v *vc.Verifier, d dialect, address string, res *vc.Resource) *reading[*bitlist] {
	doc, fail := verified(ctx, v, address, res.Body)
	if fail != nil {
		return &reading[*bitlist]{fail: fail}
	}
	list, err := d.decode(doc.Credential, address)
	if err != nil {
		return &reading[*bitlist]{fail: unknown(address, vc.ReasonStatusList, err.Error())}
	}
	list.sum = hexOf(res.Body)
	until := lifetime(res, list.ttl, doc.Credential.ValidUntil.Time, l.cfg.Now())
	return &reading[*bitlist]{list: list, size: len(list.bits), until: until}
}

// verified returns a list credential whose checks all pass, including its issuer's
// authority over the key (specs E1.5).
func verified(ctx context.Context, v *vc.Verifier, address string, body []byte) (*vc.Document, *vc.StatusResult) {
	doc, err := v.Parse(body)
	if err != nil {
		return nil, unknown(address, vc.ReasonStatusList, "the status list: "+err.Error())
	}
	if doc.Credential == nil || doc.Form.Legacy() {
		return nil, unknown(address, vc.ReasonStatusList, "the status list is not a credential")
	}
	report, err := v.Verify(ctx, doc, vc.Options{Bare: true, NoRefresh: true})
	if err != nil {
		return nil, unknown(address, vc.ReasonStatusList, "the status list: "+err.Error())
	}
	switch verdict := report.Verdict(vc.Policy{}); verdict {
	case vc.Valid, vc.Irregular, vc.Sample: // the issuer signed it, in whatever form
		return doc, nil
	default:
		return nil, rejected(address, verdict, report)
	}
}

// noFault lists reasons why a possibly valid list cannot be checked.
var noFault = []vc.Reason{vc.ReasonUnreachable, vc.ReasonNoHost, vc.ReasonRefused, vc.ReasonUnsupportedSuite, vc.ReasonUnsupported}

// rejected returns the result for a list of which a check did not pass.
func rejected(address string, verdict vc.Verdict, r *vc.Report) *vc.StatusResult {
	for _, c := range r.Checks {
		if c.Outcome != vc.Failed && c.Outcome != vc.Unknown {
			continue
		}
		reason := vc.ReasonStatusList
		if c.Outcome == vc.Unknown && slices.Contains(noFault, c.Reason) {
			reason = c.Reason
		}
		return unknown(address, reason, fmt.Sprintf("the status list is %s: %s %s: %s %s", verdict, c.ID, c.Outcome, c.Reason, c.Detail))
	}
	return unknown(address, vc.ReasonStatusList, "the status list is "+string(verdict))
}

// decode decodes a verified list credential (specs E1.2).
func (d dialect) decode(c *vc.Credential, address string) (*bitlist, error) {
	subjects := c.Value.Get("credentialSubject").List()
	switch {
	case !slices.Contains(c.Types, d.list):
		return nil, fmt.Errorf("the credential at the list's address is not a %s", d.list)
	case len(subjects) != 1 || !slices.Contains(subjects[0].Get("type").Strs(), d.subject):
		return nil, fmt.Errorf("the list credential must have exactly one subject of type %s", d.subject)
	}
	s := subjects[0]
	bits, err := decode(s.Get("encodedList").Str())
	if err != nil {
		return nil, err
	}
	out := &bitlist{issuer: c.Issuer.ID, purposes: s.Get("statusPurpose").Strs(), bits: bits, ttl: ttl(s.Get("ttl"))}
	if c.ID != address {
		out.id = c.ID
	}
	return out, nil
}

// ttl parses a time to live in milliseconds (specs E1.2); 0 if absent or invalid.
func ttl(v *vc.Value) time.Duration {
	ms, err := strconv.ParseUint(v.Text(), 10, 40)
	if err != nil {
		return 0
	}
	return time.Duration(ms) * time.Millisecond
}

// lookUp reads an entry of the list. A set bit in a list that the issuer signed
// counts, whatever the list's id and length. A clear bit counts only in a list that
// is certainly the intended one (specs E1.3, E1.5).
func (d dialect) lookUp(list *bitlist, e entry, issuer string) vc.StatusResult {
	if d.purpose == "" && !slices.Contains(list.purposes, e.purpose) {
		return *e.unknown(fmt.Sprintf("the list is not for %.60q", e.purpose))
	}
	v, ok := value(list.bits, e.index, e.size)
	if !ok {
		return *e.unknown(fmt.Sprintf("the list has no entry %d", e.index))
	}
	r := e.result(v)
	if list.id != "" && (r.Outcome != vc.Failed || list.issuer != issuer) {
		return *e.unknown(fmt.Sprintf("the id of the list is %.200q", list.id))
	}
	if have := uint64(len(list.bits)) * 8 / e.size; have < d.minimum && r.Outcome == vc.Passed && r.Reason == "" {
		r.Reason, r.Detail = vc.ReasonStatusShort, fmt.Sprintf("the list has %d entries, fewer than %d", have, d.minimum)
	}
	return r
}

func (e entry) unknown(detail string) *vc.StatusResult {
	r := unknown(e.list, vc.ReasonStatusList, detail)
	r.Purpose = e.purpose
	return r
}
