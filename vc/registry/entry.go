package registry

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"backpack/vc"
)

// Limits of a list and of an entry's texts, in bytes.
const (
	MaxListBytes = 8 << 20
	maxEntries   = 100_000
	maxID        = 2 << 10
	maxName      = 300
)

// An Entry is an issuer in a list.
type Entry struct {
	ID   string `json:"issuer"` // a DID, an https address or a domain
	Name string `json:"name,omitempty"`
	URL  string `json:"url,omitempty"` // its website
}

// Clean returns the entry in its canonical form. The error has no prefix and suits
// a page for people.
func (e Entry) Clean() (Entry, error) {
	id, err := cleanID(e.ID)
	if err != nil {
		return Entry{}, err
	}
	e.ID, e.Name, e.URL = id, line(e.Name), strings.TrimSpace(e.URL)
	if u, err := url.Parse(e.URL); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || len(e.URL) > maxID {
		e.URL = ""
	}
	return e, nil
}

func cleanID(id string) (string, error) {
	id = strings.TrimSpace(id)
	switch {
	case id == "":
		return "", fmt.Errorf("the issuer is missing")
	case len(id) > maxID:
		return "", fmt.Errorf("the issuer exceeds %d characters", maxID)
	case strings.ContainsFunc(id, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == unicode.ReplacementChar }):
		return "", fmt.Errorf("the issuer contains a space or a control character")
	case strings.HasPrefix(id, "did:"):
		if strings.Count(id, ":") < 2 || strings.ContainsAny(id, "#?") {
			return "", fmt.Errorf("%q is not a DID", short(id))
		}
		return id, nil
	case strings.Contains(id, "://"):
		u, err := url.Parse(id)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
			return "", fmt.Errorf("%q is not an https address", short(id))
		}
		return sameURL(id), nil
	}
	host, ok := asciiDomain(id)
	if !ok {
		return "", fmt.Errorf("%q is not a DID, an https address or a domain", short(id))
	}
	return host, nil
}

// sameURL removes a trailing slash, so both spellings of an address are equal.
func sameURL(id string) string { return strings.TrimSuffix(id, "/") }

// asciiDomain returns a domain in ASCII form, as in the DNS.
func asciiDomain(s string) (string, bool) {
	a, err := idna.Lookup.ToASCII(strings.TrimSuffix(s, "."))
	if err != nil || !strings.Contains(a, ".") || strings.ContainsAny(a, "/:@ ") {
		return "", false
	}
	return strings.ToLower(a), true
}

// DomainOf returns the domain of an https or did:web id in ASCII form, or "".
func DomainOf(id string) string {
	host := ""
	if rest, ok := strings.CutPrefix(id, "did:web:"); ok {
		host, _, _ = strings.Cut(rest, ":")
		host, _, _ = strings.Cut(strings.ReplaceAll(host, "%3a", "%3A"), "%3A")
	} else if u, err := url.Parse(id); err == nil && (u.Scheme == "https" || u.Scheme == "http") {
		host = u.Hostname()
	}
	domain, _ := asciiDomain(host)
	return domain
}

// root reports whether an id stands for a whole domain.
func root(id string) bool {
	if rest, ok := strings.CutPrefix(id, "did:web:"); ok {
		return !strings.Contains(rest, ":")
	}
	u, err := url.Parse(id)
	return err == nil && strings.Trim(u.Path, "/") == "" && u.RawQuery == "" && u.Fragment == ""
}

// line reduces a stranger's text to one short line.
func line(s string) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
	}), " ")
	if r := []rune(s); len(r) > maxName {
		s = string(r[:maxName-1]) + "…"
	}
	return s
}

func short(s string) string { return s[:min(len(s), 80)] }

// listing returns the entry as a listing of the registry name.
func (e Entry) listing(name string) *vc.Listing {
	l := &vc.Listing{Registry: name, Name: e.Name, URL: e.URL, Details: e.ID}
	if l.Name == "" {
		l.Name = e.ID
	}
	return l
}
