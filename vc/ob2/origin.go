package ob2

import (
	"fmt"
	"slices"
	"strings"

	"backpack/vc"
)

// A policy is where the issuer says that its badges lie (specs B1.4).
type policy struct {
	home    string   // the issuer's address
	origins []string // authorities
	prefix  []string
	stated  bool // the issuer says so itself
}

// policyOf reads the policy in the issuer's profile. What is written into a
// badge is the word of whoever wrote the badge, and a picture or a text may be
// there by the hand of a visitor: neither is one.
func policyOf(p *parts, issuer *node) *policy {
	out := &policy{home: p.issuerAddress()}
	out.origins = []string{authority(out.home)}
	if issuer == nil || issuer.loose {
		return out
	}
	v := first(member(p.issuer, "verification"))
	out.prefix = filled(v.Get("startsWith").Strs())
	if list := filled(v.Get("allowedOrigins").Strs()); len(list) > 0 {
		out.origins = nil
		for _, s := range list {
			out.origins = append(out.origins, origin(s))
		}
		out.stated = true
	}
	out.stated = out.stated || len(out.prefix) > 0
	return out
}

// filled drops texts without a letter.
func filled(list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return strings.TrimSpace(s) == "" })
}

// origin checks that the badge and its class lie where the issuer says that
// its badges lie (specs B1.4, B1.6).
func (r *run) origin(p *parts, assertion, class, issuer *node) *fault {
	home := p.issuerAddress()
	if authority(home) == "" {
		return unknown(vc.ReasonNotConfirmed, "the issuer has no address on the web")
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
		return unknown(vc.ReasonOrigin, fmt.Sprintf("%.200s sends on to %.200s, where the issuer keeps no badges", assertion.id, assertion.got))
	}
	if issuer != nil && issuer.loose || !rules.stated && (assertion.loose || class != nil && class.loose) {
		return unknown(vc.ReasonNotServed, "a picture or a text on the issuer's website says it, which anybody may have left there")
	}
	r.report.Binding = vc.BindingDomain
	return &fault{vc.Passed, "", "served from the issuer's domain, " + authority(home)}
}

// outside reports that the badge or its class lies where the issuer keeps none.
func (l *policy) outside(assertion, class *node) *fault {
	for _, n := range []*node{assertion, class} {
		if n != nil && (tricky(n.id) || !slices.Contains(l.origins, authority(n.id))) {
			return failed(vc.ReasonOrigin, fmt.Sprintf("%.200s is outside of the issuer's domain (%.200s)", n.id, strings.Join(l.origins, ", ")))
		}
	}
	if len(l.prefix) > 0 && !l.begins(assertion.id) {
		return failed(vc.ReasonOrigin, assertion.id+" does not start as the issuer says that its badges do")
	}
	return nil
}

func (l *policy) begins(id string) bool {
	return slices.ContainsFunc(l.prefix, func(s string) bool { return within(id, s) })
}

// doubt reports that a redirect led astray, or to a place that is not what it
// looks like.
func (l *policy) doubt(n *node) *fault {
	switch {
	case n == nil:
		return nil
	case strayed(n.id, n.got):
		return unknown(vc.ReasonOrigin, fmt.Sprintf("%.200s sends on to another domain, %s", n.id, authority(n.got)))
	case tricky(n.id), n.got != "" && tricky(n.got):
		return unknown(vc.ReasonOrigin, fmt.Sprintf("%.200s is no plain address", n.id))
	}
	return nil
}
