package vc

import (
	"net/url"
	"strings"
)

// SameCredential reports whether two credentials are one: issuer and id are
// equal (specs A10.1). One without an id is never the same as another.
func SameCredential(a, b *Credential) bool {
	return a.ID != "" && plainURL(a.ID) == plainURL(b.ID) && plainURL(a.Issuer.ID) == plainURL(b.Issuer.ID)
}

// plainURL is a URL without percent-encoding and space around it.
func plainURL(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		s = u
	}
	return strings.TrimSpace(s)
}

// Newer reports whether a supersedes b, which is the same credential: its
// validity begins later (specs A10.2).
func Newer(a, b *Credential) bool { return a.ValidFrom.Time.After(b.ValidFrom.Time) }
