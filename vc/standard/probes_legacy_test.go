package standard_test

import (
	"crypto/x509"
	"encoding/pem"
	"strings"
	"sync"
	"testing"

	"backpack/vc"
	"backpack/vc/bake"
	"backpack/vc/suite"
	"backpack/vc/vctest"
)

// A grove serves an Open Badge 2.0 with everything that belongs to it.
type grove struct {
	assertion, class, issuer, key, list, endorsement vctest.Object
	raw                                              map[string]string // further pages
	signed                                           bool
	key2                                             bool // sign with another key than the one served
}

const (
	groveClass  = "https://orchard.example/b/1"
	groveIssuer = "https://orchard.example/i"
	groveKey    = "https://orchard.example/key"
	groveList   = "https://orchard.example/revoked"
	grovePraise = "https://guild.example/e"
	groveGuild  = "https://guild.example/i"
	words2      = "https://w3id.org/openbadges/v2"
)

func newGrove() *grove {
	return &grove{raw: map[string]string{},
		assertion: vctest.Object{"@context": words2, "type": "Assertion", "id": oldBadge, "issuedOn": "2020-01-01T00:00:00Z",
			"recipient": vctest.Object{"type": "email", "hashed": true, "salt": "s", "identity": sha256Of("a@learner.example", "s")},
			"badge":     groveClass, "verification": vctest.Object{"type": "HostedBadge"}},
		class: vctest.Object{"@context": words2, "type": "BadgeClass", "id": groveClass, "name": "Canning", "description": "Keeps fruit.",
			"image": "https://orchard.example/b.png", "criteria": "https://orchard.example/c", "issuer": groveIssuer},
		issuer: vctest.Object{"@context": words2, "type": "Issuer", "id": groveIssuer, "name": "Orchard", "url": "https://orchard.example",
			"email": "o@orchard.example", "publicKey": groveKey, "revocationList": groveList},
		key:  vctest.Object{"@context": words2, "type": "CryptographicKey", "id": groveKey, "owner": groveIssuer},
		list: vctest.Object{"@context": words2, "type": "RevocationList", "id": groveList, "revokedAssertions": []any{}},
		endorsement: vctest.Object{"@context": words2, "type": "Endorsement", "id": grovePraise, "issuer": groveGuild, "issuedOn": "2020-02-01T00:00:00Z",
			"claim": vctest.Object{"id": oldBadge, "endorsementComment": "Good jam."}, "verification": vctest.Object{"type": "HostedBadge"}},
	}
}

// old returns a maker of an Open Badge 2.0, modified by change.
func old(change func(g *grove)) func(*bench) []byte {
	return func(b *bench) []byte {
		b.t.Helper()
		g := newGrove()
		if change != nil {
			change(g)
		}
		signer := rsaSigner(b.t, "orchard")
		der, err := x509.MarshalPKIXPublicKey(signer.Public())
		if err != nil {
			b.t.Fatal(err)
		}
		g.key["publicKeyPem"] = string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
		guild := vctest.Object{"@context": words2, "type": "Issuer", "id": groveGuild, "name": "Guild", "url": "https://guild.example", "email": "g@guild.example"}
		for address, o := range map[string]vctest.Object{oldBadge: g.assertion, groveClass: g.class, groveIssuer: g.issuer, groveKey: g.key, groveList: g.list,
			grovePraise: g.endorsement, groveGuild: guild} {
			if o != nil {
				b.web.Serve(address, "application/ld+json", marshal(b.t, o))
			}
		}
		for address, body := range g.raw {
			b.web.Serve(address, "application/ld+json", []byte(body))
		}
		if !g.signed {
			return marshal(b.t, g.assertion)
		}
		g.assertion["id"] = "urn:uuid:7"
		g.assertion["verification"] = vctest.Object{"type": "SignedBadge", "creator": groveKey}
		b.web.Status(oldBadge, 404, nil)
		if g.key2 {
			signer = rsaSigner(b.t, "another signer")
		}
		jws, err := suite.SignJWT(b.t.Context(), marshal(b.t, g.assertion), nil, signer)
		if err != nil {
			b.t.Fatal(err)
		}
		return jws
	}
}

