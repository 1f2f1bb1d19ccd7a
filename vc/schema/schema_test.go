package schema

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"backpack/vc"
)

const badge = `{"@context":["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
"id":"urn:uuid:1","type":["VerifiableCredential","OpenBadgeCredential"],"name":"Bell founding",
"issuer":{"id":"did:web:i.example","type":["Profile"],"name":"Foundry"},"validFrom":"2025-01-01T00:00:00Z",
"credentialSubject":{"id":"did:key:z6Mk","type":["AchievementSubject"],"achievement":{"id":"https://i.example/b/1","type":["Achievement"],
"name":"Bell founding","description":"Cast a bell.","criteria":{"narrative":"Cast one."}}},"proof":{"type":"DataIntegrityProof"}}`

const badge11 = `{"@context":["https://www.w3.org/2018/credentials/v1","https://purl.imsglobal.org/spec/ob/v3p0/context.json"],
"id":"urn:uuid:1","type":["VerifiableCredential","AchievementCredential"],"name":"Bell founding",
"issuer":{"id":"did:web:i.example","type":["Profile"]},"issuanceDate":"2025-01-01T00:00:00Z",
"credentialSubject":{"type":["AchievementSubject"],"achievement":{"id":"https://i.example/b/1","type":["Achievement"],
"name":"Bell founding","description":"Cast a bell.","criteria":{"id":"https://i.example/c"}}}}`

func credential(t testing.TB, text string) *vc.Credential {
	t.Helper()
	v, err := vc.ParseJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	c := &vc.Credential{Value: v, Types: v.Get("type").Strs()}
	for _, s := range v.Get("credentialSchema").List() {
		c.Schemas = append(c.Schemas, vc.SchemaRef{ID: s.Get("id").Str(), Type: s.Get("type").Str()})
	}
	return c
}

