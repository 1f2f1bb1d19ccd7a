package standard_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/status"
	"backpack/vc/vctest"
)

// rows collects the probes of one kind.
type rows struct{ list []probe }

func (r *rows) add(id, what, theirs string, badge func(*bench) []byte, verdict vc.Verdict, check vc.CheckID, outcome vc.Outcome, reason vc.Reason,
	why ...string) {
	r.list = append(r.list, probe{id, what, theirs, badge, verdict, check, outcome, reason, strings.Join(why, "")})
}

// fails adds a row with a failed check. Faults of form make a badge irregular,
// others invalid.
func (r *rows) fails(id, what, theirs string, badge func(*bench) []byte, check vc.CheckID, reason vc.Reason, why ...string) {
	verdict := vc.Invalid
	if check == vc.CheckFormat || check == vc.CheckSubject || check == vc.CheckSchema {
		verdict = vc.Irregular
	}
	r.add(id, what, theirs, badge, verdict, check, vc.Failed, reason, why...)
}

func (r *rows) passes(id, what, theirs string, badge func(*bench) []byte, check vc.CheckID, why ...string) {
	r.add(id, what, theirs, badge, vc.Valid, check, vc.Passed, "", why...)
}

// issuedBy returns a maker of a badge by another issuer on the same web.
func issuedBy(way, kind string, o ...vctest.Option) func(*bench) []byte {
	return func(b *bench) []byte { return vctest.NewIssuer(b.t, b.web, way, kind).Issue(b.t, o...) }
}

// method returns a maker that changes the verification method after signing. The
// signature also fails, but the missing key is reported first.
func method(with string) func(*bench) []byte {
	return func(b *bench) []byte {
		return vctest.Alter(b.t, b.issue(), `"verificationMethod":"did:web:issuer.example#key-1"`, `"verificationMethod":"`+with+`"`)
	}
}

// probesOfJWT covers badges signed as JWTs (specs G1.10a).
func probesOfJWT() []probe {
	const id = "ExternalProofProbe"
	const says = "claims that contradict the credential make a JWT say two things (specs A5.4, G4)"
	var r rows
	r.passes(id, "RS256", theyPass, issuedBy(vctest.DIDWeb, vctest.RSA, jwt), vc.CheckProof)
	r.passes(id, "ES256", theyPass, issuedBy(vctest.DIDWeb, vctest.P256, jwt), vc.CheckProof)
	r.passes(id, "did:key", theyPass, issuedBy(vctest.DIDKey, vctest.P256, jwt), vc.CheckProof)
	r.passes(id, "EdDSA", theyFatal, issue(jwt), vc.CheckProof, "VC-JOSE-COSE and issuers use it, and the signature is equivalent (specs D5)")
	r.passes(id, "ES384", theyFatal, issuedBy(vctest.DIDWeb, vctest.P384, jwt), vc.CheckProof, "VC-JOSE-COSE allows it (specs D5)")
	r.fails(id, "changed", theyFatal, issue(jwt, vctest.Tampered), vc.CheckProof, vc.ReasonBadSignature)
	r.fails(id, "another key", theyFatal, issue(jwt, vctest.WrongKey), vc.CheckProof, vc.ReasonBadSignature)
	r.fails(id, "alg none", theyFatal, func(b *bench) []byte {
		f := newForger(b.t, b.issuer)
		return []byte(f.unsigned(`{"alg":"none"}`, ""))
	}, vc.CheckProof, vc.ReasonAlgForbidden)
	r.add(id, "exp past", theyFatal, issue(jwt, vctest.WithClaim("exp", 1767225602)), vc.Expired, vc.CheckValidUntil, vc.Failed, vc.ReasonExpired)
	r.fails(id, "iat in the future", theyFatal, issue(jwt, vctest.WithClaim("iat", vctest.Now().Unix()+600)), vc.CheckProof, vc.ReasonProofFuture)
	r.add(id, "another iss", theyPass, issue(jwt, vctest.WithClaim("iss", "https://other.example")), vc.Invalid, vc.CheckFormat, vc.Failed,
		vc.ReasonClaimsMismatch,
		"it names two issuers; "+says)
	for claim, value := range map[string]any{"sub": "did:example:other", "jti": "urn:uuid:1", "nbf": 1767229200} {
		r.fails(id, claim+", another value", theyPass, issue(jwt, vctest.WithClaim(claim, value)), vc.CheckFormat, vc.ReasonClaimsMismatch, says)
	}
	r.add(id, "key in the header without a binding to the issuer", theyPass, func(b *bench) []byte {
		b.web.Status("https://bank.example/", 404, nil)
		p := newImpostor(b.t)
		return p.badge("https://bank.example/issuer", map[string]any{"jwk": p.jwk})
	}, vc.Undetermined, vc.CheckIssuer, vc.Unknown, vc.ReasonUnreachable,
		"anyone can sign with their own key: the signature is valid, but its owner is unknown (G4)")
	r.add(id, "key URL answers with an error", theyFatal, func(b *bench) []byte {
		b.web.Status("https://bank.example/key", 500, nil)
		return newImpostor(b.t).badge("https://bank.example/issuer", map[string]any{"kid": "https://bank.example/key"})
	}, vc.Undetermined, vc.CheckProof, vc.Unknown, vc.ReasonUnreachable)
	r.add(id, "bare key at a URL", theyFatal, func(b *bench) []byte {
		p := newImpostor(b.t)
		p.web = b.web
		p.serve("https://bank.example/jwk", p.jwk)
		return p.badge("https://bank.example/issuer", map[string]any{"kid": "https://bank.example/jwk"})
	}, vc.Undetermined, vc.CheckIssuer, vc.Unknown, vc.ReasonUnreachable)
	r.passes(id, "bare key at a URL named by the issuer's document", theyFatal, func(b *bench) []byte {
		p := newImpostor(b.t)
		p.web = b.web
		p.serve("https://bank.example/jwk", p.jwk)
		p.serve("https://bank.example/issuer", map[string]any{"id": "https://bank.example/issuer", "assertionMethod": "https://bank.example/jwk"})
		return p.badge("https://bank.example/issuer", map[string]any{"kid": "https://bank.example/jwk"})
	}, vc.CheckIssuer, "this row uses EdDSA; an RSA key passes with both")
	return r.list
}

