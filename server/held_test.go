package server_test

import (
	"slices"
	"strings"
	"testing"

	"backpack/ui"
	"backpack/vc"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/inspect"
)

// TestVerdictsInOneOrder checks that ui, which must not import vc, ranks verdicts as vc
// does.
func TestVerdictsInOneOrder(t *testing.T) {
	var want []string
	for _, v := range vc.Verdicts() {
		want = append(want, string(v))
	}
	if got := ui.Verdicts(); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

const (
	model2  = "https://www.w3.org/ns/credentials/v2"
	badges3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
)

// everywhere returns the pages that show a badge, by path: after an import, and of a
// check by a stranger.
func (s *site) everywhere(t testing.TB, raw []byte) map[string]string {
	t.Helper()
	l := s.learner(t, "Robin Example")
	e := l.keeps(raw)
	if e.Verdict != vc.Valid {
		t.Fatalf("%s: %+v", e.Verdict, e.Report.Checks)
	}
	share := l.share(wallet.ShareRequest{})
	out := map[string]string{"check": checkedPage(t, s, inspect.Input{Name: "x.json", Bytes: raw}).body}
	for _, path := range []string{"/badges/" + e.ID, "/backpack", "/s/" + share.Token} {
		out[path] = l.get(path).is(t, 200).body
	}
	out["archive"] = unzip(t, l.get("/settings/export.zip").body)["index.html"]
	return out
}

// TestThreatNamesOfTheHolder: a proof over statements covers addresses, and the holder
// can choose the names for them. Pages show words from the addresses and none of the
// holder's names.
func TestThreatNamesOfTheHolder(t *testing.T) {
	s := newSite(t)
	i := s.issuer(t)
	names := vctest.Object{"honours": "https://issuer.example/terms#attended", "Doctorate": "https://issuer.example/terms#Attendance",
		"summaCumLaude": vctest.Object{"@id": "https://issuer.example/terms#yearOfBirth"}}
	context := vctest.With("@context", []any{model2, badges3, names})
	extension := vctest.Object{"type": []any{"Doctorate", "Doctorate"}, "id": "urn:x:1", "summaCumLaude": "1999"}
	deep := any("far down")
	for range 8 {
		deep = vctest.Object{"honours": deep}
	}
	badge := i.Issue(t, vctest.As("eddsa-rdfc-2022"), context, vctest.With("credentialSubject.achievement.honours", extension), vctest.With("honours", deep))
	generic := i.Issue(t, vctest.As("eddsa-rdfc-2022"), context, vctest.With("type", []any{"VerifiableCredential", "Doctorate"}), vctest.With("name", nil),
		vctest.With("credentialSubject", vctest.Object{"id": "did:example:learner", "honours": "yes", "summaCumLaude": "1999"}))
	for kind, raw := range map[string][]byte{"badge": badge, "another credential": generic} {
		for path, page := range s.everywhere(t, raw) {
			low := strings.ToLower(strings.ReplaceAll(readPage(t, page), " ", ""))
			for _, name := range []string{"honours", "doctorate", "summacumlaude"} {
				if strings.Contains(low, name) {
					t.Errorf("%s, %s: %s is shown", kind, path, name)
				}
			}
			told := strings.Contains(low, "yearofbirth1999") && strings.Contains(low, "attended")
			if !told && (path == "check" || strings.HasPrefix(path, "/badges/")) {
				t.Errorf("%s, %s: the signed words are not shown in\n%s", kind, path, readPage(t, page))
			}
		}
	}
}

// TestThreatDirectionNotSealed checks that a direction of texts is shown only if the
// proof covers it.
func TestThreatDirectionNotSealed(t *testing.T) {
	s := newSite(t)
	i := s.issuer(t)
	const plain, turned = `"@language":"ar"`, `"@language":"ar","@direction":"rtl"`
	text := vctest.Object{"@value": "Kiln 7", "@language": "ar"}
	fields := []vctest.Option{vctest.As("eddsa-rdfc-2022"), vctest.With("credentialSubject.achievement.name", text)}
	added := vctest.Alter(t, i.Issue(t, fields...), plain, turned)
	for path, page := range s.everywhere(t, added) {
		if strings.Contains(page, `dir="rtl"`) {
			t.Errorf("%s: an unsigned direction is shown", path)
		}
	}
}

// TestThreatNamesInARecord checks the same for a credential in a record: the proof
// around it leaves its names open.
func TestThreatNamesInARecord(t *testing.T) {
	s := newSite(t)
	i := s.issuer(t)
	names := vctest.Object{"honours": "https://issuer.example/terms#attended"}
	context := []any{model2, "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json", badges3, names}
	inner := vctest.Object{"@context": context, "type": []any{"VerifiableCredential", "OpenBadgeCredential"},
		"id": "urn:uuid:inner", "issuer": i.ID, "validFrom": "2026-01-01T00:00:00Z",
		"credentialSubject": vctest.Object{"id": "did:example:learner", "type": []any{"AchievementSubject"}, "honours": "quite",
			"achievement": vctest.Object{"id": "urn:uuid:inner-achievement", "type": []any{"Achievement"},
				"name": "Within", "description": "x", "criteria": vctest.Object{"narrative": "y"}}}}
	raw := i.Issue(t, vctest.As("eddsa-rdfc-2022"), vctest.With("@context", context), vctest.With("type", []any{"VerifiableCredential", "ClrCredential"}),
		vctest.With("credentialSubject", vctest.Object{"id": "did:example:learner", "type": []any{"ClrSubject"}, "verifiableCredential": []any{inner}}))
	checkedPage(t, s, inspect.Input{Name: "x.json", Bytes: raw}).says(t, "Within", "Attended quite").hasNot(t, "Honours", "honours")
}
