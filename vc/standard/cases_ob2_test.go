package standard_test

import (
	"slices"
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/intake"
	"backpack/vc/standard"
	"backpack/vc/vctest"
)

// TestLegacyCases checks real badges that precede Open Badges 3.0, starting from
// the file. No authentic badge may count as changed or forged.
func TestLegacyCases(t *testing.T) {
	for _, tc := range []struct {
		file   string
		want   []string // check, outcome and reason
		remark string   // part of a remark
	}{
		{"wild/ob11-at-type-keys.json", []string{"format passed", "proof passed hosted_fetched", "issuer passed", "revocation passed"}, ""},
		{"wild/ob20-recipient-without-hashed.json", []string{"format passed", "proof passed hosted_fetched", "issuer passed", "recipient failed no_match"}, "hashed"},
		{"wild/ob20-verification-type-Hosted.json", []string{"format passed", "proof passed hosted_fetched", "issuer passed"}, "hosted"},
		{"wild/ob20-revoked-with-form-fault.json",
			[]string{"format failed missing_member", "proof passed hosted_fetched", "issuer passed", "revocation failed revoked"}, ""},
		{"wild/blockcerts-2-merkleproof2017.json", []string{"format passed", "subject passed", "proof unknown sealed_on_chain", "issuer unknown not_run"}, ""},
		{"reports/bom-hosted/badge.json", []string{"format passed", "proof passed hosted_fetched", "issuer passed"}, ""},
		{"reports/moodle-no-contact/export-5x.json", []string{"format passed", "proof passed hosted_fetched", "issuer passed"}, "email"},
		{"reports/moodle-no-contact/export-4x.json", []string{"format passed", "proof passed hosted_fetched", "issuer passed"}, "email"},
		{"reports/moodle-no-contact/baked-4x.png", []string{"format passed", "proof passed hosted_fetched", "issuer passed"}, "email"},
		{"reports/salt-null/salt-null.json", []string{"proof passed hosted_fetched", "issuer passed", "recipient passed weak_hash"}, ""},
		{"reports/salt-null/no-salt.json", []string{"proof passed hosted_fetched", "issuer passed", "recipient passed weak_hash"}, ""},
		{"reports/mail-spelling/mixed-case-mail.json", []string{"issuer passed", "recipient passed matched"}, ""},
		{"reports/mail-spelling/capital-first.json", []string{"issuer passed", "recipient passed matched"}, ""},
		{"reports/mail-spelling/all-capitals.json", []string{"issuer passed", "recipient passed matched"}, ""},
		{"reports/http-picture/ob2.json", []string{"format passed", "proof passed hosted_fetched", "issuer passed", "recipient passed matched"}, ""},
		{"reports/page-addresses/assertion1.svg", []string{"format passed", "proof unknown hosted_as_file", "issuer unknown not_a_badge"}, ""},
		{"reports/never-by-trying-again/v10-localhost.json", []string{"proof unknown address_forbidden"}, ""},
	} {
		t.Run(tc.file, func(t *testing.T) {
			files := []string{tc.file}
			if strings.Contains(tc.file, "bom-hosted") { // its class and issuer belong to another case
				files = append(files, "reports/moodle-no-contact/export-5x.json")
			}
			web := vctest.CaseWeb(t, files...)
			web.Fail("https://localhost:8888/v.json", vc.ErrForbidden)
			r := checkLegacy(t, web, vctest.CaseFile(t, tc.file))
			for _, s := range tc.want {
				w := append(strings.Fields(s), "")
				if c := r.Check(vc.CheckID(w[0])); string(c.Outcome) != w[1] || string(c.Reason) != w[2] {
					t.Errorf("%s: %s %s (%s), want %s", c.ID, c.Outcome, c.Reason, c.Detail, s)
				}
			}
			if tc.remark != "" && !slices.ContainsFunc(r.Warnings, func(p vc.Problem) bool { return strings.Contains(p.Detail, tc.remark) }) {
				t.Errorf("remarks %v, none with %q", r.Warnings, tc.remark)
			}
			if r.Verdict(vc.Policy{}) == vc.Invalid && r.Check(vc.CheckFormat).Outcome == vc.Passed {
				t.Error("the badge counts as changed or forged")
			}
		})
	}
}

