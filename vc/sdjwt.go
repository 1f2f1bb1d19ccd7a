package vc

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"slices"
	"strings"
)

// Limits of an SD-JWT. The whole text has the limit of a JWS.
const (
	maxDisclosures = 1000
	maxPointer     = 4 << 10 // bytes of a disclosure's pointer
	reservedName   = "..."
)

// An SDJWT is a parsed SD-JWT (RFC 9901) with its disclosures applied. No signature
// in it is verified.
type SDJWT struct {
	JWS    *JWS   // the issuer's JWT
	Signed *Value // its payload as signed, with digests
	// Claims is the payload with disclosures in place and without SD-JWT's own
	// members. Every value comes from the signed payload or from a disclosure whose
	// digest is signed.
	Claims      *Value
	Hash        string // _sd_alg
	Disclosures []Disclosure
	// Hidden counts digests without a disclosure, including decoys. HiddenTop
	// counts those among the payload's top-level members.
	Hidden, HiddenTop int
	hiddenIn          map[string]bool // top-level members of the credential with undisclosed parts
	KeyBinding        *JWS            // nil if the holder has not proved possession of a key
	Bound             []byte          // bytes that sd_hash of the key binding covers
	// Unended reports that the final ~ is missing. This is tolerated for a wrapped
	// credential of data model 1.1 only.
	Unended bool
}

// wrapped returns the claim that holds the credential or presentation in the form
// of data model 1.1, or "".
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
	Text    string // as received, without the ~ after it
	Pointer string // JSON pointer to its place in Claims
	Parent  int    // index of the disclosure that contains it, or -1
	body    *Value // list of two or three values
}

// ParseSDJWT reads a compact SD-JWT by the rules of RFC 9901, 7.1 (specs D5.4):
// each disclosure is used exactly once, no digest occurs twice, no disclosed member
// takes an existing or reserved name, and without a key binding the text ends with
// a ~ (but see Unended). Errors wrap ErrMalformed, ErrTooLarge, or ErrUnsupported
// for a hash function other than sha-256, sha-384 and sha-512.
func ParseSDJWT(b []byte) (*SDJWT, error) {
	b = bytes.TrimSpace(b)
	if len(b) > maxJWSBytes {
		return nil, fmt.Errorf("SD-JWT: %w", ErrTooLarge)
	}
	n := bytes.Count(b, []byte("~"))
	switch {
	case n == 0:
		return nil, malformed("an SD-JWT must have a ~ after each part")
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
		return nil, fmt.Errorf("%w: the payload of an SD-JWT must be a JSON object", ErrUnsupported)
	}
	texts := parts[1:n]
	switch last := parts[n]; {
	case last == "":
	case s.wrapped() != "" && !strings.Contains(last, "."): // as some toolkits of data model 1.1 end it
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

// disclose applies the disclosures to the payload.
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
			return malformed("duplicate disclosure %d", i+1)
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
		return malformed("disclosure %d has no signed digest", i+1)
	}
	s.Claims = &claims
	s.Claims.write()
	return nil
}

// Digest returns the digest of text as used in payloads and sd_hash: its _sd_alg
// hash in base64url. The error wraps ErrUnsupported.
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
	return "", fmt.Errorf("SD-JWT with hash function %.40q: %w", s.Hash, ErrUnsupported)
}

// parseDisclosure reads a disclosure: a salt, an optional name and a value.
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
		return nil, malformed("not a list of a salt, an optional name and a value")
	}
	if n == 3 && !v.Items()[1].Is(String) {
		return nil, malformed("the name is not a text")
	}
	return &Disclosure{Text: text, body: v}, nil
}
