package suite

import (
	"encoding/binary"
	"fmt"
	"strings"

	"backpack/vc"
)

// maxStatements limits the separately signed statements of a proof, each of which
// takes about 60 µs to verify. A badge has about thirty, a transcript of a hundred
// courses about a thousand.
const maxStatements = 2000

// maxPointers limits the JSON pointers of a proof.
const maxPointers = 512

// The first bytes of a proofValue of ecdsa-sd-2023 (ECDSA Cryptosuites 1.0, 3.5.2
// and 3.5.7).
const (
	baseHeader    = "\xd9\x5d\x00"
	derivedHeader = "\xd9\x5d\x01"
)

// Sizes in a proofValue, in bytes: a P-256 signature, a P-256 Multikey (specs
// D4.6), the HMAC key and a label.
const (
	sizeSignature = 64
	sizeMultikey  = 35
	sizeHMAC      = 32
)

// A selectiveValue is a decoded proofValue (specs D4.5).
type selectiveValue struct {
	base       bool
	signature  []byte // the issuer's signature
	key        []byte // the proof's own key, a Multikey
	signatures [][]byte

	hmac     []byte   // base proof: makes the labels
	pointers []string // base proof: mandatory parts

	labels    map[int]string // derived proof: by the canonical number of a blank node
	mandatory []int          // derived proof: indexes of the statements signed together
}

// parseSelective decodes a proofValue: base64url of one of two CBOR arrays (RFC
// 8949) with definite lengths, shortest forms and no tags.
func parseSelective(s string) (*selectiveValue, error) {
	text, ok := strings.CutPrefix(s, "u")
	if !ok {
		return nil, fmt.Errorf("%w: proofValue is not u and base64url", vc.ErrMalformed)
	}
	b, err := vc.DecodeBase64(text)
	if err != nil {
		return nil, fmt.Errorf("proofValue: %w", err)
	}
	r := &cborReader{rest: b}
	v := &selectiveValue{base: r.prefix(baseHeader)}
	switch {
	case v.base:
		r.readBase(v)
	case r.prefix(derivedHeader):
		r.readDerived(v)
	default:
		return nil, fmt.Errorf("%w: proofValue has no header of ecdsa-sd-2023", vc.ErrMalformed)
	}
	switch {
	case r.large:
		return nil, fmt.Errorf("%w: a proof with more than %d separately signed statements or %d pointers", vc.ErrTooLarge, maxStatements, maxPointers)
	case r.bad || len(r.rest) > 0:
		return nil, fmt.Errorf("%w: proofValue is not valid CBOR of ecdsa-sd-2023", vc.ErrMalformed)
	}
	return v, nil
}

func (r *cborReader) readBase(v *selectiveValue) {
	r.expect(5)
	v.signature, v.key, v.hmac = r.bytes(sizeSignature), r.bytes(sizeMultikey), r.bytes(sizeHMAC)
	v.signatures = r.signatures()
	for range r.count(cborArray, maxPointers) {
		v.pointers = append(v.pointers, string(r.take(r.head(cborText))))
	}
}

func (r *cborReader) readDerived(v *selectiveValue) {
	r.expect(5)
	v.signature, v.key = r.bytes(sizeSignature), r.bytes(sizeMultikey)
	v.signatures = r.signatures()
	v.labels = map[int]string{}
	for range r.count(cborMap, maxStatements) {
		n := int(r.head(cborUint))
		if _, twice := v.labels[n]; twice {
			r.bad = true
		}
		v.labels[n] = label(r.bytes(sizeHMAC))
	}
	for range r.count(cborArray, 10*maxStatements) {
		v.mandatory = append(v.mandatory, int(r.head(cborUint)))
	}
}

// label returns the label of a blank node.
func label(b []byte) string { return "u" + vc.EncodeBase64(b) }

func (r *cborReader) signatures() [][]byte {
	var out [][]byte
	for range r.count(cborArray, maxStatements) {
		out = append(out, r.bytes(sizeSignature))
	}
	return out
}

