package vc

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// MatchRecipient reports which of known, identifiers that a person is proven
// to control, the subject names, by id or by a plain or hashed identity
// (specs A8). weak is set when the match rests on md5 or sha1, or on a hash
// without salt that anybody can guess.
func MatchRecipient(s *Subject, known []string) (match string, weak bool) {
	for _, k := range known {
		if k != "" && (k == s.ID || lower("mailto:"+k) == lower(s.ID)) {
			return k, false
		}
	}
	for i := range s.Identifiers {
		for _, k := range known {
			if ok, weak := s.Identifiers[i].matches(k); ok {
				return k, weak
			}
		}
	}
	return "", false
}

// matches tries the identifier as it is and as issuers usually spell it (specs
// A8.4), plain as well as hashed, since issuers mix the two up (specs A8.5).
func (id *Identity) matches(known string) (ok, weak bool) {
	if known == "" || id.Hash == "" || !fits(id.Type, known) {
		return false, false
	}
	if isMail(known) && isMail(id.Hash) && sameMailbox(id.Hash, known) {
		return true, false
	}
	for _, k := range spellings(known) {
		if id.Hash == k {
			return true, false
		}
		if id.hashes(k) {
			return true, id.Weak()
		}
	}
	return false, false
}

// hashes reports whether the hash is that of the identifier followed by the
// salt (specs A8.2). Text without an algorithm before it is no hash.
func (id *Identity) hashes(known string) bool {
	alg, sum, ok := strings.Cut(id.Hash, "$")
	if !ok {
		return false
	}
	text := []byte(known + id.Salt)
	var want []byte
	switch lower(alg) {
	case "sha256":
		h := sha256.Sum256(text)
		want = h[:]
	case "sha1":
		h := sha1.Sum(text)
		want = h[:]
	case "md5":
		h := md5.Sum(text)
		want = h[:]
	default:
		return false
	}
	return hex.EncodeToString(want) == lower(sum)
}

// lower is lower case in ASCII alone: other scripts have letters that fold
// into ASCII ones, and so into other people's addresses.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// fits reports whether an identifier can be of the stated type. A type that we
// do not know may be anything.
func fits(identityType, known string) bool {
	switch identityType {
	case "emailAddress", "email":
		return isMail(known)
	case "ext:telephone", "telephone":
		return !isMail(known)
	}
	return true
}

func isMail(s string) bool { return strings.Contains(s, "@") && !strings.Contains(s, ":") }

// Weak reports whether the identity is a hash that protects nobody's address:
// by md5 or sha1, or without salt.
func (id *Identity) Weak() bool {
	alg, _, hashed := strings.Cut(id.Hash, "$")
	return hashed && (lower(alg) != "sha256" || id.Salt == "")
}
