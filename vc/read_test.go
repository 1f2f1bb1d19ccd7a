package vc

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const everything = `{
 "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", {"x": "urn:x"}],
 "id": "urn:uuid:1", "type": ["VerifiableCredential", "AchievementCredential"],
 "name": {"en": "Baker", "de": ["Bäcker", "Bäckerin"]}, "description": {"@value": "About", "@language": "en", "@direction": "ltr"},
 "image": {"id": "data:image/png;base64,AA==", "type": "Image", "caption": "A loaf"},
 "issuer": {"id": "https://issuer.example", "type": ["Profile"], "name": "School", "url": "https://issuer.example/about",
  "phone": "+1", "email": "a@issuer.example",
  "description": "A school", "official": "Dr. Rye", "image": "https://issuer.example/logo.png",
  "address": {"type": ["Address"], "streetAddress": "Mill Lane 1", "postalCode": "123", "addressLocality": "Town", "addressCountry": "Land"},
  "otherIdentifier": [{"type": "IdentifierEntry", "identifier": "7", "identifierType": "sourcedId"}],
  "parentOrg": {"id": "https://parent.example", "type": ["Profile"], "name": "Parent"}},
 "validFrom": "2026-01-01T00:00:00+01:00", "validUntil": "2027-01-01T00:00:00", "awardedDate": "2025-12-24T00:00:00Z",
 "credentialSubject": {"id": "did:example:1", "type": "AchievementSubject",
  "activityStartDate": "2025-01-01T00:00:00Z", "activityEndDate": "2025-02-01T00:00:00Z",
  "creditsEarned": 4.5, "image": {"id": "https://issuer.example/own.png", "type": "Image"},
  "licenseNumber": "L1", "narrative": "Did *it*.", "role": "Apprentice", "term": "2025",
  "identifier": [{"type": "IdentityObject", "hashed": true, "identityHash": "sha256$00", "identityType": "emailAddress", "salt": "s"}],
  "source": {"id": "https://assessor.example", "type": ["Profile"], "name": "Assessor"},
  "result": [{"type": ["Result"], "resultDescription": "urn:rd", "achievedLevel": "urn:level", "status": "Completed", "value": "9",
   "alignment": {"type": ["Alignment"], "targetName": "T", "targetUrl": "https://t.example"}}],
  "achievement": {"id": "urn:uuid:2", "type": ["Achievement"], "name": "Baker", "description": "Bakes",
   "criteria": {"id": "https://c.example", "narrative": "Bake."},
   "achievementType": "Badge", "creator": {"id": "https://creator.example", "type": ["Profile"], "name": "Creator"},
   "creditsAvailable": 5, "fieldOfStudy": "Bread", "humanCode": "B1",
   "image": "https://issuer.example/b.png", "inLanguage": "en", "specialization": "Rye", "tag": ["bread", "oven"], "version": "1",
   "otherIdentifier": [{"type": "IdentifierEntry", "identifier": "8", "identifierType": "productId"}],
   "related": [{"id": "urn:r", "type": ["Related"], "inLanguage": "de", "version": "2"}],
   "alignment": [{"type": ["Alignment"], "targetName": "Baking", "targetUrl": "https://s.example/b",
    "targetCode": "c", "targetFramework": "f", "targetType": "CFItem", "targetDescription": "d"}],
   "resultDescription": [{"id": "urn:rd", "type": ["ResultDescription"], "name": "Loaves", "resultType": "RawScore", "allowedValue": ["1", "9"],
    "requiredLevel": "urn:level", "requiredValue": "5", "valueMin": "0", "valueMax": "10",
    "rubricCriterionLevel": [{"id": "urn:level", "type": ["RubricCriterionLevel"], "name": "Good", "description": "Very", "level": "2", "points": "10"}]}]}},
 "evidence": [{"id": "https://e.example", "type": ["Evidence"], "name": "N", "narrative": "A loaf", "description": "D", "genre": "Photo", "audience": "All"}],
 "credentialStatus": [{"id": "https://st.example", "type": "1EdTechRevocationList"}, {"type": ["BitstringStatusListEntry"]}],
 "credentialSchema": {"id": "https://schema.example", "type": "1EdTechJsonSchemaValidator2019"},
 "refreshService": {"id": "https://refresh.example", "type": "1EdTechCredentialRefresh"},
 "termsOfUse": [{"id": "https://terms.example", "type": "Terms"}]
}`

