package suite

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"fmt"
	"slices"
	"strings"

	"github.com/hyperledger/aries-framework-go/pkg/doc/jose/jwk"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/suite"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/suite/ecdsasecp256k1signature2019"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/suite/ed25519signature2018"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/suite/ed25519signature2020"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/suite/jsonwebsignature2020"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/verifier"

	"backpack/vc"
	"backpack/vc/jose"
	"backpack/vc/ld"
)

// Legacy returns the suites that precede Data Integrity: Ed25519Signature2020,
// Ed25519Signature2018, JsonWebSignature2020 and EcdsaSecp256k1Signature2019. aries
// verifies the signatures over our canonical bytes, except RSA signatures, which
// vc/jose verifies.
func Legacy(e *ld.Engine) vc.Suite {
	return &legacy{rdfc{e}, map[string]generation{
		"Ed25519Signature2020": {
			algs: []string{"EdDSA"}, keyType: "Ed25519VerificationKey2020",
			aries: ed25519signature2020.New(suite.WithVerifier(ed25519signature2020.NewPublicKeyVerifier())),
		},
		"Ed25519Signature2018": {
			algs: []string{"EdDSA"}, keyType: "Ed25519VerificationKey2018", detached: true,
			aries: ed25519signature2018.New(suite.WithVerifier(ed25519signature2018.NewPublicKeyVerifier())),
		},
		"JsonWebSignature2020": {
			algs: []string{"EdDSA", "ES256", "ES384", "ES256K", "RS256", "PS256"}, keyType: "JsonWebKey2020", detached: true,
			aries: jsonwebsignature2020.New(suite.WithVerifier(jsonwebsignature2020.NewPublicKeyVerifier())),
		},
		"EcdsaSecp256k1Signature2019": {
			algs: []string{"ES256K"}, keyType: "EcdsaSecp256k1VerificationKey2019", detached: true,
			aries: ecdsasecp256k1signature2019.New(suite.WithVerifier(ecdsasecp256k1signature2019.NewPublicKeyVerifier())),
		},
	}}
}

type legacy struct {
	canon       rdfc
	generations map[string]generation
}

// A generation is one of the older suites.
type generation struct {
	algs     []string // allowed algorithms
	keyType  string   // aries' name for it
	detached bool     // the signature is a detached JWS, not a proofValue
	aries    ariesVerifier
}

// An ariesVerifier is the part of aries' suites in use, which excludes their
// canonicaliser.
type ariesVerifier interface {
	Verify(key *verifier.PublicKey, message, signature []byte) error
}

func (l *legacy) IDs() []string {
	return []string{"Ed25519Signature2020", "Ed25519Signature2018", "JsonWebSignature2020", "EcdsaSecp256k1Signature2019"}
}

// Verify implements vc.Suite. All four suites sign the same two SHA-256 hashes as
// eddsa-rdfc-2022 (specs D4.3); all but Ed25519Signature2020 sign them as the
// detached payload of a JWS (RFC 7797).
func (l *legacy) Verify(ctx context.Context, d *vc.Document, p *vc.Proof, key *vc.Key) error {
	g, ok := l.generations[p.Type]
	if !ok {
		return fmt.Errorf("%w: proof of type %.40q", vc.ErrMalformed, p.Type)
	}
	if err := checkShape(p); err != nil {
		return err
	}
	s, err := g.signature(p)
	if err != nil {
		return err
	}
	if err := g.checkKey(s.alg, key.Public); err != nil {
		return err
	}
	in, err := existing(d, p, s.member, crypto.SHA256)
	if err != nil {
		return err
	}
	return l.canon.check(ctx, in, func(hashes []byte) error {
		return g.verify(s.alg, key.Public, slices.Concat(s.header, hashes), s.bytes)
	})
}

// Fits implements vc.Fitter.
func (l *legacy) Fits(p *vc.Proof, key *vc.Key) error {
	g, ok := l.generations[p.Type]
	if !ok {
		return fmt.Errorf("%w: proof of type %.40q", vc.ErrMalformed, p.Type)
	}
	s, err := g.signature(p)
	if err != nil {
		return err
	}
	return g.checkKey(s.alg, key.Public)
}

