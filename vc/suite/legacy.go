package suite

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"errors"
	"fmt"
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

// Legacy returns the suites from before Data Integrity: Ed25519Signature2020,
// Ed25519Signature2018, JsonWebSignature2020 and EcdsaSecp256k1Signature2019.
// aries' suites check the signatures, over our canonical bytes.
func Legacy(e *ld.Engine) vc.Suite { return &legacy{canon: rdfc{e}} }

type legacy struct{ canon canon }

func (*legacy) IDs() []string {
	return []string{"Ed25519Signature2020", "Ed25519Signature2018", "JsonWebSignature2020", "EcdsaSecp256k1Signature2019"}
}

// Verify implements vc.Suite. All four sign the same two hashes; all but
// Ed25519Signature2020 carry them as the detached payload of a JWS.
func (l *legacy) Verify(ctx context.Context, d *vc.Document, p *vc.Proof, key *vc.Key) error {
	sig, prefix, err := legacySignature(p)
	if err != nil {
		return err
	}
	if err := legacyKey(p, key.Public); err != nil {
		return err
	}
	return l.canon.hashes(ctx, d.Claims, p.Value, crypto.SHA256, d.Contexts, func(hashes []byte) error {
		return ariesVerify(p, key.Public, append(append([]byte(nil), prefix...), hashes...), sig)
	})
}

// legacySignature returns the signature and what stands before the hashes in
// the text that is signed: of a JWS its header and a point (RFC 7797).
func legacySignature(p *vc.Proof) (sig, prefix []byte, err error) {
	if p.Type == "Ed25519Signature2020" {
		sig, err = decodeProofValue(p.ProofValue, ed25519.SignatureSize)
		return sig, nil, err
	}
	j, err := vc.ParseJWS([]byte(p.JWS), "b64")
	if err != nil {
		return nil, nil, err
	}
	if b64 := j.Header.Get("b64"); !j.Detached || b64.Text() != "false" || !b64.Is(vc.Bool) || len(j.Header.Get("crit").Strs()) != 1 {
		return nil, nil, fmt.Errorf("%w: the signature is not a detached JWS of an unencoded payload", vc.ErrMalformed)
	}
	head, _, _ := strings.Cut(p.JWS, ".")
	return j.Signature, []byte(head + "."), nil
}

// legacyAlgs lists the algorithms of each suite that signs as a JWS.
var legacyAlgs = map[string][]string{
	"Ed25519Signature2018":        {"EdDSA"},
	"JsonWebSignature2020":        {"EdDSA", "ES256", "ES384", "RS256", "PS256"},
	"EcdsaSecp256k1Signature2019": {"ES256K"},
}

// legacyKey demands that algorithm and key fit each other before either is used.
func legacyKey(p *vc.Proof, key crypto.PublicKey) error {
	want, err := algOf(key)
	if err != nil {
		return err
	}
	alg := "EdDSA"
	if p.Type != "Ed25519Signature2020" {
		j, err := vc.ParseJWS([]byte(p.JWS), "b64")
		if err != nil {
			return err
		}
		alg = j.Alg
		if !strings.Contains(" "+strings.Join(legacyAlgs[p.Type], " ")+" ", " "+alg+" ") {
			return fmt.Errorf("%w: %s with algorithm %.20q", vc.ErrMalformed, p.Type, alg)
		}
	}
	if alg != want && !(want == "RS256" && alg == "PS256") {
		return fmt.Errorf("%w: a key for %s cannot make a signature with %s", vc.ErrMalformed, want, alg)
	}
	return nil
}

func algOf(key crypto.PublicKey) (string, error) {
	if _, ok := key.(jose.Secp256k1); ok {
		return "ES256K", nil
	}
	return jose.AlgFor(key)
}

// ariesVerify asks aries' suite. It returns vc.ErrSignature when the signature
// does not hold, and survives a panic of aries.
func ariesVerify(p *vc.Proof, key crypto.PublicKey, message, sig []byte) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%s: aries panicked: %v", p.Type, r)
		}
	}()
	s, pub, err := ariesSuite(p, key)
	if err != nil {
		return err
	}
	if err := s.Verify(pub, message, sig); err != nil {
		return fmt.Errorf("%w: %s", vc.ErrSignature, p.Type)
	}
	return nil
}

// An ariesVerifier is what is used of aries' suites: never their canonicaliser.
type ariesVerifier interface {
	Verify(key *verifier.PublicKey, message, signature []byte) error
}

func ariesSuite(p *vc.Proof, key crypto.PublicKey) (ariesVerifier, *verifier.PublicKey, error) {
	pub, err := ariesKey(p, key)
	if err != nil {
		return nil, nil, err
	}
	switch p.Type {
	case "Ed25519Signature2020":
		return ed25519signature2020.New(suite.WithVerifier(ed25519signature2020.NewPublicKeyVerifier())), pub, nil
	case "Ed25519Signature2018":
		return ed25519signature2018.New(suite.WithVerifier(ed25519signature2018.NewPublicKeyVerifier())), pub, nil
	case "JsonWebSignature2020":
		if strings.Contains(ariesAlg(p), "S256") && pub.JWK.Kty == "RSA" {
			return joseVerifier{alg: ariesAlg(p), key: key}, pub, nil
		}
		return jsonwebsignature2020.New(suite.WithVerifier(jsonwebsignature2020.NewPublicKeyVerifier())), pub, nil
	case "EcdsaSecp256k1Signature2019":
		return ecdsasecp256k1signature2019.New(suite.WithVerifier(ecdsasecp256k1signature2019.NewPublicKeyVerifier())), pub, nil
	}
	return nil, nil, fmt.Errorf("%s: %w", p.Type, vc.ErrUnsupported)
}

func ariesAlg(p *vc.Proof) string {
	if j, err := vc.ParseJWS([]byte(p.JWS), "b64"); err == nil {
		return j.Alg
	}
	return ""
}

// joseVerifier checks RSA signatures ourselves: aries takes an RSA key only as
// PKCS #1 and does not tell RS256 from PS256.
type joseVerifier struct {
	alg string
	key crypto.PublicKey
}

func (v joseVerifier) Verify(_ *verifier.PublicKey, message, sig []byte) error {
	return jose.VerifyJWS(v.alg, v.key, message, sig)
}

func ariesKey(p *vc.Proof, key crypto.PublicKey) (*verifier.PublicKey, error) {
	if k, ok := key.(ed25519.PublicKey); ok && p.Type != "JsonWebSignature2020" {
		return &verifier.PublicKey{Type: "Ed25519VerificationKey2018", Value: k}, nil
	}
	text, err := jose.MarshalJWK(key)
	if err != nil {
		return nil, err
	}
	k := new(jwk.JWK)
	if err := k.UnmarshalJSON(text); err != nil {
		return nil, errors.Join(vc.ErrUnsupported, err)
	}
	pub := &verifier.PublicKey{Type: "JsonWebKey2020", JWK: k}
	if raw, ok := key.(jose.Secp256k1); ok {
		pub.Type, pub.Value = "EcdsaSecp256k1VerificationKey2019", raw
	}
	return pub, nil
}
