package ob2

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
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
	usual := map[string]string{"https": ":443", "http": ":80"}[u.Scheme]
	u.Scheme, u.Host = "https", strings.TrimSuffix(strings.ToLower(u.Host), usual)
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

// within reports whether id starts with prefix (specs B1.4). The prefix ends
// where a name ends: …/ours does not let …/ours-and-theirs in. Neither may be
// one that a server could read as leading elsewhere.
func within(id, prefix string) bool {
	u, ok := parseURL(id)
	p, ok2 := parseURL(prefix)
	if !ok || !ok2 || u.Host != p.Host || tricky(id) || tricky(prefix) || slashed(u) {
		return false
	}
	if p.RawQuery != "" {
		return u.Path == p.Path && begins(u.RawQuery, p.RawQuery)
	}
	return begins("/"+strings.TrimPrefix(u.Path, "/"), "/"+strings.TrimPrefix(p.Path, "/"))
}

// begins reports whether s starts with prefix, and whether a name ends there: a
// letter or digit at the end of the prefix goes on in no other name.
func begins(s, prefix string) bool {
	rest, ok := strings.CutPrefix(s, prefix)
	if !ok || rest == "" || prefix == "" {
		return ok
	}
	last := rune(prefix[len(prefix)-1])
	named := last >= 0x80 || unicode.IsLetter(last) || unicode.IsDigit(last)
	return !named || strings.ContainsRune("/?&;", rune(rest[0]))
}

// slashed reports whether the path has a slash that is written as %2f: one
// server takes it for a part of a name, another for the end of one.
func slashed(u *url.URL) bool { return strings.Contains(strings.ToLower(u.EscapedPath()), "%2f") }

// tricky reports whether a server could read an address as leading elsewhere
// than it looks: by dot segments, backslashes or control characters, as they
// are or escaped, however often.
func tricky(id string) bool {
	u, ok := parseURL(id)
	if !ok {
		return true
	}
	s := u.EscapedPath()
	if u.RawQuery != "" {
		s += "/" + strings.NewReplacer("=", "/", "&", "/").Replace(u.RawQuery)
	}
	for range 5 {
		if strings.ContainsFunc(s, func(r rune) bool { return r == '\\' || unicode.IsControl(r) }) || slices.ContainsFunc(strings.Split(s, "/"), dots) {
			return true
		}
		plain := unescape(s)
		if plain == s {
			return false
		}
		s = plain
	}
	return true
}

// dots reports whether a segment of a path leads up or nowhere. Some servers
// drop what follows a semicolon first.
func dots(segment string) bool {
	segment, _, _ = strings.Cut(segment, ";")
	return segment == "." || segment == ".."
}

var escaped = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// unescape decodes every escape that is one, and leaves all else.
func unescape(s string) string {
	return escaped.ReplaceAllStringFunc(s, func(e string) string {
		n, err := strconv.ParseUint(e[1:], 16, 8)
		if err != nil {
			return e
		}
		return string([]byte{byte(n)})
	})
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