// TestRules replaces part of a valid badge and checks the first violation: its
// path, then ! for a fault, ~ for a forbidden form with a clear meaning, ? for a
// hint; "" if there is none.
func TestRules(t *testing.T) {
	v := newValidator(t)
	for name, tc := range map[string]struct{ base, old, new, want string }{
		"unchanged":                                {badge, "", "", ""},
		"1.1 unchanged":                            {badge11, "", "", ""},
		"issuer as a URL":                          {badge, `{"id":"did:web:i.example","type":["Profile"],"name":"Foundry"}`, `"did:web:i.example"`, ""},
		"1.1 issuer as a URL":                      {badge11, `{"id":"did:web:i.example","type":["Profile"]}`, `"did:web:i.example"`, "/issuer~"},
		"1.1 without a name":                       {badge11, `"name":"Bell founding",` + "\n" + `"issuer"`, `"issuer"`, "!"},
		"1.1 with the date of 2.0":                 {badge11, "issuanceDate", "validFrom", "!"},
		"2.0 with the date of 1.1":                 {badge, "validFrom", "issuanceDate", "!"},
		"type as a text":                           {badge, `["Achievement"]`, `"Achievement"`, ""},
		"wrong type as a text":                     {badge, `["Achievement"]`, `"Award"`, "/credentialSubject/achievement/type!"},
		"wrong subject type":                       {badge, `["AchievementSubject"]`, `["Subject"]`, "/credentialSubject/type!"},
		"empty criteria":                           {badge, `{"narrative":"Cast one."}`, `{}`, "/credentialSubject/achievement/criteria!"},
		"criteria as a text":                       {badge, `{"narrative":"Cast one."}`, `"Cast one."`, "/credentialSubject/achievement/criteria!"},
		"language map as a name":                   {badge, `"name":"Foundry"`, `"name":{"de":"Gießerei","en-GB":"Foundry"}`, "/issuer/name?"},
		"language value object as a name":          {badge, `"name":"Foundry"`, `"name":{"@value":"Gießerei","@language":"de"}`, "/issuer/name?"},
		"list of language value objects":           {badge, `"name":"Foundry"`, `"name":[{"@value":"Gießerei","@language":"de"}]`, "/issuer/name?"},
		"language value object for an achievement": {badge, `"Bell founding","description"`, `{"@value":"x"},"description"`, "/credentialSubject/achievement/name~"},
		"single evidence":                          {badge, `"proof"`, `"evidence":{"type":["Evidence"]},"proof"`, "/evidence?"},
		"wrong evidence type":                      {badge, `"proof"`, `"evidence":[{"type":["Proof"]}],"proof"`, "/evidence/0/type!"},
		"empty list":                               {badge, `"proof"`, `"evidence":[],"proof"`, "/evidence?"},
		"null":                                     {badge, `"proof"`, `"evidence":null,"proof"`, "/evidence~"},
		"two statuses":                             {badge, `"proof"`, `"credentialStatus":[{"type":"a"},{"type":"b"}],"proof"`, "/credentialStatus?"},
		"status without a type":                    {badge, `"proof"`, `"credentialStatus":[{"id":"https://i.example"}],"proof"`, "/credentialStatus/0!"},
		"date without a zone":                      {badge, "2025-01-01T00:00:00Z", "2025-01-01T00:00:00", "/validFrom?"},
		"date with month 13":                       {badge, "2025-01-01T00:00:00Z", "2025-13-01T00:00:00Z", "/validFrom!"},
		"date without a time":                      {badge, "2025-01-01T00:00:00Z", "2025-01-01", "/validFrom~"},
		"id without a scheme":                      {badge, `"urn:uuid:1"`, `"1"`, "/id?"},
		"old context URL":                          {badge, "context-3.0.3.json", "context/ob_v3p0.jsonld", "/@context?"},
		"another context":                          {badge, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", "https://x.example/c", "/@context!"},
		"missing data model context":               {badge, `"https://www.w3.org/ns/credentials/v2",`, ``, "/@context!"},
		"extra member in a closed class": {badge, `"id":"did:key:z6Mk"`,
			`"identifier":[{"type":"IdentityObject","hashed":false,"identityHash":"a","identityType":"emailAddress","x":1}]`, "/credentialSubject/identifier/0~"},
		"email in place of emailAddress": {badge, `"id":"did:key:z6Mk"`,
			`"identifier":[{"type":"IdentityObject","hashed":false,"identityHash":"a","identityType":"email"}]`,
			"/credentialSubject/identifier/0/identityType?"},
		"image as a URL": {badge, `"description":"Cast a bell."`, `"description":"Cast a bell.","image":"https://i.example/i.png"`,
			"/credentialSubject/achievement/image~"},
		"image as a word": {badge, `"description":"Cast a bell."`, `"description":"Cast a bell.","image":"bell"`,
			"/credentialSubject/achievement/image!"},
		"creator as a URL": {badge, `"description":"Cast a bell."`, `"description":"Cast a bell.","creator":"https://i.example"`,
			"/credentialSubject/achievement/creator!"},
		"alignment as a URL": {badge, `"description":"Cast a bell."`, `"description":"Cast a bell.","alignment":["https://i.example"]`,
			"/credentialSubject/achievement/alignment/0!"},
		"image in a list": {badge, `"description":"Cast a bell."`,
			`"description":"Cast a bell.","image":[{"id":"https://i.example/i.png","type":"Image"}]`, "/credentialSubject/achievement/image!"},
		"image with a list of types": {badge, `"description":"Cast a bell."`,
			`"description":"Cast a bell.","image":{"id":"https://i.example/i.png","type":["Image"]}`, "/credentialSubject/achievement/image/type~"},
		"image with a wrong type": {badge, `"description":"Cast a bell."`,
			`"description":"Cast a bell.","image":{"id":"https://i.example/i.png","type":"Photo"}`, "/credentialSubject/achievement/image/type!"},
		"unlisted achievementType": {badge, `"description":"Cast a bell."`, `"description":"Cast a bell.","achievementType":"Program"`,
			"/credentialSubject/achievement/achievementType~"},
		"invalid language": {badge, `"description":"Cast a bell."`, `"description":"Cast a bell.","inLanguage":"english please"`,
			"/credentialSubject/achievement/inLanguage~"},
		"unlisted result status": {badge, `"achievement":`, `"result":[{"type":["Result"],"status":"Passed"}],"achievement":`,
			"/credentialSubject/result/0/status~"},
		"hashed as a text": {badge, `"id":"did:key:z6Mk"`,
			`"identifier":[{"type":"IdentityObject","hashed":"true","identityHash":"a","identityType":"emailAddress"}]`, "/credentialSubject/identifier/0/hashed~"},
		"hashed as a word": {badge, `"id":"did:key:z6Mk"`,
			`"identifier":[{"type":"IdentityObject","hashed":"yes","identityHash":"a","identityType":"emailAddress"}]`, "/credentialSubject/identifier/0/hashed!"},
		"salt of null": {badge, `"id":"did:key:z6Mk"`,
			`"identifier":[{"type":"IdentityObject","hashed":false,"identityHash":"a","identityType":"emailAddress","salt":null}]`,
			"/credentialSubject/identifier/0/salt~"},
		"number as a version": {badge, `"description":"Cast a bell."`, `"description":"Cast a bell.","version":2`,
			"/credentialSubject/achievement/version~"},
		"number in a text": {badge, `"description":"Cast a bell."`, `"description":"Cast a bell.","creditsAvailable":"3"`,
			"/credentialSubject/achievement/creditsAvailable~"},
		"number in words": {badge, `"description":"Cast a bell."`, `"description":"Cast a bell.","creditsAvailable":"three"`,
			"/credentialSubject/achievement/creditsAvailable!"},
		"null in a list": {badge, `"description":"Cast a bell."`, `"description":"Cast a bell.","tag":[null,"bells"]`,
			"/credentialSubject/achievement/tag/0~"},
		"name is null": {badge, `"name":"Bell founding","description"`, `"name":null,"description"`, "/credentialSubject/achievement!"},
		"list of null": {badge, `"type":["AchievementSubject"],`, `"type":["AchievementSubject"],"result":[null],`,
			"/credentialSubject/result~"},
		"end date without a time":   {badge, `"proof"`, `"validUntil":"2030-01-01","proof"`, "/validUntil!"},
		"award date without a time": {badge, `"proof"`, `"awardedDate":"2030-01-01","proof"`, "/awardedDate~"},
		"offset without a colon":    {badge, "2025-01-01T00:00:00Z", "2025-01-01T00:00:00+0200", "/validFrom~"},
		"wrong order of contexts": {badge, `"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"`,
			`"https://x.example/c","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"`, "/@context~"},
		"inline context redefines a type": {badge, `"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"`,
			`"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",{"Achievement":"https://x.example/Other"}`, "/@context!"},
		"inline context confirms a type": {badge, `"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"`,
			`"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",{"Achievement":"https://purl.imsglobal.org/spec/vc/ob/vocab.html#Achievement"}`, ""},
		"name with an extra member":              {badge, `"name":"Foundry"`, `"name":{"@value":"Gießerei","@language":"de","x":"y"}`, "/issuer/name!"},
		"invalid endorsement, judged separately": {badge, `"proof"`, `"endorsement":[{"type":["EndorsementCredential"]}],"proof"`, ""},
		"escaped path":                           {badge, `"name":"Foundry"`, `"name":{"a/b~c":1}`, "/issuer/name!"},
		"unknown schema": {badge, `"proof"`,
			`"credentialSchema":[{"id":"https://x.example/s","type":"1EdTechJsonSchemaValidator2019"}],"proof"`, ""},
		"unknown schema type": {badge, `"proof"`, `"credentialSchema":[{"id":"https://x.example/s","type":"JsonSchema"}],"proof"`, ""},
		"known schema": {badge, `"proof"`,
			`"credentialSchema":[{"id":"https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",` +
				`"type":"1EdTechJsonSchemaValidator2019"}],"proof"`, ""},
		"1.1 endorsement in 2.0": {badge, `"proof"`,
			`"endorsement":[{"@context":["https://www.w3.org/2018/credentials/v1","https://purl.imsglobal.org/spec/ob/v3p0/context.json"],"id":"urn:uuid:2",` +
				`"type":["VerifiableCredential","EndorsementCredential"],
			"name":"n","issuer":{"id":"urn:uuid:3","type":["Profile"]},"issuanceDate":"2025-01-01T00:00:00Z","credentialSubject":{"id":"urn:uuid:1",` +
				`"type":["EndorsementSubject"]}}],"proof"`, ""},
		"another kind of credential": {`{"type":["VerifiableCredential","DriversLicence"]}`, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(tc.base, tc.old, tc.new, 1)
			if tc.old != "" && text == tc.base {
				t.Fatal("nothing was replaced")
			}
			found, err := v.Validate(t.Context(), credential(t, text))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if len(found) > 0 {
				got = found[0].Path + mark(found[0])
			}
			if got != tc.want {
				t.Errorf("%q, want %q: %v", got, tc.want, found)
			}
		})
	}
}

