package server_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/inspect"
)

// brings returns a file of a case as an input.
func brings(t testing.TB, elem ...string) inspect.Input {
	t.Helper()
	return inspect.Input{Name: elem[len(elem)-1], Bytes: vctest.CaseFile(t, elem...)}
}

// answers makes the site's web answer as that of a case.
func (s *site) answers(t testing.TB, elem ...string) {
	t.Helper()
	for _, a := range vctest.CaseAnswers(t, elem...) {
		if a.Status == 200 && a.Location == "" {
			s.Web.Put(a.Address, a.MediaType, a.Body)
		}
	}
}

// checkedPage returns the page of a check.
func checkedPage(t testing.TB, s *site, in ...inspect.Input) *answer {
	t.Helper()
	return s.browser(t).upload("/verify", "", in...).is(t, 200)
}

// TestCaseWhomItNames checks that the recipient's name is shown as the badge's statement.
func TestCaseWhomItNames(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	checkedPage(t, s, brings(t, "reports", "subject-name", "subject-name.json")).says(t, "Awarded to Jo Bloggs (as the badge states)").hasNot(t, "no name")
	checkedPage(t, s, brings(t, "reports", "subject-only-name", "subject-only-name.json")).
		says(t, "Awarded to Jane Doe", "by name only (as the badge states)").hasNot(t, "without naming them", "no name")
	l := s.learner(t, "Alma")
	entries := l.keepsAll(brings(t, "reports", "subject-name", "subject-name.json"))
	l.get("/badges/"+entries[0].ID).says(t, "Awarded to Jo Bloggs (as the badge states)")
	share := l.share(wallet.ShareRequest{})
	s.browser(t).get("/s/"+share.Token).says(t, "Awarded to Jo Bloggs (as the badge states)").hasNot(t, "no name")
}

// keepsAll imports inputs and returns their entries.
func (l *learner) keepsAll(in ...inspect.Input) []*wallet.Entry {
	l.t.Helper()
	id, err := l.site.StartImport(l.t.Context(), l.ID, in)
	if err != nil {
		l.t.Fatal(err)
	}
	imp := new(wallet.Import)
	for n := 0; n < 200 && !imp.Finished; n++ {
		if err := l.site.WorkImport(l.t.Context(), l.ID, id); err != nil {
			l.t.Fatal(err)
		}
		if imp, err = l.site.Import(l.t.Context(), l.ID, id); err != nil {
			l.t.Fatal(err)
		}
	}
	var all []int
	for _, it := range imp.Items {
		all = append(all, it.N)
	}
	entries, err := l.site.Keep(l.t.Context(), l.ID, id, all)
	if err != nil || len(entries) == 0 {
		l.t.Fatal(entries, err)
	}
	return entries
}

// TestCaseLocalMidnight checks that the issuer's own day is shown.
func TestCaseLocalMidnight(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.answers(t, "reports", "local-midnight")
	for _, name := range []string{"ob3-midnight.json", "moodle-midnight.json"} {
		in := brings(t, "reports", "local-midnight", name)
		checkedPage(t, s, in).has(t, "1 March 2024", "1 January 2030").hasNot(t, "29 February 2024", "31 December 2029")
		l := s.learner(t, "Alma")
		e := l.keepsAll(in)[0]
		for _, page := range []string{"/badges/" + e.ID, "/backpack", "/s/" + l.share(wallet.ShareRequest{}).Token} {
			l.get(page).has(t, "1 March 2024").hasNot(t, "29 February 2024", "31 December 2029")
		}
		index := unzip(t, l.get("/settings/export.zip").body)["index.html"]
		if !strings.Contains(index, "1 March 2024") || !strings.Contains(index, "1 January 2030") {
			t.Error("the archive's page shows other days")
		}
	}
}

const notSigned = "This picture is not part of what was signed."

