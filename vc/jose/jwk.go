package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"math/big"
	"slices"

	"backpack/vc"
)

// A Secp256k1 is a public key on secp256k1, uncompressed (65 bytes that begin with
// 4). Only aries can use it.
type Secp256k1 []byte

// A BLS12381G2 is a public key of BBS+, a compressed point in G2 of BLS12-381.
// Only aries can use it.
type BLS12381G2 []byte

// BLS12381G2Size is the length of a BLS12381G2 in bytes.
const BLS12381G2Size = 96

// HasPrivate reports whether a JWK has a private or secret member, which a public
// key must not have (specs A5.6).
func HasPrivate(jwk *vc.Value) bool {
	return slices.ContainsFunc([]string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"}, func(m string) bool {
		return jwk.Get(m) != nil
	})
}

// ParseJWK parses a public JWK for signatures (RFC 7517): Ed25519, P-256, P-384,
// P-521, RSA (2048 to 8192 bits) or secp256k1. The key is an ed25519.PublicKey,
// *ecdsa.PublicKey, *rsa.PublicKey or Secp256k1. It refuses private members,
// another use, and a point that is not on its curve. Errors wrap vc.ErrMalformed
// or vc.ErrUnsupported.
func ParseJWK(jwk *vc.Value) (crypto.PublicKey, error) {
	if !jwk.Is(vc.Object) {
		return nil, malformed("a JWK must be an object")
	}
	if HasPrivate(jwk) {
		return nil, malformed("the JWK contains a private key, which must never be published")
	}
	key, err := parseKey(jwk)
	if err != nil {
		return nil, err
	}
	if err := checkUse(jwk, key); err != nil {
		return nil, err
	}
	return key, nil
}

func parseKey(jwk *vc.Value) (crypto.PublicKey, error) {
	kty, crv := jwk.Get("kty").Str(), jwk.Get("crv").Str()
	switch {
	case kty == "OKP" && crv == "Ed25519":
		x, err := sized(jwk, "x", ed25519.PublicKeySize)
		return ed25519.PublicKey(x), err
	case kty == "EC" && crv == "P-256":
		return curvePoint(jwk, elliptic.P256())
	case kty == "EC" && crv == "P-384":
		return curvePoint(jwk, elliptic.P384())
	case kty == "EC" && crv == "P-521":
		return curvePoint(jwk, elliptic.P521())
	case kty == "EC" && crv == "secp256k1":
		return secp256k1(jwk)
	case kty == "RSA":
		return rsaKey(jwk)
	}
	return nil, fmt.Errorf("JWK of type %.20q, curve %.20q: %w", kty, crv, vc.ErrUnsupported)
}

// checkUse refuses a key that is not for signatures, or for an algorithm that does
// not take its kind (RFC 7517 4.2 to 4.4).
func checkUse(jwk *vc.Value, key crypto.PublicKey) error {
	if use := jwk.Get("use"); use != nil && use.Str() != "sig" {
		return malformed("the JWK is for %.20q, not for signatures", use.Text())
	}
	if ops := jwk.Get("key_ops"); ops != nil && !slices.Contains(ops.Strs(), "verify") {
		return malformed("the JWK is not for verifying signatures")
	}
	alg := jwk.Get("alg")
	if alg == nil {
		return nil
	}
	if _, ok := key.(Secp256k1); ok && alg.Str() == "ES256K" {
		return nil
	}
	if a, err := find(alg.Str()); err != nil || !a.fits(key) {
		return fmt.Errorf("JWK for the algorithm %.20q: %w", alg.Text(), vc.ErrUnsupported)
	}
	return nil
}

// sized decodes a member of exactly n bytes.
func sized(jwk *vc.Value, name string, n int) ([]byte, error) {
	b, err := vc.DecodeBase64(jwk.Get(name).Str())
	if err != nil || len(b) != n {
		return nil, malformed("the JWK member %q is not %d bytes long", name, n)
	}
	return b, nil
}

// uncompressed returns x and y, n bytes each, as an uncompressed point.
func uncompressed(jwk *vc.Value, n int) ([]byte, error) {
	x, err := sized(jwk, "x", n)
	if err != nil {
		return nil, err
	}
	y, err := sized(jwk, "y", n)
	if err != nil {
		return nil, err
	}
	return slices.Concat([]byte{4}, x, y), nil
}

func curvePoint(jwk *vc.Value, curve elliptic.Curve) (crypto.PublicKey, error) {
	b, err := uncompressed(jwk, (curve.Params().BitSize+7)/8)
	if err != nil {
		return nil, err
	}
	return Point(curve, b)
}

// Point returns the key of an uncompressed point on P-256, P-384 or P-521. The
// error wraps vc.ErrMalformed if the point is not on the curve.
func Point(curve elliptic.Curve, b []byte) (*ecdsa.PublicKey, error) {
	k, err := ecdsa.ParseUncompressedPublicKey(curve, b)
	if err != nil {
		return nil, malformed("the key is not a point on %s", curve.Params().Name)
	}
	return k, nil
}

