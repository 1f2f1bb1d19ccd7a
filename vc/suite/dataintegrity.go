package suite

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"fmt"
	"slices"
	"strings"

	"backpack/vc"
	"backpack/vc/jose"
	"backpack/vc/ld"
)

// EdDSA returns eddsa-rdfc-2022, also under its former name eddsa-2022 (Data
// Integrity EdDSA Cryptosuites 1.0, 3.2). It signs under the new name.
func EdDSA(e *ld.Engine) vc.SigningSuite {
	return &dataIntegrity{ids: []string{"eddsa-rdfc-2022", "eddsa-2022"}, canon: rdfc{e}, family: edDSA{}}
}

// EdDSAJCS returns eddsa-jcs-2022 (Data Integrity EdDSA Cryptosuites 1.0, 3.3).
func EdDSAJCS() vc.SigningSuite {
	return &dataIntegrity{ids: []string{"eddsa-jcs-2022"}, canon: jcs{}, family: edDSA{}}
}

// ECDSA returns ecdsa-rdfc-2019 for P-256 and P-384 (Data Integrity ECDSA
// Cryptosuites 1.0, 3.2).
func ECDSA(e *ld.Engine) vc.SigningSuite {
	return &dataIntegrity{ids: []string{"ecdsa-rdfc-2019"}, canon: rdfc{e}, family: ecDSA{}}
}

// ECDSAJCS returns ecdsa-jcs-2019 for P-256 and P-384 (Data Integrity ECDSA
// Cryptosuites 1.0, 3.3).
func ECDSAJCS() vc.SigningSuite {
	return &dataIntegrity{ids: []string{"ecdsa-jcs-2019"}, canon: jcs{}, family: ecDSA{}}
}

// A dataIntegrity is a cryptosuite: a canonicalisation and a key family.
type dataIntegrity struct {
	ids    []string // the first one is used to sign
	canon  canon
	family family
}

// A family is a signature scheme with the hash for each key. The other methods
// require a key that hash accepts.
type family interface {
	hash(key crypto.PublicKey) (crypto.Hash, error)
	size(key crypto.PublicKey) int // size of a signature in bytes
	verify(key crypto.PublicKey, h crypto.Hash, message, sig []byte) bool
}

func (s *dataIntegrity) IDs() []string { return slices.Clone(s.ids) }

// Verify implements vc.Suite (Data Integrity 1.0, 4.4; EdDSA Cryptosuites 1.0,
// 3.2.2 and 3.3.2; ECDSA Cryptosuites 1.0, 3.2.2 and 3.3.2).
func (s *dataIntegrity) Verify(ctx context.Context, d *vc.Document, p *vc.Proof, key *vc.Key) error {
	if p.Type != "DataIntegrityProof" || !slices.Contains(s.ids, p.Cryptosuite) {
		return fmt.Errorf("%w: not a DataIntegrityProof of %s", vc.ErrMalformed, s.ids[0])
	}
	if err := checkShape(p); err != nil {
		return err
	}
	h, err := s.family.hash(key.Public)
	if err != nil {
		return err
	}
	sig, err := decodeProofValue(p.ProofValue, s.family.size(key.Public))
	if err != nil {
		return err
	}
	in, err := existing(d, p, "proofValue", h)
	if err != nil {
		return err
	}
	return s.canon.check(ctx, in, func(message []byte) error {
		if !s.family.verify(key.Public, h, message, sig) {
			return vc.ErrSignature
		}
		return nil
	})
}

// Fits implements vc.Fitter.
func (s *dataIntegrity) Fits(p *vc.Proof, key *vc.Key) error {
	if err := checkShape(p); err != nil {
		return err
	}
	if _, err := s.family.hash(key.Public); err != nil {
		return err
	}
	_, err := decodeProofValue(p.ProofValue, s.family.size(key.Public))
	return err
}

// checkShape checks for the members required in every embedded proof (specs D3.1).
func checkShape(p *vc.Proof) error {
	switch {
	case !p.Value.Is(vc.Object):
		return fmt.Errorf("%w: the proof is not an object", vc.ErrMalformed)
	case p.VerificationMethod == "" || p.Purpose == "":
		return fmt.Errorf("%w: the proof lacks verificationMethod or proofPurpose", vc.ErrMalformed)
	}
	return nil
}

// decodeProofValue decodes a base58btc multibase value of exactly n bytes (Data
// Integrity 1.0, 2.4).
func decodeProofValue(s string, n int) ([]byte, error) {
	text, ok := strings.CutPrefix(s, "z")
	if !ok || len(text) > 2*n {
		return nil, fmt.Errorf("%w: proofValue is not z and %d bytes in base58btc", vc.ErrMalformed, n)
	}
	b, err := vc.DecodeBase58(text)
	if err != nil {
		return nil, fmt.Errorf("proofValue: %w", err)
	}
	if len(b) != n {
		return nil, fmt.Errorf("%w: proofValue has %d bytes, not %d", vc.ErrMalformed, len(b), n)
	}
	return b, nil
}

func encodeProofValue(sig []byte) string { return "z" + vc.EncodeBase58(sig) }

// edDSA is Ed25519 over two SHA-256 hashes (specs D4.1).
type edDSA struct{}

func (edDSA) hash(key crypto.PublicKey) (crypto.Hash, error) {
	if k, ok := key.(ed25519.PublicKey); !ok || len(k) != ed25519.PublicKeySize {
		return 0, fmt.Errorf("%w: the suite requires an Ed25519 key", vc.ErrMalformed)
	}
	return crypto.SHA256, nil
}

func (edDSA) size(crypto.PublicKey) int { return ed25519.SignatureSize }

func (edDSA) verify(key crypto.PublicKey, _ crypto.Hash, message, sig []byte) bool {
	return ed25519.Verify(key.(ed25519.PublicKey), message, sig)
}

// ecDSA is ECDSA with SHA-256 on P-256 and SHA-384 on P-384 (specs D4.4).
type ecDSA struct{}

func (ecDSA) hash(key crypto.PublicKey) (crypto.Hash, error) {
	if k, ok := key.(*ecdsa.PublicKey); ok && k != nil {
		switch k.Curve {
		case elliptic.P256():
			return crypto.SHA256, nil
		case elliptic.P384():
			return crypto.SHA384, nil
		}
	}
	return 0, fmt.Errorf("%w: the suite requires a P-256 or P-384 key", vc.ErrMalformed)
}

func (ecDSA) size(key crypto.PublicKey) int {
	return 2 * ((key.(*ecdsa.PublicKey).Params().N.BitLen() + 7) / 8)
}

func (ecDSA) verify(key crypto.PublicKey, h crypto.Hash, message, sig []byte) bool {
	return jose.VerifyECDSA(key.(*ecdsa.PublicKey), sum(h, message), sig)
}
