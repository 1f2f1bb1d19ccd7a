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

// minRSABits is the least size of an RSA key (specs A5.1).
const minRSABits = 2048

// An algorithm is a JWS algorithm and the one kind of key that it takes.
type algorithm struct {
	name  string
	hash  crypto.Hash
	curve elliptic.Curve
	pss   bool
}

// find returns the algorithm. The list is closed: none, the HMACs and all else
// are refused whatever the key (specs A5.1, D5.3).
func find(alg string) (algorithm, error) {
	switch alg {
	case "EdDSA", "Ed25519":
		return algorithm{name: "EdDSA"}, nil
	case "ES256":
		return algorithm{name: alg, hash: crypto.SHA256, curve: elliptic.P256()}, nil
	case "ES384":
		return algorithm{name: alg, hash: crypto.SHA384, curve: elliptic.P384()}, nil
	case "RS256":
		return algorithm{name: alg, hash: crypto.SHA256}, nil
	case "PS256":
		return algorithm{name: alg, hash: crypto.SHA256, pss: true}, nil
	}
	return algorithm{}, fmt.Errorf("algorithm %.20q: %w", alg, vc.ErrUnsupported)
}

// Allowed reports whether a signature with the algorithm can be verified.
func Allowed(alg string) bool {
	_, err := find(alg)
	return err == nil
}

// VerifyJWS verifies a signature over input. The error wraps vc.ErrSignature
// when key did not make it, vc.ErrUnsupported when the algorithm is not on the
// list, vc.ErrMalformed when the key is not of the algorithm's kind or too small.
func VerifyJWS(alg string, key crypto.PublicKey, input, sig []byte) error {
	a, err := find(alg)
	if err != nil {
		return err
	}
	switch k := key.(type) {
	case ed25519.PublicKey:
		if a.name == "EdDSA" && len(k) == ed25519.PublicKeySize {
			return holds(ed25519.Verify(k, input, sig))
		}
	case *ecdsa.PublicKey:
		if a.curve != nil && k.Curve == a.curve {
			return holds(VerifyECDSA(k, a.sum(input), sig))
		}
	case *rsa.PublicKey:
		if a.hash != 0 && a.curve == nil {
			return verifyRSA(a, k, input, sig)
		}
	}
	return malformed("a key of this kind cannot make a signature with %s", alg)
}

func (a algorithm) sum(input []byte) []byte {
	h := a.hash.New()
	h.Write(input)
	return h.Sum(nil)
}

func verifyRSA(a algorithm, k *rsa.PublicKey, input, sig []byte) error {
	if k.N.BitLen() < minRSABits {
		return malformed("an RSA key of fewer than %d bits is not accepted", minRSABits)
	}
	if a.pss {
		opt := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: a.hash}
		return holds(rsa.VerifyPSS(k, a.hash, a.sum(input), sig, opt) == nil)
	}
	return holds(rsa.VerifyPKCS1v15(k, a.hash, a.sum(input), sig) == nil)
}

// VerifyECDSA verifies r‖s, each as long as the curve's order (specs D4.4).
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

// AlgFor returns the algorithm with which a key of this kind signs here.
func AlgFor(key crypto.PublicKey) (string, error) {
	switch k := key.(type) {
	case ed25519.PublicKey:
		return "EdDSA", nil
	case *ecdsa.PublicKey:
		switch k.Curve {
		case elliptic.P256():
			return "ES256", nil
		case elliptic.P384():
			return "ES384", nil
		}
	case *rsa.PublicKey:
		return "RS256", nil
	}
	return "", fmt.Errorf("signing with this kind of key: %w", vc.ErrUnsupported)
}

func malformed(format string, a ...any) error {
	return fmt.Errorf("%w: %s", vc.ErrMalformed, fmt.Sprintf(format, a...))
}