// CompressedPoint is Point for x and the parity of y (SEC 1, 2.3.3).
func CompressedPoint(curve elliptic.Curve, b []byte) (*ecdsa.PublicKey, error) {
	n := (curve.Params().BitSize + 7) / 8
	if len(b) != 1+n {
		return nil, malformed("a point on %s has %d bytes, not %d", curve.Params().Name, 1+n, len(b))
	}
	x, y := elliptic.UnmarshalCompressed(curve, b)
	if x == nil {
		return nil, malformed("the key is not a point on %s", curve.Params().Name)
	}
	return Point(curve, slices.Concat([]byte{4}, x.FillBytes(make([]byte, n)), y.FillBytes(make([]byte, n))))
}

// secp256k1 requires a point on the curve y² = x³ + 7 (SEC 2, 2.4.1).
func secp256k1(jwk *vc.Value) (crypto.PublicKey, error) {
	b, err := uncompressed(jwk, 32)
	if err != nil {
		return nil, err
	}
	p := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1<<32+977))
	x, y := new(big.Int).SetBytes(b[1:33]), new(big.Int).SetBytes(b[33:])
	right := new(big.Int).Exp(x, big.NewInt(3), p)
	right.Add(right, big.NewInt(7)).Mod(right, p)
	if x.Cmp(p) >= 0 || y.Cmp(p) >= 0 || new(big.Int).Exp(y, big.NewInt(2), p).Cmp(right) != 0 {
		return nil, malformed("the key is not a point on secp256k1")
	}
	return Secp256k1(b), nil
}

func rsaKey(jwk *vc.Value) (crypto.PublicKey, error) {
	n, err := vc.DecodeBase64(jwk.Get("n").Str())
	if err != nil {
		return nil, fmt.Errorf("modulus: %w", err)
	}
	e, err := vc.DecodeBase64(jwk.Get("e").Str())
	if err != nil {
		return nil, fmt.Errorf("exponent: %w", err)
	}
	if len(n) > maxRSABits/8 || len(e) == 0 || len(e) > 4 {
		return nil, malformed("an RSA key must have at most %d bits and an exponent of one to four bytes", maxRSABits)
	}
	k := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
	if k.N.BitLen() < minRSABits || k.N.Bit(0) == 0 || k.E < 3 || k.E%2 == 0 || k.E > 1<<31-1 {
		return nil, malformed("an RSA key must have at least %d bits, an odd modulus and an odd exponent of 3 or more", minRSABits)
	}
	if predictable(k.N) {
		return nil, malformed("a faulty generator made the RSA key; its private key can be computed")
	}
	return k, nil
}

// predictable reports whether a modulus has the fingerprint of ROCA
// (CVE-2017-15361): modulo every small prime it is a power of 65537. By chance one
// sound key in a hundred million has it too.
func predictable(n *big.Int) bool {
	for p := int64(3); p <= 167; p += 2 {
		if !big.NewInt(p).ProbablyPrime(0) {
			continue
		}
		rest, power, i := new(big.Int).Mod(n, big.NewInt(p)).Int64(), int64(1), int64(0)
		for ; i < p && power != rest; i++ {
			power = power * 65537 % p
		}
		if i == p {
			return false
		}
	}
	return true
}

// Thumbprint returns the RFC 7638 thumbprint of a public key: SHA-256 in
// base64url. The error wraps vc.ErrUnsupported.
func Thumbprint(key crypto.PublicKey) (string, error) {
	text, err := MarshalJWK(key)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return vc.EncodeBase64(sum[:]), nil
}

// MarshalJWK returns the public JWK of a key: the required members in
// lexicographic order without white space (RFC 7638 3.2). The error wraps
// vc.ErrUnsupported.
func MarshalJWK(key crypto.PublicKey) ([]byte, error) {
	switch k := key.(type) {
	case ed25519.PublicKey:
		return fmt.Appendf(nil, `{"crv":"Ed25519","kty":"OKP","x":"%s"}`, vc.EncodeBase64(k)), nil
	case *ecdsa.PublicKey:
		point, err := k.Bytes()
		if err != nil {
			return nil, fmt.Errorf("write JWK: %w", err)
		}
		return ecJWK(k.Params().Name, point), nil
	case Secp256k1:
		if len(k) == 65 {
			return ecJWK("secp256k1", k), nil
		}
	case *rsa.PublicKey:
		e := big.NewInt(int64(k.E)).Bytes()
		return fmt.Appendf(nil, `{"e":"%s","kty":"RSA","n":"%s"}`, vc.EncodeBase64(e), vc.EncodeBase64(k.N.Bytes())), nil
	}
	return nil, fmt.Errorf("key of type %T: %w", key, vc.ErrUnsupported)
}

func ecJWK(curve string, point []byte) []byte {
	n := (len(point) - 1) / 2
	x, y := vc.EncodeBase64(point[1:1+n]), vc.EncodeBase64(point[1+n:])
	return fmt.Appendf(nil, `{"crv":"%s","kty":"EC","x":"%s","y":"%s"}`, curve, x, y)
}
