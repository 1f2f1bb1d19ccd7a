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

// hasScheme reports whether s starts with http:// or https://.
func hasScheme(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}

// parseURL parses an absolute web address and changes http to https, as nothing is
// fetched in the clear (specs B1.4).
func parseURL(s string) (*url.URL, bool) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return nil, false
	}
	usual := map[string]string{"https": ":443", "http": ":80"}[u.Scheme]
	u.Scheme, u.Host = "https", strings.TrimSuffix(strings.ToLower(u.Host), usual)
	return u, true
}

// fetchable returns the https address to fetch for id, if there is one.
func fetchable(id string) (string, bool) {
	u, ok := parseURL(id)
	if !ok || len(id) > maxURL {
		return "", false
	}
	u.Fragment, u.RawFragment = "", ""
	return u.String(), true
}

// sameID reports whether two ids are the same, disregarding http or https and the
// spelling of the host.
func sameID(a, b string) bool {
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	if a == b {
		return a != ""
	}
	u, ok := parseURL(a)
	w, ok2 := parseURL(b)
	return ok && ok2 && u.String() == w.String()
}

// authority returns the host of an address, with its port unless that is the default.
func authority(id string) string {
	if u, ok := parseURL(id); ok {
		return u.Host
	}
	return ""
}

// origin returns the authority of an item of allowedOrigins: a domain by the
// specification, often an address in practice.
func origin(s string) string {
	s = strings.TrimSpace(s)
	if hasScheme(s) {
		return authority(s)
	}
	return authority("https://" + s)
}

// within reports whether id starts with prefix (specs B1.4). The prefix ends at the
// end of a name: …/ours does not match …/ours-and-theirs. The result is false if a
// server could read either one as another address.
func within(id, prefix string) bool {
	u, ok := parseURL(id)
	p, ok2 := parseURL(prefix)
	if !ok || !ok2 || u.Host != p.Host || ambiguous(id) || ambiguous(prefix) || hasEscapedSlash(u) {
		return false
	}
	if p.RawQuery != "" {
		return u.Path == p.Path && hasNamePrefix(u.RawQuery, p.RawQuery)
	}
	return hasNamePrefix("/"+strings.TrimPrefix(u.Path, "/"), "/"+strings.TrimPrefix(p.Path, "/"))
}

// hasNamePrefix reports whether s starts with prefix and continues with a new name: a prefix
// that ends with a letter or a digit does not match a longer name.
func hasNamePrefix(s, prefix string) bool {
	rest, ok := strings.CutPrefix(s, prefix)
	if !ok || rest == "" || prefix == "" {
		return ok
	}
	last := rune(prefix[len(prefix)-1])
	named := last >= 0x80 || unicode.IsLetter(last) || unicode.IsDigit(last)
	return !named || strings.ContainsRune("/?&;", rune(rest[0]))
}

// hasEscapedSlash reports whether the path contains an escaped slash (%2f), which servers read
// differently: as part of a name, or as its end.
func hasEscapedSlash(u *url.URL) bool {
	return strings.Contains(strings.ToLower(u.EscapedPath()), "%2f")
}

// ambiguous reports whether a server could read an address as another one than it appears
// to be: it contains dot segments, backslashes or control characters, plain or escaped
// any number of times.
func ambiguous(id string) bool {
	u, ok := parseURL(id)
	if !ok {
		return true
	}
	s := u.EscapedPath()
	if u.RawQuery != "" {
		s += "/" + strings.NewReplacer("=", "/", "&", "/").Replace(u.RawQuery)
	}
	for range 5 {
		if strings.ContainsFunc(s, func(r rune) bool { return r == '\\' || unicode.IsControl(r) }) || slices.ContainsFunc(strings.Split(s, "/"), isDotSegment) {
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

// isDotSegment reports whether a path segment is a dot segment. Some servers first remove a
// semicolon and what follows it.
func isDotSegment(segment string) bool {
	segment, _, _ = strings.Cut(segment, ";")
	return segment == "." || segment == ".."
}

var escaped = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// unescape decodes every valid escape and leaves the rest unchanged.
func unescape(s string) string {
	return escaped.ReplaceAllStringFunc(s, func(e string) string {
		n, err := strconv.ParseUint(e[1:], 16, 8)
		if err != nil {
			return e
		}
		return string([]byte{byte(n)})
	})
}

// leftDomain reports whether a redirect left the domain that was asked. A domain may
// redirect to its own subdomains, and www. to the bare domain. A redirect elsewhere
// may be an open redirect that anyone can put into an address.
func leftDomain(asked, got string) bool {
	a, g := authority(asked), authority(got)
	return got != "" && a != g && !strings.HasSuffix(g, "."+a) && a != "www."+g
}

// resolve makes a reference absolute, which 0.5 needs (specs B2.3).
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
