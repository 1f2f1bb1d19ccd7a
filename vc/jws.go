package vc

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
)

// Limits of a compact JWS.
const (
	maxJWSBytes    = 10 << 20
	maxHeaderBytes = 16 << 10
)

// A JWS is a parsed compact JWS. Nothing in it is verified.
type JWS struct {
	Header       *Value
	Alg          string
	Payload      []byte
	Signature    []byte
	SigningInput []byte // header.payload, as received
	Detached     bool   // the payload is empty (RFC 7515 appendix F)
}

// ParseJWS strictly reads a compact JWS (specs D5.5): three parts in canonical
// unpadded base64url, and a header in strict JSON. crit may only name extensions in
// understood. Errors wrap ErrMalformed or ErrTooLarge.
func ParseJWS(b []byte, understood ...string) (*JWS, error) {
	return parseJWS(bytes.Clone(bytes.TrimSpace(b)), understood...)
}

// parseJWS is ParseJWS for b without surrounding space. The result refers to b.
func parseJWS(b []byte, understood ...string) (*JWS, error) {
	if len(b) > maxJWSBytes {
		return nil, fmt.Errorf("JWS: %w", ErrTooLarge)
	}
	first, last := bytes.IndexByte(b, '.'), bytes.LastIndexByte(b, '.')
	if first <= 0 || first == last || bytes.IndexByte(b[first+1:last], '.') >= 0 {
		return nil, malformed("a JWS must have three parts separated by points")
	}
	if first > maxHeaderBytes {
		return nil, fmt.Errorf("JWS header: %w", ErrTooLarge)
	}
	j := &JWS{SigningInput: b[:last:last], Detached: first+1 == last}
	head, err := decodeBase64(b[:first])
	if err != nil {
		return nil, err
	}
	if j.Payload, err = decodeBase64(b[first+1 : last]); err != nil {
		return nil, err
	}
	if j.Signature, err = decodeBase64(b[last+1:]); err != nil {
		return nil, err
	}
	return j, j.readHeader(head, understood)
}

func (j *JWS) readHeader(head []byte, understood []string) (err error) {
	if j.Header, err = ParseJSON(head); err != nil {
		return fmt.Errorf("JWS header: %w", err)
	}
	if !j.Header.Is(Object) {
		return malformed("the header of a JWS must be an object")
	}
	if j.Alg = j.Header.Get("alg").Str(); j.Alg == "" {
		return malformed("the header of a JWS must name its algorithm")
	}
	return checkCritical(j.Header, understood)
}

// checkCritical refuses critical extensions that are not understood (RFC 7515
// 4.1.11) and an unencoded payload unless b64 is understood.
func checkCritical(h *Value, understood []string) error {
	if crit := h.Get("crit"); crit != nil {
		if !crit.Is(Array) || len(crit.Items()) == 0 {
			return malformed("crit must be a list of names")
		}
		for _, name := range crit.Strs() {
			if name == "" || !slices.Contains(understood, name) || h.Get(name) == nil {
				return malformed("unknown critical extension %q", name)
			}
		}
		if len(crit.Strs()) != len(crit.Items()) {
			return malformed("crit must be a list of names")
		}
	}
	if b64 := h.Get("b64"); b64 != nil && !slices.Contains(understood, "b64") {
		return malformed("an unencoded payload is not allowed here")
	}
	return nil
}

// DecodeBase64 decodes canonical unpadded base64url. The error wraps ErrMalformed.
func DecodeBase64(s string) ([]byte, error) { return decodeBase64([]byte(s)) }

// base64url is shared, since each encoding has its own tables.
var base64url = base64.RawURLEncoding.Strict()

func decodeBase64(b []byte) ([]byte, error) {
	if bytes.IndexByte(b, '\n') >= 0 || bytes.IndexByte(b, '\r') >= 0 { // the decoder would skip them
		return nil, malformed("line break in base64url")
	}
	out := make([]byte, base64url.DecodedLen(len(b)))
	n, err := base64url.Decode(out, b)
	if err != nil {
		return nil, malformed("not canonical base64url")
	}
	return out[:n], nil
}

// EncodeBase64 encodes as unpadded base64url.
func EncodeBase64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func malformed(format string, a ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, a...))
}
