package standard_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/ld"
	"backpack/vc/vctest"
)

// sealed returns the issuer's proof over text as it is, including its proofs.
// member is an id or previousProof for the new proof.
func sealed(t *testing.T, issuer *vctest.Issuer, text, member string) string {
	t.Helper()
	options := fmt.Sprintf(`{%s,"type":"DataIntegrityProof","cryptosuite":"eddsa-jcs-2022","verificationMethod":%q,"proofPurpose":"assertionMethod"`,
		member, issuer.Method)
	var message []byte
	for _, part := range []string{options + "}", text} {
		v, err := vc.ParseJSON([]byte(part))
		if err != nil {
			t.Fatal(err)
		}
		h := sha256.Sum256(ld.JCS(nil, v))
		message = append(message, h[:]...)
	}
	sig, err := issuer.Signer.Sign(t.Context(), message)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`%s,"proofValue":"z%s"}`, options, vc.EncodeBase58(sig))
}

// TestChains checks that a proof with a valid signature depends on the proof before
// it (specs D3.8), whatever that one would mean in a set.
func TestChains(t *testing.T) {
	_, issuer, v := world(t)
	unsigned := string(issuer.Issue(t, vctest.As(vctest.None)))
	with := func(proofs ...string) string {
		return strings.Replace(unsigned, "{", `{"proof":[`+strings.Join(proofs, ",")+"],", 1)
	}
	plain := sealed(t, issuer, unsigned, `"created":"2026-01-01T00:00:00Z"`)
	for name, x := range map[string]struct {
		old, new string // replacement in the first proof, before the second is made
		outcome  vc.Outcome
		reason   vc.Reason
		verdict  vc.Verdict
		beside   vc.Verdict // verdict with a further valid proof in the set
	}{
		"good":                   {"", "", vc.Passed, "", vc.Valid, vc.Valid},
		"after an invalid proof": {`"proofValue":"z`, `"expires":"2030-01-01T00:00:00Z","proofValue":"z`, vc.Failed, vc.ReasonBadSignature, vc.Invalid, vc.Invalid},
		"after another purpose":  {"assertionMethod", "authentication", vc.Failed, vc.ReasonProofChain, vc.Invalid, vc.Invalid},
		"after an unknown suite": {"eddsa-jcs-2022", "bbs-2023", vc.Unknown, vc.ReasonUnsupportedSuite, vc.Undetermined, vc.Valid},
	} {
		t.Run(name, func(t *testing.T) {
			first := strings.Replace(sealed(t, issuer, unsigned, `"id":"urn:uuid:1"`), x.old, x.new, 1)
			link := sealed(t, issuer, with(first), `"previousProof":"urn:uuid:1"`)
			r := verify(t, v, []byte(with(first, link)), vc.Options{})
			expect(t, r, vc.CheckProof, x.outcome, x.reason)
			verdict(t, r, x.verdict)
			if got := verify(t, v, []byte(with(link)), vc.Options{}); got.Check(vc.CheckProof).Reason != vc.ReasonProofChain {
				t.Errorf("without the first proof: %+v", got.Check(vc.CheckProof))
			}
			verdict(t, verify(t, v, []byte(with(link, plain, first)), vc.Options{}), x.beside)
		})
	}
}
