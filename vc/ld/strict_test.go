package ld

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"backpack/vc"
)

// peerDigests are the hashes of the canonical forms by jsonld.js 8.
var peerDigests = map[string]string{
	"badge of 1.1":       "accac2df62b9f720f3bea76a71602eaa421c546613b155316dd0ce49efc2e387",
	"clr worked example": "768d7015ae69e0210e1c2a45194d9c1d15d7a6022e52b946574a2a27f6fa85fe",
	"endorsement":        "281cc2bae88b9a4d24c52327033e2adf6d84818f978c2b9b7a13cf9cc83dc21d",
	"json literal":       "20fd69fe35194c8e2a020b319e7234bfa15af77604e23d1e01f2e3138fe5dfcf",
	"ob worked example":  "87f65a76d40146205e3b3e06cb0fbd153f97f9ce70372390f52566bb7f9e0773",
	"presentation":       "da42f020e40f960d40eeafe9e8a201f6180d0b98c9511680c6e68798e7065849",
	"rich badge":         "f2fc061d96968af8b3adab367c6c1516e9ae09931f571b5a0841af5c68aa6ed0",
	"status list":        "67ac1c2950b9ba5b26e6a85e6037a5ab864a682dd98fba9125d62e3f5f58443a",
}

func TestPeerDigests(t *testing.T) {
	e := engine(t)
	for name, doc := range samples {
		got, err := e.Digest(context.Background(), parse(t, doc), Options{})
		if err != nil || hex.EncodeToString(got) != peerDigests[name] {
			t.Errorf("%s: %x, %v, want %s", name, got, err, peerDigests[name])
		}
	}
}

