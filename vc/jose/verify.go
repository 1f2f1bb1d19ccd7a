package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	_ "crypto/sha256" // hashes of the algorithms below
	_ "crypto/sha512"
	"fmt"
	"math/big"

	"backpack/vc"
)

// Sizes of RSA keys in bits: smaller ones are weak (specs A5.1), larger ones only
// slow.
const (
	minRSABits = 2048
	maxRSABits = 8192
)

// A kind is the kind of key that an algorithm takes.
type kind int

const (
	edwards kind = iota
	ellipticCurve
	rsaPKCS1
	rsaPSS
)

// An algorithm is a JWS algorithm with its kind of key (RFC 7518 3.1, RFC 8037
// 3.1).
type algorithm struct {
	kind  kind
	curve elliptic.Curve // for ellipticCurve
	hash  crypto.Hash
}

// find returns the algorithm. The list is closed: it refuses none, HMACs and any
// other, whatever the key (specs A5.1, D5.3).
func find(alg string) (algorithm, error) {
	switch alg {
	case "EdDSA", "Ed25519":
		return algorithm{kind: edwards}, nil
	case "ES256":
		return algorithm{ellipticCurve, elliptic.P256(), crypto.SHA256}, nil
	case "ES384":
		return algorithm{ellipticCurve, elliptic.P384(), crypto.SHA384}, nil
	case "ES512":
		return algorithm{ellipticCurve, elliptic.P521(), crypto.SHA512}, nil
	case "RS256":
		return algorithm{kind: rsaPKCS1, hash: crypto.SHA256}, nil
	case "PS256":
		return algorithm{kind: rsaPSS, hash: crypto.SHA256}, nil
	}
	return algorithm{}, fmt.Errorf("algorithm %.20q: %w", alg, vc.ErrUnsupported)
}

// fits reports whether key is a complete key of the algorithm's kind.
func (a algorithm) fits(key crypto.PublicKey) bool {
	switch k := key.(type) {
	case ed25519.PublicKey:
		return a.kind == edwards && len(k) == ed25519.PublicKeySize
	case *ecdsa.PublicKey:
		return a.kind == ellipticCurve && k != nil && k.Curve == a.curve
	case *rsa.PublicKey:
		return (a.kind == rsaPKCS1 || a.kind == rsaPSS) && k != nil && k.N != nil
	}
	return false
}

// VerifyJWS verifies a signature over input, the encoded header and payload of the
// JWS. The algorithm decides the kind of key, never the key the algorithm (RFC
// 8725 3.1). The error wraps vc.ErrSignature if key did not make the signature,
// vc.ErrUnsupported if the algorithm is not on the list, and vc.ErrMalformed if
// the key is of another kind or too small.
func VerifyJWS(alg string, key crypto.PublicKey, input, sig []byte) error {
	a, err := find(alg)
	if err != nil {
		return err
	}
	if !a.fits(key) {
		return malformed("this kind of key cannot sign with %s", alg)
	}
	switch k := key.(type) {
	case ed25519.PublicKey:
		return holds(ed25519.Verify(k, input, sig))
	case *ecdsa.PublicKey:
		return holds(VerifyECDSA(k, a.sum(input), sig))
	case *rsa.PublicKey:
		return a.verifyRSA(k, input, sig)
	}
	return malformed("unknown kind of key")
}

func (a algorithm) sum(input []byte) []byte {
	h := a.hash.New()
	h.Write(input)
	return h.Sum(nil)
}

// verifyRSA requires a salt as long as the hash (RFC 7518 3.5).
func (a algorithm) verifyRSA(k *rsa.PublicKey, input, sig []byte) error {
	if n := k.N.BitLen(); n < minRSABits || n > maxRSABits {
		return malformed("an RSA key must have %d to %d bits, not %d", minRSABits, maxRSABits, n)
	}
	if a.kind == rsaPSS {
		opt := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: a.hash}
		return holds(rsa.VerifyPSS(k, a.hash, a.sum(input), sig, opt) == nil)
	}
	return holds(rsa.VerifyPKCS1v15(k, a.hash, a.sum(input), sig) == nil)
}

// VerifyECDSA verifies r‖s over a digest. Both are exactly as long as the curve's
// order, never in DER (specs D4.4, RFC 7518 3.4).
func VerifyECDSA(k *ecdsa.PublicKey, digest, sig []byte) bool {
	n := (k.Params().N.BitLen() + 7) / 8
	if len(sig) != 2*n {
		return false
	}
	return ecdsa.Verify(k, digest, new(big.Int).SetBytes(sig[:n]), new(big.Int).SetBytes(sig[n:]))
}

func holds(ok bool) error {
	if !ok {
		return vc.ErrSignature
	}
	return nil
}

// AlgFor returns the algorithm with which we sign with this kind of key; RS256 for
// RSA. The error wraps vc.ErrUnsupported.
func AlgFor(key crypto.PublicKey) (string, error) {
	for _, alg := range []string{"EdDSA", "ES256", "ES384", "ES512", "RS256"} {
		if a, err := find(alg); err == nil && a.fits(key) {
			return alg, nil
		}
	}
	return "", fmt.Errorf("signing with a key of type %T: %w", key, vc.ErrUnsupported)
}

func malformed(format string, a ...any) error {
	return fmt.Errorf("%w: %s", vc.ErrMalformed, fmt.Sprintf(format, a...))
}