// checkLegacy verifies the single badge in a file for a recipient with a known
// address.
func checkLegacy(t *testing.T, web *vctest.Web, file []byte) *vc.Report {
	t.Helper()
	items := intake.Open(t.Context(), "", file, intake.Options{})
	if len(items) != 1 || items[0].Doc == nil {
		t.Fatalf("no badge: %+v", items)
	}
	s, err := standard.New(standard.Config{Fetch: web, Now: vctest.Now})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Verifier.Verify(t.Context(), items[0].Doc, vc.Options{Recipients: []string{"jo.bloggs@learner.example"}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestBlockcerts checks that certificates anchored in a blockchain are recognised
// in all versions, and are neither valid nor invalid.
func TestBlockcerts(t *testing.T) {
	const person = `{"type":"email","hashed":false,"identity":"jo.bloggs@learner.example","givenName":"Jo","familyName":"Bloggs"}`
	const certificate = `{"type":"Certificate","id":"https://school.example/c","name":"Weaving","description":"Wove",` +
		`"image":"data:image/png;base64,AA==","issuer":{"id":"https://school.example/issuer","name":"School","email":"a@school.example",` +
		`"url":"https://school.example"}}`
	const award = `{"type":"Assertion","uid":"u1","id":"https://school.example/c/u1","issuedOn":"2017-05-01T00:00:00+00:00","evidence":"",` +
		`"image:signature":"data:image/png;base64,AA=="}`
	first := `{"recipient":` + person + `,"certificate":` + certificate + `,"assertion":` + award +
		`,"verify":{"signer":"https://school.example/key","attribute-signed":"uid","type":"ECDSA(secp256k1)"},"signature":"x"}`
	for name, in := range map[string]string{
		"1.1": first,
		"1.2": `{"@context":"https://w3id.org/blockcerts/v1","type":"CertificateDocument","document":` + first +
			`,"receipt":{"type":"ChainpointSHA256v2","merkleRoot":"00","targetHash":"00","proof":[],"anchors":[]}}`,
		"2.1": `{"@context":["https://w3id.org/openbadges/v2","https://w3id.org/blockcerts/v2.1"],"type":"Assertion","id":"urn:uuid:1","recipient":` +
			person + `,"badge":` + certificate +
			`,"issuedOn":"2019-01-01T00:00:00Z","verification":{"type":["MerkleProofVerification2017","Extension"]},"signature":{"type":["MerkleProof2017",` +
			`"Extension"]}}`,
	} {
		t.Run(name, func(t *testing.T) {
			r := checkLegacy(t, vctest.NewWeb(), []byte(in))
			if c := r.Check(vc.CheckProof); c.Outcome != vc.Unknown || c.Reason != vc.ReasonOnChain || r.Verdict(vc.Policy{}) != vc.Undetermined {
				t.Errorf("%s %+v", r.Verdict(vc.Policy{}), r.Checks)
			}
		})
	}
	third := `{"@context":["https://www.w3.org/2018/credentials/v1","https://w3id.org/blockcerts/v3"],"type":["VerifiableCredential",` +
		`"BlockcertsCredential"],"id":"urn:uuid:2","issuer":"did:web:school.example",
		"issuanceDate":"2021-01-01T00:00:00Z","credentialSubject":{"id":"did:example:jo"},"proof":{"type":"MerkleProof2019",` +
		`"created":"2021-01-01T00:00:00Z","proofValue":"z1","proofPurpose":"assertionMethod","verificationMethod":"did:web:school.example#k"}}`
	if r := checkLegacy(t, vctest.NewWeb(), []byte(third)); r.Verdict(vc.Policy{}) != vc.Undetermined {
		t.Errorf("3: %s %+v", r.Verdict(vc.Policy{}), r.Checks)
	}
}
