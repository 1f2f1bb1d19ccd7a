package ob2

import (
	"bytes"
	"context"
	"fmt"

	"backpack/vc"
)

// maxEndorsements limits the endorsements of one badge that are verified.
const maxEndorsements = 10

// endorsementTypes returns the types in the view of an endorsement.
func endorsementTypes() []string { return []string{"VerifiableCredential", "EndorsementCredential"} }

// endorsements parses the endorsements of a node: addresses, signed texts or embedded
// objects (specs B1.10). They are not verified.
func endorsements(v *vc.Value) []*vc.Document {
	var out []*vc.Document
	for _, e := range member(v, "endorsement").List() {
		if d := endorsement(e); d != nil {
			out = append(out, d)
		}
	}
	return out
}

func endorsement(e *vc.Value) *vc.Document {
	var d *vc.Document
	var err error
	switch {
	case e.Is(vc.Object):
		if isType(e, "Endorsement") {
			d, err = endorsementDocument([]byte(e.Raw()), e, vc.Hosted, "")
		} else if id := identifier(e); id != "" {
			d = &vc.Document{Raw: []byte(e.Raw()), Form: vc.Hosted, Claims: e, Credential: &vc.Credential{ID: id, Types: endorsementTypes()}}
		}
	case hasScheme(e.Str()):
		d = &vc.Document{Raw: []byte(e.Str()), Form: vc.Hosted, Claims: e, Credential: &vc.Credential{ID: e.Str(), Types: endorsementTypes()}}
	case e.Is(vc.String):
		d, err = signedEndorsement([]byte(e.Str()))
	}
	if err != nil || d == nil {
		return nil
	}
	return d
}

func signedEndorsement(b []byte) (*vc.Document, error) {
	j, err := vc.ParseJWS(b)
	if err != nil {
		return nil, err
	}
	v, err := vc.ParseJSON(j.Payload)
	if err != nil {
		return nil, err
	}
	return endorsementDocument(b, v, vc.Signed, "")
}

// endorsementDocument is document for an Endorsement, which exists only in 2.0.
func endorsementDocument(raw []byte, v *vc.Value, form vc.Form, _ string) (*vc.Document, error) {
	v, err := plainNames(v)
	if err != nil {
		return nil, fmt.Errorf("parse endorsement: %w", err)
	}
	if !isType(v, "Endorsement") {
		return nil, fmt.Errorf("parse endorsement: %w: not an Endorsement", vc.ErrUnsupported)
	}
	p := parts{assertion: v, version: v20, address: identifier(v), issuer: embedded(v, "issuer"), endorsement: true}
	found := endorsementDepartures(v)
	return &vc.Document{Raw: bytes.Clone(raw), Form: form, Claims: v, Version: v20, Credential: p.view(),
		Problems: found.problems, Remarks: found.remarks}, nil
}

func endorsementDepartures(v *vc.Value) departures {
	d := endorsementRule.departures(v)
	if c := first(member(v, "claim")); c.Is(vc.Object) {
		d.missing(c, "claim ", []string{"id"})
	}
	d.append(methodDepartures(v))
	return d
}

// endorsementView returns the view of an endorsement in the terms of Open Badges 3.0.
func (p *parts) endorsementView() *vc.Credential {
	claim := first(member(p.assertion, "claim"))
	return &vc.Credential{
		Context: p.assertion.Get("@context").Strs(), ID: p.address, Types: endorsementTypes(), Issuer: p.profile(),
		ValidFrom: moment(member(p.assertion, "issuedOn")), ValidUntil: moment(member(p.assertion, "expires")),
		Subject: vc.Subject{ID: nodeID(claim), Types: []string{"EndorsementSubject"}, Value: claim}, Value: p.assertion,
	}
}

// endorse verifies the endorsements of the badge, its class and its issuer, each like
// a badge, but not the endorsements of those. It sends no requests unless the badge
// itself is confirmed to be the issuer's. The results do not affect the verdict on the
// badge.
func (r *run) endorse(ctx context.Context) {
	current := r.report.Current
	if r.endorsement || current == nil || current.Credential == nil {
		return
	}
	docs := vc.AllEndorsements(current.Credential)
	switch {
	case len(docs) == 0:
		return
	case r.opt.Bare || r.found[vc.CheckProof].Outcome != vc.Passed || r.found[vc.CheckIssuer].Outcome == vc.Failed:
		r.set(vc.CheckEndorsement, vc.Skipped, vc.ReasonNotRun, "")
		return
	}
	out := vc.Check{ID: vc.CheckEndorsement, Outcome: vc.Passed}
	for i, d := range docs {
		sub := r.endorsementRun()
		if i < maxEndorsements {
			sub.document(ctx, d)
		} else {
			sub.set(vc.CheckProof, vc.Unknown, vc.ReasonTooLarge, "the badge has too many endorsements")
		}
		report := sub.finish()
		if report.Current != nil {
			*d = *report.Current // nothing else holds the view yet
		}
		out.Sub = append(out.Sub, report)
		verdict := report.Verdict(vc.Policy{})
		if verdict == vc.Sample && r.report.Sample { // in a sample badge a sample endorsement is valid
			verdict = vc.Valid
		}
		out.Outcome, out.Reason = worse(out, verdict)
	}
	r.found[vc.CheckEndorsement] = out
}

// endorsementRun returns a run for one endorsement. It shares the requests of the badge's
// run and checks no recipient.
func (r *run) endorsementRun() *run {
	opt := r.opt
	opt.Recipients = nil
	return &run{cfg: r.cfg, opt: opt, now: r.now, endorsement: true, requests: r.requests,
		found: map[vc.CheckID]vc.Check{}, report: &vc.Report{At: r.now}}
}

// worse returns the outcome of the endorsement check after one more verdict.
func worse(c vc.Check, v vc.Verdict) (vc.Outcome, vc.Reason) {
	switch {
	case v == vc.Valid, c.Outcome == vc.Failed:
		return c.Outcome, c.Reason
	case v == vc.Undetermined, v == vc.Sample:
		return vc.Unknown, vc.ReasonEndorsements
	}
	return vc.Failed, vc.ReasonEndorsements
}
