package ld

import (
	"context"
	"crypto"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"backpack/vc"
)

type toRdfTest struct {
	ID      string   `json:"@id"`
	Types   []string `json:"@type"`
	Input   string   `json:"input"`
	Expect  string   `json:"expect"`
	Code    string   `json:"expectErrorCode"`
	Options struct {
		SpecVersion    string `json:"specVersion"`
		ProcessingMode string `json:"processingMode"`
		Base           string `json:"base"`
		ExpandContext  string `json:"expandContext"`
		Generalized    bool   `json:"produceGeneralizedRdf"`
		Direction      string `json:"rdfDirection"`
	} `json:"option"`
}

// reason returns why a test is skipped: no credential can contain its case. "" means
// that the test must pass.
func (x toRdfTest) reason() string {
	switch o := x.Options; {
	case o.SpecVersion == "json-ld-1.0" || o.ProcessingMode == "json-ld-1.0":
		return "JSON-LD 1.0, which credentials do not use"
	case o.Generalized:
		return "generalized RDF, which RDFC-1.0 does not canonicalize"
	case o.Direction != "":
		return "rdfDirection, an option of the processor; other tests cover i18n datatypes"
	}
	return ""
}

const suiteBase = "https://w3c.github.io/json-ld-api/tests/"

// TestToRDF runs the JSON-LD 1.1 to RDF suite of the W3C in the lenient mode that it
// needs. It compares canonical forms.
func TestToRDF(t *testing.T) {
	dir := vectors(t, "w3c-json-ld-api")
	var manifest struct {
		Sequence []toRdfTest `json:"sequence"`
	}
	if err := json.Unmarshal(read(t, filepath.Join(dir, "toRdf-manifest.jsonld")), &manifest); err != nil {
		t.Fatal(err)
	}
	e := engine(t)
	ran, left := 0, map[string]int{}
	for _, x := range manifest.Sequence {
		if reason := x.reason(); reason != "" {
			left[reason]++
			continue
		}
		ran++
		t.Run(x.ID[1:], func(t *testing.T) {
			got, err := x.run(e, dir)
			switch {
			case x.Code != "":
				if err == nil {
					t.Fatalf("got\n%s\nwant the error %q", got, x.Code)
				}
				if !strings.Contains(err.Error(), "(JSON-LD: "+x.Code+")") {
					t.Errorf("got %q, want the error %q", err, x.Code)
				}
			case err != nil:
				t.Error(err)
			case x.Expect != "":
				d, err := parseNQuads(string(read(t, filepath.Join(dir, x.Expect))))
				if err != nil {
					t.Fatal(err)
				}
				want, _, err := d.canonicalize(crypto.SHA256, 50_000)
				if err != nil {
					t.Fatal(err)
				}
				if got != want {
					t.Errorf("got\n%s\nwant\n%s", got, want)
				}
			}
		})
	}
	t.Logf("%d of %d tests ran; skipped: %v", ran, len(manifest.Sequence), left)
	if ran < 444 {
		t.Errorf("%d tests ran, want 444 or more", ran)
	}
}

func (x toRdfTest) run(e *Engine, dir string) (string, error) {
	body, err := os.ReadFile(filepath.Join(dir, x.Input))
	if err != nil {
		return "", err
	}
	v, err := vc.ParseJSON(body)
	if err != nil {
		return "", err
	}
	m := mode{base: suiteBase + x.Input, load: func(url string) (*vc.Value, error) {
		name, ok := strings.CutPrefix(url, suiteBase)
		if !ok {
			return nil, fmt.Errorf("%w: %s (JSON-LD: loading remote context failed)", vc.ErrContext, url)
		}
		body, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, fmt.Errorf("%w: %v (JSON-LD: loading remote context failed)", vc.ErrContext, err)
		}
		doc, err := vc.ParseJSON(body)
		if err != nil || !doc.Is(vc.Object) {
			return nil, fmt.Errorf("%w: %v (JSON-LD: invalid remote context)", vc.ErrContext, err)
		}
		return doc, nil
	}}
	if x.Options.Base != "" {
		m.base = x.Options.Base
	}
	if x.Options.ExpandContext != "" {
		doc, err := m.load(suiteBase + x.Options.ExpandContext)
		if err != nil {
			return "", err
		}
		m.expand = doc.Get("@context")
	}
	var out strings.Builder
	err = e.canonical(context.Background(), v, Options{}, m, func(c *canon) {
		for _, l := range c.lines {
			out.Write(c.text[l.from:l.to])
		}
	})
	return out.String(), err
}
