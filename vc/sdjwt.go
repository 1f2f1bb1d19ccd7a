package vc

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"slices"
	"strings"
)

// Limits of an SD-JWT. The text as a whole is bounded as a JWS is.
const (
	maxDisclosures = 1000
	maxPointer     = 4 << 10 // bytes of the pointer to what is disclosed
	reservedName   = "..."
)

// An SDJWT is an SD-JWT (RFC 9901) taken apart, with the disclosures put in
// their places. No signature of it is verified.
type SDJWT struct {
	JWS    *JWS   // the issuer's JWT
	Signed *Value // its payload as signed, with digests
	// Claims is the payload with what is disclosed in its place, and without
	// what the format adds to it. Every value in it is one that was parsed from
	// the signed payload or from a disclosure whose digest is signed.
	Claims      *Value
	Hash        string // _sd_alg
	Disclosures []Disclosure
	// Hidden is how many digests have no disclosure: what is not shown, and
	// decoys. HiddenTop counts those of the payload's own members.
	Hidden, HiddenTop int
	hiddenIn          map[string]bool // names of the credential's members in which something is not shown
	KeyBinding        *JWS            // nil when nobody shows to hold the key
	Bound             []byte          // what sd_hash of the key binding covers
	// Unended: the ~ that ends it is missing. Only one that wraps a credential of
	// data model 1.1 is read all the same.
	Unended bool
}

// wrapped returns the claim that holds the credential or presentation, in the
// shape of data model 1.1, or "".
func (s *SDJWT) wrapped() string {
	if s.Signed.Get("@context") != nil {
		return ""
	}
	for _, name := range []string{"vc", "vp"} {
		if s.Signed.Get(name).Is(Object) {
			return name
		}
	}
	return ""
}

// A Disclosure is one part that can be left out.
type Disclosure struct {
	Text    string // as received, without the ~ behind it
	Pointer string // JSON pointer to its place in Claims
	Parent  int    // index of the disclosure that it stands in, or -1
	body    *Value // the list of two or three
}

// ParseSDJWT reads an SD-JWT in its compact form by the rules of RFC 9901, 7.1:
// each disclosure is used exactly once, no digest stands twice, nothing that is
// disclosed takes a name that is there or is reserved, and a ~ ends what has no
// key binding (see Unended for where it may be missing). Errors wrap ErrMalformed, ErrTooLarge, or ErrUnsupported for a
// hash function that is not sha-256, sha-384 or sha-512. (specs D5.4)
func ParseSDJWT(b []byte) (*SDJWT, error) {
	b = bytes.TrimSpace(b)
	if len(b) > maxJWSBytes {
		return nil, fmt.Errorf("SD-JWT: %w", ErrTooLarge)
	}
	n := bytes.Count(b, []byte("~"))
	switch {
	case n == 0:
		return nil, malformed("an SD-JWT has a ~ behind each of its parts")
	case n-1 > maxDisclosures:
		return nil, tooMany("disclosures", maxDisclosures)
	}
	parts := strings.Split(string(b), "~")
	s := &SDJWT{Bound: bytes.Clone(b[:bytes.LastIndexByte(b, '~')+1])}
	var err error
	if s.JWS, err = ParseJWS([]byte(parts[0])); err != nil {
		return nil, err
	}
	if s.Signed, err = ParseJSON(s.JWS.Payload); err != nil {
		return nil, fmt.Errorf("JWS payload: %w", err)
	}
	if !s.Signed.Is(Object) {
		return nil, fmt.Errorf("%w: the payload of an SD-JWT is a JSON object", ErrUnsupported)
	}
	texts := parts[1:n]
	switch last := parts[n]; {
	case last == "":
	case s.wrapped() != "" && !strings.Contains(last, "."): // as toolkits of data model 1.1 end it
		s.Unended, texts = true, parts[1:]
	default:
		if s.KeyBinding, err = ParseJWS([]byte(last)); err != nil {
			return nil, fmt.Errorf("key binding: %w", err)
		}
	}
	if err := s.disclose(texts); err != nil {
		return nil, err
	}
	return s, nil
}

// disclose puts the disclosures in their places.
func (s *SDJWT) disclose(texts []string) error {
	s.Hash = "sha-256"
	if alg := s.Signed.Get("_sd_alg"); alg != nil {
		s.Hash = alg.Str()
	}
	r := &discloser{s: s, index: map[string]int{}, met: map[string]bool{}, used: make([]bool, len(texts))}
	for i, text := range texts {
		digest, err := s.Digest([]byte(text))
		if err != nil {
			return err
		}
		d, err := parseDisclosure(text)
		if err != nil {
			return fmt.Errorf("disclosure %d: %w", i+1, err)
		}
		if _, twice := r.index[digest]; twice {
			return malformed("disclosure %d is there twice", i+1)
		}
		r.index[digest] = i
		s.Disclosures = append(s.Disclosures, *d)
	}
	if _, err := s.Digest(nil); err != nil {
		return err
	}
	claims, err := r.value(s.Signed, &place{parent: -1})
	if err != nil {
		return err
	}
	if i := slices.Index(r.used, false); i >= 0 {
		return malformed("disclosure %d belongs to nothing that is signed", i+1)
	}
	s.Claims = &claims
	s.Claims.write()
	return nil
}

// Digest returns what stands for text in a payload or in sd_hash: its hash by
// _sd_alg in base64url. The error wraps ErrUnsupported.
func (s *SDJWT) Digest(text []byte) (string, error) {
	switch s.Hash {
	case "sha-256":
		h := sha256.Sum256(text)
		return EncodeBase64(h[:]), nil
	case "sha-384":
		h := sha512.Sum384(text)
		return EncodeBase64(h[:]), nil
	case "sha-512":
		h := sha512.Sum512(text)
		return EncodeBase64(h[:]), nil
	}
	return "", fmt.Errorf("SD-JWT with the hash function %.40q: %w", s.Hash, ErrUnsupported)
}

// parseDisclosure reads a disclosure: salt, perhaps a name, and a value.
func parseDisclosure(text string) (*Disclosure, error) {
	b, err := DecodeBase64(text)
	if err != nil {
		return nil, err
	}
	v, err := ParseJSON(b)
	if err != nil {
		return nil, err
	}
	n := len(v.Items())
	if !v.Is(Array) || n != 2 && n != 3 || !v.Items()[0].Is(String) {
		return nil, malformed("it is not a list of a salt, perhaps a name, and a value")
	}
	if n == 3 && !v.Items()[1].Is(String) {
		return nil, malformed("the name in it is not a text")
	}
	return &Disclosure{Text: text, body: v}, nil
}