// TestStrict changes one thing in a badge at a time, so that a lenient reader would
// get the same statements and a signature over them would still hold.
func TestStrict(t *testing.T) {
	e := engine(t)
	const subject = `"credentialSubject": {`
	const last = `"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]`
	const more = `"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", `
	for _, x := range []struct {
		name, old, new string
		want           error
		say            string // part of the message
	}{
		{"undefined member", subject, `"credentialSubject": {"grade": "A+", `, vc.ErrTerms, "credentialSubject.grade"},
		{"undefined member at the top", `"validFrom"`, `"honours": "summa cum laude", "validFrom"`, vc.ErrTerms, "honours"},
		{"undefined type", `["VerifiableCredential", "OpenBadgeCredential"]`, `["VerifiableCredential", "OpenBadgeCredential", "Diploma"]`, vc.ErrTerms, "Diploma"},
		{"relative id", `"evidence": [{`, `"evidence": [{"id": "evidence/7", "type": "Evidence"}, {`, vc.ErrTerms, "evidence[0].id"},
		{"id with a space", `"evidence": [{`, `"evidence": [{"id": "https://x y", "type": "Evidence"}, {`, vc.ErrTerms, "evidence[0].id"},
		{"id that breaks out", `"evidence": [{`, `"evidence": [{"id": "urn:x> <urn:y", "type": "Evidence"}, {`, vc.ErrTerms, "evidence[0].id"},
		{"label of a blank node", `{"narrative": "C"}`, `{"id": "_:b0", "narrative": "C"}`, vc.ErrTerms, "criteria.id"},
		{"array in an array", `"evidence": [{`, `"evidence": [[{"id": "urn:e", "type": "Evidence"}], {`, vc.ErrTerms, "evidence[0]"},
		{"array around a status", `"credentialStatus": {"id": "urn:s", "type": "1EdTechRevocationList"}`,
			`"credentialStatus": [[{"id": "urn:s", "type": "1EdTechRevocationList"}]]`, vc.ErrTerms, "credentialStatus[0]"},
		{"@set around a status", `"credentialStatus": {"id": "urn:s", "type": "1EdTechRevocationList"}`,
			`"credentialStatus": {"@set": [{"id": "urn:s", "type": "1EdTechRevocationList"}]}`, vc.ErrTerms, "@set"},
		{"@nest around a date", `"validUntil": "2030-01-01T00:00:00Z"`, `"@nest": {"validUntil": "2030-01-01T00:00:00Z"}`, vc.ErrTerms, "@nest"},
		{"date as an object", `"2030-01-01T00:00:00Z"`, `{"@value": "2030-01-01T00:00:00Z", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}`, vc.ErrTerms,
			"validUntil"},
		{"text as an object", `"name": "N"`, `"name": {"@value": "N"}`, vc.ErrTerms, "name"},
		{"date by its IRI", `"validUntil": "2030-01-01T00:00:00Z"`,
			`"https://www.w3.org/2018/credentials#validUntil": {"@value": "2030-01-01T00:00:00Z", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}`,
			vc.ErrTerms, "validUntil"},
		{"keyword for its alias", `"type": "Achievement"`, `"@type": "Achievement"`, vc.ErrTerms, `"type"`},
		{"type by its IRI", `"type": "Achievement"`, `"type": "https://purl.imsglobal.org/spec/vc/ob/vocab.html#Achievement"`, vc.ErrTerms, "achievement"},
		{"@included", `"validFrom"`, `"@included": [{"id": "urn:x", "name": "y"}], "validFrom"`, vc.ErrTerms, "@included"},
		{"@reverse", `"validFrom"`, `"@reverse": {"name": {"id": "urn:x"}}, "validFrom"`, vc.ErrTerms, "@reverse"},
		{"@graph", `"validFrom"`, `"@graph": [{"id": "urn:x", "name": "y"}], "validFrom"`, vc.ErrTerms, "@graph"},
		{"@index", `"validFrom"`, `"@index": "1", "validFrom"`, vc.ErrTerms, "@index"},
		{"@language without a value", `"validFrom"`, `"@language": "en", "validFrom"`, vc.ErrTerms, "@language"},
		{"invalid language", `"name": "N"`, `"name": {"@value": "N", "@language": "a b"}`, vc.ErrTerms, "name"},
		{"date of the credential elsewhere", `"validUntil": "2030-01-01T00:00:00Z",
 "credentialSubject": {`, `"refreshService": {"id": "urn:c", "type": "VerifiableCredential", "validUntil": "2030-01-01T00:00:00Z"},
 "credentialSubject": {`, vc.ErrTerms, "refreshService.validUntil"},
		{"digits beyond a canonical double", subject, `"credentialSubject": {"creditsEarned": 1.2345678901234567, `, vc.ErrTerms, "creditsEarned"},
		{"unknown context", `"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"`, `"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json/"`,
			vc.ErrContext, "3.0.3.json/"},
		{"context with http", `"https://www.w3.org/ns/credentials/v2"`, `"http://www.w3.org/ns/credentials/v2"`, vc.ErrContext, "http://www"},
		{"second name for a date", `"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]`,
			`"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", {"bis": {"@id": "https://www.w3.org/2018/credentials#validUntil",` +
				` "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}}], "bis": "2030-01-01T00:00:00Z"`, vc.ErrTerms, "bis"},
		{"second name for a value", `"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]`,
			`"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", {"kind": "@type"}], "kind": "VerifiableCredential"`, vc.ErrTerms, "kind"},
		{"inline @base", `"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]`,
			`"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", {"@base": "urn:v#"}]`, ErrUnsafe, "@base"},
		{"inline @import", `"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]`,
			`{"@import": "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"}]`, ErrUnsafe, "@import"},
		{"term made null", `"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]`,
			`"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", {"grade": null}], "grade": "A"`, vc.ErrTerms, "grade"},
		{"term with a null id", `"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]`,
			`"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", {"grade": {"@id": null}}], "grade": "A"`, vc.ErrTerms, "grade"},
		{"scoped reference", `"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]`,
			`"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", {"x": {"@id": "urn:x", "@context": "https://www.w3.org/ns/credentials/v2"}}]`, ErrUnsafe,
			"refers"},
		{"protected term", `"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]`, `"https://w3id.org/openbadges/v2"]`, vc.ErrMalformed,
			"protected term redefinition"},
		{"number as an id", `"id": "urn:c"`, `"id": 7`, vc.ErrMalformed, "id"},
		{"null for an undefined member", `"validFrom"`, `"grade": null, "validFrom"`, vc.ErrTerms, "grade"},
		{"rdf:type by another name", last, more + `{"kind": {"@id": "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "@type": "@id"}}],` +
			` "kind": "https://www.w3.org/2018/credentials#VerifiableCredential"`, vc.ErrTerms, "kind"},
		{"reversed status", last, more + `{"of": {"@reverse": "https://www.w3.org/2018/credentials#credentialStatus", "@type": "@id"}}], "of": "urn:z"`,
			vc.ErrTerms, "of"},
		{"reversed property of the badge", last, more + `{"partOf": {"@reverse": "urn:x:holds"}}], "partOf": {"id": "urn:y", "name": "Y"}`, vc.ErrTerms, "partOf"},
		{"date of the other model", last, more + `{"bis": {"@id": "https://www.w3.org/2018/credentials#expirationDate"}}], "bis": "2020"`, vc.ErrTerms,
			"expirationDate"},
		{"date of the other model under its own name", last, more + `{"@vocab": "https://www.w3.org/2018/credentials#"}], "expirationDate": "2020"`, vc.ErrTerms,
			"expirationDate"},
		{"date by a prefix", last, more + `{"cr": {"@id": "https://www.w3.org/2018/cred", "@prefix": true}}], "cr:entials#validUntil": "2020"`, vc.ErrTerms,
			"validUntil"},
		{"id by another name", `"criteria": {`, `"criteria": {"@context": {"at": "@id"}, "at": "urn:criteria", `, vc.ErrTerms, `"id"`},
		{"name that means something else", `"evidence": [{"type": "Evidence", "narrative": "seen"}]`,
			`"evidence": [{"@context": {"Evidence": "urn:x:Note"}, "type": "Evidence", "narrative": "seen"}]`, vc.ErrMalformed, "Evidence"},
	} {
		t.Run(x.name, func(t *testing.T) {
			doc := strings.Replace(strictBadge, x.old, x.new, 1)
			if doc == strictBadge {
				t.Fatalf("%q is not in the badge", x.old)
			}
			out, err := e.Canonicalize(context.Background(), parse(t, doc), Options{})
			if !errors.Is(err, x.want) || out != nil {
				t.Fatalf("got %v, want %v\n%s", err, x.want, out)
			}
			if !strings.Contains(err.Error(), x.say) {
				t.Errorf("the message %q lacks %q", err, x.say)
			}
		})
	}
	if _, err := e.Canonicalize(context.Background(), parse(t, strictBadge), Options{}); err != nil {
		t.Errorf("the unchanged badge: %v", err)
	}
}