// probesOfProof covers badges with embedded proofs (specs G1.10b).
func probesOfProof() []probe {
	const id = "EmbeddedProofProbe"
	const suites = "the suite is a W3C Recommendation unknown to the validator (G4)"
	var r rows
	r.passes(id, "eddsa-rdfc-2022", theyPass, issue(), vc.CheckProof)
	r.passes(id, "did:key", theyPass, issuedBy(vctest.DIDKey, vctest.Ed25519), vc.CheckProof)
	r.passes(id, "key in an https document", theyErr, issuedBy(vctest.HTTPS, vctest.Ed25519), vc.CheckIssuer,
		"a controlled identifier document lists its keys; the validator expects a bare key there (G4)")
	r.passes(id, "ecdsa-rdfc-2019", theyErr, issuedBy(vctest.DIDWeb, vctest.P256), vc.CheckProof, suites)
	r.passes(id, "eddsa-jcs-2022", theyErr, issue(jcs), vc.CheckProof, suites)
	r.passes(id, "ecdsa-jcs-2019", theyErr, issuedBy(vctest.DIDWeb, vctest.P256, vctest.As("ecdsa-jcs-2019")), vc.CheckProof, suites)
	r.fails(id, "no proof", theyErr, issue(vctest.As(vctest.None)), vc.CheckProof, vc.ReasonNoProof)
	r.fails(id, "another purpose", theyErr, issue(vctest.Proof(vc.SignOptions{Purpose: vc.Authentication})), vc.CheckProof, vc.ReasonWrongPurpose)
	r.fails(id, "changed", theyErr, issue(vctest.Tampered), vc.CheckProof, vc.ReasonBadSignature)
	r.fails(id, "another key", theyErr, issue(vctest.WrongKey), vc.CheckProof, vc.ReasonBadSignature)
	r.fails(id, "invalid proofValue", theyErr, func(b *bench) []byte {
		return vctest.Alter(b.t, b.issue(), `"proofValue":"z`, `"proofValue":"zXX`)
	}, vc.CheckProof, vc.ReasonMalformed)
	r.fails(id, "invalid method", theyErr, method("did:web:issuer.example#key-1xx"), vc.CheckProof, vc.ReasonKeyNotFound)
	r.fails(id, "method without a scheme", theyErr, method("issuer.example#key-1"), vc.CheckProof, vc.ReasonKeyNotFound)
	r.fails(id, "method with an unknown scheme", theyErr, method("ftp://issuer.example#key-1"), vc.CheckProof, vc.ReasonKeyNotFound)
	r.add(id, "unknown DID method", theyErr, method("did:sov:issuer#key-1"), vc.Undetermined, vc.CheckProof, vc.Unknown, vc.ReasonUnsupported)
	r.add(id, "DID that is unreachable", theyErr, method("did:web:down.example#key-1"), vc.Undetermined, vc.CheckProof, vc.Unknown, vc.ReasonUnreachable)
	r.add(id, "key in the fragment of the issuer's URL", theyPass, func(b *bench) []byte {
		p := newImpostor(b.t)
		return b.issueAs("https://bank.example/issuer", "https://bank.example/issuer#"+p.multi, p.key)
	}, vc.Undetermined, vc.CheckIssuer, vc.Unknown, vc.ReasonUnreachable, "the bank was not asked: any signer can append a key to its URL (G4)")
	r.add(id, "did:key under another issuer", theyPass, issue(vctest.Stranger), vc.Invalid, vc.CheckIssuer, vc.Failed, vc.ReasonControllerMismatch,
		"the key's controller is its own did:key, not the issuer (G4)")
	r.fails(id, "expired proof", theyPass,
		issue(vctest.Proof(vc.SignOptions{Created: vctest.Now().Add(-2 * time.Hour), Expires: vctest.Now().Add(-time.Hour)})), vc.CheckProof, vc.ReasonProofExpired,
		"Data Integrity ends a proof at expires; the validator ignores it (specs D3)")
	r.fails(id, "proof made tomorrow", theyPass, issue(vctest.Proof(vc.SignOptions{Created: vctest.Now().Add(24 * time.Hour)})), vc.CheckProof,
		vc.ReasonProofFuture,
		"a proof cannot have been made tomorrow; the validator ignores it (specs D3)")
	r.fails(id, "invalid second proof", theyPass, func(b *bench) []byte {
		o := decode(b.t, b.issue())
		first := o["proof"].(map[string]any)
		second := decode(b.t, vctest.Alter(b.t, b.issue(vctest.With("name", "Miller")), "Miller", "Baker"))["proof"]
		o["proof"] = []any{first, second}
		return marshal(b.t, o)
	}, vc.CheckProof, vc.ReasonOneOfSeveral, "every proof of a set must be valid; the validator checks the first only (specs D3)")
	r.add(id, "second proof of an unknown kind", theyErr, func(b *bench) []byte {
		o := decode(b.t, b.issue())
		o["proof"] = []any{o["proof"],
			map[string]any{"type": "SomeProofType", "proofPurpose": "assertionMethod", "verificationMethod": "did:web:issuer.example#key-1", "proofValue": "zz"}}
		return marshal(b.t, o)
	}, vc.Valid, vc.CheckProof, vc.Passed, "", "an unknown proof beside a valid one does not affect it (specs A6)")
	return r.list
}

