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

// rules decide which addresses may be dialled.
type rules struct {
	allow   []netip.Prefix
	proxied bool
	special *ssrf.Guardian // rejects addresses that are not public
}

func newRules(allow []netip.Prefix, proxied bool) (rules, error) {
	r := rules{proxied: proxied, special: ssrf.New(ssrf.WithAnyPort())}
	for _, p := range allow {
		if !p.IsValid() || p.Addr().Is4In6() {
			return rules{}, fmt.Errorf("fetch: %v is not a network that can be allowed", p)
		}
		r.allow = append(r.allow, p.Masked())
	}
	return r, nil
}

// parse parses an absolute URL and refuses what it can refuse before the name is
// resolved. It drops the fragment, which is not part of a request, and normalizes
// the host for the cache and the limits per host.
func (r rules) parse(s string) (*url.URL, error) {
	if len(s) > maxURL {
		return nil, fmt.Errorf("%w: the URL exceeds %d bytes", vc.ErrMalformed, maxURL)
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

// check judges a URL before its name is resolved. It runs for every request and
// every redirect.
func (r rules) check(u *url.URL) error {
	switch {
	case u.User != nil:
		return fmt.Errorf("%w: the URL contains a user name", vc.ErrForbidden)
	case len(u.String()) > maxURL:
		return fmt.Errorf("%w: the URL exceeds %d bytes", vc.ErrForbidden, maxURL)
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
		return fmt.Errorf("%w: through a proxy only https on port 443 is, except for addresses in allowed networks", vc.ErrForbidden)
	case r.proxied && !publicName(u.Hostname()):
		return fmt.Errorf("%w: %.100q is not a public name", vc.ErrForbidden, u.Hostname())
	}
	return nil
}

// public reports whether u has the scheme and port that public hosts are limited
// to.
func public(u *url.URL) bool {
	return u.Scheme == "https" && (u.Port() == "" || u.Port() == "443")
}

// publicName reports whether a proxy may resolve host. It rejects names of the
// proxy's own machine and network, and numbers in old spellings, such as
// 0177.0.0.1 or 127.1, that some resolvers read as an address.
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

// address judges an address before it is dialled. public says that only port 443
// is dialled, so any public address may be.
func (r rules) address(ip netip.Addr, public bool) error {
	ip = ip.Unmap().WithZone("") // ::ffff:127.0.0.1 is 127.0.0.1
	for _, p := range r.allow {
		if p.Contains(ip) {
			return nil
		}
	}
	if err := r.special.SafeAddr(ip); err != nil {
		// The address stays out: it would reveal the inner network to strangers.
		return vc.ErrPrivate
	}
	if !public {
		return fmt.Errorf("%w, outside of allowed networks", vc.ErrPort)
	}
	return nil
}

// unusual returns the reason to refuse a URL that is not public: its name belongs
// to a private network, or its scheme or port is not allowed.
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
// dialled address.
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

// split checks every request, including redirects, and uses separate transports
// with separate rules for public hosts and for allowed networks.
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
