package inspect_test

import (
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/vctest"
	"backpack/wallet/fault"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

// TestCheck checks the samples without an account: the answers are the same.
func TestCheck(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	got, err := e.Check(t.Context(), e.Samples)
	if err != nil || len(got) != 10 {
		t.Fatalf("%d, %v", len(got), err)
	}
	for n, f := range samples(t) {
		c := got[n]
		if c.Problem != "" || c.Verdict != f.State || c.Summary.Title != f.Title || c.Report == nil || c.Document.Credential == nil {
			t.Errorf("%s: %+v", f.Name, c)
		}
		if genuine(c.Verdict) && (len(c.Image) == 0 || c.Summary.ImageType == "" || !c.Summary.OwnPicture()) {
			t.Errorf("%s has no picture", f.Name)
		}
	}
}

func TestCheckProblems(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	_, err := e.Check(t.Context(), nil)
	wallettest.Refused(t, err, fault.BadInput, "nothing_brought")
	got, err := e.Check(t.Context(), []inspect.Input{link("https://nobody.example/"), {Name: "a.txt", Bytes: []byte("hello")}})
	if err != nil || len(got) != 2 || got[0].Problem != "unreachable" || got[1].Problem != "not_a_badge" {
		t.Errorf("%+v, %v", got, err)
	}
	many := []byte(strings.Repeat("{}\n", 250))
	got, err = e.Check(t.Context(), []inspect.Input{{Name: "many.jsonl", Bytes: many}, text([]byte("{}"))})
	if err != nil || len(got) > 202 || got[len(got)-1].Problem != "too_many" {
		t.Errorf("%d answers, %v", len(got), err)
	}
}

// TestCheckFor asks whether a badge was awarded to somebody.
func TestCheckFor(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	badge := text(issuer(t, e).Issue(t, vctest.With("credentialSubject.id", "mailto:alma@example.org")))
	for person, want := range map[string]vc.Outcome{"alma@example.org": vc.Passed, "bela@example.org": vc.Failed, "": vc.Skipped} {
		var people []string
		if person != "" {
			people = []string{person}
		}
		got, err := stream(t.Context(), e, people, badge)
		if err != nil || got[0].Report.Check(vc.CheckRecipient).Outcome != want {
			t.Errorf("%q: %+v, %v", person, got[0].Report.Checks, err)
		}
	}
}

// TestCheckPresentation keeps a presentation whole: a broken badge in it says
// nothing about the others (specs D1.7).
func TestCheckPresentation(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	i, holder := issuer(t, e), vctest.NewHolder(t)
	vp := holder.Present(t, "", "", i.Issue(t), i.Issue(t, vctest.Expired), i.Issue(t, vctest.As(vctest.JWT), vctest.WrongKey))
	got := e.Checked(t, vp)
	var verdicts []string
	for _, c := range got.Contained {
		verdicts = append(verdicts, string(c.Verdict)+" "+c.Summary.Title)
	}
	if got.Own != vc.Valid || got.Verdict != vc.Invalid || got.Holder != holder.ID || strings.Join(verdicts, ", ") != "valid Baker, expired Baker, invalid Baker" {
		t.Errorf("%s by %s: %v", got.Verdict, got.Holder, verdicts)
	}
}