// TestThreat46BroughtPictures imports pictures that no badge names, around badges
// and in an archive. Each is marked wherever it is shown.
func TestThreat46BroughtPictures(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"A5-baked-into-false-diploma.png", "A21-archive-with-a-picture-put-in.zip"} {
		s := newSite(t)
		in := brings(t, "forged", name)
		if strings.HasSuffix(name, ".png") {
			checkedPage(t, s, in).has(t, "<img", notSigned)
		}
		l := s.learner(t, "Alma")
		e := l.keepsAll(in)[0]
		if e.Summary.Picture != inspect.PictureBrought {
			t.Errorf("%s: the picture is %q", name, e.Summary.Picture)
		}
		share := l.share(wallet.ShareRequest{})
		for _, page := range []string{"/badges/" + e.ID, "/backpack", "/shares/" + share.ID, "/shares/new", "/s/" + share.Token, "/badges/" + e.ID + "/remove"} {
			l.get(page).is(t, 200).has(t, "<img", notSigned)
		}
		if index := unzip(t, l.get("/settings/export.zip").body)["index.html"]; !strings.Contains(index, "<img") || !strings.Contains(index, notSigned) {
			t.Errorf("%s: the archive's page does not mark the picture", name)
		}
	}
}

// TestThreat47Wrappers checks collections of badges that are expired or unsigned.
// None gets the words or the green of a valid badge.
func TestThreat47Wrappers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.Clock.Advance(10 * 24 * time.Hour)
	for name, words := range map[string][]string{
		"A18-presentation-of-expired.json": {"A collection of 1 badge: 1 has expired.",
			"Somebody else put this collection together than the person whom these badges name"},
		"A18-presentation.json":                        {"A collection of 1 badge: 1 could not be fully checked.", "Somebody else put this collection together"},
		"A18-collection-around-an-unsigned-badge.json": {"A collection of 1 badge: 1 ", "The person whom these badges name put this collection together."},
	} {
		a := checkedPage(t, s, brings(t, "forged", name)).says(t, words...).hasNot(t, "This badge checks out", `class="verdict good"`)
		fields := url.Values{"data": {field(t, a.body, "data")}, "as": {"receipt"}}
		if receipt := s.browser(t).post("/verify/save", fields).body; strings.Contains(receipt, `"verdict": "valid"`) {
			t.Errorf("%s: a signed receipt says valid", name)
		}
		res, told := s.program(t, "/presentations/verify", `{"verifiablePresentation":`+string(vctest.CaseFile(t, "forged", name))+`}`)
		if told.Verdict == vc.Valid || told.Verified == nil || *told.Verified {
			t.Errorf("%s: the API answers %s, %v", name, told.Verdict, res.StatusCode)
		}
	}
}

func field(t testing.TB, page, name string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, `name="`+name+`" value="`)
	value, _, _ := strings.Cut(rest, `"`)
	if !ok {
		t.Fatalf("the page has no field %s", name)
	}
	return value
}

// TestCaseReceipt checks that a receipt is shown as a statement about the past,
// beside the result of today's check.
func TestCaseReceipt(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	receipt := brings(t, "forged", "A-receipt-for-forged.json")
	checkedPage(t, s, receipt).says(t, "A receipt is no badge.", "What holds today is not known").hasNot(t, "This badge checks out")
	diploma := checkedPage(t, s, brings(t, "forged", "A5-baked-into-false-diploma.png"))
	saved := s.browser(t).post("/verify/save", url.Values{"data": {field(t, diploma.body, "data")}, "as": {"receipt"}}).body
	if !strings.Contains(saved, `"results"`) || strings.Contains(saved, "fileSha256") {
		t.Error("a receipt names a picture that the proof does not cover")
	}
	checkedPage(t, s, receipt, brings(t, "forged", "A5-baked-into-false-diploma.png")).says(t, "Checked again today:")
}

// TestCaseExtensionContexts checks that the page gives the true reason for ignoring a
// vocabulary, and no useless advice.
func TestCaseExtensionContexts(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.Clock.Advance(10 * 24 * time.Hour)
	s.answers(t, "reports", "extension-context-inner-words")
	for _, name := range []string{"plain.json", "inner-type.json", "inner-source.json", "prefix.json"} {
		a := checkedPage(t, s, brings(t, "reports", "extension-context-inner-words", name)).says(t, "How sure is it?").
			hasNot(t, "Try again later", "This badge does not hold")
		if strings.Contains(a.body, "Could not be fully checked") {
			a.has(t, "redefines a word of the standard", "Whoever publishes the vocabulary can name its own words otherwise.")
		}
	}
}
