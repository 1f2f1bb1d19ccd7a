package standard_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/ob2"
	"backpack/vc/sample"
	"backpack/vc/standard"
	"backpack/vc/suite"
	"backpack/vc/vctest"
)

// nobodyAnswers is a web without servers.
type nobodyAnswers struct{}

func (nobodyAnswers) Fetch(ctx context.Context, req vc.FetchRequest) (*vc.Resource, error) {
	return nil, vc.ErrUnreachable
}

// offline returns the product's verifier with the sample issuer and a web without
// servers.
func offline(t *testing.T) *standard.Standard {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC) }
	samples, err := sample.New(sample.Config{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	std, err := standard.New(standard.Config{Fetch: samples.Web(nobodyAnswers{}), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return std
}

// readCase verifies a badge of the test cases without a network.
func readCase(t *testing.T, name string, opt vc.Options) *vc.Report {
	t.Helper()
	std := offline(t)
	text := bytes.TrimSpace(vctest.CaseFile(t, name))
	d, err := ob2.Parse(text, "")
	if err != nil {
		d, err = std.Verifier.Parse(text)
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := std.Verifier.Verify(t.Context(), d, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestCasesGrades checks the grades of authentic badges with departures from the
// standard, and of badges that hide something or that anyone can make.
func TestCasesGrades(t *testing.T) {
	for name, want := range map[string]struct {
		verdict vc.Verdict
		check   vc.CheckID // check with the reason; "" for a remark
		reason  vc.Reason
	}{
		"genuine/01-null-member.jcs.json":                         {vc.Valid, "", vc.ReasonNothing},
		"genuine/02-empty-list.jcs.json":                          {vc.Valid, "", vc.ReasonNothing},
		"genuine/03-no-subject-id.rdfc.json":                      {vc.Irregular, vc.CheckSubject, vc.ReasonNameOnly},
		"genuine/04-achievement-image-as-text.jcs.json":           {vc.Valid, "", vc.ReasonWrongType},
		"genuine/04-issuer-image-as-text.rdfc.json":               {vc.Valid, "", vc.ReasonWrongType},
		"genuine/04-issuer-image-as-text.v11.ed2020.json":         {vc.Valid, "", vc.ReasonWrongType},
		"genuine/05-achievementType-not-listed.rdfc.json":         {vc.Valid, "", vc.ReasonSchema},
		"genuine/06-issuer-as-text.v11.ed2020.json":               {vc.Valid, "", vc.ReasonWrongType},
		"genuine/07-awardedDate-day-only.rdfc.json":               {vc.Valid, "", vc.ReasonDayOnly},
		"genuine/16-context-redefines-type.jcs.json":              {vc.Irregular, vc.CheckFormat, vc.ReasonRedefines},
		"genuine/16-name-object-with-extra-member.jcs.json":       {vc.Irregular, vc.CheckFormat, vc.ReasonWrongType},
		"genuine/16-vp-holder-without-id.json":                    {vc.Irregular, vc.CheckFormat, vc.ReasonMissingMember},
		"reports/form-fault-not-forgery/date-only.json":           {vc.Valid, "", vc.ReasonDayOnly},
		"reports/form-fault-not-forgery/issuer-image-string.json": {vc.Valid, "", vc.ReasonWrongType},
		"reports/form-fault-not-forgery/plugfest2-strings.json":   {vc.Irregular, vc.CheckFormat, vc.ReasonMissingMember},
		"reports/form-fault-not-forgery/string.json":              {vc.Valid, "", vc.ReasonWrongType},
		"reports/data-model-2-in-vc/vc-claim.jwt":                 {vc.Irregular, vc.CheckFormat, vc.ReasonMixedModels},
		"reports/subject-only-name/subject-only-name.json":        {vc.Irregular, vc.CheckSubject, vc.ReasonNameOnly},
		"forged/A7-sdjwt-revoked-and-expired-hidden.txt":          {vc.AsShown, vc.CheckRevocation, vc.ReasonNotDisclosed},
		"forged/A7-sdjwt-all-shown.txt":                           {vc.Expired, vc.CheckValidUntil, vc.ReasonExpired},
		"forged/A17-forged-sample.json":                           {vc.Sample, vc.CheckProof, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := readCase(t, name, vc.Options{})
			verdict(t, r, want.verdict)
			if f := r.Fact(vc.FactAuthentic); want.verdict != vc.Expired && f.Outcome != vc.Passed {
				t.Errorf("authentic: %+v", f)
			}
			if want.check != "" {
				if got := r.Check(want.check); got.Reason != want.reason {
					t.Errorf("%+v, want %s", got, want.reason)
				}
				return
			}
			for _, x := range r.Warnings {
				if x.Reason == want.reason {
					return
				}
			}
			t.Errorf("missing remark %s: %+v", want.reason, r.Warnings)
		})
	}
}

// publicKey is the public key pair of the sample issuer.
type publicKey struct{ ed25519.PrivateKey }

func (k publicKey) Sign(_ context.Context, message []byte) ([]byte, error) {
	return ed25519.Sign(k.PrivateKey, message), nil
}

// TestThreat50SampleKeys checks that a badge signed with a public key pair is a
// sample, whatever issuer it names.
func TestThreat50SampleKeys(t *testing.T) {
	std := offline(t)
	seed := sha256.Sum256([]byte("the sample issuer's key, which everybody knows: Ed25519"))
	other := sha256.Sum256([]byte("a private key"))
	for name, x := range map[string]struct {
		seed []byte
		want vc.Verdict
	}{"public": {seed[:], vc.Sample}, "private": {other[:], vc.Valid}} {
		key := publicKey{ed25519.NewKeyFromSeed(x.seed)}
		jwk := fmt.Sprintf(`{"kty":"OKP","crv":"Ed25519","x":%q}`, vc.EncodeBase64(key.Public().(ed25519.PublicKey)))
		issuer := "did:jwk:" + vc.EncodeBase64([]byte(jwk))
		badge := fmt.Sprintf(`{"@context":["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
			"id":"urn:uuid:1","type":["VerifiableCredential","OpenBadgeCredential"],"name":"Baker","issuer":{"id":%q,"type":["Profile"],"name":"University"},
			"validFrom":"2026-01-01T00:00:00Z","credentialSubject":{"id":"did:example:1","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:2",
			"type":["Achievement"],"name":"Baker","description":"Bakes.","criteria":{"narrative":"Bake."}}}}`, issuer)
		token, err := suite.SignJWT(t.Context(), []byte(badge), map[string]string{"kid": issuer + "#0", "typ": "JWT"}, key)
		if err != nil {
			t.Fatal(err)
		}
		embedded, err := suite.EdDSAJCS().Sign(t.Context(), []byte(badge), vc.SignOptions{VerificationMethod: issuer + "#0", Purpose: vc.AssertionMethod,
			Created: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}, key)
		if err != nil {
			t.Fatal(err)
		}
		for form, signed := range map[string][]byte{"JWT": token, "JCS": embedded} {
			r := verify(t, std.Verifier, signed, vc.Options{})
			if got := r.Verdict(vc.Policy{}); got != x.want {
				t.Errorf("%s, %s: %s, want %s: %+v", name, form, got, x.want, r.Checks)
			}
		}
	}
}

// TestDays checks that a day ends when it is over everywhere on Earth, and begins
// where it begins first.
func TestDays(t *testing.T) {
	web, issuer, _ := world(t)
	at := func(s string) *vc.Verifier {
		now, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		std, err := standard.New(standard.Config{Fetch: web, Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		return std.Verifier
	}
	jcs := vctest.As("eddsa-jcs-2022")
	for name, x := range map[string]struct {
		member string
		value  any
		now    string
		want   vc.Verdict
	}{
		"during the day":                {"validUntil", "2027-05-01", "2027-05-01T23:59:59Z", vc.Irregular},
		"over in the east only":         {"validUntil", "2027-05-01", "2027-05-02T11:59:00Z", vc.Irregular},
		"over everywhere":               {"validUntil", "2027-05-01", "2027-05-02T12:01:00Z", vc.Expired},
		"list of one":                   {"validUntil", []any{"2027-05-01T00:00:00Z"}, "2027-01-01T00:00:00Z", vc.Irregular},
		"list of one, over":             {"validUntil", []any{"2027-05-01T00:00:00Z"}, "2027-06-01T00:00:00Z", vc.Expired},
		"earlier of two ends":           {"validUntil", []any{"2030-05-01T00:00:00Z", "2027-05-01T00:00:00Z"}, "2027-06-01T00:00:00Z", vc.Expired},
		"name of the other model":       {"expirationDate", "2027-05-01T00:00:00Z", "2027-06-01T00:00:00Z", vc.Expired},
		"in words":                      {"validUntil", "until May", "2027-01-01T00:00:00Z", vc.Undetermined},
		"empty text":                    {"validUntil", "", "2027-01-01T00:00:00Z", vc.Undetermined},
		"object":                        {"validUntil", vctest.Object{"until": "2020-01-01T00:00:00Z"}, "2027-01-01T00:00:00Z", vc.Undetermined},
		"list of lists":                 {"validUntil", []any{[]any{"2020-01-01T00:00:00Z"}}, "2027-01-01T00:00:00Z", vc.Undetermined},
		"value object, over":            {"validUntil", vctest.Object{"@value": "2027-05-01T00:00:00Z"}, "2027-06-01T00:00:00Z", vc.Expired},
		"offset without a colon":        {"validUntil", "2027-05-01T00:00:00+0200", "2027-04-30T21:00:00Z", vc.Valid},
		"offset without a colon, over":  {"validUntil", "2027-05-01T00:00:00+0200", "2027-04-30T22:01:00Z", vc.Expired},
		"empty list":                    {"validUntil", []any{}, "2027-01-01T00:00:00Z", vc.Valid},
		"starts on a day":               {"validFrom", "2027-05-01", "2027-05-01T00:00:00Z", vc.Valid},
		"started in the east only":      {"validFrom", "2027-05-01", "2027-04-30T10:01:00Z", vc.Valid},
		"not yet started":               {"validFrom", "2027-05-01", "2027-04-30T09:00:00Z", vc.NotYetValid},
		"award date without a time":     {"awardedDate", "2026-05-01", "2027-01-01T00:00:00Z", vc.Valid},
		"activity start without a time": {"credentialSubject.activityStartDate", "2026-05-01", "2027-01-01T00:00:00Z", vc.Valid},
	} {
		t.Run(name, func(t *testing.T) {
			r := verify(t, at(x.now), issuer.Issue(t, jcs, vctest.With(x.member, x.value)), vc.Options{})
			verdict(t, r, x.want)
		})
	}
}
