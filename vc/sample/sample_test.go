package sample

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/bake"
	"backpack/vc/did"
	"backpack/vc/ld"
	"backpack/vc/ob2"
	"backpack/vc/schema"
	"backpack/vc/status"
	"backpack/vc/suite"
)

func clock() time.Time { return time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func newSamples(t testing.TB) *Samples {
	t.Helper()
	s, err := New(Config{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func verifier(s *Samples) *vc.Verifier {
	f := s.Web(nil)
	engine := must(ld.New(ld.Limits{}))
	return must(vc.NewVerifier(vc.Config{
		Suites: []vc.Suite{suite.EdDSA(engine), suite.JOSE()}, Keys: must(did.New(did.Config{Fetch: f, Now: clock})),
		Statuses: []vc.StatusChecker{must(status.Bitstring(status.Config{Fetch: f, Now: clock}))},
		Schemas:  must(schema.Embedded()), Legacy: must(ob2.New(ob2.Config{Fetch: f, Now: clock, Samples: must(Known())})), Samples: must(Known()), Fetch: f,
		Now: clock,
	}))
}

// open parses a file like the import.
func open(t *testing.T, f File) *vc.Document {
	t.Helper()
	b := f.Bytes
	if strings.HasSuffix(f.Name, ".png") || strings.HasSuffix(f.Name, ".svg") {
		baked := must(bake.Extract(b))
		if len(baked) != 1 || len(baked[0].Warnings) > 0 {
			t.Fatalf("%d badges, %v", len(baked), baked)
		}
		b = baked[0].Text
	}
	if d, err := ob2.Parse(b, ""); err == nil {
		return d
	}
	d, err := vc.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestStates checks that each sample has its stated verdict, matches its recipient,
// and violates no rule.
func TestStates(t *testing.T) {
	s := newSamples(t)
	v := verifier(s)
	for _, f := range slices.Concat(must(s.Files()), must(s.More())) {
		t.Run(f.Name, func(t *testing.T) {
			d := open(t, f)
			r, err := v.Verify(t.Context(), d, vc.Options{Recipients: []string{"learner@" + Host}})
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Verdict(vc.Policy{}); got != f.State {
				t.Errorf("%s, want %s: %+v", got, f.State, r.Checks)
			}
			if c := r.Check(vc.CheckFormat); c.Outcome != vc.Passed || len(r.Warnings) > 0 {
				t.Errorf("format: %+v, warnings %v", c, r.Warnings)
			}
			if c := r.Check(vc.CheckRecipient); c.Reason != vc.ReasonMatched {
				t.Errorf("recipient: %+v", c)
			}
			shown := d
			if r.Current != nil {
				shown = r.Current
			}
			checkShown(t, s, f, shown.Credential)
		})
	}
}

// checkShown checks the title, picture, issuer, description and skills of a badge.
func checkShown(t *testing.T, s *Samples, f File, c *vc.Credential) {
	t.Helper()
	a := c.Subject.Achievement
	if a == nil || a.Name.String() != f.Title || a.Description.String() == "" || a.CriteriaID == "" && a.CriteriaNarrative.String() == "" {
		t.Fatalf("achievement: %+v", a)
	}
	if !strings.HasSuffix(c.Issuer.Name.String(), "(not a real organisation)") || c.Issuer.Description.String() != disclaimer {
		t.Errorf("issuer: %s, %s", c.Issuer.Name, c.Issuer.Description)
	}
	if len(a.Alignments) == 0 && f.Name != "first-visit.png" && f.Name != "open-day-visitor.png" {
		t.Error("no skills")
	}
	res, err := s.Web(nil).Fetch(t.Context(), vc.FetchRequest{URL: a.Image.ID})
	if err != nil || !res.OK() || res.ContentType != "image/png" {
		t.Fatalf("picture: %v", err)
	}
	img, err := png.Decode(bytes.NewReader(res.Body))
	if err != nil || img.Bounds().Dx() != side {
		t.Errorf("picture: %v", err)
	}
	if _, _, _, alpha := img.At(0, 0).RGBA(); alpha != 0 {
		t.Error("the corner of the picture is not transparent")
	}
	if _, _, _, alpha := img.At(side/2, side/2).RGBA(); alpha != 0xffff {
		t.Error("the middle of the picture is not opaque")
	}
}

// TestEndorsed checks that the richest sample has results, evidence, skills and a
// valid endorsement.
func TestEndorsed(t *testing.T) {
	s := newSamples(t)
	for _, f := range must(s.Files()) {
		if f.Name != photographs+".png" {
			continue
		}
		c := open(t, f).Credential
		a := c.Subject.Achievement
		if len(c.Subject.Results) != 2 || len(a.ResultDescriptions) != 2 || len(c.Evidence) != 2 || len(a.Alignments) != 3 || len(c.Endorsements) != 1 {
			t.Errorf("%d results, %d descriptions, %d pieces of evidence, %d skills, %d endorsements", len(c.Subject.Results),
				len(a.ResultDescriptions), len(c.Evidence), len(a.Alignments), len(c.Endorsements))
		}
		r := must(verifier(s).Verify(t.Context(), c.Endorsements[0], vc.Options{}))
		if got := r.Verdict(vc.Policy{}); got != vc.Sample {
			t.Errorf("verdict on the endorsement %s: %+v", got, r.Checks)
		}
	}
}

// TestSameBytes checks that two processes make the same files at different times.
func TestSameBytes(t *testing.T) {
	a := newSamples(t)
	b := must(New(Config{Now: func() time.Time { return clock().AddDate(3, 0, 0) }}))
	if len(must(a.Files())) != 10 || len(must(a.More())) != 3 {
		t.Errorf("%d samples, and %d more", len(must(a.Files())), len(must(a.More())))
	}
	names := map[string]bool{}
	again := slices.Concat(must(b.Files()), must(b.More()))
	for i, f := range slices.Concat(must(a.Files()), must(a.More())) {
		if !bytes.Equal(f.Bytes, again[i].Bytes) {
			t.Errorf("%s differs", f.Name)
		}
		if names[f.Name] || f.Title == "" {
			t.Errorf("%+v", f.Name)
		}
		names[f.Name] = true
	}
}

func TestPicturesAsSVG(t *testing.T) {
	for _, o := range legacyAwards() {
		d := xml.NewDecoder(bytes.NewReader(o.picture.svg()))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", o.name, err)
			}
		}
	}
}

type next struct{ asked string }

func (n *next) Fetch(_ context.Context, req vc.FetchRequest) (*vc.Resource, error) {
	n.asked = req.URL
	return &vc.Resource{Status: 200}, nil
}

// TestWeb checks that only the reserved host is served.
func TestWeb(t *testing.T) {
	s := newSamples(t)
	for name, tc := range map[string]struct {
		req    vc.FetchRequest
		status int
		err    error
		passed bool
	}{
		"a document":            {req: vc.FetchRequest{URL: base + "/.well-known/did.json#key-1"}, status: 200},
		"an unknown path":       {req: vc.FetchRequest{URL: base + "/nothing"}, status: 404},
		"too small a limit":     {req: vc.FetchRequest{URL: statusList, MaxBytes: 10}, err: vc.ErrTooLarge},
		"another reserved host": {req: vc.FetchRequest{URL: "https://offline." + Host + "/x"}, err: vc.ErrUnreachable},
		"http":                  {req: vc.FetchRequest{URL: "http://" + Host + "/"}, err: vc.ErrUnreachable},
		"a similar host":        {req: vc.FetchRequest{URL: "https://" + Host + ".example.org/"}, status: 200, passed: true},
		"another host":          {req: vc.FetchRequest{URL: "https://example.org/"}, status: 200, passed: true},
		"an invalid address":    {req: vc.FetchRequest{URL: ":"}, status: 200, passed: true},
	} {
		t.Run(name, func(t *testing.T) {
			n := &next{}
			res, err := s.Web(n).Fetch(t.Context(), tc.req)
			if !errors.Is(err, tc.err) || err == nil && res.Status != tc.status || (n.asked != "") != tc.passed {
				t.Errorf("%v, %v, passed on: %q", res, err, n.asked)
			}
			if res, err := s.Web(nil).Fetch(t.Context(), tc.req); tc.passed && (res != nil || !errors.Is(err, vc.ErrUnreachable)) {
				t.Errorf("nil next: %v, %v", res, err)
			}
		})
	}
	a := must(s.Web(nil).Fetch(t.Context(), vc.FetchRequest{URL: statusList}))
	a.Body[0] = 0
	if b := must(s.Web(nil).Fetch(t.Context(), vc.FetchRequest{URL: statusList})); b.Body[0] == 0 {
		t.Error("a caller can change the body for others")
	}
	if _, err := New(Config{}); err == nil {
		t.Error("New accepts an empty Config")
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		must(newSamples(b).Files())
	}
}