// issueAs returns a badge of an issuer signed with another key.
func (b *bench) issueAs(issuer, method string, key vc.Signer) []byte {
	i := *b.issuer
	i.ID, i.Method, i.Signer = issuer, method, key
	return i.Issue(b.t)
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// probesOfStatus covers refresh, revocation and dates (specs G1.11 to G1.15).
func probesOfStatus() []probe {
	const list, bits, url1 = "RevocationListProbe", "BitstringStatusListProbe", "https://issuer.example/status/bitstring/revocation"
	entry := func(typ, purpose string, set bool) func(*bench) []byte {
		return issue(vctest.Status(typ, purpose, set))
	}
	const all = "every status counts; the worst result decides (specs E1.7, G4)"
	var r rows
	r.passes(list, "not in 1EdTech's list", theyPass, entry("1EdTechRevocationList", "", false), vc.CheckRevocation)
	r.add(list, "in 1EdTech's list", theyFatal, entry("1EdTechRevocationList", "", true), vc.Revoked, vc.CheckRevocation, vc.Failed, vc.ReasonRevoked)
	r.add(list, "1EdTech's list unavailable", theyWarn,
		issue(vctest.With("credentialStatus", vctest.Object{"id": "https://down.example/list", "type": "1EdTechRevocationList"})),
		vc.Undetermined, vc.CheckRevocation, vc.Unknown, vc.ReasonUnreachable, "an unreadable list does not mean that the badge is not in it (G4)")
	r.add(list, "suspended", theyPass, entry("BitstringStatusListEntry", "suspension", true), vc.Suspended, vc.CheckRevocation, vc.Failed, vc.ReasonSuspended, all)
	r.add(list, "in a StatusList2021", theyPass, entry("StatusList2021Entry", "revocation", true), vc.Revoked, vc.CheckRevocation, vc.Failed,
		vc.ReasonRevoked, all)
	r.add(list, "second of two", theyPass, func(b *bench) []byte {
		first := vctest.Object{}
		b.issue(vctest.Status("BitstringStatusListEntry", "revocation", false), func(_ testing.TB, d *vctest.Draft) {})
		first["type"], first["statusPurpose"], first["statusListIndex"], first["statusListCredential"] = "BitstringStatusListEntry", "revocation", "8", url1
		second := vctest.Object{"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "7", "statusListCredential": url1}
		return b.issue(vctest.With("credentialStatus", []any{first, second}), jcs)
	}, vc.Revoked, vc.CheckRevocation, vc.Failed, vc.ReasonRevoked, "the validator stops at the first entry that says anything (G4)")
	r.add(list, "unknown kind", theyPass,
		issue(vctest.With("credentialStatus", vctest.Object{"id": "https://issuer.example/s", "type": "1EdTechJsonSchemaValidator2019"}), jcs),
		vc.Undetermined, vc.CheckRevocation, vc.Unknown, vc.ReasonUnsupported, "an unchecked status says nothing: the badge may be revoked")

	r.passes(bits, "clear", theyPass, entry("BitstringStatusListEntry", "revocation", false), vc.CheckRevocation)
	r.add(bits, "set", theyFatal, entry("BitstringStatusListEntry", "revocation", true), vc.Revoked, vc.CheckRevocation, vc.Failed, vc.ReasonRevoked)
	broken := func(change func(o vctest.Object)) func(*bench) []byte { return withList(url1, change) }
	subject := func(o vctest.Object) vctest.Object { return o["credentialSubject"].(vctest.Object) }
	r.add(bits, "not gzip", theyFatal, broken(func(o vctest.Object) { subject(o)["encodedList"] = "uAAAA" }), vc.Undetermined, vc.CheckRevocation,
		vc.Unknown, vc.ReasonStatusList)
	r.add(bits, "another purpose", theyErr, broken(func(o vctest.Object) { subject(o)["statusPurpose"] = "suspension" }), vc.Undetermined,
		vc.CheckRevocation, vc.Unknown, vc.ReasonStatusList)
	r.passes(bits, "several purposes", theyErr, broken(func(o vctest.Object) { subject(o)["statusPurpose"] = []any{"revocation", "suspension"} }),
		vc.CheckRevocation,
		"the recommendation allows several purposes in a list (G4)")
	r.passes(bits, "too short", theyErr, broken(func(o vctest.Object) { subject(o)["encodedList"] = status.Encode(make([]byte, 16)) }), vc.CheckRevocation,
		"an unset bit in a list that the issuer signed is its word, however short the list: the length only protects privacy")
	r.add(bits, "empty", theyErr, broken(func(o vctest.Object) { subject(o)["encodedList"] = status.Encode(nil) }), vc.Undetermined, vc.CheckRevocation,
		vc.Unknown, vc.ReasonStatusList)
	r.add(bits, "changed after signing", theyErr, broken(func(o vctest.Object) { o["name"] = "changed after signing" }), vc.Undetermined,
		vc.CheckRevocation, vc.Unknown, vc.ReasonStatusList)
	index := func(i string) func(*bench) []byte {
		return func(b *bench) []byte {
			b.issue(vctest.Status("BitstringStatusListEntry", "revocation", false))
			return b.issue(vctest.With("credentialStatus",
				vctest.Object{"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": i, "statusListCredential": url1}), jcs)
		}
	}
	r.add(bits, "beyond the end", theyErr, index("131072"), vc.Undetermined, vc.CheckRevocation, vc.Unknown, vc.ReasonStatusList)
	r.add(bits, "index is not a number", theyPass, index("first"), vc.Undetermined, vc.CheckRevocation, vc.Unknown, vc.ReasonStatusEntry,
		"the validator reads it as 0 and answers for another badge")

	r.add("ExpirationProbe", "expired", theyFatal, issue(vctest.Expired), vc.Expired, vc.CheckValidUntil, vc.Failed, vc.ReasonExpired)
	r.add("ExpirationProbe", "expired, data model 1.1", theyFatal, issue(vctest.Expired, vctest.Model11), vc.Expired, vc.CheckValidUntil, vc.Failed, vc.ReasonExpired)
	r.add("ExpirationProbe", "unreadable date", theyBreak, issue(vctest.With("validUntil", "one day"), jcs), vc.Undetermined, vc.CheckFormat, vc.Failed,
		vc.ReasonDateFormat)
	r.add("IssuanceProbe", "not yet", theyFatal, issue(vctest.NotYetValid), vc.NotYetValid, vc.CheckValidFrom, vc.Failed, vc.ReasonNotYetValid)
	r.add("IssuanceProbe", "not yet, data model 1.1", theyFatal, issue(vctest.NotYetValid, vctest.Model11), vc.NotYetValid, vc.CheckValidFrom, vc.Failed,
		vc.ReasonNotYetValid)

	refresh := vctest.With("refreshService", vctest.Object{"id": "https://issuer.example/refresh", "type": "1EdTechCredentialRefresh"})
	newer := func(o ...vctest.Option) func(*bench) []byte {
		return func(b *bench) []byte {
			b.web.Serve("https://issuer.example/refresh", "application/vc", b.issue(o...))
			return b.issue(refresh)
		}
	}
	r.passes("refresh", "newer version", theyPass, newer(vctest.With("validFrom", "2026-01-20T00:00:00Z")), vc.CheckProof)
	r.add("refresh", "no answer", theyPass, issue(refresh), vc.Valid, vc.CheckRefresh, vc.Unknown, vc.ReasonUnreachable)
	r.add("refresh", "invalid newer version", theyErr, newer(vctest.With("validFrom", "2026-01-20T00:00:00Z"), vctest.WrongKey), vc.Valid,
		vc.CheckRefresh, vc.Unknown, vc.ReasonRefreshRejected,
		"an answer at the refresh URL cannot revoke what the issuer signed (specs A7.3)")
	return r.list
}

// withList returns a maker that publishes a changed status list. The list is signed
// again unless the change sets its name.
func withList(address string, change func(o vctest.Object)) func(*bench) []byte {
	return func(b *bench) []byte {
		b.issue(vctest.Status("BitstringStatusListEntry", "revocation", false))
		res, err := b.web.Fetch(b.t.Context(), vc.FetchRequest{URL: address})
		if err != nil {
			b.t.Fatal(err)
		}
		o := decode(b.t, res.Body)
		change(o)
		if o["name"] == nil {
			delete(o, "proof")
			o = decode(b.t, b.issuer.Issue(b.t, listOf(o)...))
		}
		b.web.Serve(address, "application/vc", marshal(b.t, o))
		return b.issue(vctest.With("credentialStatus",
			vctest.Object{"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "8", "statusListCredential": address}), jcs)
	}
}

// listOf returns the options that turn a badge into o.
func listOf(o vctest.Object) []vctest.Option {
	out := []vctest.Option{vctest.With("validUntil", nil), vctest.With("name", nil)}
	for name, v := range o {
		out = append(out, vctest.With(name, v))
	}
	return out
}
