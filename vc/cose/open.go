package cose

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"

	"backpack/vc"
)

// Limits of a COSE_Sign1.
const (
	maxBytes       = 10 << 20
	maxHeaderBytes = 16 << 10
)

// Labels of header parameters (RFC 9052, 3.1; RFC 9596).
const (
	labelAlg         = int64(1)
	labelCrit        = int64(2)
	labelContentType = int64(3)
	labelKid         = int64(4)
	labelTyp         = int64(16)
)

// algs maps COSE algorithms to JOSE names, including those with secret keys, so
// the error for a refused algorithm names it.
var algs = map[int64]string{-7: "ES256", -35: "ES384", -36: "ES512", -8: "EdDSA", -37: "PS256", -257: "RS256", 4: "HS256", 5: "HS256", 6: "HS384", 7: "HS512"}

// Open parses a COSE_Sign1, tagged or not. It is a vc.COSEOpener. Errors wrap
// vc.ErrMalformed, vc.ErrTooLarge or vc.ErrUnsupported.
func Open(b []byte) (*vc.COSESign1, error) {
	if len(b) > maxBytes {
		return nil, fmt.Errorf("COSE: %w", vc.ErrTooLarge)
	}
	mode, err := decoder()
	if err != nil {
		return nil, err
	}
	var parts struct {
		_           struct{} `cbor:",toarray"`
		Protected   []byte
		Unprotected cbor.RawMessage
		Payload     []byte
		Signature   []byte
	}
	if err := mode.Unmarshal(bytes.TrimPrefix(b, []byte{0xd2}), &parts); err != nil {
		return nil, malformed("no COSE_Sign1: %v", err)
	}
	if len(parts.Protected) > maxHeaderBytes || len(parts.Unprotected) > maxHeaderBytes {
		return nil, fmt.Errorf("COSE header: %w", vc.ErrTooLarge)
	}
	h := &headers{mode: mode}
	if h.protected, err = h.read(parts.Protected); err != nil {
		return nil, err
	}
	if h.unprotected, err = h.read(parts.Unprotected); err != nil {
		return nil, err
	}
	if len(parts.Payload) == 0 {
		return nil, malformed("the payload is detached")
	}
	out := &vc.COSESign1{Payload: parts.Payload, Signature: parts.Signature}
	if err := h.fill(out); err != nil {
		return nil, err
	}
	out.Signed, err = cbor.Marshal([]any{"Signature1", parts.Protected, []byte{}, parts.Payload}) // RFC 9052, 4.4
	if err != nil {
		return nil, malformed("no COSE_Sign1: %v", err)
	}
	return out, nil
}

// decoder refuses everything with two encodings or two readings.
func decoder() (cbor.DecMode, error) {
	mode, err := cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden,
		MaxNestedLevels: 8, MaxArrayElements: 64, MaxMapPairs: 64, UTF8: cbor.UTF8RejectInvalid,
		IntDec: cbor.IntDecConvertSignedOrFail, ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
	}.DecMode()
	if err != nil {
		return nil, fmt.Errorf("COSE: %w", err)
	}
	return mode, nil
}

// headers are the two headers of a COSE_Sign1, by label.
type headers struct {
	mode                   cbor.DecMode
	protected, unprotected map[any]any
}

// read parses a map of header parameters. No bytes mean an empty map; labels are
// integers or text.
func (h *headers) read(b []byte) (map[any]any, error) {
	out := map[any]any{}
	if len(b) == 0 {
		return out, nil
	}
	if err := h.mode.Unmarshal(b, &out); err != nil {
		return nil, malformed("invalid header: %v", err)
	}
	for label := range out {
		_, number := label.(int64)
		if _, text := label.(string); !number && !text {
			return nil, malformed("a header label is neither an integer nor text")
		}
		if h.protected != nil && h.protected[label] != nil {
			return nil, malformed("both headers have the label %v", label)
		}
	}
	return out, nil
}

// fill takes the algorithm and the types from the protected header only, and the
// kid, which is only a hint, from either header.
func (h *headers) fill(out *vc.COSESign1) error {
	if h.protected[labelCrit] != nil || h.unprotected[labelCrit] != nil {
		return malformed("a critical extension is unknown")
	}
	alg, ok := h.protected[labelAlg].(int64)
	if !ok {
		return malformed("the protected header has no algorithm number")
	}
	if out.Alg = algs[alg]; out.Alg == "" {
		out.Alg = fmt.Sprint("COSE ", alg)
	}
	kid := h.protected[labelKid]
	if kid == nil {
		kid = h.unprotected[labelKid]
	}
	if kid != nil {
		b, ok := kid.([]byte)
		if !ok || !utf8.Valid(b) {
			return malformed("the kid is not text in a byte string")
		}
		out.Kid = string(b)
	}
	var err error
	if out.Typ, err = h.media(labelTyp); err != nil {
		return err
	}
	out.ContentType, err = h.media(labelContentType)
	return err
}

// media returns a media type, which must be text: no numbered one is supported.
func (h *headers) media(label int64) (string, error) {
	switch v := h.protected[label].(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	}
	return "", fmt.Errorf("%w: a media type that is not text", vc.ErrUnsupported)
}

// Looks reports whether b begins like a COSE_Sign1: with its tag, or as an array
// of four items, the first one a byte string.
func Looks(b []byte) bool {
	b = bytes.TrimPrefix(b, []byte{0xd2})
	return len(b) > 4 && b[0] == 0x84 && b[1]>>5 == 2
}

// Parse parses a document in any form, including COSE.
func Parse(b []byte) (*vc.Document, error) { return vc.ParseWith(b, Open) }

func malformed(format string, a ...any) error {
	return fmt.Errorf("%w: COSE: %s", vc.ErrMalformed, strings.TrimPrefix(fmt.Sprintf(format, a...), "cbor: "))
}
