package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	_ "crypto/sha512" // hash functions of the curves
	"encoding/json"
	"fmt"
	"net/url"
	"os"

	"backpack/vc"
)

// A method is a verification method in the form of the suite.
type method struct {
	ID         string          `json:"id"`
	Type       string          `json:"type"`
	Controller string          `json:"controller"`
	Public     json.RawMessage `json:"publicKeyJwk"`
	Secret     struct {
		Curve string `json:"crv"`
		D     string `json:"d"`
	} `json:"secretKeyJwk"`
}

func readMethod(name string) (*method, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	m := new(method)
	return m, json.Unmarshal(text, m)
}

// curves are the curves of the suite's keys, each with its hash function.
var curves = map[string]struct {
	curve elliptic.Curve
	hash  crypto.Hash
}{"P-256": {elliptic.P256(), crypto.SHA256}, "P-384": {elliptic.P384(), crypto.SHA384}, "P-521": {elliptic.P521(), crypto.SHA512}}

// signer returns a signer with the secret key.
func (m *method) signer() (vc.Signer, error) {
	d, err := vc.DecodeBase64(m.Secret.D)
	if err != nil {
		return nil, err
	}
	if m.Secret.Curve == "Ed25519" && len(d) == ed25519.SeedSize {
		return edSigner(ed25519.NewKeyFromSeed(d)), nil
	}
	c, ok := curves[m.Secret.Curve]
	if !ok {
		return nil, fmt.Errorf("unknown curve %q", m.Secret.Curve)
	}
	key, err := ecdsa.ParseRawPrivateKey(c.curve, d)
	return ecSigner{key, c.hash}, err
}

type edSigner ed25519.PrivateKey

func (s edSigner) Public() crypto.PublicKey { return ed25519.PrivateKey(s).Public() }

func (s edSigner) Sign(_ context.Context, message []byte) ([]byte, error) {
	return ed25519.Sign(ed25519.PrivateKey(s), message), nil
}

type ecSigner struct {
	key  *ecdsa.PrivateKey
	hash crypto.Hash
}

func (s ecSigner) Public() crypto.PublicKey { return &s.key.PublicKey }

// Sign returns r‖s.
func (s ecSigner) Sign(_ context.Context, message []byte) ([]byte, error) {
	h := s.hash.New()
	h.Write(message)
	a, b, err := ecdsa.Sign(rand.Reader, s.key, h.Sum(nil))
	if err != nil {
		return nil, err
	}
	n := (s.key.Params().BitSize + 7) / 8
	return append(a.FillBytes(make([]byte, n)), b.FillBytes(make([]byte, n))...), nil
}

// A web serves only the addresses of the controllers: the document that lists
// the keys, and the key set of the domain.
type web map[string][]byte

func webOf(keys []method) web {
	w := web{}
	docs, sets := map[string][]any{}, map[string][]json.RawMessage{}
	for _, m := range keys {
		docs[m.Controller] = append(docs[m.Controller], map[string]any{"id": m.ID, "type": m.Type, "controller": m.Controller, "publicKeyJwk": m.Public})
		if u, err := url.Parse(m.Controller); err == nil && u.Scheme == "https" {
			at := "https://" + u.Host + "/.well-known/jwks.json"
			sets[at] = append(sets[at], m.Public)
		}
	}
	for id, methods := range docs {
		w.put(id, map[string]any{"id": id, "verificationMethod": methods, "assertionMethod": methods, "authentication": methods})
	}
	for at, set := range sets {
		w.put(at, map[string]any{"keys": set})
	}
	return w
}

func (w web) put(address string, v any) {
	if text, err := json.Marshal(v); err == nil {
		w[address] = text
	}
}

// Fetch implements vc.Fetcher.
func (w web) Fetch(_ context.Context, req vc.FetchRequest) (*vc.Resource, error) {
	if body, ok := w[req.URL]; ok {
		return &vc.Resource{URL: req.URL, Status: 200, ContentType: "application/json", Body: body}, nil
	}
	return nil, fmt.Errorf("fetch %s: %w", req.URL, vc.ErrUnreachable)
}
