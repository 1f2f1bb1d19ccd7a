package view

import (
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"

	"backpack/ui"
	"backpack/vc"
	"backpack/wallet/inspect"
)

func (w wording) issuer(p *vc.Profile) ui.IssuerView {
	return ui.IssuerView{Name: p.Name.In(w.reads...), Domain: asciiHost(hostOf(p.ID))}
}

// asciiHost returns a domain in ASCII, which exposes look-alike letters.
func asciiHost(host string) string {
	if a, err := idna.Lookup.ToASCII(host); err == nil {
		return a
	}
	escaped := strconv.QuoteToASCII(host) // not a domain name
	return escaped[1 : len(escaped)-1]
}

// hostOf returns the host in an http, https or did:web id; "" for any other id.
func hostOf(id string) string {
	if rest, ok := strings.CutPrefix(id, "did:web:"); ok {
		host, _, _ := strings.Cut(rest, ":")
		host, _, _ = strings.Cut(host, "%3A")
		return host
	}
	if u, err := url.Parse(id); err == nil && strings.HasPrefix(u.Scheme, "http") {
		return u.Hostname()
	}
	return ""
}

// confirmed returns how the issuer of a badge is confirmed.
func confirmed(sum *inspect.Summary, r *vc.Report) string {
	switch issuer := r.Check(vc.CheckIssuer); {
	case sum.Sample, r.Sample:
		return ui.IssuerSample
	case issuer.Outcome == vc.Unknown, r.Check(vc.CheckProof).Outcome == vc.Unknown:
		return ui.IssuerUnknown
	case issuer.Outcome != vc.Passed:
		return ui.IssuerNotConfirmed
	case hostOf(sum.IssuerID) == "" && sum.Domain == "":
		return ui.IssuerByKey
	}
	return ui.IssuerByDomain
}

// known lists the registry entries of a badge's issuer. A sample issuer has
// none: its key is public.
func known(sum *inspect.Summary, r *vc.Report) []ui.KnownView {
	if sum.Sample || r.Fact(vc.FactKnown).Outcome != vc.Passed {
		return nil
	}
	var out []ui.KnownView
	for _, l := range r.Known {
		out = append(out, ui.KnownView{Registry: l.Registry, Name: l.Name, URL: l.URL, At: l.At, Old: l.Stale})
	}
	return out
}
