package suite

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/jose"
	"backpack/vc/ld"
)

// vectors returns the path of third-party test vectors, or skips the test.
func vectors(t testing.TB, elem ...string) string {
	t.Helper()
	root := os.Getenv("BACKPACK_VECTORS")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "vectors")
	}
	name := filepath.Join(append([]string{root}, elem...)...)
	if _, err := os.Stat(name); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the vectors are missing: %v", err)
		}
		t.Skipf("vectors are missing: %v", err)
	}
	return name
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func readJSON(t testing.TB, into any, name string) {
	t.Helper()
	if err := json.Unmarshal(read(t, name), into); err != nil {
		t.Fatal(err)
	}
}

var newEngine = sync.OnceValues(func() (*ld.Engine, error) { return ld.New(ld.Limits{}) })

func engine(t testing.TB) *ld.Engine {
	t.Helper()
	e, err := newEngine()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// document returns the Document for an object with proofs, even if it is not a
// credential.
func document(t testing.TB, text []byte) *vc.Document {
	t.Helper()
	v, err := vc.ParseJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	return documentOf(v)
}

func documentOf(v *vc.Value) *vc.Document {
	d := &vc.Document{Raw: []byte(v.Raw()), Form: vc.Embedded, Claims: v}
	for _, x := range v.Get("proof").List() {
		d.Proofs = append(d.Proofs, vc.Proof{
			ID: x.Get("id").Str(), Type: x.Get("type").Str(), Cryptosuite: x.Get("cryptosuite").Str(),
			VerificationMethod: x.Get("verificationMethod").Str(), Purpose: vc.Purpose(x.Get("proofPurpose").Str()),
			ProofValue: x.Get("proofValue").Str(), JWS: x.Get("jws").Str(), Previous: x.Get("previousProof").Strs(), Value: x,
		})
	}
	return d
}

// contexts returns the contexts that the W3C's vectors need and the program does
// not embed.
func contexts(t testing.TB) map[string][]byte {
	t.Helper()
	return map[string][]byte{"https://w3id.org/citizenship/v4rc1": read(t, filepath.Join("..", "ld", "testdata", "citizenship.json"))}
}

// methodKey returns the key of a did:key verification method.
func methodKey(t testing.TB, method string) *vc.Key {
	t.Helper()
	_, multibase, _ := strings.Cut(method, "#")
	b, err := vc.DecodeBase58(strings.TrimPrefix(multibase, "z"))
	if err != nil || len(b) < 3 {
		t.Fatalf("no key in %q: %v", method, err)
	}
	key := &vc.Key{ID: method, Controller: strings.Split(method, "#")[0], Type: "Multikey"}
	switch curve := (elliptic.Curve)(nil); string(b[:2]) {
	case "\xed\x01":
		key.Public = ed25519.PublicKey(b[2:])
	case "\x80\x24":
		curve = elliptic.P256()
		fallthrough
	case "\x81\x24":
		if curve == nil {
			curve = elliptic.P384()
		}
		x, y := elliptic.UnmarshalCompressed(curve, b[2:])
		n := (curve.Params().BitSize + 7) / 8
		point := append([]byte{4}, append(x.FillBytes(make([]byte, n)), y.FillBytes(make([]byte, n))...)...)
		if key.Public, err = jose.Point(curve, point); err != nil {
			t.Fatal(err)
		}
	default:
		t.Fatalf("no key in %q", method)
	}
	return key
}

// A signer holds a private key in memory.
type signer struct {
	ed ed25519.PrivateKey
	ec *ecdsa.PrivateKey
}

func (s signer) Public() crypto.PublicKey {
	if s.ec != nil {
		return &s.ec.PublicKey
	}
	return s.ed.Public()
}

func (s signer) Sign(_ context.Context, message []byte) ([]byte, error) {
	if s.ec == nil {
		return ed25519.Sign(s.ed, message), nil
	}
	h := map[string]crypto.Hash{"P-256": crypto.SHA256, "P-384": crypto.SHA384, "P-521": crypto.SHA512}[s.ec.Params().Name]
	r, v, err := ecdsa.Sign(rand.Reader, s.ec, sum(h, message))
	if err != nil {
		return nil, err
	}
	n := (s.ec.Params().BitSize + 7) / 8
	return append(r.FillBytes(make([]byte, n)), v.FillBytes(make([]byte, n))...), nil
}

// edSigner returns the same key for the same n.
func edSigner(n byte) signer {
	seed := make([]byte, ed25519.SeedSize)
	seed[0] = n
	return signer{ed: ed25519.NewKeyFromSeed(seed)}
}

func ecSigner(t testing.TB, curve elliptic.Curve) signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return signer{ec: k}
}

// secret returns a signer for a secret Multikey.
func secret(t testing.TB, multibase string) signer {
	t.Helper()
	b, err := vc.DecodeBase58(strings.TrimPrefix(multibase, "z"))
	if err != nil || len(b) < 34 {
		t.Fatalf("no secret key: %v", err)
	}
	if string(b[:2]) == "\x80\x26" {
		return signer{ed: ed25519.NewKeyFromSeed(b[2:34])}
	}
	curve := elliptic.P256()
	if len(b) > 34 {
		curve = elliptic.P384()
	}
	k, err := ecKey(curve, b[2:])
	if err != nil {
		t.Fatal(err)
	}
	return signer{ec: k}
}

func ecKey(curve elliptic.Curve, d []byte) (*ecdsa.PrivateKey, error) {
	size := (curve.Params().BitSize + 7) / 8
	return ecdsa.ParseRawPrivateKey(curve, new(big.Int).SetBytes(d).FillBytes(make([]byte, size)))
}

// options returns the tests' signing options.
func options() vc.SignOptions {
	return vc.SignOptions{
		VerificationMethod: "did:example:issuer#key", Purpose: vc.AssertionMethod,
		Created: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
	}
}

// badge is an unsigned Open Badge with many kinds of member.
const badge = `{
  "@context": [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
  ],
  "id": "urn:uuid:5f6e5a0c-9a25-4c3a-9f5f-6d6f2f2c8a11",
  "type": ["VerifiableCredential", "OpenBadgeCredential"],
  "name": "Fire Safety <Level 1> & Zündung",
  "issuer": {"id": "https://school.example/issuer", "type": ["Profile"], "name": "Example School"},
  "validFrom": "2026-01-02T03:04:05Z",
  "credentialSubject": {
    "id": "did:example:learner",
    "type": ["AchievementSubject"],
    "achievement": {
      "id": "https://school.example/badges/1", "type": ["Achievement"], "name": "Fire Safety",
      "description": "Knows what to do.", "criteria": {"narrative": "Passed the test."},
      "image": {"id": "https://school.example/1.png", "type": "Image"},
      "alignment": [{"type": ["Alignment"], "targetName": "Safety", "targetUrl": "https://skills.example/1"}]
    },
    "result": [{"type": ["Result"], "value": "97"}]
  },
  "evidence": [{"type": ["Evidence"], "name": "Photo", "narrative": "Extinguished."}]
}`
