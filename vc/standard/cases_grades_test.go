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

// nobodyAnswers is a web of nothing.
type nobodyAnswers struct{}

func (nobodyAnswers) Fetch(ctx context.Context, req vc.FetchRequest) (*vc.Resource, error) {
	return nil, vc.ErrUnreachable
}

// offline is the verifier of the product, with the sample issuer before a web of
// nothing.
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

// readCase verifies a badge of the cases, without any network.
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

// TestCasesGrades: what is genuine is called genuine, with a remark where there is
// nothing to guess, and what anybody can make or hide is told.
func TestCasesGrades(t *testing.T) {
	for name, want := range map[string]struct {
		verdict vc.Verdict
		check   vc.CheckID // that says why; "" for a remark
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
			t.Errorf("no remark %s: %+v", want.reason, r.Warnings)
		})
	}
}

// everybodys is the sample issuer's key, as its package describes it.
type everybodys struct{ ed25519.PrivateKey }

func (k everybodys) Sign(_ context.Context, message []byte) ([]byte, error) {
	return ed25519.Sign(k.PrivateKey, message), nil
}

// TestThreat50SampleKeys: what is sealed with a key that everybody has is a sample,
// whoever is named as its issuer.
func TestThreat50SampleKeys(t *testing.T) {
	std := offline(t)
	seed := sha256.Sum256([]byte("the sample issuer's key, which everybody knows: Ed25519"))
	other := sha256.Sum256([]byte("a key that one has alone"))
	for name, x := range map[string]struct {
		seed []byte
		want vc.Verdict
	}{"everybody's": {seed[:], vc.Sample}, "one's own": {other[:], vc.Valid}} {
		key := everybodys{ed25519.NewKeyFromSeed(x.seed)}
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

// TestDays: a day ends when it is over everywhere, and begins where it begins first.
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
		"on the day":                {"validUntil", "2027-05-01", "2027-05-01T23:59:59Z", vc.Irregular},
		"still the day in the west": {"validUntil", "2027-05-01", "2027-05-02T11:59:00Z", vc.Irregular},
		"over everywhere":           {"validUntil", "2027-05-01", "2027-05-02T12:01:00Z", vc.Expired},
		"a list of one":             {"validUntil", []any{"2027-05-01T00:00:00Z"}, "2027-01-01T00:00:00Z", vc.Irregular},
		"a list of one, over":       {"validUntil", []any{"2027-05-01T00:00:00Z"}, "2027-06-01T00:00:00Z", vc.Expired},
		"the first of two ends":     {"validUntil", []any{"2030-05-01T00:00:00Z", "2027-05-01T00:00:00Z"}, "2027-06-01T00:00:00Z", vc.Expired},
		"by the other model's name": {"expirationDate", "2027-05-01T00:00:00Z", "2027-06-01T00:00:00Z", vc.Expired},
		"in words":                  {"validUntil", "until May", "2027-01-01T00:00:00Z", vc.Undetermined},
		"an empty text":             {"validUntil", "", "2027-01-01T00:00:00Z", vc.Undetermined},
		"an object":                 {"validUntil", vctest.Object{"until": "2020-01-01T00:00:00Z"}, "2027-01-01T00:00:00Z", vc.Undetermined},
		"a list of lists":           {"validUntil", []any{[]any{"2020-01-01T00:00:00Z"}}, "2027-01-01T00:00:00Z", vc.Undetermined},
		"a value object, over":      {"validUntil", vctest.Object{"@value": "2027-05-01T00:00:00Z"}, "2027-06-01T00:00:00Z", vc.Expired},
		"offset without its colon":  {"validUntil", "2027-05-01T00:00:00+0200", "2027-04-30T21:00:00Z", vc.Valid},
		"the same, over":            {"validUntil", "2027-05-01T00:00:00+0200", "2027-04-30T22:01:00Z", vc.Expired},
		"no end but an empty list":  {"validUntil", []any{}, "2027-01-01T00:00:00Z", vc.Valid},
		"begins on a day":           {"validFrom", "2027-05-01", "2027-05-01T00:00:00Z", vc.Valid},
		"begun in the east":         {"validFrom", "2027-05-01", "2027-04-30T10:01:00Z", vc.Valid},
		"begun nowhere":             {"validFrom", "2027-05-01", "2027-04-30T09:00:00Z", vc.NotYetValid},
		"awarded on a day":          {"awardedDate", "2026-05-01", "2027-01-01T00:00:00Z", vc.Valid},
		"active since a day":        {"credentialSubject.activityStartDate", "2026-05-01", "2027-01-01T00:00:00Z", vc.Valid},
	} {
		t.Run(name, func(t *testing.T) {
			r := verify(t, at(x.now), issuer.Issue(t, jcs, vctest.With(x.member, x.value)), vc.Options{})
			verdict(t, r, x.want)
		})
	}
}
