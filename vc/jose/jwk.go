package jose

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"math/big"

	"backpack/vc"
)

// A Secp256k1 is a public key of the curve secp256k1, uncompressed (65 bytes
// that begin with 4). Only aries can use it.
type Secp256k1 []byte

// privateMembers must not stand in a public key (specs A5.6).
var privateMembers = []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"}

// HasPrivate reports whether a JWK holds a private or secret member.
func HasPrivate(jwk *vc.Value) bool {
	for _, m := range privateMembers {
		if jwk.Get(m) != nil {
			return true
		}
	}
	return false
}

// ParseJWK reads a public JWK: Ed25519, P-256, P-384, RSA (2048 to 8192 bits)
// or secp256k1. A key with private members is refused, as is a point that is
// not on its curve. Errors wrap vc.ErrMalformed or vc.ErrUnsupported.
func ParseJWK(jwk *vc.Value) (crypto.PublicKey, error) {
	if !jwk.Is(vc.Object) {
		return nil, malformed("a JWK is an object")
	}
	if HasPrivate(jwk) {
		return nil, malformed("the JWK holds a private key; it must never be published")
	}
	kty, crv := jwk.Get("kty").Str(), jwk.Get("crv").Str()
	switch {
	case kty == "OKP" && crv == "Ed25519":
		x, err := sized(jwk, "x", ed25519.PublicKeySize)
		return ed25519.PublicKey(x), err
	case kty == "EC" && crv == "P-256":
		return point(jwk, elliptic.P256(), ecdh.P256(), 32)
	case kty == "EC" && crv == "P-384":
		return point(jwk, elliptic.P384(), ecdh.P384(), 48)
	case kty == "EC" && crv == "secp256k1":
		return secp256k1(jwk)
	case kty == "RSA":
		return rsaKey(jwk)
	}
	return nil, fmt.Errorf("JWK of type %.20q, curve %.20q: %w", kty, crv, vc.ErrUnsupported)
}

// sized decodes a member of exactly n bytes.
func sized(jwk *vc.Value, name string, n int) ([]byte, error) {
	b, err := vc.DecodeBase64(jwk.Get(name).Str())
	if err != nil || len(b) != n {
		return nil, malformed("the member %q of the JWK is not %d bytes long", name, n)
	}
	return b, nil
}

func coordinates(jwk *vc.Value, n int) ([]byte, error) {
	x, err := sized(jwk, "x", n)
	if err != nil {
		return nil, err
	}
	y, err := sized(jwk, "y", n)
	if err != nil {
		return nil, err
	}
	return append(append([]byte{4}, x...), y...), nil
}

func point(jwk *vc.Value, curve elliptic.Curve, check ecdh.Curve, n int) (crypto.PublicKey, error) {
	b, err := coordinates(jwk, n)
	if err != nil {
		return nil, err
	}
	return ECPoint(curve, check, b)
}

// ECPoint returns the key of an uncompressed point, which must be on the curve.
func ECPoint(curve elliptic.Curve, check ecdh.Curve, b []byte) (*ecdsa.PublicKey, error) {
	if _, err := check.NewPublicKey(b); err != nil {
		return nil, malformed("the key is not a point on its curve")
	}
	n := (len(b) - 1) / 2
	return &ecdsa.PublicKey{Curve: curve, X: new(big.Int).SetBytes(b[1 : 1+n]), Y: new(big.Int).SetBytes(b[1+n:])}, nil
}

func secp256k1(jwk *vc.Value) (crypto.PublicKey, error) {
	b, err := coordinates(jwk, 32)
	return Secp256k1(b), err
}

func rsaKey(jwk *vc.Value) (crypto.PublicKey, error) {
	n, err := vc.DecodeBase64(jwk.Get("n").Str())
	if err != nil {
		return nil, err
	}
	e, err := vc.DecodeBase64(jwk.Get("e").Str())
	if err != nil {
		return nil, err
	}
	if len(n) < minRSABits/8 || len(n) > 1024 || len(e) == 0 || len(e) > 4 {
		return nil, malformed("an RSA key has %d to 8192 bits and an exponent of at most four bytes", minRSABits)
	}
	k := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
	if k.N.BitLen() < minRSABits || k.E < 3 || k.E%2 == 0 || k.N.Bit(0) == 0 {
		return nil, malformed("the RSA key is not a usable one")
	}
	return k, nil
}

// Thumbprint returns the RFC 7638 thumbprint of a public key: SHA-256 in
// base64url.
func Thumbprint(key crypto.PublicKey) (string, error) {
	text, err := canonicalJWK(key)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(text))
	return vc.EncodeBase64(sum[:]), nil
}

// canonicalJWK writes the required members in order, without space
// (RFC 7638 3.2). It is itself a JWK.
func canonicalJWK(key crypto.PublicKey) (string, error) {
	switch k := key.(type) {
	case ed25519.PublicKey:
		return fmt.Sprintf(`{"crv":"Ed25519","kty":"OKP","x":"%s"}`, vc.EncodeBase64(k)), nil
	case *ecdsa.PublicKey:
		n := (k.Params().BitSize + 7) / 8
		x, y := k.X.FillBytes(make([]byte, n)), k.Y.FillBytes(make([]byte, n))
		return fmt.Sprintf(`{"crv":"%s","kty":"EC","x":"%s","y":"%s"}`, k.Params().Name, vc.EncodeBase64(x), vc.EncodeBase64(y)), nil
	case Secp256k1:
		return fmt.Sprintf(`{"crv":"secp256k1","kty":"EC","x":"%s","y":"%s"}`, vc.EncodeBase64(k[1:33]), vc.EncodeBase64(k[33:])), nil
	case *rsa.PublicKey:
		return fmt.Sprintf(`{"e":"%s","kty":"RSA","n":"%s"}`, vc.EncodeBase64(big.NewInt(int64(k.E)).Bytes()), vc.EncodeBase64(k.N.Bytes())), nil
	}
	return "", fmt.Errorf("key of type %T: %w", key, vc.ErrUnsupported)
}

// MarshalJWK returns the public JWK of a key.
func MarshalJWK(key crypto.PublicKey) ([]byte, error) {
	text, err := canonicalJWK(key)
	return []byte(text), err
}
