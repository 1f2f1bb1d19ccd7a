package vc

import (
	"net/url"
	"strings"
)

// SameCredential reports whether two credentials have the same issuer and id (specs
// A10.1). A credential without an id equals no other.
func SameCredential(a, b *Credential) bool {
	return a.ID != "" && plainURL(a.ID) == plainURL(b.ID) && plainURL(a.Issuer.ID) == plainURL(b.Issuer.ID)
}

// plainURL returns a URL without percent-encoding and surrounding space.
func plainURL(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		s = u
	}
	return strings.TrimSpace(s)
}

// Newer reports whether a supersedes b, the same credential, by a later start of
// validity (specs A10.2).
func Newer(a, b *Credential) bool { return a.ValidFrom.Time.After(b.ValidFrom.Time) }
