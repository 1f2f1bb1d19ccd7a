package standard_test

import (
	"testing"

	"backpack/vc"
	"backpack/vc/vctest"
)

// TestRefresh checks that a newer version is requested once (specs A7.2, A7.3).
func TestRefresh(t *testing.T) {
	const address = "https://issuer.example/refresh"
	service := vctest.With("refreshService", vctest.Object{"id": address, "type": "1EdTechCredentialRefresh"})
	later := vctest.With("validFrom", "2026-01-20T00:00:00Z")
	for name, x := range map[string]struct {
		answer  func(t *testing.T, i *vctest.Issuer, own []byte) []byte
		outcome vc.Outcome
		reason  vc.Reason
		current bool
	}{
		"unchanged": {func(_ *testing.T, _ *vctest.Issuer, own []byte) []byte { return own }, vc.Passed, "", false},
		"newer":     {func(t *testing.T, i *vctest.Issuer, _ []byte) []byte { return i.Issue(t, later, service) }, vc.Passed, vc.ReasonRefreshed, true},
		"newer, as JWT": {func(t *testing.T, i *vctest.Issuer, _ []byte) []byte { return i.Issue(t, later, vctest.As(vctest.JWT)) }, vc.Passed,
			vc.ReasonRefreshed, true},
		"older": {func(t *testing.T, i *vctest.Issuer, _ []byte) []byte {
			return i.Issue(t, vctest.With("validFrom", "2025-01-20T00:00:00Z"))
		}, vc.Unknown, vc.ReasonRefreshRejected, false},
		"another credential": {func(t *testing.T, i *vctest.Issuer, _ []byte) []byte {
			return i.Issue(t, later, vctest.With("id", "urn:uuid:9"))
		}, vc.Unknown, vc.ReasonRefreshRejected, false},
		"another subject": {func(t *testing.T, i *vctest.Issuer, _ []byte) []byte {
			return i.Issue(t, later, vctest.With("credentialSubject.id", "did:example:other"))
		}, vc.Unknown, vc.ReasonRefreshRejected, false},
		"stranger's": {func(t *testing.T, i *vctest.Issuer, _ []byte) []byte { return i.Issue(t, later, vctest.Stranger) }, vc.Unknown,
			vc.ReasonRefreshRejected, false},
		"tampered": {func(t *testing.T, i *vctest.Issuer, _ []byte) []byte { return i.Issue(t, later, vctest.Tampered) }, vc.Unknown,
			vc.ReasonRefreshRejected, false},
		"not valid yet": {func(t *testing.T, i *vctest.Issuer, _ []byte) []byte { return i.Issue(t, vctest.NotYetValid) }, vc.Unknown,
			vc.ReasonRefreshRejected, false},
		"unknown status": {func(t *testing.T, i *vctest.Issuer, _ []byte) []byte {
			signed := i.Issue(t, later, vctest.Revoked)
			i.Web.Fail("https://issuer.example/status/bitstring/revocation", vc.ErrUnreachable)
			return signed
		}, vc.Unknown, vc.ReasonRefreshRejected, false},
		"violates its schema": {func(t *testing.T, i *vctest.Issuer, _ []byte) []byte {
			i.Web.Serve(schemaAt, "application/json", []byte("false"))
			return i.Issue(t, later, names(schemaAt))
		}, vc.Unknown, vc.ReasonRefreshRejected, false},
		"not a badge": {func(*testing.T, *vctest.Issuer, []byte) []byte { return []byte("<html>") }, vc.Unknown, vc.ReasonRefreshRejected, false},
	} {
		t.Run(name, func(t *testing.T) {
			web, issuer, v := world(t)
			signed := issuer.Issue(t, service)
			answer := x.answer(t, issuer, signed)
			web.Serve(address, "application/vc+ld+json", answer)
			r := verify(t, v, signed, vc.Options{})
			expect(t, r, vc.CheckRefresh, x.outcome, x.reason)
			verdict(t, r, vc.Valid)
			if (r.Current != nil) != x.current || x.current && string(r.Current.Raw) != string(answer) {
				t.Errorf("current: %v", r.Current)
			}
			if n := web.Hits(address); n != 1 {
				t.Errorf("requested %d times", n)
			}
		})
	}
}

// TestRefreshRevoked checks that a newer, revoked version replaces one that is not
// revoked: it is the issuer's latest word.
func TestRefreshRevoked(t *testing.T) {
	web, issuer, v := world(t)
	signed := issuer.Issue(t, vctest.With("refreshService", vctest.Object{"id": "https://issuer.example/refresh", "type": "1EdTechCredentialRefresh"}))
	web.Serve("https://issuer.example/refresh", "application/vc", issuer.Issue(t, vctest.Revoked))
	r := verify(t, v, signed, vc.Options{})
	expect(t, r, vc.CheckRefresh, vc.Passed, vc.ReasonRefreshed)
	verdict(t, r, vc.Revoked)
}

// TestRefreshRecipient checks that identifiers show whether two versions without
// subject ids have the same subject (specs A7.3).
func TestRefreshRecipient(t *testing.T) {
	known := func(mail string) []vctest.Option {
		id := vctest.Object{"type": "IdentityObject", "hashed": false, "identityHash": mail, "identityType": "emailAddress"}
		return []vctest.Option{vctest.With("credentialSubject.id", nil), vctest.With("credentialSubject.identifier", []any{id}),
			vctest.With("refreshService", vctest.Object{"id": "https://issuer.example/refresh", "type": "1EdTechCredentialRefresh"})}
	}
	for mail, want := range map[string]vc.Reason{"a@learner.example": vc.ReasonRefreshed, "b@learner.example": vc.ReasonRefreshRejected} {
		web, issuer, v := world(t)
		later := append(known(mail), vctest.With("validFrom", "2026-01-20T00:00:00Z"))
		web.Serve("https://issuer.example/refresh", "application/vc", issuer.Issue(t, later...))
		if c := verify(t, v, issuer.Issue(t, known("a@learner.example")...), vc.Options{}).Check(vc.CheckRefresh); c.Reason != want {
			t.Errorf("%s: %+v", mail, c)
		}
	}
}
