package vc

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// MatchRecipient returns the first of known, a person's confirmed identifiers, that
// the subject names by id or by a plain or hashed identity (specs A8); "" if none
// matches. weak reports that the match relies on md5, sha1 or an unsalted hash,
// which can be guessed.
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

// matches tries the identifier as given and in the spellings issuers commonly use
// (specs A8.4), both plain and hashed, since issuers confuse the two (specs A8.5).
func (id *Identity) matches(known string) (ok, weak bool) {
	if known == "" || id.Hash == "" || !fits(id.Type, known) {
		return false, false
	}
	if isMail(known) && isMail(id.Hash) && sameMailbox(id.Hash, known) {
		return true, false
	}
	usual := []string{known, lower(strings.TrimSpace(known))}
	if ok, weak := id.among(usual); ok {
		return true, weak
	}
	return id.among(spellings(known))
}

// among reports whether the identifier is one of texts, plain or hashed.
func (id *Identity) among(texts []string) (ok, weak bool) {
	for _, x := range texts {
		if id.Hash == x {
			return true, false
		}
		if id.hashes(x) {
			return true, id.Weak()
		}
	}
	return false, false
}

// hashes reports whether the hash is that of the identifier followed by the salt
// (specs A8.2). A text without an algorithm prefix is not a hash.
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

// lower lowercases ASCII only. Some letters of other scripts fold to ASCII ones and
// would match other people's addresses.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// fits reports whether an identifier can have the stated type. An unknown type fits
// all.
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

// Weak reports whether the hash can be guessed: md5, sha1 or no salt.
func (id *Identity) Weak() bool {
	alg, _, hashed := strings.Cut(id.Hash, "$")
	return hashed && (lower(alg) != "sha256" || id.Salt == "")
}
