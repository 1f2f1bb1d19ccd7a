package vc

import (
	"fmt"
	"strings"
	"testing"
)

// chained is a document with proofs called a, b, c …, each with the
// previousProof given as JSON, or none.
func chained(t *testing.T, previous ...string) *Document {
	t.Helper()
	d := &Document{}
	for i, p := range previous {
		member := ""
		if p != "" {
			member = `,"previousProof":` + p
		}
		v, err := ParseJSON(fmt.Appendf(nil, `{"id":"%c"%s}`, 'a'+i, member))
		if err != nil {
			t.Fatal(err)
		}
		d.Proofs = append(d.Proofs, Proof{ID: v.Get("id").Str(), Value: v})
	}
	return d
}

// TestChainOutcomes says for proofs that were each checked alone what becomes
// of the last (specs D3.8).
func TestChainOutcomes(t *testing.T) {
	for name, x := range map[string]struct {
		previous []string
		alone    []Outcome // of all proofs; those not given passed
		outcome  Outcome
		reason   Reason
	}{
		"no chain":               {[]string{"", ""}, []Outcome{Failed}, Passed, ""},
		"one before":             {[]string{"", `"a"`}, nil, Passed, ""},
		"two before":             {[]string{"", "", `["b","a"]`}, nil, Passed, ""},
		"an empty list":          {[]string{"", `[]`}, []Outcome{Failed}, Passed, ""},
		"named twice":            {[]string{"", `["a","a"]`}, nil, Passed, ""},
		"a chain of three":       {[]string{"", `"a"`, `"b"`}, nil, Passed, ""},
		"a later one":            {[]string{`"b"`, "", `"a"`}, nil, Passed, ""},
		"none of its own failed": {[]string{"", "", `"b"`}, []Outcome{Failed}, Passed, ""},
		"one before failed":      {[]string{"", `"a"`}, []Outcome{Failed}, Failed, ReasonProofChain},
		"second before failed":   {[]string{"", "", `["a","b"]`}, []Outcome{Passed, Failed}, Failed, ReasonProofChain},
		"first of three failed":  {[]string{"", `"a"`, `"b"`}, []Outcome{Failed}, Failed, ReasonProofChain},
		"one before unknown":     {[]string{"", `"a"`}, []Outcome{Unknown}, Unknown, "of a"},
		"unknown and failed":     {[]string{"", "", `["a","b"]`}, []Outcome{Unknown, Failed}, Failed, ReasonProofChain},
		"failed and unknown":     {[]string{"", "", `["a","b"]`}, []Outcome{Failed, Unknown}, Failed, ReasonProofChain},
		"itself failed":          {[]string{"", `"a"`}, []Outcome{Passed, Failed}, Failed, "of b"},
		"no such proof":          {[]string{"", `"x"`}, nil, Failed, ReasonProofChain},
		"one of two is missing":  {[]string{"", `["a","x"]`}, nil, Failed, ReasonProofChain},
		"missing before that":    {[]string{`"x"`, `"a"`}, nil, Failed, ReasonProofChain},
		"no string":              {[]string{"", `7`}, nil, Failed, ReasonProofChain},
		"null":                   {[]string{"", `null`}, nil, Failed, ReasonProofChain},
		"an empty id":            {[]string{"", `""`}, nil, Failed, ReasonProofChain},
		"a list in a list":       {[]string{"", `[["a"]]`}, nil, Failed, ReasonProofChain},
		"too many":               {[]string{"", `[` + strings.Repeat(`"a",`, maxProofs) + `"a"]`}, nil, Failed, ReasonProofChain},
		"itself":                 {[]string{"", `"b"`}, nil, Failed, ReasonProofChain},
		"in a circle":            {[]string{`"c"`, `"a"`, `"b"`}, nil, Failed, ReasonProofChain},
	} {
		t.Run(name, func(t *testing.T) {
			c := &check{d: chained(t, x.previous...), r: &Report{}}
			found := make([]proved, len(c.d.Proofs))
			for i := range found {
				found[i] = proved{proof: &c.d.Proofs[i], outcome: Passed}
				if i < len(x.alone) && x.alone[i] != Passed {
					found[i] = found[i].with(x.alone[i], Reason("of "+c.d.Proofs[i].ID), "")
				}
			}
			c.chains(found)
			if got := found[len(found)-1]; got.outcome != x.outcome || got.reason != x.reason {
				t.Errorf("%s %q (%s), want %s %q", got.outcome, got.reason, got.detail, x.outcome, x.reason)
			}
		})
	}
}

// TestCircleBeside: a proof that follows a circle without being in it ends too.
func TestCircleBeside(t *testing.T) {
	d := chained(t, `"b"`, `"a"`, `"a"`)
	if got, err := d.chain(&d.Proofs[2]); err != nil || len(got) != 2 {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := d.chain(&d.Proofs[0]); err == nil {
		t.Error("the circle is not seen")
	}
}

// TestSameID: of proofs with one id, all stand before the one that names it.
func TestSameID(t *testing.T) {
	d := chained(t, "", "", `"a"`)
	d.Proofs[1].ID = "a"
	if got, err := d.Previous(&d.Proofs[2]); err != nil || len(got) != 2 || got[0] != &d.Proofs[0] || got[1] != &d.Proofs[1] {
		t.Errorf("%v, %v", got, err)
	}
}
