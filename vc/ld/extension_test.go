package ld

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestExtensions compares the statements of a badge that uses all terms of an
// extension to Open Badges 3.0 (specs A1.11). want is the digest of the statements
// under the published context. If the published contexts are available, it also
// compares the meanings term by term.
func TestExtensions(t *testing.T) {
	e := engine(t)
	for _, x := range []struct{ file, url, types, achievement, extra, want string }{
		{"ob-ext-apply-link.json", "https://openbadgespec.org/extensions/applyLinkExtension/context-3.0.0.json",
			`, "ApplyLinkAchievement"`, ``, ``, "c533b470c3d39933"},
		{"ob-ext-accessibility.json", "https://w3id.org/openbadges/extensions/accessibilityExtension/context-3.0.0.json",
			``, `, "accessibilityAPI": "ARIA", "accessibilityControl": ["fullKeyboardControl"], "accessibilityFeature": "captions", "accessibilityHazard": "sound"`,
			``, "6e6fd3c38ecc774c"},
		{"ob-ext-license.json", "https://openbadgespec.org/extensions/licenseExtension/context-3.0.0.json",
			`, "CCAchievement"`, `, "license": "CC-BY"`, ``, "a4444977b98b6172"},
		{"ob-ext-geo.json", "https://openbadgespec.org/extensions/geoCoordinatesExtension/context-3.0.0.json", `, "Place"`, ``, ``, "2657196726d9b403"},
		{"ob-ext-accreditation.json", "https://purl.imsglobal.org/spec/ob-accred/v2p0/context/", ``, ``,
			`"type": ["Profile", "IssuerAccreditationProfile"], "accreditations": ["urn:accreditation:1", "urn:accreditation:2"]`, "5ffe93afa8aa2bbf"},
		{"ob-ext-assessment.json", "https://purl.imsglobal.org/spec/ob-assessment/v2p0/context/",
			``, `, "resultDescription": [{"id": "urn:r", "type": ["ResultDescription", "AssessmentResultDescription"], "name": "Exam", "resultType": "Percent",
			"assessmentType": "Exam", "assessmentOutput": "A paper", "assessmentExample": "x", "assessmentEvaluation": "y", "hasGroupEvaluation": "no",
			  "hasGroupParticipation": "no",
			"scoringMethodExampleDescription": "z"}]`, ``, "8b1b20b2af0203b1"},
	} {
		t.Run(x.file, func(t *testing.T) {
			doc := strings.Replace(strictBadge, `"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"`,
				`"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", "`+x.url+`"`, 1)
			doc = strings.Replace(doc, `"type": "Achievement"`, `"type": ["Achievement"`+x.types+`]`+x.achievement, 1)
			if x.extra != "" {
				doc = strings.Replace(doc, `"type": "Profile"`, x.extra, 1)
			}
			quads, err := e.Canonicalize(context.Background(), parse(t, doc), Options{})
			if err != nil {
				t.Fatalf("%v\n%s", err, doc)
			}
			sum := sha256.Sum256(quads)
			if got := hex.EncodeToString(sum[:])[:16]; got != x.want {
				t.Errorf("digest %s, want %s\n%s", got, x.want, quads)
			}
			engine(t).sameAsPublished(t, x.file, x.url, doc, string(quads))
		})
	}
}

// sameAsPublished compares a context with the published one, which is an optional
// vector. It modifies e.
func (e *Engine) sameAsPublished(t *testing.T, file, url, doc, quads string) {
	t.Helper()
	folder := os.Getenv("BACKPACK_VECTORS")
	body, err := os.ReadFile(filepath.Join(folder, "contexts", file))
	if folder == "" || err != nil {
		return
	}
	sum := sha256.Sum256(body)
	for _, x := range manifest(t) {
		if x.File == file && x.Published != hex.EncodeToString(sum[:]) {
			t.Errorf("the manifest has %s as the published digest, want %x", x.Published, sum)
		}
	}
	k := e.known[url][0]
	theirs := &embedded{urls: k.urls, doc: parse(t, string(body)), names: map[string][]string{}, terms: map[string][]*term{}}
	theirs.url, theirs.known = k.url, theirs
	if err := e.index(theirs); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(meanings(theirs), meanings(k)); diff != "" {
		t.Errorf("%s: %s", file, diff)
	}
	e.known[url] = []*embedded{theirs}
	e.resetCache()
	if got, err := e.Canonicalize(context.Background(), parse(t, doc), Options{}); err != nil || string(got) != quads {
		t.Errorf("under the published context: %v\n%s", err, got)
	}
}
