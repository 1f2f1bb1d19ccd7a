package suite

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/jsonld"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/proof"
	ariessigner "github.com/hyperledger/aries-framework-go/pkg/doc/signature/signer"
	ariessuite "github.com/hyperledger/aries-framework-go/pkg/doc/signature/suite"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/suite/ecdsasecp256k1signature2019"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/suite/ed25519signature2018"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/suite/ed25519signature2020"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/suite/jsonwebsignature2020"
	ariesutil "github.com/hyperledger/aries-framework-go/pkg/doc/util/signature"
	"github.com/hyperledger/aries-framework-go/pkg/kms"
	gold "github.com/piprate/json-gold/ld"

	"backpack/vc"
	"backpack/vc/jose"
)

// embedded serves the embedded contexts to aries.
type embedded map[string]string

func loader(t testing.TB) embedded {
	var list []struct {
		File string
		URLs []string
	}
	readJSON(t, &list, filepath.Join("..", "ld", "contexts", "manifest.json"))
	out := embedded{}
	for _, x := range list {
		for _, u := range x.URLs {
			if out[u] == "" {
				out[u] = filepath.Join("..", "ld", "contexts", x.File)
			}
		}
	}
	out["https://w3id.org/security/jws/v1"] = out["https://w3id.org/security/suites/jws-2020/v1"] // its former name
	return out
}

func (e embedded) LoadDocument(url string) (*gold.RemoteDocument, error) {
	f, err := gold.NewDefaultDocumentLoader(nil).LoadDocument(e[url])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", url, err)
	}
	return &gold.RemoteDocument{DocumentURL: url, Document: f.Document}, nil
}

// unsigned11 returns a credential of data model 1.1 with a suite's context. The
// model's own context defines the suites of 2018 and 2019.
func unsigned11(context string) string {
	return `{"@context":["https://www.w3.org/2018/credentials/v1","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json","` + context + `"],` +
		`"id":"urn:uuid:1","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:example:issuer","type":["Profile"]},` +
		`"issuanceDate":"2026-01-02T03:04:05Z","name":"Fire Safety","credentialSubject":{"id":"did:example:learner","type":["AchievementSubject"],` +
		`"achievement":{"id":"https://school.example/1","type":["Achievement"],"name":"Fire Safety","description":"d","criteria":{"narrative":"n"}}}}`
}

// A legacyCase is a document signed by aries.
type legacyCase struct {
	name, text string
	key        crypto.PublicKey
}

func legacyCases(t testing.TB) []legacyCase {
	var out []legacyCase
	for _, x := range []struct {
		name, suite, context string
		key                  kms.KeyType
		make                 func(ariesutil.Signer) ariessigner.SignatureSuite
	}{
		{"2018", "Ed25519Signature2018", "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", kms.ED25519Type,
			func(s ariesutil.Signer) ariessigner.SignatureSuite {
				return ed25519signature2018.New(ariessuite.WithSigner(s))
			}},
		{"2020", "Ed25519Signature2020", "https://w3id.org/security/suites/ed25519-2020/v1", kms.ED25519Type, func(s ariesutil.Signer) ariessigner.SignatureSuite {
			return ed25519signature2020.New(ariessuite.WithSigner(s))
		}},
		{"JWS with Ed25519", "JsonWebSignature2020", "https://w3id.org/security/suites/jws-2020/v1", kms.ED25519Type, newJWS2020},
		{"JWS with P-256", "JsonWebSignature2020", "https://w3id.org/security/suites/jws-2020/v1", kms.ECDSAP256TypeIEEEP1363, newJWS2020},
		{"JWS with P-384", "JsonWebSignature2020", "https://w3id.org/security/suites/jws-2020/v1", kms.ECDSAP384TypeIEEEP1363, newJWS2020},
		{"JWS with secp256k1", "JsonWebSignature2020", "https://w3id.org/security/suites/jws-2020/v1", kms.ECDSASecp256k1TypeIEEEP1363, newJWS2020},
		{"secp256k1", "EcdsaSecp256k1Signature2019", "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", kms.ECDSASecp256k1TypeIEEEP1363,
			func(s ariesutil.Signer) ariessigner.SignatureSuite {
				return ecdsasecp256k1signature2019.New(ariessuite.WithSigner(s))
			}},
	} {
		s, err := ariesutil.NewSigner(x.key)
		if err != nil {
			t.Fatal(err)
		}
		created := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		representation := proof.SignatureJWS
		if x.name == "2020" {
			representation = proof.SignatureProofValue
		}
		text, err := ariessigner.New(x.make(s)).Sign(&ariessigner.Context{
			SignatureType: x.suite, SignatureRepresentation: representation, Created: &created,
			VerificationMethod: "did:example:issuer#key", Purpose: "assertionMethod",
		}, []byte(unsigned11(x.context)), jsonld.WithDocumentLoader(loader(t)))
		if err != nil {
			t.Fatalf("%s: aries: %v", x.name, err)
		}
		key := s.PublicKey()
		if x.key == kms.ECDSASecp256k1TypeIEEEP1363 {
			key = jose.Secp256k1(s.PublicKeyBytes())
		}
		out = append(out, legacyCase{x.name, string(text), key})
	}
	return out
}

