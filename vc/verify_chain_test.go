package vc

import (
	"fmt"
	"strings"
	"testing"
)

// chained returns a document with proofs a, b, c, …, each with the given
// previousProof in JSON, or none.
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

// TestChainOutcomes derives the last proof's result from the separate results of
// all proofs (specs D3.8).
func TestChainOutcomes(t *testing.T) {
	for name, x := range map[string]struct {
		previous []string
		alone    []Outcome // separate results; passed if omitted
		outcome  Outcome
		reason   Reason
	}{
		"no chain":                        {[]string{"", ""}, []Outcome{Failed}, Passed, ""},
		"one previous":                    {[]string{"", `"a"`}, nil, Passed, ""},
		"two previous":                    {[]string{"", "", `["b","a"]`}, nil, Passed, ""},
		"empty list":                      {[]string{"", `[]`}, []Outcome{Failed}, Passed, ""},
		"named twice":                     {[]string{"", `["a","a"]`}, nil, Passed, ""},
		"chain of three":                  {[]string{"", `"a"`, `"b"`}, nil, Passed, ""},
		"previous proof comes later":      {[]string{`"b"`, "", `"a"`}, nil, Passed, ""},
		"unrelated proof failed":          {[]string{"", "", `"b"`}, []Outcome{Failed}, Passed, ""},
		"previous failed":                 {[]string{"", `"a"`}, []Outcome{Failed}, Failed, ReasonProofChain},
		"second previous failed":          {[]string{"", "", `["a","b"]`}, []Outcome{Passed, Failed}, Failed, ReasonProofChain},
		"first of three failed":           {[]string{"", `"a"`, `"b"`}, []Outcome{Failed}, Failed, ReasonProofChain},
		"previous unknown":                {[]string{"", `"a"`}, []Outcome{Unknown}, Unknown, "of a"},
		"unknown and failed":              {[]string{"", "", `["a","b"]`}, []Outcome{Unknown, Failed}, Failed, ReasonProofChain},
		"failed and unknown":              {[]string{"", "", `["a","b"]`}, []Outcome{Failed, Unknown}, Failed, ReasonProofChain},
		"itself failed":                   {[]string{"", `"a"`}, []Outcome{Passed, Failed}, Failed, "of b"},
		"unknown proof":                   {[]string{"", `"x"`}, nil, Failed, ReasonProofChain},
		"one of two unknown":              {[]string{"", `["a","x"]`}, nil, Failed, ReasonProofChain},
		"previous names an unknown proof": {[]string{`"x"`, `"a"`}, nil, Failed, ReasonProofChain},
		"not a string":                    {[]string{"", `7`}, nil, Failed, ReasonProofChain},
		"null":                            {[]string{"", `null`}, nil, Failed, ReasonProofChain},
		"empty id":                        {[]string{"", `""`}, nil, Failed, ReasonProofChain},
		"list in a list":                  {[]string{"", `[["a"]]`}, nil, Failed, ReasonProofChain},
		"too many":                        {[]string{"", `[` + strings.Repeat(`"a",`, maxProofs) + `"a"]`}, nil, Failed, ReasonProofChain},
		"itself":                          {[]string{"", `"b"`}, nil, Failed, ReasonProofChain},
		"cycle":                           {[]string{`"c"`, `"a"`, `"b"`}, nil, Failed, ReasonProofChain},
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

// TestCircleBeside checks that following a cycle from outside terminates.
func TestCircleBeside(t *testing.T) {
	d := chained(t, `"b"`, `"a"`, `"a"`)
	if got, err := d.chain(&d.Proofs[2]); err != nil || len(got) != 2 {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := d.chain(&d.Proofs[0]); err == nil {
		t.Error("the cycle was not detected")
	}
}

// TestSameID checks that a name matches all proofs with that id.
func TestSameID(t *testing.T) {
	d := chained(t, "", "", `"a"`)
	d.Proofs[1].ID = "a"
	if got, err := d.Previous(&d.Proofs[2]); err != nil || len(got) != 2 || got[0] != &d.Proofs[0] || got[1] != &d.Proofs[1] {
		t.Errorf("%v, %v", got, err)
	}
}
