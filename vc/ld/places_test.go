package ld

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestPlaces checks that an id at two places is refused unless the first place states
// everything. See also TestThreat03AttackNodes in vc/standard.
func TestPlaces(t *testing.T) {
	e := engine(t)
	const achievement = `"achievement": {"id": "urn:a", `
	issuer := func(members string) string { return `"creator": {"id": "did:web:issuer.example"` + members + `}, ` }
	status := func(purpose, index string) string {
		return fmt.Sprintf(`{"id": "urn:s", "type": "BitstringStatusListEntry", "statusPurpose": %q, "statusListIndex": %q,`+
			` "statusListCredential": "https://x.example/%s"}`, purpose, index, purpose)
	}
	digest := func(members string) string {
		return `"image": {"id": "https://x.example/i.png", "type": "Image", "caption": "A bell"}, "relatedResource": [{"id": "https://x.example/i.png", ` +
			members + `}], "validFrom"`
	}
	endorsement := func(subject string) string {
		return `"endorsement": [{"@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
    "id": "urn:e", "type": ["VerifiableCredential", "EndorsementCredential"],
  "issuer": "did:web:guild.example", "validFrom": "2024-05-01T00:00:00Z", "credentialSubject": {` + subject + `}}], "validFrom"`
	}
	for _, x := range []struct {
		name, old, new string
		ok             bool
	}{
		{"creator as the issuer", achievement, achievement + issuer(`, "type": "Profile", "name": "School"`), true},
		{"creator as an id only", achievement, achievement + issuer(``), true},
		{"creator without a type", achievement, achievement + issuer(`, "name": "School"`), true},
		{"creator with another name", achievement, achievement + issuer(`, "type": "Profile", "name": "Evening classes"`), false},
		{"creator with more", achievement, achievement + issuer(`, "type": "Profile", "name": "School", "url": "https://issuer.example"`), true},
		{"creator of another type", achievement, achievement + issuer(`, "type": ["Profile", "Achievement"]`), true},
		{"source with another name", achievement, `"source": {"id": "did:web:issuer.example", "type": "Profile", "name": "Evening classes"}, ` + achievement, false},
		{"criteria of the achievement's id", `"criteria": {`, `"criteria": {"id": "urn:a", `, true},
		{"criteria that name the achievement", `"criteria": {`, `"criteria": {"id": "urn:a", "name": "N", `, true},
		{"criteria with another name", `"criteria": {`, `"criteria": {"id": "urn:a", "name": "Y", `, false},
		{"achievement is the badge", `"id": "urn:a"`, `"id": "urn:c"`, false},
		{"achievement is the learner", `"type": "AchievementSubject"`, `"id": "urn:a", "type": "AchievementSubject"`, false},
		{"evidence is the badge", `"type": "Evidence"`, `"id": "urn:c", "type": "Evidence"`, false},
		{"status with the id of the badge", `"id": "urn:s", "type": "1EdTechRevocationList"`, `"id": "urn:c", "type": "1EdTechRevocationList"`, true},
		{"type of the badge on its status", `"id": "urn:s", "type": "1EdTechRevocationList"`,
			`"id": "urn:c", "type": ["1EdTechRevocationList", "AchievementCredential"]`, false},
		{"evidence twice", `{"type": "Evidence", "narrative": "seen"}`,
			`{"id": "urn:x", "type": "Evidence", "narrative": "a"}, {"id": "urn:x", "type": "Evidence", "narrative": "b"}`, false},
		{"evidence twice the same", `{"type": "Evidence", "narrative": "seen"}`,
			`{"id": "urn:x", "type": "Evidence", "narrative": "a"}, {"id": "urn:x", "type": "Evidence", "narrative": "a"}`, false},
		{"evidence and its id", `{"type": "Evidence", "narrative": "seen"}`, `{"id": "urn:x", "type": "Evidence", "narrative": "a"}, {"id": "urn:x"}`, false},
		{"evidence without ids", `{"type": "Evidence", "narrative": "seen"}`, `{"type": "Evidence", "narrative": "a"}, {"type": "Evidence", "narrative": "a"}`, true},
		{"statuses of one id", `"credentialStatus": {"id": "urn:s", "type": "1EdTechRevocationList"}`,
			`"credentialStatus": [` + status("revocation", "7") + "," + status("suspension", "8") + `]`, false},
		{"statuses of one id, apart", `"credentialStatus": {"id": "urn:s", "type": "1EdTechRevocationList"}`,
			`"credentialStatus": ` + status("revocation", "7") + `, "termsOfUse": ` + status("suspension", "8"), false},
		{"issuer is the subject", `"type": "AchievementSubject"`, `"id": "did:web:issuer.example", "type": "AchievementSubject"`, true},
		{"digest of a picture", `"validFrom"`, digest(`"digestSRI": "sha256-AA", "mediaType": "image/png"`), true},
		{"digest with a name", `"validFrom"`, digest(`"digestSRI": "sha256-AA", "name": "A loaf"`), false},
		{"digest with a type", `"validFrom"`, digest(`"digestSRI": "sha256-AA", "type": "Evidence"`), false},
		{"endorsement", `"validFrom"`, endorsement(`"id": "urn:a", "type": "EndorsementSubject", "endorsementComment": "Good."`), true},
		{"endorsement states more", `"validFrom"`, endorsement(`"id": "urn:a", "type": "EndorsementSubject", "endorsementComment": "Good.", "name": "Y"`), false},
		{"endorsement states more about the issuer", `"validFrom"`,
			endorsement(`"id": "did:web:issuer.example", "type": ["EndorsementSubject", "Profile"], "url": "https://issuer.example"`), false},
	} {
		t.Run(x.name, func(t *testing.T) {
			doc := strings.Replace(strictBadge, x.old, x.new, 1)
			if doc == strictBadge {
				t.Fatalf("%q is not in the badge", x.old)
			}
			_, err := e.Canonicalize(context.Background(), parse(t, doc), Options{})
			if x.ok && err != nil || !x.ok && !errors.Is(err, ErrAmbiguous) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestPlacesContained checks credentials in a CLR that are about the same learner.
// Those without proofs of their own could swap statements about the learner.
func TestPlacesContained(t *testing.T) {
	e := engine(t)
	const head = `{"@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"],
 "id": "urn:clr", "type": ["VerifiableCredential", "ClrCredential"], "issuer": {"id": "did:web:a.example", "type": ["Profile"], "name": "A"},
   "validFrom": "2024-05-01T00:00:00Z", "name": "T",
 "credentialSubject": {"id": "urn:learner", "type": ["ClrSubject"], "verifiableCredential": [`
	inner := func(n, subject, proof string) string {
		return `{"@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"], "id": "urn:vc:` + n +
			`", "type": ["VerifiableCredential", "OpenBadgeCredential"],
  "issuer": {"id": "did:web:b.example", "type": ["Profile"], "name": "B"}, "validFrom": "2024-05-01T00:00:00Z", ` + proof + `
  "credentialSubject": {"id": "` + subject + `", "type": ["AchievementSubject"], "achievement": {"id": "urn:a:` + n +
			`", "type": ["Achievement"], "name": "N", "description": "D", "criteria": {"narrative": "C"}}}}`
	}
	const proof = `"proof": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "verificationMethod": "did:web:b.example#k",` +
		` "proofPurpose": "assertionMethod", "proofValue": "z1"},`
	for name, x := range map[string]struct {
		list string
		ok   bool
	}{
		"one":             {inner("1", "urn:learner", ""), true},
		"two with proofs": {inner("1", "urn:learner", proof) + "," + inner("2", "urn:learner", proof), true},
		"one of each":     {inner("1", "urn:learner", proof) + "," + inner("2", "urn:learner", ""), true},
		"two without":     {inner("1", "urn:learner", "") + "," + inner("2", "urn:learner", ""), true},
		"two of others":   {inner("1", "urn:x", "") + "," + inner("2", "urn:y", ""), true},
	} {
		_, err := e.Canonicalize(context.Background(), parse(t, head+x.list+`]}}`), Options{})
		if x.ok && err != nil || !x.ok && !errors.Is(err, ErrAmbiguous) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPlacesBomb checks that an id at very many places, or nested in itself, costs no
// more than reading the document.
func TestPlacesBomb(t *testing.T) {
	e := engine(t)
	wide := strings.Repeat(`{"id": "urn:x", "type": "Evidence", "narrative": "n"},`, 19_000)
	deep := strings.Repeat(`{"id": "urn:x", "type": "Profile", "name": "`+strings.Repeat("n", 10_000)+`", "parentOrg": `, 50) + `"urn:y"` + strings.Repeat("}", 50)
	for name, doc := range map[string]string{
		"wide": strings.Replace(strictBadge, `{"type": "Evidence", "narrative": "seen"}`, strings.TrimSuffix(wide, ","), 1),
		"deep": strings.Replace(strictBadge, `"achievement": {`, `"source": `+deep+`, "achievement": {`, 1),
	} {
		v := parse(t, doc)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		begin := time.Now()
		_, err := e.Canonicalize(context.Background(), v, Options{})
		took := time.Since(begin)
		runtime.ReadMemStats(&after)
		if mib := (after.TotalAlloc - before.TotalAlloc) >> 20; err == nil || took > time.Minute || mib > 128 {
			t.Errorf("%s: %v after %s and %d MiB", name, err, took, mib)
		}
		t.Logf("%s: %v, %s", name, err, took)
	}
}
