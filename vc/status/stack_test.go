package status_test

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/did"
	"backpack/vc/standard"
	"backpack/vc/status"
)

const at = "https://issuer.example/status/3"

// pages is a fetcher with pages in memory.
type pages map[string][]byte

func (p pages) Fetch(_ context.Context, req vc.FetchRequest) (*vc.Resource, error) {
	if b, ok := p[req.URL]; ok {
		return &vc.Resource{URL: req.URL, Status: 200, Body: b, FetchedAt: now()}, nil
	}
	return &vc.Resource{URL: req.URL, Status: 404, FetchedAt: now()}, nil
}

func now() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

type signer ed25519.PrivateKey

func (s signer) Public() crypto.PublicKey { return ed25519.PrivateKey(s).Public() }
func (s signer) Sign(_ context.Context, m []byte) ([]byte, error) {
	return ed25519.Sign(ed25519.PrivateKey(s), m), nil
}

type object map[string]any

// TestInTheWholeVerifier verifies credentials and lists with proofs over RDF: every
// member of the lists must be a term of its context.
func TestInTheWholeVerifier(t *testing.T) {
	key := signer(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	id, method, err := did.KeyDID(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	web := pages{}
	std, err := standard.New(standard.Config{Fetch: web, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	sign := func(o object) []byte {
		t.Helper()
		o["issuer"] = id
		b, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		opt := vc.SignOptions{VerificationMethod: method, Purpose: vc.AssertionMethod, Created: now()}
		if b, err = std.Signing.Sign(t.Context(), b, opt, key); err != nil {
			t.Fatal(err)
		}
		return b
	}
	bits := make([]byte, status.MinBits/4)
	status.Set(bits, 7, true)
	list := sign(object{
		"@context": []string{vc.ContextV2}, "id": at, "type": []string{"VerifiableCredential", "BitstringStatusListCredential"},
		"validFrom": "2026-01-01T00:00:00Z", "credentialSubject": object{"id": at + "#list", "type": "BitstringStatusList",
			"statusPurpose": []string{"revocation", "suspension", "message"}, "encodedList": status.Encode(bits), "ttl": 300000},
	})
	list2021 := sign(object{
		"@context": []string{vc.ContextV1, "https://w3id.org/vc/status-list/2021/v1", "https://w3id.org/security/data-integrity/v2"},
		"id":       at, "type": []string{"VerifiableCredential", "StatusList2021Credential"}, "issuanceDate": "2026-01-01T00:00:00Z",
		"credentialSubject": object{"id": at + "#list", "type": "StatusList2021", "statusPurpose": "revocation", "encodedList": status.Encode2021(bits)},
	})
	entry := func(kind, purpose string, index int, more object) object {
		e := object{"id": fmt.Sprintf("%s#%d", at, index), "type": kind, "statusPurpose": purpose, "statusListIndex": fmt.Sprint(index), "statusListCredential": at}
		for k, v := range more {
			e[k] = v
		}
		return e
	}
	const bitstring, old = "BitstringStatusListEntry", "StatusList2021Entry"
	message := object{"statusSize": 2, "statusMessage": []object{{"status": "0x0", "message": "fine"}, {"status": "0x1", "message": "under review"}}}
	for _, x := range []struct {
		name    string
		list    []byte
		entries []object
		want    vc.Verdict
		warning vc.Reason
	}{
		{"clear", list, []object{entry(bitstring, "revocation", 6, nil)}, vc.Valid, ""},
		{"revoked", list, []object{entry(bitstring, "revocation", 7, nil)}, vc.Revoked, ""},
		{"suspended", list, []object{entry(bitstring, "suspension", 7, nil)}, vc.Suspended, ""},
		{"the second entry counts", list, []object{entry(bitstring, "revocation", 6, nil), entry(bitstring, "revocation", 7, nil)}, vc.Revoked, ""},
		{"message", list, []object{entry(bitstring, "message", 3, message)}, vc.Valid, vc.ReasonStatusMessage},
		{"no list", nil, []object{entry(bitstring, "revocation", 6, nil)}, vc.Undetermined, ""},
		{"2021, clear", list2021, []object{entry(old, "revocation", 6, nil)}, vc.Valid, ""},
		{"2021, revoked", list2021, []object{entry(old, "revocation", 7, nil)}, vc.Revoked, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			delete(web, at)
			if x.list != nil {
				web[at] = x.list
			}
			contexts := []string{vc.ContextV2}
			if x.entries[0]["type"] == old {
				contexts = append(contexts, "https://w3id.org/vc/status-list/2021/v1")
			}
			doc, err := vc.Parse(sign(object{"@context": contexts, "id": "urn:uuid:8c1f0b0e-0001-4000-8000-000000000001", "type": []string{"VerifiableCredential"},
				"validFrom": "2026-01-01T00:00:00Z", "credentialSubject": object{"id": "did:example:1"}, "credentialStatus": x.entries}))
			if err != nil {
				t.Fatal(err)
			}
			r, err := std.Verifier.Verify(t.Context(), doc, vc.Options{Fresh: true})
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Verdict(vc.Policy{}); got != x.want {
				t.Errorf("got verdict %s, want %s: %+v", got, x.want, r.Checks)
			}
			if x.warning != "" && (len(r.Warnings) != 1 || r.Warnings[0].Reason != x.warning || r.Warnings[0].Detail != "under review") {
				t.Errorf("got warnings %+v", r.Warnings)
			}
		})
	}
}
