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
		if k != "" && s.ID != "" && (k == s.ID || "mailto:"+strings.ToLower(k) == strings.ToLower(s.ID)) {
			return k, false
		}
	}
	for _, id := range s.Identifiers {
		for _, k := range known {
			if ok, weak := id.matches(k); ok {
				return k, weak
			}
		}
	}
	return "", false
}

// matches tries the identifier as it is, in lower case and without space
// around it (specs A8.4).
func (id *Identity) matches(known string) (ok, weak bool) {
	if known == "" || id.Hash == "" || !fits(id.Type, known) {
		return false, false
	}
	for _, k := range []string{known, strings.ToLower(known), strings.TrimSpace(strings.ToLower(known))} {
		if ok, weak := id.matchesOne(k); ok {
			return true, weak
		}
	}
	return false, false
}

func (id *Identity) matchesOne(known string) (ok, weak bool) {
	alg, sum, hashed := strings.Cut(id.Hash, "$")
	if !hashed { // plain, whatever "hashed" claims (specs A8.5)
		return id.Hash == known || strings.Contains(known, "@") && strings.EqualFold(id.Hash, known), false
	}
	text := []byte(known + id.Salt) // the identifier first (specs A8.2)
	var want string
	switch strings.ToLower(alg) {
	case "sha256":
		h := sha256.Sum256(text)
		want = hex.EncodeToString(h[:])
	case "sha1":
		h := sha1.Sum(text)
		want, weak = hex.EncodeToString(h[:]), true
	case "md5":
		h := md5.Sum(text)
		want, weak = hex.EncodeToString(h[:]), true
	default:
		return false, false
	}
	return strings.EqualFold(want, sum), weak || id.Salt == ""
}

// fits reports whether an identifier can be of the stated type. A type that we
// do not know may be anything.
func fits(identityType, known string) bool {
	mail := strings.Contains(known, "@") && !strings.Contains(known, ":")
	switch identityType {
	case "emailAddress", "email":
		return mail
	case "ext:telephone", "telephone":
		return !mail
	}
	return true
}

// Weak reports whether the identity's hash protects nobody's address: md5,
// sha1, or no salt.
func (id *Identity) Weak() bool {
	alg, _, hashed := strings.Cut(id.Hash, "$")
	return hashed && (!strings.EqualFold(alg, "sha256") || id.Salt == "")
}
