package vctest

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"testing"
	"time"

	"backpack/vc"
)

// kind returns the kind of the issuer's key.
func (i *Issuer) kind(t testing.TB) string {
	t.Helper()
	switch k := i.Signer.Public().(type) {
	case ed25519.PublicKey:
		return Ed25519
	case *rsa.PublicKey:
		return RSA
	case *ecdsa.PublicKey:
		if k.Curve == elliptic.P384() {
			return P384
		}
		return P256
	}
	t.Fatalf("unknown type of key %T", i.Signer.Public())
	return ""
}

// NewHolder returns a holder with a did:key who can present credentials.
func NewHolder(t testing.TB) *Issuer {
	t.Helper()
	h := NewIssuer(t, NewWeb(), DIDKey, Ed25519)
	h.Signer = NewSigner(t, Ed25519, "holder")
	h.publish(t, DIDKey)
	return h
}

// Present returns a presentation of the documents with an eddsa-rdfc-2022 proof for a
// verifier.
func (i *Issuer) Present(t testing.TB, challenge, domain string, docs ...[]byte) []byte {
	t.Helper()
	var parsed []*vc.Document
	for _, b := range docs {
		d, err := vc.Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, d)
	}
	unsigned, err := vc.NewPresentation(i.ID, parsed, "urn:uuid:5e6d8a52-0b6c-4e6b-9c58-6a1a4a3f7a01")
	if err != nil {
		t.Fatal(err)
	}
	signed, err := i.suites["eddsa-rdfc-2022"].Sign(t.Context(), unsigned, vc.SignOptions{
		VerificationMethod: i.Method, Purpose: vc.Authentication, Challenge: challenge, Domain: domain,
		Created: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC),
	}, i.Signer)
	if err != nil {
		t.Fatalf("sign presentation: %v", err)
	}
	return signed
}
