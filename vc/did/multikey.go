package did

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"fmt"
	"math/big"
	"slices"

	"backpack/vc"
	"backpack/vc/jose"
)

// A codec is a kind of key in a Multikey (specs D3.5).
type codec struct {
	header  []byte // multicodec as a varint
	size    int    // of the key, in bytes
	curve   elliptic.Curve
	koblitz bool // secp256k1, which the standard library lacks
	pairing bool // BLS12-381 in G2, which it lacks as well
}

func codecs() []codec {
	return []codec{
		{header: []byte{0xed, 0x01}, size: ed25519.PublicKeySize},
		{header: []byte{0x80, 0x24}, size: 33, curve: elliptic.P256()},
		{header: []byte{0x81, 0x24}, size: 49, curve: elliptic.P384()},
		{header: []byte{0xe7, 0x01}, size: 33, koblitz: true},
		{header: []byte{0xeb, 0x01}, size: jose.BLS12381G2Size, pairing: true},
	}
}

// ParseMultikey parses publicKeyMultibase: base58btc of an Ed25519, P-256, P-384,
// secp256k1 or BLS12-381 G2 key. It does not validate a BLS12-381 point, and
// refuses a secret key with a warning to its owner. Errors wrap vc.ErrMalformed or
// vc.ErrUnsupported.
func ParseMultikey(s string) (crypto.PublicKey, error) {
	if len(s) < 2 || s[0] != 'z' {
		return nil, fmt.Errorf("%w: a Multikey must be base58btc, which begins with z", vc.ErrMalformed)
	}
	b, err := vc.DecodeBase58(s[1:])
	if err != nil || len(b) < 3 {
		return nil, fmt.Errorf("%w: the Multikey is not base58btc, or too long or too short for a key", vc.ErrMalformed)
	}
	for _, c := range codecs() {
		if bytes.HasPrefix(b, c.header) {
			return c.key(b[2:])
		}
	}
	if b[1] == 0x26 && (b[0] == 0x80 || b[0] == 0x86 || b[0] == 0x87) {
		return nil, fmt.Errorf("%w: this is a secret key, which must never be published", vc.ErrMalformed)
	}
	return nil, fmt.Errorf("Multikey of codec %x: %w", b[:2], vc.ErrUnsupported)
}

func (c codec) key(b []byte) (crypto.PublicKey, error) {
	if len(b) != c.size {
		return nil, fmt.Errorf("%w: the Multikey is %d bytes long, not %d", vc.ErrMalformed, len(b), c.size)
	}
	switch {
	case c.koblitz:
		return secp256k1(b)
	case c.pairing:
		return jose.BLS12381G2(b), nil
	case c.curve == nil:
		return ed25519.PublicKey(b), nil
	}
	return jose.CompressedPoint(c.curve, b)
}

// secp256k1 computes the point of a compressed key: y is the root of x³ + 7
// that has the stated parity (SEC 1, 2.3.4; SEC 2, 2.4.1).
func secp256k1(b []byte) (crypto.PublicKey, error) {
	p := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1<<32+977))
	x := new(big.Int).SetBytes(b[1:])
	square := new(big.Int).Add(new(big.Int).Exp(x, big.NewInt(3), p), big.NewInt(7))
	y := new(big.Int).ModSqrt(square.Mod(square, p), p)
	if b[0]&^1 != 2 || x.Cmp(p) >= 0 || y == nil {
		return nil, fmt.Errorf("%w: the Multikey is not a point on its curve", vc.ErrMalformed)
	}
	if y.Bit(0) != uint(b[0]&1) {
		y.Sub(p, y)
	}
	return jose.Secp256k1(slices.Concat([]byte{4}, b[1:], y.FillBytes(make([]byte, 32)))), nil
}

// Multikey returns the publicKeyMultibase of an Ed25519, P-256, P-384,
// secp256k1 or BLS12-381 key. An error wraps vc.ErrUnsupported.
func Multikey(key crypto.PublicKey) (string, error) {
	switch k := key.(type) {
	case ed25519.PublicKey:
		return encodeMultikey(codecs()[0], k), nil
	case jose.Secp256k1:
		if len(k) == 65 {
			return encodeMultikey(codecs()[3], compress(k)), nil
		}
	case jose.BLS12381G2:
		if len(k) == jose.BLS12381G2Size {
			return encodeMultikey(codecs()[4], k), nil
		}
	case *ecdsa.PublicKey:
		point, err := k.Bytes()
		i := slices.IndexFunc(codecs(), func(c codec) bool { return c.curve != nil && c.curve == k.Curve })
		if err == nil && i >= 0 {
			return encodeMultikey(codecs()[i], compress(point)), nil
		}
	}
	return "", fmt.Errorf("Multikey of %T: %w", key, vc.ErrUnsupported)
}

func encodeMultikey(c codec, key []byte) string {
	return "z" + vc.EncodeBase58(slices.Concat(c.header, key))
}

// compress encodes a point as x and the parity of y (SEC 1, 2.3.3).
func compress(point []byte) []byte {
	n := (len(point) - 1) / 2
	return append([]byte{2 + point[2*n]&1}, point[1:1+n]...)
}

// KeyDID returns the did:key of a key and its verification method. An error
// wraps vc.ErrUnsupported.
func KeyDID(key crypto.PublicKey) (did, method string, err error) {
	m, err := Multikey(key)
	if err != nil {
		return "", "", err
	}
	return "did:key:" + m, "did:key:" + m + "#" + m, nil
}