const strictBadge = `{
 "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
   "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"],
 "id": "urn:c", "type": ["VerifiableCredential", "OpenBadgeCredential"],
 "issuer": {"id": "did:web:issuer.example", "type": "Profile", "name": "School"},
 "validFrom": "2024-05-01T00:00:00Z", "validUntil": "2030-01-01T00:00:00Z",
 "credentialSubject": {"type": "AchievementSubject", "achievement": {"id": "urn:a", "type": "Achievement", "name": "N", "description": "D",
   "tag": ["a", "b"], "criteria": {"narrative": "C"}}},
 "evidence": [{"type": "Evidence", "narrative": "seen"}],
 "credentialStatus": {"id": "urn:s", "type": "1EdTechRevocationList"}
}`

// TestAdditions makes changes that must be accepted, as contexts may add terms.
func TestAdditions(t *testing.T) {
	e := engine(t)
	const last = `"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]`
	extra := map[string][]byte{"https://x.example/context.json": []byte(`{"@context": {"id": "@id", "ex": "https://x.example/#", "grade": "ex:grade",` +
		` "Diploma": {"@id": "ex:Diploma", "@context": {"field": "ex:field"}}}}`)}
	for _, x := range []struct{ name, old, new, want string }{
		{"inline term", last, `"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", {"grade": "urn:x:grade"}], "grade": "A"`, `<urn:c> <urn:x:grade> "A" .`},
		{"extra context", last, `"https://x.example/context.json"], "grade": "A"`, `<urn:c> <https://x.example/#grade> "A" .`},
		{"extra type", last + `,
 "id": "urn:c", "type": ["VerifiableCredential", "OpenBadgeCredential"]`,
			`"https://x.example/context.json"], "id": "urn:c", "type": ["VerifiableCredential", "OpenBadgeCredential", "Diploma"], "field": "F"`,
			`<urn:c> <https://x.example/#field> "F" .`},
		{"same definition", last, `"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", {"name": "https://schema.org/name", "grade": "urn:g"}]`,
			`<urn:a> <https://schema.org/name> "N" .`},
		{"other language", `"name": "N"`, `"name": {"@value": "N", "@language": "en"}`, `<urn:a> <https://schema.org/name> "N"@en .`},
		{"null", last, last + `, "awardedDate": null`, `<urn:a> <https://schema.org/name> "N" .`},
		{"null in a list", `"tag": ["a"`, `"tag": ["a", null`, `<urn:a> <https://schema.org/keywords> "b" .`},
		{"empty list", last, last + `, "refreshService": []`, `<urn:a> <https://schema.org/name> "N" .`},
		{"direction", `"name": "N"`, `"name": {"@value": "N", "@language": "AR", "@direction": "rtl"}`,
			`<urn:a> <https://schema.org/name> "N"^^<https://www.w3.org/ns/i18n#ar_rtl> .`},
		{"context in a subject", `"credentialSubject": {`, `"credentialSubject": {"@context": {"Policy": "https://x.example/Policy"}, `,
			`<urn:a> <https://schema.org/name> "N" .`},
		{"vocabulary", last, `"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", {"@vocab": "urn:v#"}], "grade": "A"`, `<urn:c> <urn:v#grade> "A" .`},
		{"own words in a part", last, `"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", {"extras": {"@id": "urn:x:extras",` +
			` "@context": {"type": "urn:x:kind", "name": "urn:x:title"}}}], "extras": {"type": "K", "name": "T"}`, `<urn:x:kind> "K" .`},
		{"word redefined outside its scope", last, `"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", {"tag": "urn:other"}]`,
			`<urn:a> <https://schema.org/keywords> "a" .`},
		{"prefix", last, `"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", {"xsd": "http://www.w3.org/2001/XMLSchema#",` +
			` "shelf": {"@id": "urn:x:shelf", "@type": "xsd:string"}}], "shelf": "7"`, `<urn:c> <urn:x:shelf> "7" .`},
		{"own absolute IRI", `"name": "N"`, `"name": "N", "https://x.example/p": 1.5`,
			`<urn:a> <https://x.example/p> "1.5E0"^^<http://www.w3.org/2001/XMLSchema#double> .`},
	} {
		t.Run(x.name, func(t *testing.T) {
			doc := strings.Replace(strictBadge, x.old, x.new, 1)
			doc = strings.Replace(doc, `"credentialStatus": {"id": "urn:s", "type": "1EdTechRevocationList"}`, `"description": "D"`, 1)
			for range 2 { // the second time from the cache
				out, err := e.Canonicalize(context.Background(), parse(t, doc), Options{Extra: extra})
				if err != nil || !strings.Contains(string(out), x.want) {
					t.Fatalf("got %v, want %s in\n%s", err, x.want, out)
				}
			}
		})
	}
	doc := strings.Replace(strictBadge, last, `"https://x.example/context.json"], "grade": "A"`, 1)
	if _, err := e.Canonicalize(context.Background(), parse(t, doc), Options{}); !errors.Is(err, vc.ErrContext) {
		t.Errorf("without the extra context: %v", err)
	}
}
