package standard_test

import (
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/vctest"
)

// TestFaults issues badges with one fault each in several forms and expects the
// check that reports it, and the verdict.
func TestFaults(t *testing.T) {
	purpose := func(p vc.Purpose) vctest.Option { return vctest.Proof(vc.SignOptions{Purpose: p}) }
	at := func(created, expires time.Time) vctest.Option {
		return vctest.Proof(vc.SignOptions{Created: created, Expires: expires})
	}
	rdf, jwts := []string{"eddsa-rdfc-2022", "eddsa-jcs-2022"}, []string{vctest.JWT, vctest.JWT11}
	all := append(append([]string{vctest.JOSEVC}, rdf...), jwts[0])
	now := vctest.Now()
	for _, x := range []struct {
		name    string
		forms   []string
		options []vctest.Option
		check   vc.CheckID
		outcome vc.Outcome
		reason  vc.Reason
		verdict vc.Verdict
	}{
		{"expired", all, []vctest.Option{vctest.Expired}, vc.CheckValidUntil, vc.Failed, vc.ReasonExpired, vc.Expired},
		{"not yet valid", all, []vctest.Option{vctest.NotYetValid}, vc.CheckValidFrom, vc.Failed, vc.ReasonNotYetValid, vc.NotYetValid},
		{"starts within the tolerance", all, []vctest.Option{vctest.With("validFrom", now.Add(4*time.Minute).Format(time.RFC3339))}, vc.CheckValidFrom,
			vc.Passed, "", vc.Valid},
		{"expired a second ago", all, []vctest.Option{vctest.With("validUntil", now.Add(-time.Second).Format(time.RFC3339))}, vc.CheckValidUntil, vc.Failed,
			vc.ReasonExpired, vc.Expired},
		{"no end", all, []vctest.Option{vctest.With("validUntil", nil)}, vc.CheckValidUntil, vc.Skipped, vc.ReasonNotStated, vc.Valid},
		{"no status", all, nil, vc.CheckRevocation, vc.Skipped, vc.ReasonNotStated, vc.Valid},
		{"bit not set", all, []vctest.Option{vctest.Status("BitstringStatusListEntry", "revocation", false)}, vc.CheckRevocation, vc.Passed, "", vc.Valid},
		{"bit for revocation set", all, []vctest.Option{vctest.Revoked}, vc.CheckRevocation, vc.Failed, vc.ReasonRevoked, vc.Revoked},
		{"bit for suspension set", all, []vctest.Option{vctest.Suspended}, vc.CheckRevocation, vc.Failed, vc.ReasonSuspended, vc.Suspended},
		{"revoked in a StatusList2021", all, []vctest.Option{vctest.Status("StatusList2021Entry", "revocation", true)}, vc.CheckRevocation, vc.Failed,
			vc.ReasonRevoked, vc.Revoked},
		{"clear in a StatusList2021", all, []vctest.Option{vctest.Status("StatusList2021Entry", "revocation", false)}, vc.CheckRevocation, vc.Passed, "", vc.Valid},
		{"revoked in 1EdTech's list", all, []vctest.Option{vctest.Status("1EdTechRevocationList", "", true)}, vc.CheckRevocation, vc.Failed,
			vc.ReasonRevoked, vc.Revoked},
		{"clear in 1EdTech's list", all, []vctest.Option{vctest.Status("1EdTechRevocationList", "", false)}, vc.CheckRevocation, vc.Passed, "", vc.Valid},
		{"unknown status", all[1:2], []vctest.Option{vctest.With("credentialStatus",
			vctest.Object{"id": "https://issuer.example/s", "type": "1EdTechJsonSchemaValidator2019"})}, vc.CheckRevocation, vc.Unknown, vc.ReasonUnsupported,
			vc.Undetermined},
		{"another key", all, []vctest.Option{vctest.WrongKey}, vc.CheckProof, vc.Failed, vc.ReasonBadSignature, vc.Invalid},
		{"stranger's key", all, []vctest.Option{vctest.Stranger}, vc.CheckIssuer, vc.Failed, vc.ReasonControllerMismatch, vc.Invalid},
		{"stranger's key, valid proof", all, []vctest.Option{vctest.Stranger}, vc.CheckProof, vc.Passed, "", vc.Invalid},
		{"tampered", all, []vctest.Option{vctest.Tampered}, vc.CheckProof, vc.Failed, vc.ReasonBadSignature, vc.Invalid},
		{"unsigned", []string{vctest.None}, nil, vc.CheckProof, vc.Failed, vc.ReasonNoProof, vc.Invalid},
		{"wrong proof purpose", rdf, []vctest.Option{purpose(vc.Authentication)}, vc.CheckProof, vc.Failed, vc.ReasonWrongPurpose, vc.Invalid},
		{"proof expired", rdf, []vctest.Option{at(now.Add(-time.Hour), now.Add(-time.Minute))}, vc.CheckProof, vc.Failed, vc.ReasonProofExpired, vc.Invalid},
		{"proof from the future", rdf, []vctest.Option{at(now.Add(6*time.Minute), time.Time{})}, vc.CheckProof, vc.Failed, vc.ReasonProofFuture, vc.Invalid},
		{"proof within the tolerance", rdf, []vctest.Option{at(now.Add(4*time.Minute), time.Time{})}, vc.CheckProof, vc.Passed, "", vc.Valid},
		{"no subject id", all, []vctest.Option{vctest.With("credentialSubject.id", nil)}, vc.CheckSubject, vc.Failed, vc.ReasonNoSubjectID, vc.Irregular},
		{"schema", all, []vctest.Option{vctest.With("credentialSubject.achievement.criteria", nil)}, vc.CheckFormat, vc.Failed, vc.ReasonMissingMember, vc.Irregular},
		{"no Open Badges context", all[:1], []vctest.Option{vctest.With("@context", []any{vc.ContextV2})}, vc.CheckFormat, vc.Failed, vc.ReasonContextOrder,
			vc.Irregular},
		{"unknown context", rdf[:1], []vctest.Option{unknownContext}, vc.CheckFormat, vc.Unknown, vc.ReasonUnknownContext, vc.Undetermined},
		{"dates of both models", all[:1], []vctest.Option{vctest.With("issuanceDate", "2026-01-01T00:00:00Z")}, vc.CheckFormat, vc.Failed,
			vc.ReasonMixedModels, vc.Irregular},
		{"another iss", jwts, []vctest.Option{vctest.WithClaim("iss", "https://other.example")}, vc.CheckFormat, vc.Failed, vc.ReasonClaimsMismatch, vc.Invalid},
		{"another sub", jwts, []vctest.Option{vctest.WithClaim("sub", "did:example:other")}, vc.CheckFormat, vc.Failed, vc.ReasonClaimsMismatch, vc.Irregular},
		{"another jti", jwts, []vctest.Option{vctest.WithClaim("jti", "urn:uuid:1")}, vc.CheckFormat, vc.Failed, vc.ReasonClaimsMismatch, vc.Irregular},
		{"nbf off by an hour", jwts, []vctest.Option{vctest.WithClaim("nbf", 1767229200)}, vc.CheckFormat, vc.Failed, vc.ReasonClaimsMismatch, vc.Irregular},
		{"nbf as text", jwts, []vctest.Option{vctest.WithClaim("nbf", "1767225600")}, vc.CheckProof, vc.Failed, vc.ReasonDateFormat, vc.Invalid},
		{"earlier exp", jwts, []vctest.Option{vctest.WithClaim("exp", 1767225602)}, vc.CheckValidUntil, vc.Failed, vc.ReasonExpired, vc.Expired},
		{"iat in the future", jwts, []vctest.Option{vctest.WithClaim("iat", now.Unix()+600)}, vc.CheckProof, vc.Failed, vc.ReasonProofFuture, vc.Invalid},
		{"iss missing", jwts, []vctest.Option{vctest.WithClaim("iss", nil)}, vc.CheckFormat, vc.Passed, "", vc.Valid},
		{"JOSE, nbf in the future", all[:1], []vctest.Option{vctest.WithClaim("nbf", now.Unix()+600)}, vc.CheckProof, vc.Failed, vc.ReasonProofFuture, vc.Invalid},
		{"JOSE, another iss", all[:1], []vctest.Option{vctest.WithClaim("iss", "https://other.example")}, vc.CheckFormat, vc.Failed,
			vc.ReasonClaimsMismatch, vc.Invalid},
		{"JOSE, exp in the past", all[:1], []vctest.Option{vctest.WithClaim("exp", 1767225602)}, vc.CheckValidUntil, vc.Failed, vc.ReasonExpired, vc.Expired},
		{"typ vp+jwt", all[:1], []vctest.Option{vctest.WithHeader("typ", "vp+jwt")}, vc.CheckFormat, vc.Failed, vc.ReasonWrongType, vc.Irregular},
	} {
		for _, form := range x.forms {
			t.Run(x.name+"/"+form, func(t *testing.T) {
				web := vctest.NewWeb()
				issuer := vctest.NewIssuer(t, web, vctest.DIDWeb, vctest.Ed25519)
				signed := issuer.Issue(t, append(x.options, vctest.As(form))...)
				r := verify(t, newVerifier(t, web), signed, vc.Options{})
				c := r.Check(x.check)
				if c.Outcome != x.outcome || c.Reason != x.reason {
					t.Errorf("%s %s %s: %s, want %s %s", x.check, c.Outcome, c.Reason, c.Detail, x.outcome, x.reason)
				}
				if got := r.Verdict(vc.Policy{}); got != x.verdict {
					t.Errorf("verdict %s, want %s\n%+v", got, x.verdict, r.Checks)
				}
			})
		}
	}
}

// unknownContext adds an unknown context after signing. An RDF proof does not cover
// the entries of @context.
func unknownContext(t testing.TB, d *vctest.Draft) {
	d.After(func(t testing.TB, signed []byte) []byte {
		return vctest.Alter(t, signed, `extensions.json"`, `extensions.json","https://unknown.example/context"`)
	})
}
