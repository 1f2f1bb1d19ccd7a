package standard_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/vctest"
)

// unknownSuite gives the proof an unknown cryptosuite.
func unknownSuite(_ testing.TB, d *vctest.Draft) {
	d.After(func(t testing.TB, signed []byte) []byte {
		t.Helper()
		return vctest.Alter(t, signed, "eddsa-rdfc-2022", "aurora-2031")
	})
}

// unknownMethod gives the key an unknown DID method.
func unknownMethod(_ testing.TB, d *vctest.Draft) {
	d.After(func(t testing.TB, signed []byte) []byte {
		t.Helper()
		return vctest.Alter(t, signed, `"verificationMethod":"did:web:`, `"verificationMethod":"did:aurora:`)
	})
}

// TestUnknownIsNamed checks that anything unknown leaves its check Unknown, and
// that the report names it (specs A6.1).
func TestUnknownIsNamed(t *testing.T) {
	for name, x := range map[string]struct {
		option vctest.Option
		reason vc.Reason
		named  string
	}{
		"suite":  {unknownSuite, vc.ReasonUnsupportedSuite, "aurora-2031"},
		"method": {unknownMethod, vc.ReasonUnsupported, "aurora"},
	} {
		t.Run(name, func(t *testing.T) {
			check := func(t *testing.T, c vc.Check) {
				t.Helper()
				if c.Outcome != vc.Unknown || c.Reason != x.reason || !strings.Contains(c.Detail, x.named) {
					t.Errorf("%+v", c)
				}
			}
			web, issuer, v := world(t)
			t.Run("credential", func(t *testing.T) {
				r := verify(t, v, issuer.Issue(t, x.option), vc.Options{})
				check(t, r.Check(vc.CheckProof))
				verdict(t, r, vc.Undetermined)
			})
			t.Run("presentation", func(t *testing.T) {
				shown := vctest.NewHolder(t).Present(t, "1", "shop.example", issuer.Issue(t))
				if name == "suite" {
					i := bytes.LastIndex(shown, []byte("eddsa-rdfc-2022")) // the credential has one, too
					shown = append(append(bytes.Clone(shown[:i]), "aurora-2031"...), shown[i+len("eddsa-rdfc-2022"):]...)
				} else {
					shown = vctest.Alter(t, shown, `"verificationMethod":"did:key:`, `"verificationMethod":"did:aurora:`)
				}
				r := verify(t, v, shown, vc.Options{Challenge: "1", Domain: "shop.example"})
				check(t, r.Check(vc.CheckProof))
				verdict(t, r, vc.Undetermined)
				verdict(t, r.Check(vc.CheckProof).Sub[0], vc.Valid)
			})
			t.Run("endorsement", func(t *testing.T) {
				endorsement := parse(t, issuer.Issue(t, vctest.With("type", []any{"VerifiableCredential", "EndorsementCredential"}),
					vctest.With("id", "urn:uuid:7"),
					vctest.With("credentialSubject",
						vctest.Object{"id": "https://issuer.example/achievements/baker", "type": []any{"EndorsementSubject"}, "endorsementComment": "Good."}), x.option))
				r := verify(t, v, issuer.Issue(t, vctest.With("endorsement", []any{json.RawMessage(endorsement.Raw)})), vc.Options{})
				c := r.Check(vc.CheckEndorsement)
				if c.Outcome != vc.Unknown || c.Reason != vc.ReasonEndorsements || !strings.Contains(c.Detail, x.named) {
					t.Errorf("%+v", c)
				}
				check(t, c.Sub[0].Check(vc.CheckProof))
				verdict(t, r, vc.Valid)
			})
			t.Run("status list", func(t *testing.T) {
				badge := issuer.Issue(t, vctest.Status("BitstringStatusListEntry", "revocation", false))
				list := parse(t, badge).Credential.Status[0].Value.Get("statusListCredential").Str()
				res, err := web.Fetch(t.Context(), vc.FetchRequest{URL: list})
				if err != nil {
					t.Fatal(err)
				}
				body := res.Body
				if name == "suite" {
					body = vctest.Alter(t, body, "eddsa-rdfc-2022", "aurora-2031")
				} else {
					body = vctest.Alter(t, body, `"verificationMethod":"did:web:`, `"verificationMethod":"did:aurora:`)
				}
				web.Serve(list, "application/vc", body)
				r := verify(t, v, badge, vc.Options{})
				check(t, r.Check(vc.CheckRevocation))
				verdict(t, r, vc.Undetermined)
			})
		})
	}
}

// TestBBS2023 checks that base proofs in the W3C's bbs-2023 vectors are refused and
// that derived ones are unknown, by name (specs D4.8).
func TestBBS2023(t *testing.T) {
	_, _, v := world(t)
	for _, dir := range []string{"", "prc", "HolderBinding", "Pseudonym", "PseudonymHB"} {
		for name, want := range map[string]vc.Reason{"addSignedSDBase.json": vc.ReasonPrivateCopy, "derivedRevealDocument.json": vc.ReasonUnsupportedSuite} {
			b := read(t, vectors(t, "w3c-vc-di-bbs", "TestVectors", dir, name))
			c := verify(t, v, b, vc.Options{}).Check(vc.CheckProof)
			if c.Reason != want || !strings.Contains(c.Detail, "bbs-2023") {
				t.Errorf("%s %s: %+v", dir, name, c)
			}
		}
	}
}
