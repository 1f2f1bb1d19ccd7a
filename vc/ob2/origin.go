package ob2

import (
	"fmt"
	"slices"
	"strings"

	"backpack/vc"
)

// A policy states where the badges of an issuer are hosted (specs B1.4).
type policy struct {
	home    string   // the issuer's address
	origins []string // authorities
	prefix  []string
	stated  bool // in the issuer's own profile
}

// policyOf reads the policy in the issuer's profile. A profile embedded in a badge, or
// served as a picture or a text that a visitor may have uploaded, has no policy.
func policyOf(p *parts, issuer *node) *policy {
	out := &policy{home: p.issuerAddress()}
	out.origins = []string{authority(out.home)}
	if issuer == nil || issuer.notJSON {
		return out
	}
	v := first(member(p.issuer, "verification"))
	out.prefix = nonBlank(v.Get("startsWith").Strs())
	if list := nonBlank(v.Get("allowedOrigins").Strs()); len(list) > 0 {
		out.origins = nil
		for _, s := range list {
			out.origins = append(out.origins, origin(s))
		}
		out.stated = true
	}
	out.stated = out.stated || len(out.prefix) > 0
	return out
}

// nonBlank removes blank strings.
func nonBlank(list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return strings.TrimSpace(s) == "" })
}

// origin checks that the badge and its class are hosted where the policy of the issuer
// allows (specs B1.4, B1.6).
func (r *run) origin(p *parts, assertion, class, issuer *node) *fault {
	home := p.issuerAddress()
	if authority(home) == "" {
		return unknown(vc.ReasonNotConfirmed, "the issuer has no web address")
	}
	rules := policyOf(p, issuer)
	if f := rules.outside(assertion, class); f != nil {
		return f
	}
	for _, n := range []*node{assertion, class, issuer} {
		if f := rules.doubt(n); f != nil {
			return f
		}
	}
	if len(rules.prefix) > 0 && assertion.got != "" && authority(assertion.got) == authority(assertion.id) && !rules.begins(assertion.got) {
		return unknown(vc.ReasonOrigin, fmt.Sprintf("%.200s redirects to %.200s, where the issuer does not host badges", assertion.id, assertion.got))
	}
	if issuer != nil && issuer.notJSON || !rules.stated && (assertion.notJSON || class != nil && class.notJSON) {
		return unknown(vc.ReasonNotServed, "it comes from a picture or a text on the issuer's website, which any visitor may have uploaded")
	}
	r.report.Binding = vc.BindingDomain
	return &fault{vc.Passed, "", "served from the issuer's domain, " + authority(home)}
}

// outside returns a fault if the badge or its class is outside of the policy.
func (l *policy) outside(assertion, class *node) *fault {
	for _, n := range []*node{assertion, class} {
		if n != nil && (ambiguous(n.id) || !slices.Contains(l.origins, authority(n.id))) {
			return failed(vc.ReasonOrigin, fmt.Sprintf("%.200s is outside of the issuer's domain (%.200s)", n.id, strings.Join(l.origins, ", ")))
		}
	}
	if len(l.prefix) > 0 && !l.begins(assertion.id) {
		return failed(vc.ReasonOrigin, assertion.id+" does not start with a prefix that the issuer states")
	}
	return nil
}

func (l *policy) begins(id string) bool {
	return slices.ContainsFunc(l.prefix, func(s string) bool { return within(id, s) })
}

// doubt returns a fault for a redirect to another domain, or for an address that
// servers could read differently.
func (l *policy) doubt(n *node) *fault {
	switch {
	case n == nil:
		return nil
	case leftDomain(n.id, n.got):
		return unknown(vc.ReasonOrigin, fmt.Sprintf("%.200s redirects to another domain, %s", n.id, authority(n.got)))
	case ambiguous(n.id), n.got != "" && ambiguous(n.got):
		return unknown(vc.ReasonOrigin, fmt.Sprintf("%.200s is not a plain address", n.id))
	}
	return nil
}
