package ld

import (
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"backpack/vc"

	"github.com/google/go-cmp/cmp"
)

// TestThreat08RDFC runs the RDF Dataset Canonicalization suite of the W3C.
func TestThreat08RDFC(t *testing.T) {
	dir := vectors(t, "w3c-rdf-canon")
	var manifest struct {
		Entries []struct {
			ID, Type, Action, Result string
			Hash                     string `json:"hashAlgorithm"`
		}
	}
	if err := json.Unmarshal(read(t, filepath.Join(dir, "manifest.jsonld")), &manifest); err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, x := range manifest.Entries {
		count[x.Type]++
		t.Run(x.ID[1:], func(t *testing.T) {
			d, err := parseNQuads(string(read(t, filepath.Join(dir, x.Action))))
			if err != nil {
				t.Fatal(err)
			}
			hash := crypto.SHA256
			if x.Hash == "SHA384" {
				hash = crypto.SHA384
			}
			out, names, err := d.canonicalize(hash, 50_000)
			if x.Type == "rdfc:RDFC10NegativeEvalTest" {
				if !errors.Is(err, vc.ErrTooComplex) {
					t.Fatalf("got %v, want vc.ErrTooComplex", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := read(t, filepath.Join(dir, x.Result))
			if x.Type == "rdfc:RDFC10MapTest" {
				var m map[string]string
				if err := json.Unmarshal(want, &m); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(m, names); diff != "" {
					t.Error(diff)
				}
				return
			}
			if diff := cmp.Diff(string(want), out); diff != "" {
				t.Error(diff)
			}
		})
	}
	want := map[string]int{"rdfc:RDFC10EvalTest": 64, "rdfc:RDFC10MapTest": 21, "rdfc:RDFC10NegativeEvalTest": 1}
	if diff := cmp.Diff(want, count); diff != "" {
		t.Error("the suite has changed:", diff)
	}
}

// TestThreat08Cliques canonicalizes graphs in which every blank node points to every
// other. Small ones succeed, large ones fail; the number of steps decides, not the
// time.
func TestThreat08Cliques(t *testing.T) {
	for n := 3; n <= 12; n++ {
		var b strings.Builder
		for i := range n {
			for j := range n {
				if i != j {
					fmt.Fprintf(&b, "_:b%d <urn:p> _:b%d .\n", i, j)
				}
			}
		}
		d, err := parseNQuads(b.String())
		if err != nil {
			t.Fatal(err)
		}
		_, names, err := d.canonicalize(crypto.SHA256, 50_000)
		switch {
		case err == nil && len(names) != n:
			t.Errorf("%d nodes got %d names", n, len(names))
		case n <= 4 && err != nil, n >= 9 && !errors.Is(err, vc.ErrTooComplex), err != nil && !errors.Is(err, vc.ErrTooComplex):
			t.Errorf("%d nodes: %v", n, err)
		}
	}
}