// TestReadEverything reads a credential with every known member.
func TestReadEverything(t *testing.T) {
	d, err := Parse([]byte(everything))
	if err != nil || len(d.Problems) > 0 {
		t.Fatalf("%v, %v", err, d.Problems)
	}
	one := func(s string) Text { return Text{{Value: s}} }
	profile := func(id, name string) *Profile { return &Profile{ID: id, Types: []string{"Profile"}, Name: one(name)} }
	want := &Credential{
		Context: []string{ContextV2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", ""}, Model: Model20,
		ID: "urn:uuid:1", Types: []string{"VerifiableCredential", "AchievementCredential"},
		Name:        Text{{Lang: "de", Value: "Bäcker"}, {Lang: "de", Value: "Bäckerin"}, {Lang: "en", Value: "Baker"}},
		Description: Text{{Lang: "en", Dir: "ltr", Value: "About"}},
		Image:       &Image{ID: "data:image/png;base64,AA==", Caption: one("A loaf")},
		Issuer: Profile{ID: "https://issuer.example", URL: "https://issuer.example/about", Phone: "+1", Email: "a@issuer.example", Types: []string{"Profile"},
			Name: one("School"), Description: one("A school"), Image: &Image{ID: "https://issuer.example/logo.png"}, Official: "Dr. Rye",
			Address: "Mill Lane 1, 123, Town, Land", OtherIdentifiers: []Identifier{{"7", "sourcedId"}}, ParentOrg: profile("https://parent.example", "Parent")},
		ValidFrom: ParseMoment("2026-01-01T00:00:00+01:00"), ValidUntil: ParseMoment("2027-01-01T00:00:00"), AwardedDate: ParseMoment("2025-12-24T00:00:00Z"),
		Subject: Subject{ID: "did:example:1", Types: []string{"AchievementSubject"}, Identifiers: []Identity{{true, "sha256$00", "emailAddress", "s"}},
			ActivityStart: ParseMoment("2025-01-01T00:00:00Z"), ActivityEnd: ParseMoment("2025-02-01T00:00:00Z"), CreditsEarned: "4.5",
			Image: &Image{ID: "https://issuer.example/own.png"}, LicenseNumber: "L1", Narrative: one("Did *it*."), Role: one("Apprentice"), Term: one("2025"),
			Source: profile("https://assessor.example", "Assessor"),
			Results: []Result{{ResultDescription: "urn:rd", AchievedLevel: "urn:level", Status: "Completed", Value: "9",
				Alignments: []Alignment{{TargetName: one("T"), TargetURL: "https://t.example"}}}},
			Achievement: &Achievement{ID: "urn:uuid:2", Types: []string{"Achievement"}, Name: one("Baker"), Description: one("Bakes"),
				CriteriaID: "https://c.example", CriteriaNarrative: one("Bake."), AchievementType: "Badge", Creator: profile("https://creator.example", "Creator"),
				CreditsAvailable: "5", FieldOfStudy: one("Bread"), HumanCode: "B1", Image: &Image{ID: "https://issuer.example/b.png"}, InLanguage: "en",
				Specialization: one("Rye"), Tags: []string{"bread", "oven"}, Version: "1", OtherIdentifiers: []Identifier{{"8", "productId"}},
				Related: []Related{{"urn:r", []string{"Related"}, "de", "2"}},
				Alignments: []Alignment{{TargetName: one("Baking"), TargetURL: "https://s.example/b", TargetCode: "c",
					TargetFramework: "f", TargetType: "CFItem", TargetDescription: one("d")}},
				ResultDescriptions: []ResultDescription{{ID: "urn:rd", Name: one("Loaves"), ResultType: "RawScore", AllowedValues: []string{"1", "9"},
					RequiredLevel: "urn:level", RequiredValue: "5", ValueMin: "0", ValueMax: "10",
					Levels: []RubricLevel{{ID: "urn:level", Name: one("Good"), Description: one("Very"), Level: "2", Points: "10"}}}}}},
		Evidence: []Evidence{{ID: "https://e.example", Types: []string{"Evidence"}, Name: one("N"), Narrative: one("A loaf"), Description: one("D"),
			Genre: one("Photo"), Audience: one("All")}},
		Status:  []Status{{ID: "https://st.example", Type: "1EdTechRevocationList"}, {Type: "BitstringStatusListEntry"}},
		Schemas: []SchemaRef{{"https://schema.example", "1EdTechJsonSchemaValidator2019"}},
		Refresh: []Service{{ID: "https://refresh.example", Type: "1EdTechCredentialRefresh"}}, TermsOfUse: []Service{{ID: "https://terms.example", Type: "Terms"}},
	}
	values := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Value" && p.Last().Type().String() == "*vc.Value" }, cmp.Ignore())
	if diff := cmp.Diff(want, d.Credential, values); diff != "" {
		t.Error(diff)
	}
	if !want.ValidUntil.Zoneless || want.Awarded().Text != "2025-12-24T00:00:00Z" {
		t.Error("Zoneless or Awarded is wrong")
	}
}

func TestTextIn(t *testing.T) {
	text := Text{{Lang: "de-CH", Value: "Beck"}, {Lang: "de", Value: "Bäcker"}, {Value: "Baker"}, {Lang: "FR", Value: "Boulanger"}}
	for want, langs := range map[string][]string{"Bäcker": {"de"}, "Beck": {"de-AT", "fr"}, "Boulanger": {"it", "fr-CA"}, "Baker": {"it", ""}} {
		if got := text.In(langs...); got != want {
			t.Errorf("%v: %s", langs, got)
		}
	}
	if (Text{{Lang: "de", Value: "x"}}).String() != "x" || (Text)(nil).String() != "" {
		t.Error("no fallback to another language")
	}
}

// TestSameCredential checks equality and order (specs A10).
func TestSameCredential(t *testing.T) {
	c := func(id, issuer, from string) *Credential {
		return &Credential{ID: id, Issuer: Profile{ID: issuer}, ValidFrom: ParseMoment(from)}
	}
	a := c("https://i.example/a%20b", "did:web:i.example", "2026-01-01T00:00:00Z")
	for name, x := range map[string]struct {
		b           *Credential
		same, newer bool
	}{
		"itself":          {a, true, false},
		"decoded, spaced": {c(" https://i.example/a b ", "did:web:i.example", "2026-01-01T00:00:00Z"), true, false},
		"later":           {c(a.ID, a.Issuer.ID, "2026-01-02T00:00:00Z"), true, true},
		"earlier":         {c(a.ID, a.Issuer.ID, "2025-01-02T00:00:00Z"), true, false},
		"another issuer":  {c(a.ID, "did:web:j.example", "2026-01-01T00:00:00Z"), false, false},
		"another id":      {c("urn:x", a.Issuer.ID, "2026-01-01T00:00:00Z"), false, false},
	} {
		if got := SameCredential(a, x.b); got != x.same || SameCredential(x.b, a) != x.same {
			t.Errorf("%s: %v", name, got)
		}
		if got := Newer(x.b, a); got != x.newer {
			t.Errorf("%s: newer %v", name, got)
		}
	}
	if none := c("", "did:web:i.example", ""); SameCredential(none, none) {
		t.Error("a credential without an id equals another")
	}
}

// TestNewPresentation checks that presented credentials keep their bytes.
func TestNewPresentation(t *testing.T) {
	signed := badge("proof", `{ "type" : "DataIntegrityProof" }`, "name", `"é <b> \u00e9"`)
	jwt := token(es256, badge())
	parse := func(s string) *Document {
		d, err := Parse([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	b, err := NewPresentation(`did:example:"1"`, []*Document{parse(signed), parse(jwt)}, "urn:uuid:1")
	if err != nil {
		t.Fatal(err)
	}
	d := parse(string(b))
	p := d.Presentation
	if p.Holder != `did:example:"1"` || p.ID != "urn:uuid:1" || d.Form != Unsigned || len(d.Problems) > 0 {
		t.Errorf("%+v", p)
	}
	if len(p.Documents) != 2 || string(p.Documents[0].Raw) != signed || string(p.Documents[1].Raw) != jwt {
		t.Errorf("%s", b)
	}
	for _, form := range []Form{Unsigned, Hosted, Signed} {
		if _, err := NewPresentation("did:example:1", []*Document{{Form: form}}, ""); err == nil {
			t.Errorf("a document of form %s was presented", form)
		}
	}
	if empty, err := NewPresentation("", nil, ""); err != nil || len(parse(string(empty)).Presentation.Documents) != 0 {
		t.Errorf("%s, %v", empty, err)
	}
}