// encode returns the proofValue.
func (v *selectiveValue) encode() (string, error) {
	b := []byte(derivedHeader)
	if v.base {
		b = []byte(baseHeader)
	}
	b = appendCBOR(b, cborArray, 5)
	b = appendCBORBytes(b, v.signature, v.key)
	if v.base {
		b = appendCBORBytes(b, v.hmac)
	}
	b = appendCBOR(b, cborArray, len(v.signatures))
	b = appendCBORBytes(b, v.signatures...)
	if v.base {
		b = appendCBOR(b, cborArray, len(v.pointers))
		for _, p := range v.pointers {
			b = append(appendCBOR(b, cborText, len(p)), p...)
		}
		return "u" + vc.EncodeBase64(b), nil
	}
	b = appendCBOR(b, cborMap, len(v.labels))
	for n := range len(v.labels) {
		text, err := vc.DecodeBase64(strings.TrimPrefix(v.labels[n], "u"))
		if err != nil {
			return "", fmt.Errorf("label: %w", err)
		}
		b = appendCBORBytes(appendCBOR(b, cborUint, n), text)
	}
	b = appendCBOR(b, cborArray, len(v.mandatory))
	for _, n := range v.mandatory {
		b = appendCBOR(b, cborUint, n)
	}
	return "u" + vc.EncodeBase64(b), nil
}

// The CBOR major types in use (RFC 8949, 3.1).
const (
	cborUint  = 0
	cborBytes = 2
	cborText  = 3
	cborArray = 4
	cborMap   = 5
)

// A cborReader decodes CBOR. After an error it returns zero values.
type cborReader struct {
	rest       []byte
	bad, large bool
}

func (r *cborReader) prefix(s string) bool {
	if !strings.HasPrefix(string(r.rest[:min(len(r.rest), len(s))]), s) {
		return false
	}
	r.rest = r.rest[len(s):]
	return true
}

// take returns the next n bytes.
func (r *cborReader) take(n uint64) []byte {
	if r.bad || n > uint64(len(r.rest)) {
		r.bad = true
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

// head reads the head of an item of the given major type and returns its length or
// number, at most 32 bits in the shortest form.
func (r *cborReader) head(major byte) uint64 {
	first := r.take(1)
	if r.bad || first[0]>>5 != major {
		r.bad = true
		return 0
	}
	info := first[0] & 0x1f
	if info < 24 {
		return uint64(info)
	}
	if info > 26 {
		r.bad = true
		return 0
	}
	size := uint64(1) << (info - 24)
	var wide [8]byte
	copy(wide[8-size:], r.take(size))
	n := binary.BigEndian.Uint64(wide[:])
	if size == 1 && n < 24 || size > 1 && n>>(4*size) == 0 {
		r.bad = true
	}
	return n
}

// expect reads the head of an array of n items.
func (r *cborReader) expect(n uint64) { r.bad = r.head(cborArray) != n || r.bad }

// count reads the number of items, at most limit.
func (r *cborReader) count(major byte, limit uint64) uint64 {
	n := r.head(major)
	if r.large = r.large || !r.bad && n > limit; r.large || r.bad || n > uint64(len(r.rest)) {
		r.bad = true
		return 0
	}
	return n
}

// bytes reads a byte string of exactly n bytes.
func (r *cborReader) bytes(n uint64) []byte {
	if r.head(cborBytes) != n {
		r.bad = true
	}
	return r.take(n)
}

func appendCBOR(dst []byte, major byte, n int) []byte {
	switch {
	case n < 24:
		return append(dst, major<<5|byte(n))
	case n < 1<<8:
		return append(dst, major<<5|24, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(dst, major<<5|25), uint16(n))
	}
	return binary.BigEndian.AppendUint32(append(dst, major<<5|26), uint32(n))
}

func appendCBORBytes(dst []byte, all ...[]byte) []byte {
	for _, b := range all {
		dst = append(appendCBOR(dst, cborBytes, len(b)), b...)
	}
	return dst
}
