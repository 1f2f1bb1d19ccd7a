package ob2

import (
	"context"
	"fmt"
	"slices"

	"backpack/vc"
)

// hosted verifies a badge by fetching its address; it trusts nothing else in the input
// (specs B1.4).
func (r *run) hosted(ctx context.Context, d *vc.Document) {
	r.set(vc.CheckTerms, vc.Skipped, vc.ReasonNotStated, "nothing is signed; all data comes from the address")
	r.facts(d)
	id := d.Credential.ID
	r.report.Suite, r.report.Method = "hosted", id
	if claimsSigned(d.Claims) {
		r.set(vc.CheckProof, vc.Failed, vc.ReasonNoProof, "the badge claims to be signed, but has no signature")
		return
	}
	if _, ok := fetchable(id); !ok {
		r.set(vc.CheckProof, vc.Unknown, vc.ReasonNoProof, "the badge does not state its address")
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
	r.checkServed(ctx, d, n)
}

// declaredID returns the id that a served assertion states for itself.
func (r *run) declaredID(v *vc.Value) string {
	version, ok := detect(v)
	if !ok || r.endorsement {
		return identifier(v)
	}
	p := parts{assertion: v, version: version}
	return p.id(vc.Hosted)
}

// checkServed checks the response of the address.
func (r *run) checkServed(ctx context.Context, d *vc.Document, n *node) {
	revoked := n.gone || member(n.value, "revoked").Text() == "true"
	if revoked {
		reason := member(n.value, "revocationReason").Str()
		r.set(vc.CheckRevocation, vc.Failed, vc.ReasonRevoked, nonEmpty(reason, n.id+" states that the badge is revoked"))
	}
	current, err := r.read(n.body, orEmpty(n.value), n.id)
	if err != nil || revoked && !present(n.value, "badge") { // an issuer may serve nothing but the revocation
		r.set(vc.CheckIssuer, vc.Unknown, vc.ReasonNotRun, "")
		r.set(vc.CheckProof, vc.Unknown, vc.ReasonNotABadge, n.id+" does not serve a badge")
		if revoked {
			r.set(vc.CheckProof, vc.Unknown, vc.ReasonHostedGone, n.id+" no longer serves the badge")
		} else {
			r.set(vc.CheckRevocation, vc.Unknown, vc.ReasonNotABadge, "")
		}
		return
	}
	if onChain(current.Claims) {
		r.reportOnChain(current)
		return
	}
	if claimsSigned(current.Claims) {
		r.set(vc.CheckProof, vc.Failed, vc.ReasonNoProof, n.id+" serves a badge that claims to be signed, without a signature")
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
	r.applyRules(p, class, issuer)
	if !r.endorsement {
		r.compare(d, current)
	}
	if f == nil {
		f = r.origin(p, n, class, issuer)
	}
	if n.notJSON && (f.outcome == vc.Unknown || f.reason == vc.ReasonNotServed) {
		r.set(vc.CheckProof, vc.Unknown, vc.ReasonNotServed, n.id+" serves a picture or a text, not JSON")
	}
	r.fault(vc.CheckIssuer, f)
	r.extensions(ctx, p)
}

// orEmpty returns v, or an empty value if v is nil.
func orEmpty(v *vc.Value) *vc.Value {
	if v == nil {
		return &vc.Value{}
	}
	return v
}

// applyRules applies the rules to the class and the issuer if they are authoritative:
// fetched, or embedded without an address to fetch. Violations of the rules of 2.0
// fail the format check. In earlier badges they are remarks, and a date may be a day
// only.
func (r *run) applyRules(p *parts, class, issuer *node) {
	var d departures
	if p.class != nil && (class != nil || !hasAddress(p.class)) {
		if p.version == v20 {
			d.append(classDepartures(p.class))
		} else {
			d.remarks = missing(p.class, "badge ", []string{"name", "description", "image", "criteria", "issuer"})
		}
	}
	if p.issuer != nil && (issuer != nil || !hasAddress(p.issuer)) {
		switch p.version {
		case v20:
			d.append(issuerDepartures(p.issuer))
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

// hasAddress reports whether a node has an address to fetch.
func hasAddress(v *vc.Value) bool {
	_, ok := fetchable(identifier(v))
	return ok
}

// compare warns if the input differs from the fetched badge. The fetched badge is
// shown, and people should know of the difference.
func (r *run) compare(d, current *vc.Document) {
	a, b := d.Credential, current.Credential
	differs := func(what string, yes bool) {
		if yes {
			r.warn(vc.ReasonHostedDiffers, fmt.Sprintf("the file and the address state a different %s", what))
		}
	}
	differs("name", len(a.Name) > 0 && a.Name.String() != b.Name.String())
	differs("date of issue", !a.ValidFrom.IsZero() && !a.ValidFrom.Time.Equal(b.ValidFrom.Time))
	differs("date of expiry", d.Version != "" && !a.ValidUntil.Time.Equal(b.ValidUntil.Time))
	ids := a.Subject.Identifiers
	differs("recipient", len(ids) > 0 && !slices.Equal(ids, b.Subject.Identifiers))
}
