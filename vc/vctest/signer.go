package vctest

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"fmt"
	"math/big"
	"testing"

	"backpack/vc"
)

// The kinds of key that NewSigner makes.
const (
	Ed25519 = "Ed25519"
	P256    = "P-256"
	P384    = "P-384"
	RSA     = "RSA" // 2048 bits, a new key each time
)

// NewSigner returns a key of the kind derived from name. RSA keys are random.
func NewSigner(t testing.TB, kind, name string) vc.Signer {
	t.Helper()
	seed := sha512.Sum384([]byte(kind + " key of " + name))
	switch kind {
	case Ed25519:
		return signer{ed25519.NewKeyFromSeed(seed[:32])}
	case P256, P384:
		curve, n := elliptic.P256(), 32
		if kind == P384 {
			curve, n = elliptic.P384(), 48
		}
		seed[0] &= 0x7F // below the order of either curve
		key, err := ecdsa.ParseRawPrivateKey(curve, seed[:n])
		if err != nil {
			t.Fatal(err)
		}
		return signer{key}
	case RSA:
		key, err := rsa.GenerateKey(nil, 2048)
		if err != nil {
			t.Fatal(err)
		}
		return signer{key}
	}
	t.Fatalf("unknown kind of key %q", kind)
	return nil
}

// SignerOf returns a signer for an existing key.
func SignerOf(key crypto.Signer) vc.Signer { return signer{key} }

// A signer signs with a key of any kind and the usual hash for it.
type signer struct{ key crypto.Signer }

func (s signer) Public() crypto.PublicKey { return s.key.Public() }

// Sign implements vc.Signer. ECDSA is deterministic (RFC 6979).
func (s signer) Sign(_ context.Context, message []byte) ([]byte, error) {
	switch k := s.key.(type) {
	case ed25519.PrivateKey:
		return ed25519.Sign(k, message), nil
	case *rsa.PrivateKey:
		h := sha256.Sum256(message)
		return rsa.SignPKCS1v15(nil, k, crypto.SHA256, h[:])
	case *ecdsa.PrivateKey:
		switch k.Curve {
		case elliptic.P384():
			h := sha512.Sum384(message)
			return signECDSA(k, h[:], crypto.SHA384, 48)
		case elliptic.P521():
			h := sha512.Sum512(message)
			return signECDSA(k, h[:], crypto.SHA512, 66)
		}
		h := sha256.Sum256(message)
		return signECDSA(k, h[:], crypto.SHA256, 32)
	}
	return nil, fmt.Errorf("sign with %T: %w", s.key, vc.ErrUnsupported)
}

// signECDSA returns r‖s with n bytes each.
func signECDSA(k *ecdsa.PrivateKey, digest []byte, h crypto.Hash, n int) ([]byte, error) {
	der, err := k.Sign(nil, digest, h)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	var sig struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &sig); err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return append(sig.R.FillBytes(make([]byte, n)), sig.S.FillBytes(make([]byte, n))...), nil
}