func mark(x vc.Violation) string {
	switch {
	case !x.Warning:
		return "!"
	case x.Strict:
		return "~"
	}
	return "?"
}

// TestWorstFirst checks that at most ten violations are returned, faults first.
func TestWorstFirst(t *testing.T) {
	v := newValidator(t)
	warn := strings.Repeat(`{"type":["Evidence"],"id":"x"},`, 500)
	text := strings.Replace(badge, `"proof"`, `"evidence":[`+warn+`{"type":["Evidence"],"id":1}],"proof"`, 1)
	text = strings.Replace(text, `"urn:uuid:1"`, `7`, 1)
	found, err := v.Validate(t.Context(), credential(t, text))
	if err != nil || len(found) != 10 || found[0].Path != "/id" || found[1].Path != "/evidence/500/id" || !found[2].Warning {
		t.Errorf("%v %v", found, err)
	}
}

func TestErrors(t *testing.T) {
	v := newValidator(t)
	if _, err := v.Validate(t.Context(), nil); !errors.Is(err, vc.ErrMalformed) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.Validate(ctx, credential(t, badge)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	for name, table := range map[string]string{
		"member outside a class": " a! text", "no kind": "A\n a!", "no cardinality": "A\n a text", "twice": "A\n a! text\n a! text", "undefined class": "A\n a! B",
	} {
		if _, err := compile(table, "2.0"); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// FuzzValidate checks that Validate never panics, returns at most ten violations,
// and never accepts an empty object.
func FuzzValidate(f *testing.F) {
	v := newValidator(f)
	f.Add(badge)
	f.Add(badge11)
	for _, s := range subjects {
		doc := full(v.model20, v.model20[s.class], 3)
		b, err := json.Marshal(doc)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Fuzz(func(t *testing.T, text string) {
		value, err := vc.ParseJSON([]byte(text))
		if err != nil {
			return
		}
		for _, typ := range []string{"OpenBadgeCredential", "EndorsementCredential", "ClrCredential"} {
			found, err := v.Validate(t.Context(), &vc.Credential{Value: value, Types: []string{typ}})
			if err != nil || len(found) > maxViolations || len(value.Items()) == 0 && len(found) == 0 {
				t.Fatalf("%v %v", found, err)
			}
		}
	})
}

func BenchmarkValidate(b *testing.B) {
	v := newValidator(b)
	doc := full(v.model20, v.model20["AchievementCredential"], 1)
	text, err := json.Marshal(doc)
	if err != nil {
		b.Fatal(err)
	}
	for name, s := range map[string]string{"small": badge, "every_member": string(text)} {
		c := credential(b, s)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := v.Validate(b.Context(), c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
