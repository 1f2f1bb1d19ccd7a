package status

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"backpack/vc"
)

// acceptList asks for a list credential in the forms that we read (specs E1.11).
const acceptList = "application/vc+jwt, application/vc, application/vc+sd-jwt, application/vc+cose, application/vc+ld+json, application/jwt, application/ld+json, application/json"

// Lists looks up places in lists of bits. It is safe for concurrent use.
type Lists struct {
	cfg      Config
	dialects []dialect
	held     *holder[*bitlist]
}

var _ vc.StatusChecker = (*Lists)(nil)

// Bitstring returns the checker of Bitstring Status List 1.0, or an error that
// says what cfg lacks.
func Bitstring(cfg Config) (*Lists, error) { return newLists(cfg, bitstring) }

// StatusList2021 returns the checker of StatusList2021 and RevocationList2020,
// or an error that says what cfg lacks.
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

// A bitlist is a list credential that was verified and decoded.
type bitlist struct {
	issuer   string
	purposes []string
	bits     []byte
	ttl      time.Duration // 0: not stated
	sum      string        // SHA-256 of the list as served
}

// CheckStatus implements vc.StatusChecker by the algorithm of Bitstring Status
// List 3.2 (specs E1.5). Its only errors are a missing v, an entry of a type
// that is not one of Types, and a context that is over.
func (l *Lists) CheckStatus(ctx context.Context, v *vc.Verifier, c *vc.Credential, s vc.Status) (vc.StatusResult, error) {
	i := slices.IndexFunc(l.dialects, func(d dialect) bool { return d.entry == s.Type })
	if i < 0 || v == nil || c == nil {
		return vc.StatusResult{}, fmt.Errorf("status: nothing to check an entry of type %.60q with", s.Type)
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
		out := *r.fail // which others may have been given too
		out.Purpose = e.purpose
		return out, nil
	}
	out := otherIssuer(d.lookUp(r.list, e), r.list.issuer, c.Issuer.ID)
	out.List, out.SHA256, out.Until = e.list, r.list.sum, r.until
	return out, nil
}

// list returns the list at an address, which may have been read before.
func (l *Lists) list(ctx context.Context, v *vc.Verifier, d dialect, address string) *reading[*bitlist] {
	return l.held.get(ctx, place{v, d.list + " " + address}, func(ctx context.Context) *reading[*bitlist] {
		return l.read(ctx, v, d, address)
	})
}

// read fetches and verifies a list. One that is older than its own ttl allows
// is asked for once more (specs E1.8).
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

// open verifies and decodes what was fetched.
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

// verified is a list credential that holds in every respect, its own issuer's
// authority over the key included (specs E1.5).
func verified(ctx context.Context, v *vc.Verifier, address string, body []byte) (*vc.Document, *vc.StatusResult) {
	doc, err := v.Parse(body)
	if err != nil {
		return nil, unknown(address, vc.ReasonStatusList, "the status list: "+err.Error())
	}
	if doc.Credential == nil || doc.Form.Legacy() {
		return nil, unknown(address, vc.ReasonStatusList, "the status list is no credential")
	}
	report, err := v.Verify(ctx, doc, vc.Options{Bare: true, NoRefresh: true})
	if err != nil {
		return nil, unknown(address, vc.ReasonStatusList, "the status list: "+err.Error())
	}
	if verdict := report.Verdict(vc.Policy{}); !verdict.Stands() {
		return nil, rejected(address, verdict, report)
	}
	return doc, nil
}

// noFault are reasons for which a list could not be checked though it may be good.
var noFault = []vc.Reason{vc.ReasonUnreachable, vc.ReasonUnsupportedSuite, vc.ReasonUnsupported}

// rejected tells which check of a list did not pass.
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

// decode reads a verified list credential (specs E1.2).
func (d dialect) decode(c *vc.Credential, address string) (*bitlist, error) {
	subjects := c.Value.Get("credentialSubject").List()
	switch {
	case !slices.Contains(c.Types, d.list):
		return nil, fmt.Errorf("the credential at the list's address is no %s", d.list)
	case c.ID != "" && c.ID != address:
		return nil, fmt.Errorf("the list calls itself %.200q", c.ID)
	case len(subjects) != 1 || !slices.Contains(subjects[0].Get("type").Strs(), d.subject):
		return nil, fmt.Errorf("the list credential is not about one %s", d.subject)
	}
	s := subjects[0]
	bits, err := decode(s.Get("encodedList").Str())
	if err != nil {
		return nil, err
	}
	return &bitlist{issuer: c.Issuer.ID, purposes: s.Get("statusPurpose").Strs(), bits: bits, ttl: ttl(s.Get("ttl"))}, nil
}

// ttl reads how long a list may be used, in milliseconds (specs E1.2). What
// cannot be read is as if not stated.
func ttl(v *vc.Value) time.Duration {
	ms, err := strconv.ParseUint(v.Text(), 10, 40)
	if err != nil {
		return 0
	}
	return time.Duration(ms) * time.Millisecond
}

// lookUp reads the entry's place in the list.
func (d dialect) lookUp(list *bitlist, e entry) vc.StatusResult {
	if d.purpose == "" && !slices.Contains(list.purposes, e.purpose) {
		return *e.unknown(fmt.Sprintf("the list is not for %.60q", e.purpose))
	}
	if have := uint64(len(list.bits)) * 8 / e.size; have < d.minimum { // specs E1.3
		return *e.unknown(fmt.Sprintf("the list has %d entries, fewer than %d", have, d.minimum))
	}
	v, ok := value(list.bits, e.index, e.size)
	if !ok {
		return *e.unknown(fmt.Sprintf("the list has no entry %d", e.index))
	}
	return e.result(v)
}

func (e entry) unknown(detail string) *vc.StatusResult {
	r := unknown(e.list, vc.ReasonStatusList, detail)
	r.Purpose = e.purpose
	return r
}
