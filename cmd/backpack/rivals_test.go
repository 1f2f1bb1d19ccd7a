package main

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/hyperledger/aries-framework-go/pkg/doc/ldcontext/embed"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/jsonld"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/proof"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/signer"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/suite"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/suite/ed25519signature2018"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/verifier"
	"github.com/piprate/json-gold/ld"

	"backpack/vc"
	"backpack/vc/vctest"
)

// rivals are other implementations on the same badge: json-gold as the
// canonicalizer of a plain verification, aries' verifier of documents, and two
// Node libraries, whose start and pipe do not count.
func rivals(b *testing.B) []contender {
	issuer := vctest.NewIssuer(b, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	doc := issuer.Issue(b, vctest.Rich)
	contexts := embeddedContexts(b)
	rows := []contender{
		{name: "json-gold", per: 1, run: gold(contexts, issuer.Signer, doc)},
		{name: "aries", per: 1, run: aries(b, contexts, issuer.Issue(b, vctest.Rich, vctest.As(vctest.None)))},
	}
	p := newPeer(b)
	for by, name := range map[string]string{"vc": "digitalbazaar-vc", "verifier-core": "dcc-verifier-core"} {
		rows = append(rows, contender{name: name, per: 1, told: func() float64 { return nodeTook(b, p, by, doc) }})
	}
	return rows
}

// nodeTook returns the nanoseconds that a Node library takes for one badge.
func nodeTook(b *testing.B, p *peer, by string, doc []byte) float64 {
	const size = 5
	a := p.ask(b, question{"op": "verify", "by": by, "documents": slices.Repeat([]json.RawMessage{doc}, size)})
	if len(a.Results) != size || !a.Results[0].Verified {
		b.Fatalf("%s: %+v", by, a)
	}
	return float64(a.Nanoseconds) / size
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
		body, err := os.ReadFile(filepath.Join("..", "..", "vc", "ld", "contexts", name))
		if err != nil {
			b.Fatal(err)
		}
		put(u, body)
	}
	return m
}

// gold verifies the badge's eddsa-rdfc-2022 proof with json-gold, with contexts
// in memory and a known key.
func gold(contexts *memory, signer vc.Signer, signed []byte) func() error {
	key := signer.Public().(ed25519.PublicKey)
	canonical := func(doc any) ([]byte, error) {
		opt := ld.NewJsonLdOptions("")
		opt.Format, opt.Algorithm, opt.DocumentLoader = "application/n-quads", ld.AlgorithmURDNA2015, contexts
		text, err := ld.NewJsonLdProcessor().Normalize(doc, opt)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256([]byte(text.(string)))
		return sum[:], nil
	}
	return func() error {
		var doc map[string]any
		if err := json.Unmarshal(signed, &doc); err != nil {
			return err
		}
		options := doc["proof"].(map[string]any)
		value := options["proofValue"].(string)
		delete(doc, "proof")
		delete(options, "proofValue")
		options["@context"] = doc["@context"]
		message, err := canonical(options)
		if err != nil {
			return err
		}
		body, err := canonical(doc)
		if err != nil {
			return err
		}
		signature, err := vc.DecodeBase58(value[1:])
		if err != nil {
			return err
		}
		if !ed25519.Verify(key, append(message, body...), signature) {
			return vc.ErrSignature
		}
		return nil
	}
}

// aries signs a badge with Ed25519Signature2018 and verifies it, with contexts
// in memory and a known key.
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
