package wallet_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/wallet"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

// bomb returns a presentation of many badges, each with many proofs over blank
// nodes that are hard to distinguish. None of its signatures is valid.
func bomb(badges, proofs, nodes int, method string) []byte {
	const node = `{"type":"Evidence","https://x.example/p":[{"type":"Evidence","https://x.example/p":[{"type":"Evidence"},{"type":"Evidence"}]},` +
		`{"type":"Evidence","https://x.example/p":[{"type":"Evidence"},{"type":"Evidence"}]}]}`
	several := func(n int, s string) string { return strings.TrimSuffix(strings.Repeat(s+",", n), ",") }
	proof := `{"type":"DataIntegrityProof","cryptosuite":"eddsa-rdfc-2022","verificationMethod":"` + method +
		`","proofPurpose":"assertionMethod","proofValue":"z` + vc.EncodeBase58(make([]byte, 64)) + `"}`
	badge := `{"@context":["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
 "type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:bomb.example","type":["Profile"]},"validFrom":"2026-01-01T00:00:00Z",
 "credentialSubject":{"id":"did:example:x","type":["AchievementSubject"],` +
		`"achievement":{"id":"urn:a","type":["Achievement"],"name":"N","description":"D","criteria":{"narrative":"C"}}},
 "evidence":[` + several(nodes, node) + `],"proof":[` + several(proofs, proof) + `]}`
	return []byte(`{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiablePresentation"],` +
		`"verifiableCredential":[` + several(badges, badge) + `]}`)
}

// TestAttackProofs asserts that the total cost of proofs over tangled blank
// nodes is bounded: the excess is not verified and never valid.
func TestAttackProofs(t *testing.T) {
	const key = "did:key:z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"
	e := wallettest.New(t, wallettest.Options{})
	for _, nodes := range []int{1, 12} {
		b := bomb(150, 16, nodes, key+"#"+strings.TrimPrefix(key, "did:key:"))
		out, err := e.Check(t.Context(), []inspect.Input{{Bytes: b}})
		if err != nil || len(out) != 1 || len(out[0].Contained) != 150 {
			t.Fatalf("%d results, %v", len(out), err)
		}
		reasons := map[vc.Reason]int{}
		for _, x := range out[0].Contained {
			reasons[x.Report.Check(vc.CheckProof).Reason]++
			if x.Verdict == vc.Valid {
				t.Fatal("valid")
			}
		}
		if nodes > 1 && reasons[vc.ReasonTooComplex] < 140 {
			t.Errorf("of 150 badges with %d tangled nodes: %v", nodes, reasons)
		}
	}
}

// TestAttackRequests asserts that one upload cannot cause thousands of requests
// to third-party servers.
func TestAttackRequests(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	b := bomb(150, 16, 1, "https://victim.example/#")
	n := 0
	for strings.Contains(string(b), "victim.example/#") { // each proof names another address
		n++
		b = []byte(strings.Replace(string(b), "victim.example/#", fmt.Sprintf("victim.example/%d", n), 1))
		if n == 2000 {
			break
		}
	}
	if _, err := e.Check(t.Context(), []inspect.Input{{Bytes: b}}); err != nil {
		t.Fatal(err)
	}
	if got := len(e.Web.Visits()); got > 600 {
		t.Errorf("%d requests", got)
	}
}

// TestAttackSampleIssuer asserts that badges signed with the sample issuer's
// public keys verify, but are always labelled as samples, whatever names they
// give.
func TestAttackSampleIssuer(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	seed := sha256.Sum256([]byte("the sample issuer's key, which everybody knows: Ed25519"))
	key := ed25519.NewKeyFromSeed(seed[:])
	valid := 0
	for _, id := range []string{"did:web:samples.backpack.invalid", "did:web:samples.backpack.invalid:archive", "did:web:offline.samples.backpack.invalid",
		"did:web:SAMPLES.backpack.invalid", "did:web:samples%2Ebackpack%2Einvalid", "did:web:samples.backpack.invalid%3A443", "did:web:samples.backpack.invalid.",
		"did:web:a.b.samples.backpack.invalid:x:y",
		"https://samples.backpack.invalid/issuer", "https://Samples.Backpack.Invalid:443/x",
		"https://sub.samples.backpack.invalid"} {
		claims := map[string]any{
			"@context": []any{"https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"},
			"id":       "urn:uuid:1", "type": []any{"VerifiableCredential", "OpenBadgeCredential"}, "name": "Doctor",
			"issuer": map[string]any{"id": id, "type": []any{"Profile"},
				"name": "University of Example", "url": "https://university.example"}, "iss": id, "jti": "urn:uuid:1",
			"validFrom": "2026-01-01T00:00:00Z", "sub": "did:example:x",
			"credentialSubject": map[string]any{"id": "did:example:x", "type": []any{"AchievementSubject"}, "achievement": map[string]any{
				"id": "urn:uuid:2", "type": []any{"Achievement"}, "name": "Doctor", "description": "D", "criteria": map[string]any{"narrative": "C"}}},
		}
		body, err := json.Marshal(claims)
		if err != nil {
			t.Fatal(err)
		}
		input := vc.EncodeBase64([]byte(`{"alg":"EdDSA","kid":"`+id+`#key-1"}`)) + "." + vc.EncodeBase64(body)
		c := e.Checked(t, []byte(input+"."+vc.EncodeBase64(ed25519.Sign(key, []byte(input)))))
		if !c.Summary.Sample || !inspect.Sample(id) {
			t.Errorf("%s is not a sample, %s", id, c.Verdict)
		}
		if c.Verdict == vc.Valid {
			t.Errorf("%s: valid", id)
		}
		if c.Verdict == vc.Sample {
			valid++
		}
	}
	if valid == 0 {
		t.Error("no forged sample is valid: the test proves nothing")
	}
	for _, id := range []string{"did:web:backpack.invalid", "did:web:xsamples.backpack.invalid", "did:web:samples.backpack.invalid.example.org",
		"https://example.org/samples.backpack.invalid", "https://samples.backpack.invalid@example.org/", "did:key:z6Mk"} {
		if inspect.Sample(id) {
			t.Errorf("%s is a sample", id)
		}
	}
}

// TestAttackGrant asserts that a chain of renewed grants ends: afterwards the
// passcode is needed and the view is counted.
func TestAttackGrant(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	_, _, s := newShare(t, e, wallet.ShareRequest{Passcode: "open sesame", MaxViews: 2})
	grant := opened(t, e, s, wallet.OpenShareOptions{Passcode: "open sesame"}).Grant
	for range 5 {
		e.Clock.Advance(6 * time.Minute)
		v, err := e.OpenShare(t.Context(), s.Token, wallet.OpenShareOptions{Grant: grant})
		if err != nil {
			break
		}
		grant = v.Grant
	}
	_, err := e.OpenShare(t.Context(), s.Token, wallet.OpenShareOptions{Grant: grant})
	wallettest.Refused(t, err, wallet.Forbidden, "passcode_needed")
	for _, forged := range []string{"zzzzzz." + strings.Repeat("A", 32),
		"-1." + grant, strings.ToUpper(grant), grant + "=",
		"." + grant, "zzzzzzzzzzzzzzzzzzzz." + grant} {
		if _, err := e.SharedPresentation(t.Context(), s.Token, forged); err == nil {
			t.Errorf("the grant %q is accepted", forged)
		}
	}
}
