package fetch

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"

	"code.dny.dev/ssrf"

	"backpack/vc"
)

type controlFunc = func(network, address string, _ syscall.RawConn) error

// rules decide which addresses may be asked.
type rules struct {
	allow   []netip.Prefix
	proxied bool
	special *ssrf.Guardian // knows the addresses that are not public
}

func newRules(allow []netip.Prefix, proxied bool) (rules, error) {
	r := rules{proxied: proxied, special: ssrf.New(ssrf.WithAnyPort())}
	for _, p := range allow {
		if !p.IsValid() || p.Addr().Is4In6() {
			return rules{}, fmt.Errorf("fetch: %v is no network to allow", p)
		}
		r.allow = append(r.allow, p.Masked())
	}
	return r, nil
}

// parse reads an absolute URL and refuses what can be refused unresolved. The
// fragment is cut off: it is not part of what is asked. The host is spelt in one
// way, for the cache and the limits by host.
func (r rules) parse(s string) (*url.URL, error) {
	if len(s) > maxURL {
		return nil, fmt.Errorf("%w: the URL is longer than %d bytes", vc.ErrMalformed, maxURL)
	}
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.Opaque != "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("%w: not an absolute https URL", vc.ErrMalformed)
	}
	u.Fragment, u.RawFragment = "", ""
	u.Host = strings.ToLower(u.Host)
	if u.Scheme == "https" {
		u.Host = strings.TrimSuffix(u.Host, ":443")
	}
	return u, r.check(u)
}

// check judges a URL by its looks: every request and every redirect passes it.
func (r rules) check(u *url.URL) error {
	switch {
	case u.User != nil:
		return fmt.Errorf("%w: the URL holds a user name", vc.ErrForbidden)
	case len(u.String()) > maxURL:
		return fmt.Errorf("%w: the URL is longer than %d bytes", vc.ErrForbidden, maxURL)
	case u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("%w: the scheme %.20q", vc.ErrForbidden, u.Scheme)
	}
	ip, err := netip.ParseAddr(u.Hostname())
	switch {
	case err == nil:
		return r.address(ip, public(u))
	case !public(u) && len(r.allow) == 0:
		return unusual(u)
	case r.proxied && !public(u):
		return fmt.Errorf("%w: through a proxy only https on port 443 is, but for addresses in allowed networks", vc.ErrForbidden)
	case r.proxied && !publicName(u.Hostname()):
		return fmt.Errorf("%w: %.100q is no public name", vc.ErrForbidden, u.Hostname())
	}
	return nil
}

// public reports whether a URL is of the kind that public hosts may be asked by.
func public(u *url.URL) bool {
	return u.Scheme == "https" && (u.Port() == "" || u.Port() == "443")
}

// publicName reports whether a proxy may be asked to resolve a host: not the
// names of its own machine and network, and no number in an old spelling, as
// 0177.0.0.1 or 127.1, that some resolvers take for an address.
func publicName(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	dot := strings.LastIndexByte(host, '.')
	if dot < 0 {
		return false
	}
	last := host[dot+1:]
	switch last {
	case "", "localhost", "local", "internal", "localdomain", "lan", "home", "corp", "arpa":
		return false
	}
	return last[0] < '0' || last[0] > '9'
}

// address judges an address that is about to be dialled.
func (r rules) address(ip netip.Addr, public bool) error {
	ip = ip.Unmap().WithZone("") // ::ffff:127.0.0.1 is 127.0.0.1
	for _, p := range r.allow {
		if p.Contains(ip) {
			return nil
		}
	}
	if err := r.special.SafeAddr(ip); err != nil {
		// Not which one: that would tell strangers about the inner network.
		return vc.ErrPrivate
	}
	if !public {
		return fmt.Errorf("%w, outside of allowed networks", vc.ErrPort)
	}
	return nil
}

// unusual says why an address that is not of the usual kind is not asked: it
// leads into somebody's own network, it is plain http, or it has another port.
func unusual(u *url.URL) error {
	switch port := u.Port(); {
	case !publicName(u.Hostname()):
		return vc.ErrPrivate
	case port != "" && port != "80" && port != "443":
		return fmt.Errorf("%w, not port %s", vc.ErrPort, port)
	}
	return vc.ErrPort
}

// controlPublic and controlInside run after name resolution, once for each
// address that is dialled.
func (r rules) controlPublic(_, address string, _ syscall.RawConn) error {
	return r.control(address, true)
}

func (r rules) controlInside(_, address string, _ syscall.RawConn) error {
	return r.control(address, false)
}

func (r rules) control(address string, public bool) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %.100q", vc.ErrForbidden, address)
	}
	return r.address(ap.Addr(), public)
}

// split checks every request, redirects too, and sends those for public hosts
// and those for allowed networks through transports with different rules.
type split struct {
	public, inside http.RoundTripper
	rules          rules
}

func (s split) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := s.rules.check(req.URL); err != nil {
		return nil, err
	}
	if public(req.URL) {
		return s.public.RoundTrip(req)
	}
	return s.inside.RoundTrip(req)
}
