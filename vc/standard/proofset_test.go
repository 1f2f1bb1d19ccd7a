package standard_test

import (
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/vctest"
)

// TestProofOfUnknownKind checks that a proof of an unknown kind is a remark beside
// a valid proof, whatever it lacks, and unknown alone. A proof of a known kind
// still counts.
func TestProofOfUnknownKind(t *testing.T) {
	for _, x := range []struct {
		name, second string
		beside       string // result beside a valid proof
		alone        string
	}{
		{"bare", `{"type":"MerkleProof2021"}`, "passed", "unknown unsupported_suite"},
		{"with a key", `{"type":"MerkleProof2021","verificationMethod":"did:example:x#k","proofPurpose":"assertionMethod","proofValue":"z1"}`, "passed",
			"unknown unsupported_suite"},
		{"another purpose", `{"type":"NewProof","proofPurpose":"authentication"}`, "passed", "unknown unsupported_suite"},
		{"unknown cryptosuite", `{"type":"DataIntegrityProof","cryptosuite":"new-2099"}`, "passed", "unknown unsupported_suite"},
		{"cryptosuite as type", `{"type":"eddsa-rdfc-2022"}`, "passed", "unknown unsupported_suite"},
		{"no type", `{"proofValue":"z1"}`, "passed", "failed missing_member"},
		{"known, no method", `{"type":"DataIntegrityProof","cryptosuite":"eddsa-rdfc-2022","proofPurpose":"assertionMethod","proofValue":"z1"}`,
			"failed one_proof_of_several_failed", "failed missing_member"},
	} {
		_, issuer, v := world(t)
		signed := string(issuer.Issue(t, vctest.As("eddsa-rdfc-2022")))
		i := strings.Index(signed, `"proof":`) + len(`"proof":`)
		first := signed[i : strings.Index(signed[i:], "}")+i+1]
		for want, proof := range map[string]string{x.beside: "[" + first + "," + x.second + "]", x.alone: x.second} {
			r := verify(t, v, []byte(strings.Replace(signed, first, proof, 1)), vc.Options{})
			c := r.Check(vc.CheckProof)
			if got := strings.TrimSpace(string(c.Outcome) + " " + string(c.Reason)); got != want {
				t.Errorf("%s: %s (%s), want %s", x.name, got, c.Detail, want)
			}
			if missing := findings(r, []string{"remark other_seal_unknown"}); want == "passed" && missing != nil {
				t.Errorf("%s: missing remark: %+v", x.name, r.Warnings)
			}
		}
	}
}

// TestBrokenEndorsement checks that a faulty endorsement does not affect the badge.
func TestBrokenEndorsement(t *testing.T) {
	for name, x := range map[string]any{
		"not an object": 7, "text": "x", "invalid JWT": "a.b.c", "list in a list": []any{[]any{1}},
		"empty object": vctest.Object{}, "no name": vctest.Object{"type": []any{"VerifiableCredential", "EndorsementCredential"}},
		"boolean": true, "another kind of credential": vctest.Object{"@context": []any{vc.ContextV2}, "type": []any{"VerifiableCredential"}},
	} {
		for _, member := range []string{"endorsement", "endorsementJwt", "credentialSubject.achievement.endorsement", "issuer.endorsement"} {
			_, issuer, v := world(t)
			r := verify(t, v, issuer.Issue(t, vctest.As("eddsa-jcs-2022"), vctest.With(member, []any{x})), vc.Options{})
			if missing := findings(r, []string{"format passed", "proof passed", "issuer passed"}); missing != nil || r.Check(vc.CheckEndorsement).Outcome == vc.Passed {
				t.Errorf("%s at %s: %q %+v", name, member, missing, r.Checks)
			}
		}
	}
}

// TestRelatedContexts compares digests with the embedded bodies of contexts.
func TestRelatedContexts(t *testing.T) {
	const v2 = "https://www.w3.org/ns/credentials/v2"
	for digest, want := range map[string]string{
		"sha256-WZVc7WaX1h4D8rJVb+vlMIqxaEKEb1tYbX8fet7JJzQ=": "resources passed",
		"sha256-BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=": "resources failed resource_differs",
		"md5-x": "resources skipped resource_not_looked_at",
	} {
		_, issuer, v := world(t)
		r := verify(t, v, issuer.Issue(t, vctest.As("eddsa-jcs-2022"), vctest.With("relatedResource", []any{vctest.Object{"id": v2, "digestSRI": digest}})),
			vc.Options{})
		if missing := findings(r, []string{want}); missing != nil {
			t.Errorf("%s: %+v", digest, r.Check(vc.CheckResources))
		}
	}
	_, issuer, v := world(t)
	r := verify(t, v, issuer.Issue(t), vc.Options{})
	if missing := findings(r, []string{"resources skipped not_stated"}); missing != nil {
		t.Errorf("no related resource: %+v", r.Check(vc.CheckResources))
	}
}
