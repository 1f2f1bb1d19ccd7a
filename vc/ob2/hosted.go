package ob2

import (
	"context"
	"fmt"
	"slices"

	"backpack/vc"
)

// hosted verifies by asking the address that the badge names; of the input
// nothing else is trusted (specs B1.4).
func (r *run) hosted(ctx context.Context, d *vc.Document) {
	r.set(vc.CheckTerms, vc.Skipped, vc.ReasonNotStated, "nothing is signed: all comes from the address")
	r.facts(d)
	id := d.Credential.ID
	r.report.Suite, r.report.Method = "hosted", id
	if saysSigned(d.Claims) {
		r.set(vc.CheckProof, vc.Failed, vc.ReasonNoProof, "the badge says that it is signed, but the signature is not here")
		return
	}
	if _, ok := fetchable(id); !ok {
		r.set(vc.CheckProof, vc.Unknown, vc.ReasonNoProof, "the badge does not say at which address it is hosted")
		return
	}
	n, f := r.follow(ctx, id, r.declaredID)
	if f != nil {
		r.fault(vc.CheckProof, f)
		r.set(vc.CheckRevocation, vc.Unknown, f.reason, f.detail)
		r.set(vc.CheckIssuer, vc.Unknown, vc.ReasonNotRun, "")
		return
	}
	r.report.Method = n.id
	r.served(ctx, d, n)
}

// declaredID returns the id that a served assertion has for itself.
func (r *run) declaredID(v *vc.Value) string {
	version, ok := detect(v)
	if !ok || r.endorsement {
		return identifier(v)
	}
	p := parts{assertion: v, version: version}
	return p.id(vc.Hosted)
}

// served judges what the address serves.
func (r *run) served(ctx context.Context, d *vc.Document, n *node) {
	revoked := n.gone || member(n.value, "revoked").Text() == "true"
	if revoked {
		reason := member(n.value, "revocationReason").Str()
		r.set(vc.CheckRevocation, vc.Failed, vc.ReasonRevoked, nonEmpty(reason, n.id+" says that the badge is revoked"))
	}
	current, err := r.read(n.body, nonNil(n.value), n.id)
	if err != nil || revoked && !present(n.value, "badge") { // an issuer may serve of it that it is revoked, and no more
		r.set(vc.CheckIssuer, vc.Unknown, vc.ReasonNotRun, "")
		r.set(vc.CheckProof, vc.Unknown, vc.ReasonNotABadge, n.id+" serves no badge")
		if revoked {
			r.set(vc.CheckProof, vc.Unknown, vc.ReasonHostedGone, n.id+" no longer serves the badge")
		} else {
			r.set(vc.CheckRevocation, vc.Unknown, vc.ReasonNotABadge, "")
		}
		return
	}
	if onChain(current.Claims) {
		r.chained(current)
		return
	}
	if saysSigned(current.Claims) {
		r.set(vc.CheckProof, vc.Failed, vc.ReasonNoProof, n.id+" serves a badge that says it is signed, without the signature")
		return
	}
	r.set(vc.CheckProof, vc.Passed, vc.ReasonHostedFetched, n.id)
	r.report.Sample = r.cfg.Samples != nil && r.cfg.Samples.SampleAddress(n.id)
	if !revoked {
		r.set(vc.CheckRevocation, vc.Passed, "", "the address still serves the badge")
	}
	p := &parts{assertion: current.Claims, version: current.Version, address: current.Credential.ID, endorsement: r.endorsement}
	class, issuer, f := r.complete(ctx, p)
	current.Credential = p.view()
	r.report.Current = current
	r.facts(current)
	r.lacking(p, class, issuer)
	if !r.endorsement {
		r.compare(d, current)
	}
	if f == nil {
		f = r.origin(p, n, class, issuer)
	}
	if n.loose && (f.outcome == vc.Unknown || f.reason == vc.ReasonNotServed) {
		r.set(vc.CheckProof, vc.Unknown, vc.ReasonNotServed, n.id+" serves a picture or a text")
	}
	r.fault(vc.CheckIssuer, f)
	r.extensions(ctx, p)
}

// nonNil stands for a body that was no JSON.
func nonNil(v *vc.Value) *vc.Value {
	if v == nil {
		return &vc.Value{}
	}
	return v
}

// lacking judges class and issuer, each where it speaks for itself: fetched, or
// written out in the badge with no address to ask. What breaks the rules of 2.0
// makes check format fail; in earlier badges it is a remark, where a day alone
// was a date.
func (r *run) lacking(p *parts, class, issuer *node) {
	var d departures
	if p.class != nil && (class != nil || !hasAddress(p.class)) {
		if p.version == v20 {
			d.and(classDepartures(p.class))
		} else {
			d.remarks = missing(p.class, "badge ", []string{"name", "description", "image", "criteria", "issuer"})
		}
	}
	if p.issuer != nil && (issuer != nil || !hasAddress(p.issuer)) {
		switch p.version {
		case v20:
			d.and(issuerDepartures(p.issuer))
		case v10, v11: // 0.5 calls the address origin
			d.remarks = append(d.remarks, missing(p.issuer, "issuer ", []string{"name", "url"})...)
		}
	}
	if p.version == v20 && (moment(member(p.assertion, "issuedOn")).Zoneless || moment(member(p.assertion, "expires")).Zoneless) {
		d.remarks = append(d.remarks, vc.Problem{Reason: vc.ReasonDateFormat, Detail: "a date has no time zone; UTC was assumed"})
	}
	if len(d.problems) > 0 && r.found[vc.CheckFormat].Outcome == vc.Passed {
		r.set(vc.CheckFormat, vc.Failed, d.problems[0].Reason, d.problems[0].Detail)
		d.problems = d.problems[1:]
	}
	r.remark(append(d.problems, d.remarks...))
}

// hasAddress reports whether a node has an address of its own.
func hasAddress(v *vc.Value) bool {
	_, ok := fetchable(identifier(v))
	return ok
}

// compare warns when the input says something else than the address does now:
// what is shown comes from the address, and a person should know.
func (r *run) compare(d, current *vc.Document) {
	a, b := d.Credential, current.Credential
	differs := func(what string, yes bool) {
		if yes {
			r.warn(vc.ReasonHostedDiffers, fmt.Sprintf("the file says another %s than its address", what))
		}
	}
	differs("name", len(a.Name) > 0 && a.Name.String() != b.Name.String())
	differs("date of issue", !a.ValidFrom.IsZero() && !a.ValidFrom.Time.Equal(b.ValidFrom.Time))
	differs("date of expiry", d.Version != "" && !a.ValidUntil.Time.Equal(b.ValidUntil.Time))
	ids := a.Subject.Identifiers
	differs("recipient", len(ids) > 0 && !slices.Equal(ids, b.Subject.Identifiers))
}
