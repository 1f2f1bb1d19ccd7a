package server_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/did"
)

// An object is a JSON object.
type object = map[string]any

// forged signs claims with a key that anybody could have.
func forged(t *testing.T, key ed25519.PrivateKey, kid string, claims object) string {
	t.Helper()
	body, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	input := vc.EncodeBase64([]byte(`{"alg":"EdDSA","kid":"`+kid+`"}`)) + "." + vc.EncodeBase64(body)
	return input + "." + vc.EncodeBase64(ed25519.Sign(key, []byte(input)))
}

// claimsOf returns the claims of a badge by an issuer with this id and name.
func claimsOf(issuer, name string) object {
	return object{
		"@context": []any{"https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"},
		"id":       "urn:uuid:1", "type": []any{"VerifiableCredential", "OpenBadgeCredential"}, "name": "Gold", "iss": issuer, "jti": "urn:uuid:1",
		"issuer":    object{"id": issuer, "type": []any{"Profile"}, "name": name, "url": "https://bank.example"},
		"validFrom": "2026-01-01T00:00:00Z", "sub": "did:example:x",
		"credentialSubject": object{"id": "did:example:x", "type": []any{"AchievementSubject"}, "achievement": object{"id": "urn:uuid:2",
			"type": []any{"Achievement"}, "name": "Gold", "description": "D", "criteria": object{"narrative": "C"}}},
	}
}

// report returns the page of a check by a stranger.
func report(t *testing.T, s *site, badge string) string {
	t.Helper()
	b := s.browser(t)
	a := b.post("/verify", url.Values{"text": {badge}})
	if a.StatusCode != 200 {
		t.Fatalf("status %d: %.300s", a.StatusCode, a.body)
	}
	return a.body
}

const (
	byWebsite = "Website confirmed"
	bySample  = "Sample issuer, built into Backpack"
)

// TestThreat39Names checks that a name does not confirm an issuer: neither the
// bank's name on a bare key, nor a name on the sample issuer's key, nor that of an
// endorser.
func TestThreat39Names(t *testing.T) {
	s := newSite(t)
	seed := sha256.Sum256([]byte("the sample issuer's key, which everybody knows: Ed25519"))
	public := ed25519.NewKeyFromSeed(seed[:])
	id, method, err := did.KeyDID(public.Public())
	if err != nil {
		t.Fatal(err)
	}
	const sample = "did:web:samples.backpack.invalid"
	byKey := report(t, s, forged(t, public, method, claimsOf(id, "bank.example")))
	if strings.Contains(byKey, byWebsite) || !strings.Contains(byKey, "bank.example") {
		t.Errorf("a website confirms a bare key:\n%s", byKey)
	}
	if bySampleKey := report(t, s, forged(t, public, sample+"#key-1", claimsOf(sample, "The Bank"))); strings.Contains(bySampleKey, byWebsite) ||
		!strings.Contains(bySampleKey, bySample) {
		t.Error("a forged sample is not marked as a sample")
	}
	endorsed := claimsOf(id, "School")
	endorsement := claimsOf(sample, "The Bank")
	endorsement["type"], endorsement["id"], endorsement["jti"] = []any{"VerifiableCredential", "EndorsementCredential"}, "urn:uuid:3", "urn:uuid:3"
	endorsement["credentialSubject"], endorsement["sub"] = object{"id": "urn:uuid:2", "type": []any{"EndorsementSubject"},
		"endorsementComment": "As good as gold."}, "urn:uuid:2"
	endorsed["endorsementJwt"] = []any{forged(t, public, sample+"#key-1", endorsement)}
	page := report(t, s, forged(t, public, method, endorsed))
	if !strings.Contains(page, "As good as gold.") || !strings.Contains(page, bySample) || strings.Contains(page, byWebsite) {
		t.Errorf("an endorsement by the sample issuer is not marked as a sample:\n%s", page)
	}
}

// TestThreat39Homographs checks that a domain, or what looks like one, is shown in
// ASCII, and that no name changes the direction of the page.
func TestThreat39Homographs(t *testing.T) {
	s := newSite(t)
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	for issuer, want := range map[string]string{
		"did:web:b\u0430nk.example":            "xn--bnk-",
		"https://b\u0430nk.example/issuer":     "xn--bnk-",
		"did:web:bank.example\u202eelpmaxe.x":  `\u202e`,
		"https://bank.example\u2024evil.test/": "",
	} {
		page := report(t, s, forged(t, key, issuer+"#k", claimsOf(issuer, "Bank\u202e knaB")))
		domain := page
		if i := strings.Index(page, "Technical"); i > 0 {
			domain = page[:i]
		}
		if want != "" && !strings.Contains(page, want) {
			t.Errorf("%+q: %q is not shown\n%s", issuer, want, page)
		}
		if strings.Contains(domain, "b\u0430nk.example") && !strings.Contains(domain, "xn--") {
			t.Errorf("%+q is shown in its own letters", issuer)
		}
		if strings.Contains(page, byWebsite) {
			t.Errorf("%+q is confirmed", issuer)
		}
	}
}
