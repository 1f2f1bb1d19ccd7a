package keyring

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/x509"
	"errors"
	"fmt"
	"io"

	"github.com/hyperledger/aries-framework-go/pkg/kms"

	"backpack/wallet/keys"
)

// A private is a private key of the standard library.
type private interface{ Public() crypto.PublicKey }

// A material is a key before its import into aries. The seed restores it.
type material struct {
	seed    []byte
	private private
	aries   kms.KeyType
}

// newMaterial generates a key of a kind.
func newMaterial(kind keys.Kind, random io.Reader) (material, error) {
	switch kind {
	case keys.Ed25519:
		seed, err := randomBytes(random, ed25519.SeedSize)
		if err != nil {
			return material{}, err
		}
		return material{seed, ed25519.NewKeyFromSeed(seed), kms.ED25519Type}, nil
	case keys.P256:
		return newECDSA(elliptic.P256(), kms.ECDSAP256TypeIEEEP1363, random)
	case keys.P384:
		return newECDSA(elliptic.P384(), kms.ECDSAP384TypeIEEEP1363, random)
	}
	return material{}, fmt.Errorf("unknown kind of key %q", kind)
}

// draws is the most numbers to draw until one is a private key; nearly every one is.
const draws = 8

func newECDSA(curve elliptic.Curve, aries kms.KeyType, random io.Reader) (material, error) {
	for range draws {
		seed, err := randomBytes(random, (curve.Params().BitSize+7)/8)
		if err != nil {
			return material{}, err
		}
		if key, err := ecdsa.ParseRawPrivateKey(curve, seed); err == nil {
			return material{seed, key, aries}, nil
		}
	}
	return material{}, errors.New("the source of randomness yields no private key")
}

func randomBytes(random io.Reader, n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(random, b); err != nil {
		return nil, fmt.Errorf("read random bytes: %w", err)
	}
	return b, nil
}

// publicKey parses a public key that aries exports, and returns the length of its
// signatures in bytes.
func publicKey(b []byte, kind kms.KeyType) (crypto.PublicKey, int, error) {
	switch kind {
	case kms.ED25519Type:
		if len(b) != ed25519.PublicKeySize {
			return nil, 0, errors.New("it is not an Ed25519 key")
		}
		return ed25519.PublicKey(b), ed25519.SignatureSize, nil
	case kms.ECDSAP256TypeIEEEP1363:
		return point(elliptic.P256(), b)
	case kms.ECDSAP384TypeIEEEP1363:
		return point(elliptic.P384(), b)
	}
	return nil, 0, fmt.Errorf("unknown aries kind of key %s", kind)
}

func point(curve elliptic.Curve, b []byte) (crypto.PublicKey, int, error) {
	key, err := ecdsa.ParseUncompressedPublicKey(curve, b)
	if err != nil { // aries uses both formats
		any, _ := x509.ParsePKIXPublicKey(b)
		var ok bool
		if key, ok = any.(*ecdsa.PublicKey); !ok || key.Curve != curve {
			return nil, 0, errors.New("it is not a key on its curve")
		}
	}
	return key, 2 * ((curve.Params().BitSize + 7) / 8), nil
}