// A signature is the signature in a proof.
type signature struct {
	member string // its member in the proof
	alg    string
	header []byte // precedes the hashes in the signed text
	bytes  []byte
}

func (g *generation) signature(p *vc.Proof) (signature, error) {
	if !g.detached {
		b, err := decodeProofValue(p.ProofValue, ed25519.SignatureSize)
		return signature{member: "proofValue", alg: "EdDSA", bytes: b}, err
	}
	if p.JWS == "" && p.ProofValue != "" { // as a few early signers did
		return signature{}, fmt.Errorf("%s with a proofValue: %w", p.Type, vc.ErrUnsupported)
	}
	j, err := vc.ParseJWS([]byte(p.JWS), "b64")
	if err != nil {
		return signature{}, err
	}
	head, _, _ := strings.Cut(p.JWS, ".")
	b64, crit := j.Header.Get("b64"), j.Header.Get("crit")
	if !j.Detached || !b64.Is(vc.Bool) || b64.Text() != "false" || len(crit.Items()) != 1 || strings.TrimSpace(p.JWS) != p.JWS {
		return signature{}, fmt.Errorf("%w: jws is not a detached JWS with an unencoded payload", vc.ErrMalformed)
	}
	return signature{member: "jws", alg: j.Alg, header: []byte(head + "."), bytes: j.Signature}, nil
}

// checkKey checks that suite, algorithm and key match before any of them is used
// (RFC 8725 3.1).
func (g *generation) checkKey(alg string, key crypto.PublicKey) error {
	if !slices.Contains(g.algs, alg) {
		return fmt.Errorf("%w: %s does not sign with %.20q", vc.ErrMalformed, g.keyType, alg)
	}
	want := "ES256K"
	if _, ok := key.(jose.Secp256k1); !ok {
		var err error
		if want, err = jose.AlgFor(key); err != nil {
			return err
		}
	}
	if alg != want && (want != "RS256" || alg != "PS256") {
		return fmt.Errorf("%w: a key for %s does not sign with %s", vc.ErrMalformed, want, alg)
	}
	return nil
}

// verify verifies a signature with aries and recovers its panics. RSA signatures
// are verified by vc/jose: aries does not distinguish RS256 from PS256 and accepts
// any salt length.
func (g *generation) verify(alg string, key crypto.PublicKey, message, sig []byte) (err error) {
	if k, ok := key.(*rsa.PublicKey); ok {
		return jose.VerifyJWS(alg, k, message, sig)
	}
	if len(sig) != signatureSize(alg) { // aries would take a longer one for DER
		return fmt.Errorf("%w: it has %d bytes", vc.ErrSignature, len(sig))
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("aries panicked on a key for %s: %v", alg, r)
		}
	}()
	pub, err := g.ariesKey(key)
	if err != nil {
		return err
	}
	if g.aries.Verify(pub, message, sig) != nil {
		return vc.ErrSignature
	}
	return nil
}

func signatureSize(alg string) int {
	if alg == "ES384" {
		return 96
	}
	return 64
}

func (g *generation) ariesKey(key crypto.PublicKey) (*verifier.PublicKey, error) {
	pub := &verifier.PublicKey{Type: g.keyType}
	switch k := key.(type) {
	case ed25519.PublicKey:
		pub.Value = k
	case jose.Secp256k1:
		pub.Value = k
	}
	if g.keyType != "JsonWebKey2020" && pub.Value != nil {
		return pub, nil
	}
	text, err := jose.MarshalJWK(key)
	if err != nil {
		return nil, err
	}
	pub.JWK = new(jwk.JWK)
	if err := pub.JWK.UnmarshalJSON(text); err != nil {
		return nil, fmt.Errorf("key for aries: %w: %w", vc.ErrUnsupported, err)
	}
	return pub, nil
}
