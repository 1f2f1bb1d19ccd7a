package ob2

import (
	"context"
	"fmt"
	"slices"
	"strings"

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

// origin checks that the badge and its class lie where the issuer says that
// its badges lie (specs B1.4, B1.6).
func (r *run) origin(p *parts, assertion, class, issuer *node) *fault {
	home := p.issuerAddress()
	if authority(home) == "" {
		return unknown(vc.ReasonNotConfirmed, "the issuer has no address on the web")
	}
	var policy *vc.Value
	if issuer != nil { // one written into the badge is the word of whoever wrote the badge
		policy = first(member(p.issuer, "verification"))
	}
	allowed := []string{authority(home)}
	if list := policy.Get("allowedOrigins").Strs(); len(list) > 0 {
		allowed = nil
		for _, s := range list {
			allowed = append(allowed, origin(s))
		}
	}
	for _, n := range []*node{assertion, class} {
		if n != nil && !slices.Contains(allowed, authority(n.id)) {
			return failed(vc.ReasonOrigin, fmt.Sprintf("%.200s is outside of the issuer's domain (%.200s)", n.id, strings.Join(allowed, ", ")))
		}
	}
	prefixes := policy.Get("startsWith").Strs()
	if len(prefixes) > 0 && !slices.ContainsFunc(prefixes, func(s string) bool { return within(assertion.id, s) }) {
		return failed(vc.ReasonOrigin, assertion.id+" does not start as the issuer says that its badges do")
	}
	for _, n := range []*node{assertion, class, issuer} {
		if n != nil && strayed(n.id, n.got) {
			return unknown(vc.ReasonOrigin, fmt.Sprintf("%.200s sends on to another domain, %s", n.id, authority(n.got)))
		}
	}
	r.report.Binding = vc.BindingDomain
	return &fault{vc.Passed, "", "served from the issuer's domain, " + authority(home)}
}

// lacking judges class and issuer, each where it speaks for itself: fetched, or
// written out in the badge with no address to ask. What breaks the rules of 2.0
// makes check format fail; in earlier badges it is a remark, where a day alone
// was a date.
func (r *run) lacking(p *parts, class, issuer *node) {
	var faults, remarks []vc.Problem
	if class != nil || p.class != nil && !hasAddress(p.class) {
		faults = classProblems(p.class)
		remarks = missing(p.class, "badge ", []string{"image"})
		if p.version != v20 {
			faults, remarks = nil, missing(p.class, "badge ", []string{"name", "description", "image", "criteria", "issuer"})
		}
	}
	if issuer != nil || p.issuer != nil && !hasAddress(p.issuer) {
		switch p.version {
		case v20:
			faults = append(faults, issuerProblems(p.issuer)...)
		case v10, v11: // 0.5 calls the address origin
			remarks = append(remarks, missing(p.issuer, "issuer ", []string{"name", "url"})...)
		}
	}
	if p.version == v20 && (moment(member(p.assertion, "issuedOn")).Zoneless || moment(member(p.assertion, "expires")).Zoneless) {
		remarks = append(remarks, vc.Problem{Reason: vc.ReasonDateFormat, Detail: "a date has no time zone; UTC was assumed"})
	}
	if len(faults) > 0 && r.found[vc.CheckFormat].Outcome == vc.Passed {
		r.set(vc.CheckFormat, vc.Failed, faults[0].Reason, faults[0].Detail)
		faults = faults[1:]
	}
	r.remark(append(faults, remarks...))
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
