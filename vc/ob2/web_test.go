package ob2

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"sync"
	"testing"
	"time"

	"backpack/vc"
)

// A page is the response of one address.
type page struct {
	status int // 0 means 200
	body   string
	media  string // "" if not stated
	to     string // the address after redirects
	err    error
}

// A web responds from memory and records the requested addresses.
type web struct {
	pages map[string]page
	mu    sync.Mutex
	asked []string
}

func (w *web) Fetch(_ context.Context, req vc.FetchRequest) (*vc.Resource, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, req.URL)
	p, ok := w.pages[req.URL]
	switch {
	case !ok:
		return nil, fmt.Errorf("fetch %s: %w", req.URL, vc.ErrUnreachable)
	case p.err != nil:
		return nil, p.err
	}
	res := &vc.Resource{URL: req.URL, Status: p.status, ContentType: p.media, Body: []byte(p.body)}
	if p.to != "" {
		res.URL = p.to
	}
	if res.Status == 0 {
		res.Status = 200
	}
	return res, nil
}

var now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// object is a JSON object.
type object map[string]any

func (o object) with(name string, v any) object {
	c := object{}
	for k, x := range o {
		c[k] = x
	}
	if v == nil {
		delete(c, name)
	} else {
		c[name] = v
	}
	return c
}

func (o object) String() string {
	b, err := json.Marshal(o)
	if err != nil {
		panic(err)
	}
	return string(b)
}

const (
	assertionURL = "https://i.example/a/1"
	classURL     = "https://i.example/b/1"
	issuerURL    = "https://i.example/issuer"
	keyURL       = "https://i.example/key"
	listURL      = "https://i.example/revoked"
)

func assertion() object {
	return object{"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": assertionURL,
		"recipient": object{"type": "email", "hashed": true, "salt": "Kosher",
			"identity": "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"},
		"badge":        classURL,
		"verification": object{"type": "HostedBadge"}, "issuedOn": "2020-01-01T00:00:00Z"}
}

func class() object {
	return object{"@context": "https://w3id.org/openbadges/v2", "type": "BadgeClass", "id": classURL, "name": "Bell founding",
		"description": "Cast a bell.", "image": "https://i.example/img.png", "criteria": object{"narrative": "Cast one."}, "issuer": issuerURL}
}

func profile() object {
	return object{"@context": "https://w3id.org/openbadges/v2", "type": "Issuer", "id": issuerURL, "name": "Foundry",
		"url": "https://i.example", "email": "badges@i.example"}
}

func standard() map[string]page {
	return map[string]page{assertionURL: {body: assertion().String()}, classURL: {body: class().String()}, issuerURL: {body: profile().String()}}
}

// verify parses in and verifies it with the pages.
func verify(t testing.TB, pages map[string]page, in string, opt vc.Options) (*vc.Report, *web) {
	t.Helper()
	w := &web{pages: pages}
	v, err := New(Config{Fetch: w, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	d, err := Parse([]byte(in), "")
	if err != nil {
		t.Fatal(err)
	}
	r, err := v.VerifyLegacy(t.Context(), d, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r, w
}

// expect compares checks in the form "proof failed hosted_differs".
func expect(t *testing.T, r *vc.Report, want ...string) {
	t.Helper()
	for _, s := range want {
		var id, outcome, reason string
		_, _ = fmt.Sscan(s, &id, &outcome, &reason)
		c := r.Check(vc.CheckID(id))
		if string(c.Outcome) != outcome || string(c.Reason) != reason {
			t.Errorf("%s: %s %s (%s), want %s %s", id, c.Outcome, c.Reason, c.Detail, outcome, reason)
		}
	}
}

var (
	rsaKey   = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	otherRSA = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	ecKey    = sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) })
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func pemOf(pub crypto.PublicKey) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: must(x509.MarshalPKIXPublicKey(pub))}))
}

// jws signs the payload with the alg of the header.
func jws(key crypto.Signer, header, payload string) string {
	enc := base64.RawURLEncoding.EncodeToString
	input := enc([]byte(header)) + "." + enc([]byte(payload))
	sum := sha256.Sum256([]byte(input))
	var sig []byte
	switch k := key.(type) {
	case *rsa.PrivateKey:
		sig = must(rsa.SignPKCS1v15(nil, k, crypto.SHA256, sum[:]))
	case *ecdsa.PrivateKey:
		r, s, err := ecdsa.Sign(rand.Reader, k, sum[:])
		if err != nil {
			panic(err)
		}
		sig = append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	}
	return input + "." + enc(sig)
}