// rsaSigner returns one RSA key for each name, since generating one is slow.
func rsaSigner(t *testing.T, name string) vc.Signer {
	t.Helper()
	if s, ok := rsaSigners.Load(name); ok {
		return s.(vc.Signer)
	}
	s := vctest.NewSigner(t, vctest.RSA, name)
	rsaSigners.Store(name, s)
	return s
}

var rsaSigners sync.Map

// set returns a maker that changes one member of one object.
func set(of func(g *grove) vctest.Object, name string, v any) func(*bench) []byte {
	return old(func(g *grove) {
		if of(g)[name] = v; v == nil {
			delete(of(g), name)
		}
	})
}

func ofAssertion(g *grove) vctest.Object { return g.assertion }
func ofClass(g *grove) vctest.Object     { return g.class }
func ofIssuer(g *grove) vctest.Object    { return g.issuer }

// probesOfOpenBadges2 covers the validator for 2.0 (specs G3). Where its two
// implementations differ, the one in Python counts, which requests the URL of a
// hosted badge (specs G3.4).
func probesOfOpenBadges2() []probe {
	var r rows
	const hosted = vc.CheckProof
	ok := func(id, what, theirs string, badge func(*bench) []byte, why ...string) {
		r.add(id, what, theirs, badge, vc.Valid, vc.CheckFormat, vc.Passed, "", why...)
	}
	bad := func(id, what, theirs string, badge func(*bench) []byte, reason vc.Reason, why ...string) {
		r.fails(id, what, theirs, badge, vc.CheckFormat, reason, why...)
	}
	r.add("CredentialParseProbe", "JSON", theyPass, old(nil), vc.Valid, hosted, vc.Passed, vc.ReasonHostedFetched)
	r.add("CredentialParseProbe", "PNG", theyPass, baked(png, bake.OpenBadge2, old(nil)), vc.Valid, hosted, vc.Passed, vc.ReasonHostedFetched)
	r.add("CredentialParseProbe", "SVG", theyPass, baked(svg, bake.OpenBadge2, old(nil)), vc.Valid, hosted, vc.Passed, vc.ReasonHostedFetched)
	r.add("CredentialParseProbe", "JWS", theyPass, old(func(g *grove) { g.signed = true }), vc.Valid, hosted, vc.Passed, "")
	r.add("CredentialParseProbe", "a URL", theyPass, func(b *bench) []byte { old(nil)(b); return []byte(oldBadge) }, vc.Valid, hosted, vc.Passed,
		vc.ReasonHostedFetched)
	r.add("CredentialParseProbe", "prose", theyFatal, text("Hello."), noBadge, "", "", "")

	r.add("ContextPropertyProbe", "another context", theyFatal, set(ofAssertion, "@context", "https://words.example/v2"), noBadge, "", "", "")
	bad("TypePropertyProbe", "another type", theyFatal, set(ofAssertion, "type", "Certificate"), vc.ReasonWrongType)
	ok("JsonLDCompactionProbe", "terms with a prefix", theyPass, old(func(g *grove) {
		g.assertion["@context"] = []any{words2, vctest.Object{"ours": "https://w3id.org/openbadges#"}}
		g.assertion["ours:badge"] = g.assertion["badge"]
		delete(g.assertion, "badge")
	}))
	ok("JsonLDCompactionProbe", "class with another id", theyWarn, old(func(g *grove) {
		g.assertion["badge"] = "https://orchard.example/b/old"
		g.raw["https://orchard.example/b/old"] = `{"@context":"` + words2 + `","type":"BadgeClass","id":"` + groveClass +
			`","name":"Old","description":"D","criteria":"https://x.example","issuer":"` + groveIssuer + `"}`
	}))
	ok("JsonLDCompactionProbe", "in another language", theyPass, set(ofAssertion, "@language", "fr"))
	r.add("GraphFetcherProbe", "class is unreachable", theyErr, set(ofAssertion, "badge", "https://down.example/b"), vc.Undetermined, vc.CheckIssuer,
		vc.Unknown, vc.ReasonUnreachable)
	r.add("GraphFetcherProbe", "issuer is unreachable", theyErr, set(ofClass, "issuer", "https://down.example/i"), vc.Undetermined, vc.CheckIssuer,
		vc.Unknown, vc.ReasonUnreachable)
	ok("GraphFetcherProbe", "class without an id", theyWarn, old(func(g *grove) { delete(g.class, "id"); g.assertion["badge"] = g.class }))
	r.add("GraphFetcherProbe", "class URL serves no JSON", theyErr, old(func(g *grove) { g.class = nil; g.raw[groveClass] = "<html>" }), vc.Undetermined,
		vc.CheckIssuer, vc.Unknown, vc.ReasonNotABadge)

	for _, name := range []string{"recipient", "badge", "verification", "issuedOn"} {
		verdict := vc.Irregular
		if name == "badge" { // without it the badge has no issuer
			verdict = vc.Undetermined
		}
		r.add("ValidationPropertyProbe", "no "+name, theyErr, old(func(g *grove) {
			delete(g.assertion, name)
			g.assertion["id"], g.assertion["type"] = oldBadge, "Assertion"
		}), verdict, vc.CheckFormat, vc.Failed, vc.ReasonMissingMember)
	}
	r.add("ValidationPropertyProbe", "two issue dates", theyErr, set(ofAssertion, "issuedOn", []any{"2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"}),
		vc.Irregular, vc.CheckFormat, vc.Failed, vc.ReasonWrongType)
	r.add("ValidationPropertyProbe", "unreadable date", theyErr, set(ofAssertion, "issuedOn", "long ago"), vc.Undetermined, vc.CheckValidFrom, vc.Failed,
		vc.ReasonDateFormat)
	ok("ValidationPropertyProbe", "date without a time zone", theyErr, set(ofAssertion, "issuedOn", "2020-01-01T00:00:00"),
		"the day is clear; UTC is assumed, with a remark")
	ok("ValidationPropertyProbe", "invalid issuer email", theyErr, set(ofIssuer, "email", "at home"), "nothing depends on an issuer's contact details: a remark")
	ok("ValidationPropertyProbe", "recipient hashed as in 1.x", theyErr,
		set(ofAssertion, "recipient", vctest.Object{"type": "email", "hashed": true, "identity": "sha1$29f9d4effa55f23f08ef4190437ceccdb52d4601"}),
		"the meaning is clear: a remark")
	ok("ValidationPropertyProbe", "recipient of an unknown type", theyErr,
		set(ofAssertion, "recipient", vctest.Object{"type": "name", "hashed": false, "identity": "A"}), "the meaning is clear: a remark")
	bad("ValidationPropertyProbe", "plain recipient marked as hashed", theyErr,
		set(ofAssertion, "recipient", vctest.Object{"type": "email", "hashed": true, "identity": "a@learner.example"}), vc.ReasonWrongType)
	bad("ValidationPropertyProbe", "class without a name", theyErr, set(ofClass, "name", nil), vc.ReasonMissingMember)
	bad("ValidationPropertyProbe", "class without a description", theyErr, set(ofClass, "description", nil), vc.ReasonMissingMember)
	bad("ValidationPropertyProbe", "class without criteria", theyErr, set(ofClass, "criteria", nil), vc.ReasonMissingMember)
	ok("ValidationPropertyProbe", "class without a picture", theyPass, set(ofClass, "image", nil))
	bad("ValidationPropertyProbe", "issuer without a website", theyErr, set(ofIssuer, "url", nil), vc.ReasonMissingMember)
	ok("ValidationPropertyProbe", "issuer without an email", theyErr, set(ofIssuer, "email", nil), "nothing depends on an issuer's contact details: a remark")
	bad("ValidationRdfTypePropertyProbe", "class of another type", theyFatal, set(ofClass, "type", "Course"), vc.ReasonWrongType)
	bad("ValidationRdfTypePropertyProbe", "issuer of another type", theyFatal, set(ofIssuer, "type", "Person"), vc.ReasonWrongType)
	ok("ValidationRdfTypePropertyProbe", "one of several types", theyPass, set(ofClass, "type", []any{"BadgeClass", "https://words.example/#Cool"}))
	r.add("ValidationIssuerPropertyProbe", "issuer without a URL", theyWarn,
		set(ofClass, "issuer", vctest.Object{"type": "Issuer", "id": "urn:uuid:5", "name": "O", "url": "https://orchard.example", "email": "o@orchard.example"}),
		vc.Undetermined, vc.CheckIssuer, vc.Unknown, vc.ReasonNotConfirmed,
		"no one can confirm which badges are such an issuer's, so this one cannot be checked (specs B1.4)")
	ok("ValidationImagePropertyProbe", "picture in the assertion", theyErr, set(ofAssertion, "image", "data:image/png;base64,iVBORw0KGgo="),
		"the meaning is clear: a remark")
	ok("ValidationImagePropertyProbe", "picture in the class", theyPass, set(ofClass, "image", "data:image/png;base64,iVBORw0KGgo="))
	ok("ValidationImagePropertyProbe", "GIF in the class", theyErr, set(ofClass, "image", "data:image/gif;base64,R0lG"), "the meaning is clear: a remark")
	bad("ValidationImagePropertyProbe", "two pictures", theyErr, set(ofAssertion, "image", []any{"https://x.example/1.png", "https://x.example/2.png"}),
		vc.ReasonWrongType)
	ok("ValidationImagePropertyProbe", "picture with a caption", theyPass,
		set(ofClass, "image", vctest.Object{"type": "Image", "id": "https://x.example/1.png", "caption": "Jars"}))

	policy := func(p vctest.Object) func(*bench) []byte { return set(ofIssuer, "verification", p) }
	r.passes("VerificationDependenciesProbe", "its own domain", theyPass, policy(vctest.Object{"allowedOrigins": []any{"orchard.example"}}), vc.CheckIssuer)
	r.fails("VerificationDependenciesProbe", "another domain", theyErr, policy(vctest.Object{"allowedOrigins": "apples.example"}), vc.CheckIssuer, vc.ReasonOrigin)
	r.passes("VerificationDependenciesProbe", "startsWith", theyPass, policy(vctest.Object{"startsWith": "https://orchard.example/a/"}), vc.CheckIssuer)
	r.fails("VerificationDependenciesProbe", "another startsWith", theyErr, policy(vctest.Object{"startsWith": "https://orchard.example/x/"}),
		vc.CheckIssuer, vc.ReasonOrigin)
	r.passes("VerificationDependenciesProbe", "one of two startsWith", theyPass,
		policy(vctest.Object{"startsWith": []any{"https://x.example/", "https://orchard.example/a/"}}), vc.CheckIssuer)
	r.fails("VerificationDependenciesProbe", "neither of two startsWith", theyErr,
		policy(vctest.Object{"startsWith": []any{"https://x.example/", "https://orchard.example/x/"}}), vc.CheckIssuer, vc.ReasonOrigin)
	r.fails("VerificationDependenciesProbe", "hosted elsewhere", theyErr, func(b *bench) []byte {
		return old(func(g *grove) {
			g.assertion["id"] = "https://evil.example/a"
			g.raw["https://evil.example/a"] = string(marshal(b.t, g.assertion))
		})(b)
	}, vc.CheckIssuer, vc.ReasonOrigin)

	signed := func(change func(g *grove)) func(*bench) []byte {
		return old(func(g *grove) {
			g.signed = true
			if change != nil {
				change(g)
			}
		})
	}
	r.passes("AssertionRevocationListProbe", "not in the list", theyPass, signed(func(g *grove) { g.list["revokedAssertions"] = []any{"urn:uuid:8"} }),
		vc.CheckRevocation)
	for what, e := range map[string]any{"by id": "urn:uuid:7", "by an object": vctest.Object{"id": "urn:uuid:7", "revocationReason": "Mouldy."}} {
		r.add("AssertionRevocationListProbe", "revoked, "+what, theyErr, signed(func(g *grove) { g.list["revokedAssertions"] = []any{e} }), vc.Revoked,
			vc.CheckRevocation, vc.Failed, vc.ReasonRevoked)
	}
	r.add("AssertionRevocationListProbe", "list unavailable", theyErr, signed(func(g *grove) { g.issuer["revocationList"] = "https://down.example/l" }),
		vc.Undetermined, vc.CheckRevocation, vc.Unknown, vc.ReasonUnreachable)
	r.passes("VerificationJWTProbe", "own key", theyPass, signed(nil), vc.CheckIssuer)
	r.fails("VerificationJWTProbe", "signed with another key", theyErr, signed(func(g *grove) { g.key2 = true }), hosted, vc.ReasonBadSignature)
	r.fails("VerificationJWTProbe", "key not named by the issuer", theyErr,
		signed(func(g *grove) { g.issuer["publicKey"] = "https://orchard.example/other" }), vc.CheckIssuer, vc.ReasonKeyNotListed)
	r.fails("VerificationJWTProbe", "issuer without a key", theyErr, signed(func(g *grove) { delete(g.issuer, "publicKey") }), vc.CheckIssuer,
		vc.ReasonKeyNotListed)
	r.fails("VerificationJWTProbe", "key of another owner", theyPass, signed(func(g *grove) { g.key["owner"] = "https://evil.example/i" }),
		vc.CheckIssuer, vc.ReasonControllerMismatch,
		"issuer and key must name each other (specs B1.7)")
	r.fails("VerificationJWTProbe", "payload without its signature", theyPass, old(func(g *grove) {
		g.assertion["verification"] = vctest.Object{"type": "SignedBadge", "creator": groveKey}
	}), hosted, vc.ReasonNoProof,
		"a badge that claims to be signed proves nothing without its signature")

	r.add("ExpirationProbe", "expired", theyFatal, set(ofAssertion, "expires", "2021-01-01T00:00:00Z"), vc.Expired, vc.CheckValidUntil, vc.Failed, vc.ReasonExpired)
	r.add("ExpirationProbe", "expired before it started", theyFatal, set(ofAssertion, "expires", "2019-01-01T00:00:00Z"), vc.Expired, vc.CheckValidUntil,
		vc.Failed, vc.ReasonExpired)
	r.add("IssuanceProbe", "not yet", theyFatal, set(ofAssertion, "issuedOn", "2030-01-01T00:00:00Z"), vc.NotYetValid, vc.CheckValidFrom, vc.Failed,
		vc.ReasonNotYetValid)

	ext := func(o vctest.Object, more ...string) func(*bench) []byte {
		return old(func(g *grove) {
			g.assertion["extensions:x"] = o
			for i := 0; i < len(more); i += 2 {
				g.raw[more[i]] = more[i+1]
			}
		})
	}
	example := func(text any) vctest.Object {
		return vctest.Object{"@context": "https://w3id.org/openbadges/extensions/exampleExtension/context.json",
			"type": []any{"Extension", "extensions:ExampleExtension"}, "http://schema.org/text": text}
	}
	own := vctest.Object{"@context": "https://ext.example/c", "type": []any{"Extension", "x:Depth"}, "metres": "deep"}
	const words = `{"@context":{"metres":"https://ext.example/#metres"},"obi:validation":{"obi:validatesType":"x:Depth",` +
		`"obi:validationSchema":"https://ext.example/s"}}`
	r.passes("ExtensionProbe", "fits", theyPass, ext(example("words")), vc.CheckSchema)
	r.fails("ExtensionProbe", "does not fit", theyErr, ext(example(1337)), vc.CheckSchema, vc.ReasonSchema)
	r.passes("ExtensionProbe", "two in one", theyPass,
		ext(vctest.Object{"@context": []any{"https://w3id.org/openbadges/extensions/exampleExtension/context.json",
			"https://w3id.org/openbadges/extensions/applyLinkExtension/context.json"},
			"type": []any{"Extension", "extensions:ExampleExtension", "extensions:ApplyLink"}, "exampleProperty": "x", "url": "https://x.example"}), vc.CheckSchema)
	r.fails("ExtensionProbe", "unknown extension, does not fit", theyErr,
		ext(own, "https://ext.example/c", words, "https://ext.example/s", `{"properties":{"metres":{"type":"number"}}}`), vc.CheckSchema, vc.ReasonSchema)
	r.add("ExtensionProbe", "schema missing", theyFatal, ext(own, "https://ext.example/c", words), vc.Valid, vc.CheckSchema, vc.Unknown, vc.ReasonHostedGone,
		"an extension that can no longer be checked says nothing about the badge: a remark")
	r.add("ExtensionProbe", "unknown type", theyErr, ext(vctest.Object{"type": []any{"Extension", "x:Depth"}, "metres": 1}), vc.Valid, vc.CheckSchema,
		vc.Unknown, vc.ReasonUnsupported, "the same")

	praise := func(change func(g *grove)) func(*bench) []byte {
		return old(func(g *grove) {
			g.assertion["endorsement"] = []any{grovePraise}
			if change != nil {
				change(g)
			}
		})
	}
	const alone = "an invalid endorsement says nothing about the badge (G4)"
	r.passes("OB20EndorsementInspector", "holds", theyPass, praise(nil), vc.CheckEndorsement)
	r.passes("OB20EndorsementInspector", "of the class", theyPass, set(ofClass, "endorsement", grovePraise), vc.CheckEndorsement)
	r.add("OB20EndorsementInspector", "expired", theyFatal, praise(func(g *grove) { g.endorsement["expires"] = "2021-01-01T00:00:00Z" }), vc.Valid,
		vc.CheckEndorsement, vc.Failed, vc.ReasonEndorsements, alone)
	r.add("OB20EndorsementInspector", "revoked", theyErr, praise(func(g *grove) { g.endorsement["revoked"] = true }), vc.Valid, vc.CheckEndorsement,
		vc.Failed, vc.ReasonEndorsements, alone)
	r.add("OB20EndorsementInspector", "missing", theyErr, praise(func(g *grove) { g.endorsement = nil }), vc.Valid, vc.CheckEndorsement, vc.Unknown,
		vc.ReasonEndorsements, alone)
	return r.list
}

