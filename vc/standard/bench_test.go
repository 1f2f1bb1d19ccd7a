package standard_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/hyperledger/aries-framework-go/pkg/doc/ldcontext/embed"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/jsonld"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/proof"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/signer"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/suite"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/suite/ed25519signature2018"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/verifier"
	"github.com/piprate/json-gold/ld"

	"backpack/vc"
	"backpack/vc/standard"
	"backpack/vc/vctest"
)

// BenchmarkVerify measures the whole way of one badge, from bytes to verdict,
// beside bare ed25519.Verify, json-gold's canonicaliser and aries' verifier of
// Ed25519Signature2018. It prints the ratios to the bare verification as lines "ratio NAME X".
func BenchmarkVerify(b *testing.B) {
	web := vctest.NewWeb()
	issuer := vctest.NewIssuer(b, web, vctest.DIDKey, vctest.Ed25519)
	s, err := standard.New(standard.Config{Fetch: web, Now: vctest.Now})
	if err != nil {
		b.Fatal(err)
	}
	forms := []string{"eddsa-rdfc-2022", "eddsa-jcs-2022", vctest.JWT}
	signed := map[string][]byte{}
	for _, form := range forms {
		signed[form] = issuer.Issue(b, vctest.As(form))
	}
	took := map[string]time.Duration{}
	measure := func(name string, f func() error) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := f(); err != nil {
					b.Fatal(err)
				}
			}
			took[name] = b.Elapsed() / time.Duration(b.N)
		})
	}
	measure("ed25519", bare(b))
	for _, form := range forms {
		measure(form, func() error { return whole(b.Context(), s.Verifier, signed[form]) })
	}
	contexts := embeddedContexts(b)
	measure("json-gold", gold(contexts, signed["eddsa-rdfc-2022"]))
	measure("aries", aries(b, contexts, issuer.Issue(b, vctest.As(vctest.None))))
	for _, name := range append(forms, "json-gold", "aries") {
		if took["ed25519"] > 0 && took[name] > 0 {
			fmt.Printf("ratio %s %.2f\n", name, float64(took[name])/float64(took["ed25519"]))
		}
	}
}

// bare verifies 64 bytes, which is what a proof of Data Integrity signs.
func bare(b *testing.B) func() error {
	signer := vctest.NewSigner(b, vctest.Ed25519, "bare")
	message := make([]byte, 64)
	sig, err := signer.Sign(b.Context(), message)
	if err != nil {
		b.Fatal(err)
	}
	key := signer.Public().(ed25519.PublicKey)
	return func() error {
		if !ed25519.Verify(key, message, sig) {
			return vc.ErrSignature
		}
		return nil
	}
}

func whole(ctx context.Context, v *vc.Verifier, signed []byte) error {
	d, err := vc.Parse(signed)
	if err != nil {
		return err
	}
	r, err := v.Verify(ctx, d, vc.Options{})
	if err != nil {
		return err
	}
	if got := r.Verdict(vc.Policy{}); got != vc.Valid {
		return fmt.Errorf("verdict %s", got)
	}
	return nil
}

// embeddedContexts serves the badge's contexts to the peers.
func embeddedContexts(b *testing.B) *memory {
	m := &memory{docs: map[string]*ld.RemoteDocument{}}
	put := func(u string, body []byte) {
		var doc any
		if err := json.Unmarshal(body, &doc); err != nil {
			b.Fatal(err)
		}
		m.docs[u] = &ld.RemoteDocument{DocumentURL: u, Document: doc}
	}
	for _, c := range embed.Contexts { // aries adds some of its own
		put(c.URL, c.Content)
	}
	for u, name := range map[string]string{
		vc.ContextV2: "credentials-v2.json",
		"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": "ob-3.0.3-a.json",
		"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json":    "ob-extensions.json",
	} {
		body, err := os.ReadFile(filepath.Join("..", "ld", "contexts", name))
		if err != nil {
			b.Fatal(err)
		}
		put(u, body)
	}
	return m
}

// gold canonicalises the badge with json-gold, contexts in memory.
func gold(contexts *memory, signed []byte) func() error {
	return func() error {
		var doc any
		if err := json.Unmarshal(signed, &doc); err != nil {
			return err
		}
		opt := ld.NewJsonLdOptions("")
		opt.Format, opt.Algorithm, opt.DocumentLoader = "application/n-quads", ld.AlgorithmURDNA2015, contexts
		_, err := ld.NewJsonLdProcessor().Normalize(doc, opt)
		return err
	}
}

// aries signs a badge with Ed25519Signature2018 and verifies it, contexts in
// memory and the key at hand.
func aries(b *testing.B, contexts *memory, unsigned []byte) func() error {
	key := vctest.NewSigner(b, vctest.Ed25519, "issuer")
	s := ed25519signature2018.New(suite.WithSigner(ariesSigner{key}), suite.WithVerifier(ed25519signature2018.NewPublicKeyVerifier()))
	now, loader := vctest.Now(), jsonld.WithDocumentLoader(contexts)
	signed, err := signer.New(s).Sign(&signer.Context{SignatureType: "Ed25519Signature2018", VerificationMethod: "did:example:1#1",
		SignatureRepresentation: proof.SignatureJWS, Purpose: "assertionMethod", Created: &now}, unsigned, loader)
	if err != nil {
		b.Fatal(err)
	}
	v, err := verifier.New(ariesKey{key.Public().(ed25519.PublicKey)}, s)
	if err != nil {
		b.Fatal(err)
	}
	return func() error { return v.Verify(signed, loader) }
}

type ariesSigner struct{ vc.Signer }

func (s ariesSigner) Sign(data []byte) ([]byte, error) {
	return s.Signer.Sign(context.Background(), data)
}
func (ariesSigner) Alg() string { return "EdDSA" }

type ariesKey struct{ key ed25519.PublicKey }

func (k ariesKey) Resolve(string) (*verifier.PublicKey, error) {
	return &verifier.PublicKey{Type: "Ed25519VerificationKey2018", Value: k.key}, nil
}

type memory struct {
	mu   sync.Mutex
	docs map[string]*ld.RemoteDocument
}

func (m *memory) LoadDocument(u string) (*ld.RemoteDocument, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if d := m.docs[u]; d != nil {
		return d, nil
	}
	return nil, fmt.Errorf("no document %s", u)
}
