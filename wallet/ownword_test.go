package wallet_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"backpack/vc"
	vckept "backpack/vc/kept"
	"backpack/vc/vctest"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

// claimsValid reports whether c, or anything contained in it, is valid or
// confirmed.
func claimsValid(c *inspect.Checked) bool {
	if c.Verdict == vc.Valid || c.Confirmed == vc.Passed || c.Report.Verdict(vc.Policy{}) == vc.Valid {
		return true
	}
	for _, x := range c.Contained {
		if claimsValid(x) {
			return true
		}
	}
	return false
}

// TestThreat48MadeUpEvidence asserts that an evidence file with an invented
// issuer document is reported as the file's own claim.
func TestThreat48MadeUpEvidence(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	for name, marks := range map[string]func([]byte) []string{"a service": e.Marks, "no marks": nil} {
		c := replayedBy(t, vctest.CaseFile(t, "forged", "A13-made-up-evidence.zip"), vctest.Now().AddDate(1, 0, 0), marks)
		if claimsValid(c) || c.Verdict != vc.Undetermined || !c.OwnWord || c.LastGood == nil || c.LastGood.Why != inspect.WhyOwnWord || c.Report.Binding != "" {
			t.Errorf("%s: %s, %+v, %+v", name, c.Verdict, c.LastGood, c.Report)
		}
		for _, f := range []vc.FactID{vc.FactAuthentic, vc.FactControl} {
			if got := c.Report.Fact(f); got.Outcome != vc.Unknown || got.Reason != vc.ReasonOwnWord || got.Value != "" {
				t.Errorf("%s: %+v", name, got)
			}
		}
	}
}

// TestThreat48OwnWord asserts that results based on the answers in a file
// without this service's mark are reported as the file's own claim, and that
// all other results are checked as usual.
func TestThreat48OwnWord(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	other := wallettest.New(t, wallettest.Options{})
	byKey := func() *vctest.Issuer { return vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519) }
	for name, tc := range map[string]struct {
		issuer  *vctest.Issuer
		options []vctest.Option
		pages   []string
		own     bool // some result is the file's own claim
		is      map[vc.FactID]vc.Outcome
	}{
		"a document": {webIssuer(t), nil, []string{webDoc}, true, map[vc.FactID]vc.Outcome{vc.FactAuthentic: vc.Unknown, vc.FactControl: vc.Unknown}},
		"a document and a list": {webIssuer(t), []vctest.Option{inList(false)}, []string{webDoc, bitsList}, true,
			map[vc.FactID]vc.Outcome{vc.FactControl: vc.Unknown, vc.FactCurrent: vc.Unknown}},
		"a list": {byKey(), []vctest.Option{inList(false)}, []string{bitsList}, true,
			map[vc.FactID]vc.Outcome{vc.FactAuthentic: vc.Passed, vc.FactControl: vc.Passed, vc.FactCurrent: vc.Unknown}},
		"nothing": {byKey(), nil, nil, false, map[vc.FactID]vc.Outcome{vc.FactAuthentic: vc.Passed, vc.FactControl: vc.Passed}},
	} {
		t.Run(name, func(t *testing.T) {
			badge := tc.issuer.Issue(t, tc.options...)
			publish(t, e, tc.issuer, tc.pages...)
			entry := kept(t, e, a, text(badge))[0]
			if entry.Verdict != vc.Valid {
				t.Fatalf("%s: %+v", entry.Verdict, entry.Report.Checks)
			}
			file, err := e.Evidence(t.Context(), a, entry.ID)
			if err != nil {
				t.Fatal(err)
			}
			now := e.Clock.Now().Add(day)
			if c := replayed(t, e, file, now); c.OwnWord || c.LastGood == nil || c.LastGood.Why != inspect.WhyKept || c.Report.Verdict(vc.Policy{}) != vc.Valid {
				t.Errorf("the service's own file: %+v, %+v", c.LastGood, c.Report)
			}
			unmarked := repack(t, file, "", func(f string, b []byte) []byte { return drop(f == "manifest.seal", b) })
			moved := repack(t, file, "", func(f string, b []byte) []byte {
				if f == "manifest.json" {
					return bytes.Replace(b, []byte(`"maker"`), []byte(`"Maker"`), 1)
				}
				return b
			})
			for how, c := range map[string]*inspect.Checked{
				"without a mark":     replayed(t, e, unmarked, now),
				"another manifest":   replayed(t, e, moved, now),
				"of another service": replayed(t, other, file, now),
				"without any marks":  replayedBy(t, file, now, nil),
			} {
				if c.OwnWord != tc.own || c.Verdict != vc.Undetermined || tc.own == (c.LastGood.Why == inspect.WhyKept) || tc.own && claimsValid(c) {
					t.Errorf("%s: %s, %v, %+v, %+v", how, c.Verdict, c.OwnWord, c.LastGood, c.Report)
				}
				for id, want := range tc.is {
					if got := c.Report.Fact(id); got.Outcome != want {
						t.Errorf("%s: %+v, want %s", how, got, want)
					}
				}
			}
		})
	}
}