func newJWS2020(s ariesutil.Signer) ariessigner.SignatureSuite {
	return jsonwebsignature2020.New(ariessuite.WithSigner(s))
}

func verifyLegacy(t testing.TB, d *vc.Document, key crypto.PublicKey) error {
	t.Helper()
	if len(d.Proofs) != 1 {
		return errors.New("the document does not have one proof")
	}
	return Legacy(engine(t)).Verify(context.Background(), d, &d.Proofs[0], &vc.Key{Public: key})
}

// TestLegacy verifies aries' signatures and refuses other keys and the changes of
// TestTamperedMembers.
func TestLegacy(t *testing.T) {
	cases := legacyCases(t)
	for i, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			d := document(t, []byte(x.text))
			if err := verifyLegacy(t, d, x.key); err != nil {
				t.Fatalf("%v: %s", err, x.text)
			}
			other := cases[(i+1)%len(cases)].key
			if err := verifyLegacy(t, d, other); err == nil {
				t.Error("another key was accepted")
			}
			mutate(d.Claims, "$", func(path, text string) {
				v, err := vc.ParseJSON([]byte(text))
				if err != nil {
					return
				}
				if verifyLegacy(t, documentOf(v), x.key) == nil {
					t.Errorf("%s was accepted", path)
				}
			})
		})
	}
}

// jwsCase returns a document with a handmade JsonWebSignature2020.
func jwsCase(t *testing.T, header string, sign func(message []byte) []byte) *vc.Document {
	t.Helper()
	text := strings.TrimSuffix(unsigned11("https://w3id.org/security/suites/jws-2020/v1"), "}") + `,"proof":{"type":"JsonWebSignature2020",` +
		`"created":"2026-01-02T03:04:05Z","verificationMethod":"did:example:issuer#key","proofPurpose":"assertionMethod","jws":"JWS"}}`
	d := document(t, []byte(text))
	hashes, err := rdfc{engine(t)}.message(context.Background(), input{doc: d.Claims, options: d.Proofs[0].Value, value: "jws", hash: crypto.SHA256})
	if err != nil {
		t.Fatal(err)
	}
	head := vc.EncodeBase64([]byte(header))
	jws := head + ".." + vc.EncodeBase64(sign(append([]byte(head+"."), hashes...)))
	return document(t, []byte(strings.Replace(text, `"jws":"JWS"`, `"jws":"`+jws+`"`, 1)))
}

// TestJsonWebSignature2020 tries every algorithm and edge cases of the header.
func TestJsonWebSignature2020(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ed, p256 := edSigner(1), ecSigner(t, elliptic.P256())
	with := func(s signer) func([]byte) []byte {
		return func(m []byte) []byte {
			sig, err := s.Sign(context.Background(), m)
			if err != nil {
				t.Fatal(err)
			}
			return sig
		}
	}
	der := func(m []byte) []byte {
		digest := sha256.Sum256(m)
		sig, err := ecdsa.SignASN1(rand.Reader, p256.ec, digest[:])
		if err != nil {
			t.Fatal(err)
		}
		return sig
	}
	rs := func(m []byte) []byte {
		digest := sha256.Sum256(m)
		sig, _ := rsa.SignPKCS1v15(nil, rsaKey, crypto.SHA256, digest[:])
		return sig
	}
	ps := func(m []byte) []byte {
		digest := sha256.Sum256(m)
		sig, _ := rsa.SignPSS(rand.Reader, rsaKey, crypto.SHA256, digest[:], &rsa.PSSOptions{SaltLength: 32})
		return sig
	}
	const tail = `,"b64":false,"crit":["b64"]}`
	for _, x := range []struct {
		name, header string
		sign         func([]byte) []byte
		key          crypto.PublicKey
		want         error
	}{
		{"EdDSA", `{"alg":"EdDSA"` + tail, with(ed), ed.Public(), nil},
		{"ES256", `{"alg":"ES256"` + tail, with(p256), p256.Public(), nil},
		{"RS256", `{"alg":"RS256"` + tail, rs, &rsaKey.PublicKey, nil},
		{"PS256", `{"alg":"PS256"` + tail, ps, &rsaKey.PublicKey, nil},
		{"another order of members", `{"crit":["b64"],"b64":false,"alg":"EdDSA"}`, with(ed), ed.Public(), nil},
		{"RS256 for PS256", `{"alg":"PS256"` + tail, rs, &rsaKey.PublicKey, vc.ErrSignature},
		{"none", `{"alg":"none"` + tail, func([]byte) []byte { return nil }, ed.Public(), vc.ErrMalformed},
		{"HS256", `{"alg":"HS256"` + tail, rs, &rsaKey.PublicKey, vc.ErrMalformed},
		{"ES256 with an Ed25519 key", `{"alg":"ES256"` + tail, with(p256), ed.Public(), vc.ErrMalformed},
		{"DER", `{"alg":"ES256"` + tail, der, p256.Public(), vc.ErrSignature},
		{"zeros", `{"alg":"ES256"` + tail, func([]byte) []byte { return make([]byte, 64) }, p256.Public(), vc.ErrSignature},
		{"short", `{"alg":"EdDSA"` + tail, func([]byte) []byte { return make([]byte, 63) }, ed.Public(), vc.ErrSignature},
		{"b64 missing", `{"alg":"EdDSA"}`, with(ed), ed.Public(), vc.ErrMalformed},
		{"b64 true", `{"alg":"EdDSA","b64":true,"crit":["b64"]}`, with(ed), ed.Public(), vc.ErrMalformed},
		{"b64 as text", `{"alg":"EdDSA","b64":"false","crit":["b64"]}`, with(ed), ed.Public(), vc.ErrMalformed},
		{"b64 not critical", `{"alg":"EdDSA","b64":false}`, with(ed), ed.Public(), vc.ErrMalformed},
		{"unknown critical extension", `{"alg":"EdDSA","b64":false,"exp":1,"crit":["b64","exp"]}`, with(ed), ed.Public(), vc.ErrMalformed},
		{"duplicate in crit", `{"alg":"EdDSA","b64":false,"crit":["b64","b64"]}`, with(ed), ed.Public(), vc.ErrMalformed},
		{"no key", `{"alg":"EdDSA"` + tail, with(ed), nil, vc.ErrUnsupported},
	} {
		t.Run(x.name, func(t *testing.T) {
			if err := verifyLegacy(t, jwsCase(t, x.header, x.sign), x.key); !errors.Is(err, x.want) {
				t.Errorf("%v, want %v", err, x.want)
			}
		})
	}
}

