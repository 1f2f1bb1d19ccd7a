package ob2

import (
	"net/url"
	"path"
	"strings"
)

const maxURL = 2048

// hasScheme reports whether s is written like an address of the web.
func hasScheme(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}

// parseURL reads an absolute address of the web, and makes an http one https:
// nothing is fetched in the clear (specs B1.4).
func parseURL(s string) (*url.URL, bool) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return nil, false
	}
	u.Scheme = "https"
	u.Host = strings.TrimSuffix(strings.ToLower(u.Host), ":443")
	u.Host = strings.TrimSuffix(u.Host, ":80")
	return u, true
}

// fetchable returns the https address to ask for id, if it has one.
func fetchable(id string) (string, bool) {
	u, ok := parseURL(id)
	if !ok || len(id) > maxURL {
		return "", false
	}
	u.Fragment, u.RawFragment = "", ""
	return u.String(), true
}

// sameID reports whether two ids are the same: equal as written, or equal but
// for http in place of https and the spelling of the host.
func sameID(a, b string) bool {
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	if a == b {
		return a != ""
	}
	u, ok := parseURL(a)
	w, ok2 := parseURL(b)
	return ok && ok2 && u.String() == w.String()
}

// authority returns the host of an address, with its port if that is unusual.
func authority(id string) string {
	if u, ok := parseURL(id); ok {
		return u.Host
	}
	return ""
}

// origin returns the authority that an item of allowedOrigins names: a bare
// domain by the specification, an address in practice.
func origin(s string) string {
	s = strings.TrimSpace(s)
	if hasScheme(s) {
		return authority(s)
	}
	return authority("https://" + s)
}

// within reports whether id starts with prefix once both are free of dot
// segments, so that …/ours/../theirs is not below …/ours/ (specs B1.4).
func within(id, prefix string) bool {
	u, ok := parseURL(id)
	p, ok2 := parseURL(prefix)
	if !ok || !ok2 || u.Host != p.Host {
		return false
	}
	if p.RawQuery != "" {
		return u.RawQuery != "" && plain(u) == plain(p) && strings.HasPrefix(u.RawQuery, p.RawQuery)
	}
	return strings.HasPrefix(plain(u), plain(p))
}

// plain returns the cleaned path of u; a final slash is kept, for it says
// where a name ends.
func plain(u *url.URL) string {
	clean := path.Clean("/" + u.Path)
	if strings.HasSuffix(u.Path, "/") && clean != "/" {
		clean += "/"
	}
	return clean
}

// strayed reports whether a redirect led out of the domain that was asked. A
// domain may send on to its own subdomains, and www. to the bare domain; a
// redirect elsewhere may be one that anybody can put into an address.
func strayed(asked, got string) bool {
	a, g := authority(asked), authority(got)
	return got != "" && a != g && !strings.HasSuffix(g, "."+a) && a != "www."+g
}

// resolve makes a reference absolute against base, as 0.5 needs (specs B2.3).
func resolve(base, ref string) string {
	if ref == "" || base == "" || hasScheme(ref) || strings.HasPrefix(ref, "data:") {
		return ref
	}
	b, err := url.Parse(base)
	if err != nil {
		return ref
	}
	r, err := b.Parse(ref)
	if err != nil {
		return ref
	}
	return r.String()
}