func drop(yes bool, b []byte) []byte {
	if yes {
		return nil
	}
	return b
}

// TestForeignEvidenceIsNotMarked asserts that check records imported in another
// service's archive are exported unchanged, without this service's mark.
func TestForeignEvidenceIsNotMarked(t *testing.T) {
	e, other := wallettest.New(t, wallettest.Options{}), wallettest.New(t, wallettest.Options{})
	a, b := e.Learner(t, "Alma").ID, other.Learner(t, "Alma").ID
	i := webIssuer(t)
	badge := i.Issue(t, inList(false))
	publish(t, e, i, webDoc, bitsList)
	kept(t, e, a, text(badge))
	var archive bytes.Buffer
	if err := e.Export(t.Context(), a, page, &archive); err != nil {
		t.Fatal(err)
	}
	got := kept(t, other, b, inspect.Input{Name: "backpack.zip", Bytes: archive.Bytes()})
	file, err := other.Evidence(t.Context(), b, got[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if c := replayed(t, other, file, e.Clock.Now().Add(day)); !c.OwnWord || claimsValid(c) {
		t.Errorf("%s, %+v", c.Verdict, c.Report)
	}
}

// TestEvidenceRoles asserts that the roles given to invented answers in a
// file make no difference.
func TestEvidenceRoles(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	file := vctest.CaseFile(t, "forged", "A13-made-up-evidence.zip")
	for _, role := range []string{"criteria", "image", "schema", "none", ""} {
		again := repack(t, file, "", func(name string, b []byte) []byte {
			if name != "manifest.json" {
				return b
			}
			return bytes.Replace(b, []byte(`"role": "issuer"`), []byte(`"role": "`+role+`"`), 1)
		})
		if c := replayed(t, e, again, vctest.Now().AddDate(1, 0, 0)); claimsValid(c) || c.Report.Fact(vc.FactControl).Outcome == vc.Passed {
			t.Errorf("%q: %s, %+v", role, c.Verdict, c.Report)
		}
	}
}

// TestEvidenceContextsAreFetched asserts that the badge of an imported evidence
// file is checked with the contexts that their addresses serve, not with those
// in the file.
func TestEvidenceContextsAreFetched(t *testing.T) {
	const address = "https://words.example/v1"
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	mine := []byte(`{"@context":{"@protected":true,"grade":"https://words.example/#grade"}}`)
	doc := map[string]any{}
	i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	if err := json.Unmarshal(i.Issue(t), &doc); err != nil {
		t.Fatal(err)
	}
	doc["@context"] = append(doc["@context"].([]any), address)
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := vckept.Write(&file, &vckept.Evidence{MadeAt: vctest.Now(), Badges: []vckept.Badge{{
		Raw: raw, MediaType: "application/vc", CheckedAt: vctest.Now(), Verdict: vc.Valid,
		Material: []vckept.Material{{Role: vc.RoleContext, URL: address, Status: 200, MediaType: "application/ld+json",
			SHA256: vckept.Digest(mine), Size: len(mine), Body: mine}}}}}); err != nil {
		t.Fatal(err)
	}
	kept(t, e, a, inspect.Input{Name: "evidence.zip", Bytes: file.Bytes()})
	if !slices.ContainsFunc(e.Web.Visits(), func(r vc.FetchRequest) bool { return r.URL == address }) {
		t.Errorf("the context was not requested: %v", e.Web.Visits())
	}
}

// TestImportEvidence imports an evidence file: its badge is kept like any other
// and checked now; its stored answers are not badges.
func TestImportEvidence(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a, b := e.Learner(t, "Alma").ID, e.Learner(t, "Bela").ID
	i := webIssuer(t)
	badge := i.Issue(t, inList(false))
	publish(t, e, i, webDoc, bitsList)
	entry := kept(t, e, a, text(badge))[0]
	file, err := e.Evidence(t.Context(), a, entry.ID)
	if err != nil {
		t.Fatal(err)
	}
	i.Issue(t, inList(true))
	e.Web.Remove(bitsList)
	e.Clock.Advance(2 * time.Hour) // the cached list expires
	got := kept(t, e, b, inspect.Input{Name: "evidence.zip", Bytes: file})
	if len(got) != 1 || got[0].Verdict != vc.Undetermined || got[0].LastGood != nil || !bytes.Equal(bodyOf(t, e, b, got[0].ID).Raw, badge) {
		t.Errorf("%d badges: %+v", len(got), got[0])
	}
	altered := bytes.ReplaceAll(file, []byte("001.json"), []byte("002.json"))
	imp := imported(t, e, b, inspect.Input{Name: "evidence.zip", Bytes: altered})
	if len(imp.Items) != 1 || imp.Items[0].Problem != string(inspect.ProblemEvidence) {
		t.Errorf("%+v", imp.Items[0])
	}
}