// TestDetachedSpelling checks that a detached JWS has only one spelling.
func TestDetachedSpelling(t *testing.T) {
	x := legacyCases(t)[0]
	jws := document(t, []byte(x.text)).Proofs[0].JWS
	d := document(t, []byte(strings.Replace(x.text, `"jws":`, `"proofValue":`, 1)))
	if err := verifyLegacy(t, d, x.key); !errors.Is(err, vc.ErrUnsupported) {
		t.Errorf("as a proofValue: %v", err)
	}
	for name, other := range map[string]string{
		"space before": " " + jws, "space after": jws + `\n`, "padded": jws + "=", "a payload": strings.Replace(jws, "..", ".e30.", 1),
		"a fourth part": jws + ".", "no signature": jws[:strings.LastIndex(jws, ".")+1], "gone": "",
	} {
		d := document(t, []byte(strings.Replace(x.text, jws, other, 1)))
		if err := verifyLegacy(t, d, x.key); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

// TestSuitesOfOthers checks that suites refuse proofs of other types.
func TestSuitesOfOthers(t *testing.T) {
	x := legacyCases(t)[1]
	for _, as := range []string{"DataIntegrityProof", "RsaSignature2018", "", "jose", "ed25519Signature2020"} {
		d := document(t, []byte(strings.Replace(x.text, "Ed25519Signature2020", as, 1)))
		if err := verifyLegacy(t, d, x.key); !errors.Is(err, vc.ErrMalformed) {
			t.Errorf("as %q: %v", as, err)
		}
	}
}

// TestThreat04WycheproofSecp256k1 runs the edge cases that aries verifies.
func TestThreat04WycheproofSecp256k1(t *testing.T) {
	var file struct {
		TestGroups []struct {
			PublicKey struct{ Uncompressed string }
			Tests     []struct {
				TcID                      int
				Comment, Result, Msg, Sig string
			}
		}
	}
	readJSON(t, &file, vectors(t, "wycheproof", "ecdsa_secp256k1_sha256_p1363_test.json"))
	g := Legacy(engine(t)).(*legacy).generations["EcdsaSecp256k1Signature2019"]
	ran := 0
	for _, group := range file.TestGroups {
		point, _ := hex.DecodeString(group.PublicKey.Uncompressed)
		jwk, err := jose.MarshalJWK(jose.Secp256k1(point))
		if err != nil {
			t.Fatal(err)
		}
		v, err := vc.ParseJSON(jwk)
		if err != nil {
			t.Fatal(err)
		}
		key, err := jose.ParseJWK(v)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range group.Tests {
			msg, _ := hex.DecodeString(x.Msg)
			sig, _ := hex.DecodeString(x.Sig)
			ran++
			if err := g.verify("ES256K", key, msg, sig); (err == nil) != (x.Result == "valid") {
				t.Errorf("%d %s: %v, want %s", x.TcID, x.Comment, err, x.Result)
			}
		}
	}
	if ran != 252 {
		t.Errorf("%d tests", ran)
	}
}
