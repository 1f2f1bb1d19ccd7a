package status

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/did"
	"backpack/vc/suite"
)

const listURL = "https://issuer.example/status/3"

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// A web is a fetcher with pages in memory that counts requests.
type web struct {
	mu    sync.Mutex
	now   time.Time
	pages map[string]string
	asked int
	keep  *vc.Resource // if set, answers requests that are not fresh
	err   error
}

func newWeb() *web { return &web{now: noon, pages: map[string]string{}} }

func (w *web) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *web) Fetch(ctx context.Context, req vc.FetchRequest) (*vc.Resource, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if vc.Offline(ctx) {
		return nil, vc.ErrUnreachable
	}
	w.asked++
	if w.err != nil {
		return nil, w.err
	}
	if w.keep != nil && !req.Fresh {
		return w.keep, nil
	}
	body, ok := w.pages[req.URL]
	if !ok {
		return &vc.Resource{URL: req.URL, Status: 404, FetchedAt: w.now}, nil
	}
	if int64(len(body)) > req.MaxBytes {
		return nil, vc.ErrTooLarge
	}
	res := &vc.Resource{URL: req.URL, Status: 200, Body: []byte(body), FetchedAt: w.now}
	if w.keep != nil {
		w.keep = res
	}
	return res, nil
}

// An issuer has a did:key and signs with its key.
type issuer struct {
	key        ed25519.PrivateKey
	id, method string
}

func newIssuer(t *testing.T, seed byte) issuer {
	t.Helper()
	key := ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(seed), ed25519.SeedSize)))
	id, method, err := did.KeyDID(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return issuer{key: key, id: id, method: method}
}

func (i issuer) Public() crypto.PublicKey { return i.key.Public() }

func (i issuer) Sign(_ context.Context, message []byte) ([]byte, error) {
	return ed25519.Sign(i.key, message), nil
}

// sign signs with an embedded proof.
func (i issuer) sign(t *testing.T, list object) string {
	t.Helper()
	b, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	opt := vc.SignOptions{VerificationMethod: i.method, Purpose: vc.AssertionMethod, Created: noon.Add(-time.Hour)}
	signed, err := suite.EdDSAJCS().Sign(t.Context(), b, opt, i)
	if err != nil {
		t.Fatal(err)
	}
	return string(signed)
}

// jwt signs as a compact JWS.
func (i issuer) jwt(t *testing.T, list object) string {
	t.Helper()
	b, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := suite.SignJWT(t.Context(), b, map[string]string{"kid": i.method, "typ": "vc+jwt"}, i)
	if err != nil {
		t.Fatal(err)
	}
	return string(signed)
}

type object map[string]any

// listOf returns an unsigned Bitstring Status List.
func listOf(i issuer, bits []byte, change func(list, subject object)) object {
	subject := object{"id": listURL + "#list", "type": "BitstringStatusList", "statusPurpose": "revocation", "encodedList": Encode(bits)}
	list := object{
		"@context": []string{vc.ContextV2}, "id": listURL, "type": []string{"VerifiableCredential", "BitstringStatusListCredential"},
		"issuer": i.id, "validFrom": "2026-01-01T00:00:00Z", "credentialSubject": subject,
	}
	if change != nil {
		change(list, subject)
	}
	return list
}

// bitsWith returns the smallest valid list with the given bits set.
func bitsWith(set ...int) []byte {
	bits := make([]byte, MinBits/8)
	for _, i := range set {
		Set(bits, i, true)
	}
	return bits
}

func newVerifier(t *testing.T, w *web, instead ...vc.Fetcher) *vc.Verifier {
	t.Helper()
	var fetcher vc.Fetcher = w
	for _, f := range instead {
		fetcher = f
	}
	keys, err := did.New(did.Config{Fetch: fetcher, Now: w.clock})
	if err != nil {
		t.Fatal(err)
	}
	v, err := vc.NewVerifier(vc.Config{Suites: []vc.Suite{suite.EdDSAJCS(), suite.JOSE()}, Keys: keys, Fetch: w, Now: w.clock})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func statusOf(t *testing.T, text string) vc.Status {
	t.Helper()
	v, err := vc.ParseJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return vc.Status{ID: v.Get("id").Str(), Type: v.Get("type").Str(), Value: v}
}

func bitEntry(index any) string {
	b, _ := json.Marshal(object{"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": index, "statusListCredential": listURL})
	return string(b)
}

func check(t *testing.T, c vc.StatusChecker, v *vc.Verifier, by string, entry string) vc.StatusResult {
	t.Helper()
	got, err := c.CheckStatus(t.Context(), v, &vc.Credential{ID: "urn:example:1", Issuer: vc.Profile{ID: by}}, statusOf(t, entry))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func brief(r vc.StatusResult) string {
	return strings.TrimSpace(fmt.Sprint(r.Outcome, " ", r.Reason))
}

func bitstringChecker(t *testing.T, w *web) *Lists {
	t.Helper()
	l, err := Bitstring(Config{Fetch: w, Now: w.clock})
	if err != nil {
		t.Fatal(err)
	}
	return l
}