// probesOfHosting covers the responses of a hosted badge's URL, measured by the
// validator in Python (specs B1.4, B1.5, G3.4).
func probesOfHosting() []probe {
	answers := func(status int, body string) func(*bench) []byte {
		return func(b *bench) []byte {
			badge := old(nil)(b)
			b.web.Status(oldBadge, status, []byte(strings.ReplaceAll(body, "…", strings.TrimPrefix(string(badge), "{"))))
			return badge
		}
	}
	var r rows
	r.add("FETCH_HTTP_NODE", "410", theyErr, answers(410, `{"revoked":true}`), vc.Revoked, vc.CheckRevocation, vc.Failed, vc.ReasonRevoked)
	r.add("FETCH_HTTP_NODE", "revoked in the response", theyErr, answers(200, `{"revoked":true,…`), vc.Revoked, vc.CheckRevocation, vc.Failed, vc.ReasonRevoked)
	r.add("FETCH_HTTP_NODE", "404", theyErr, answers(404, ""), vc.Undetermined, vc.CheckProof, vc.Unknown, vc.ReasonHostedGone)
	r.add("FETCH_HTTP_NODE", "500", theyErr, answers(500, ""), vc.Undetermined, vc.CheckProof, vc.Unknown, vc.ReasonUnreachable)
	r.add("FETCH_HTTP_NODE", "web page", theyErr, answers(200, "<html>"), vc.Undetermined, vc.CheckProof, vc.Unknown, vc.ReasonNotABadge)
	r.add("FETCH_HTTP_NODE", "changed file", theyPass, func(b *bench) []byte {
		return vctest.Alter(b.t, old(nil)(b), "2020-01-01", "2010-01-01")
	}, vc.Valid, vc.CheckProof, vc.Passed, vc.ReasonHostedFetched)
	r.add("FETCH_HTTP_NODE", "no URL", theyErr, set(ofAssertion, "id", "urn:uuid:1"), vc.Undetermined, vc.CheckProof, vc.Unknown, vc.ReasonNoProof)
	return r.list
}
