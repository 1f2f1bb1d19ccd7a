package ld

import (
	"context"
	"encoding/json"
	"errors"
	"sort"
	"strings"
	"testing"

	"backpack/vc"

	"github.com/google/go-cmp/cmp"
	gold "github.com/piprate/json-gold/ld"
)

// goldJSONFault is the output of json-gold instead of some JSON literals.
const goldJSONFault = "JSON Canonicalization error"

// goldNoLanguage is the output of json-gold for an empty language, which is not valid
// N-Quads. jsonld.js and this package write no language.
const goldNoLanguage = "\"@ "

// FuzzCanonicalize reads arbitrary documents. None may cause a panic. An accepted
// document must give the same statements with its members in another order and when it
// is read again.
func FuzzCanonicalize(f *testing.F) {
	for _, s := range samples {
		f.Add([]byte(s))
	}
	f.Add([]byte(`{"@context": {"p": {"@id": "urn:p", "@container": "@list"}}, "p": [["x"], [], {"p": []}]}`))
	f.Add([]byte(`{"@context": {"p": {"@id": "urn:p", "@container": ["@graph", "@id"]}}, "p": {"urn:a": {"p": {"@none": {"urn:q": 1}}}}}`))
	f.Add([]byte(`{"@context": {"p": {"@id": "urn:p", "@container": "@language"}, "q": {"@reverse": "urn:q"}}, "p": {"en": "x", "fi": ["y"]}, "q": {"urn:z": 1}}`))
	e := engine(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := vc.ParseJSON(b)
		if err != nil {
			return
		}
		for _, m := range []mode{{strict: true}, {base: "https://base.example/dir/"}} {
			first, err := canonicalText(e, v, m)
			if err != nil {
				continue
			}
			if m.strict {
				other, err := vc.ParseJSON(shuffled(b))
				if err != nil {
					t.Fatal(err)
				}
				second, err := canonicalText(e, other, m)
				if err != nil || second != first {
					t.Errorf("in another order: %v\ngot\n%s\nwant\n%s", err, second, first)
				}
			}
			if _, err := parseNQuads(first); err != nil {
				t.Errorf("invalid N-Quads: %v", err)
			}
		}
	})
}

func canonicalText(e *Engine, v *vc.Value, m mode) (string, error) {
	var out strings.Builder
	if !m.strict {
		m.load = func(string) (*vc.Value, error) { return nil, vc.ErrContext }
	}
	err := e.canonical(context.Background(), v, Options{}, m, func(c *canon) {
		for _, l := range c.lines {
			out.Write(c.text[l.from:l.to])
		}
	})
	return out.String(), err
}

// shuffled returns the same JSON with the members of each object in another order. JCS
// sorts them, which is a different order for nearly every document.
func shuffled(b []byte) []byte {
	v, err := vc.ParseJSON(b)
	if err != nil {
		return b
	}
	return JCS(nil, v)
}

// FuzzAgainstGold changes real badges and compares the result with json-gold.
//
// If this package accepts a document, json-gold must accept it with the same result.
// If this package refuses it, there is no comparison, as json-gold drops nodes and
// keeps relative IRIs. Documents on which json-gold hangs or is known to be wrong are
// skipped: those whose blank nodes cost more than 200 hashes, presentations, control
// characters, JSON literals, and http URLs that it rejects.
func FuzzAgainstGold(f *testing.F) {
	var docs []string
	for name, s := range samples {
		if name != "presentation" {
			docs = append(docs, s)
		}
	}
	sort.Strings(docs)
	for i := range docs {
		f.Add(uint8(i), "", uint16(0), uint8(0), "")
		f.Add(uint8(i), "evidence", uint16(7), uint8(1), `{"id":"https://x y","type":"Evidence"}`)
		f.Add(uint8(i), "name", uint16(3), uint8(2), `{"@value":"x","@language":"en"}`)
		f.Add(uint8(i), "@set", uint16(9), uint8(1), `[1.5, "x", null]`)
		f.Add(uint8(i), "urn:p", uint16(12), uint8(1), `[true, 10, 1e30, {"@id":"urn:x"}, {"@list":["a","b"]}]`)
	}
	againstGold(f, docs)
}

// small are documents with short contexts, one for each part of JSON-LD. json-gold
// reads thousands of them in the time of one badge.
var small = []string{
	`{"@context": {"p": "urn:p", "q": {"@id": "urn:q", "@type": "@id"}, "C": "urn:C", "type": "@type", "id": "@id"}, "id": "urn:s", "type": "C",` +
		` "p": ["a", 1, true], "q": "urn:o"}`,
	`{"@context": {"l": {"@id": "urn:l", "@container": "@list"}, "p": "urn:p"}, "l": ["a", {"p": "b"}, 2.5], "p": {"p": {"p": "c"}}}`,
	`{"@context": {"n": {"@id": "urn:n", "@container": "@language"}, "m": {"@id": "urn:m", "@language": "de"}}, "@id": "urn:s", "n": {"en": "x",` +
		` "fr": ["y", "z"]}, "m": "w"}`,
	`{"@context": {"d": {"@id": "urn:d", "@type": "urn:date"}, "e": {"@id": "urn:e", "@type": "urn:date", "@container": "@set"}}, "d": ["2026",` +
		` "2027"], "e": ["2028"]}`,
	`{"@context": {"type": "@type", "id": "@id", "T": {"@id": "urn:T", "@context": {"p": "urn:inner"}}, "p": "urn:outer", "q": {"@id": "urn:q",` +
		` "@context": {"p": "urn:deep"}}}, "type": "T", "p": 1, "q": {"p": 2, "q": {"id": "urn:x", "p": 3}}}`,
	`{"@context": {"g": {"@id": "urn:g", "@container": "@graph"}, "p": "urn:p", "id": "@id"}, "id": "urn:s", "p": [{"p": "a"}, {"p": "a"}, {"p": {"p": "b"}}]}`,
	`{"@context": {"a": "urn:a", "b": {"@id": "urn:b", "@type": "@id"}, "id": "@id"}, "a": [{"b": "urn:1"}, {"b": "urn:1"}, {"a": {"b": "urn:1"}},` +
		` {"a": {"b": "urn:2"}}]}`,
	`{"@context": {"@protected": true, "p": "urn:p", "ex": "urn:ex:", "v": {"@id": "ex:v", "@type": "@vocab"}, "W": "ex:W"}, "p": "x", "ex:z": "y", "v": "W"}`,
}

// FuzzSmallAgainstGold is FuzzAgainstGold with small documents.
func FuzzSmallAgainstGold(f *testing.F) {
	for i := range small {
		for how := range uint8(5) {
			f.Add(uint8(i), "p", uint16(how), how, `[1.5, {"p": "x"}, "y"]`)
			f.Add(uint8(i), "@type", uint16(how), how, `{"@value": "x", "@language": "en"}`)
		}
	}
	againstGold(f, small)
}

func againstGold(f *testing.F, docs []string) {
	e := engine(f)
	l := &goldLoader{e, map[string]any{}}
	f.Fuzz(func(t *testing.T, which uint8, name string, at uint16, how uint8, value string) {
		var doc any
		if json.Unmarshal([]byte(docs[int(which)%len(docs)]), &doc) != nil {
			t.Fatal("a sample is not JSON")
		}
		var put any
		if value != "" && json.Unmarshal([]byte(value), &put) != nil {
			put = value
		}
		n := int(at) % 128
		doc = mutate(doc, &n, name, how, put)
		body, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		v, err := vc.ParseJSON(body)
		if err != nil || strings.ContainsFunc(unescaped(v), control) || disliked(v) || strings.Contains(string(body), "@json") ||
			strings.Contains(string(body), "VerifiablePresentation") {
			return
		}
		got, err := e.Canonicalize(context.Background(), v, Options{Budget: &Budget{steps: 1 << 20, hashes: 200}})
		if err != nil {
			if errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			return
		}
		want, err := goldCanonicalize(l, body)
		if strings.Contains(want, goldJSONFault) || strings.Contains(want, goldNoLanguage) {
			return
		}
		if err != nil || string(got) != want {
			t.Errorf("%s: %v\n%s", body, err, cmp.Diff(strings.Split(want, "\n"), strings.Split(string(got), "\n")))
		}
	})
}

// mutate changes the n-th object: it adds, replaces or removes a member, or repeats an
// item.
func mutate(v any, n *int, name string, how uint8, put any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = mutate(v[i], n, name, how, put)
		}
		if len(v) > 0 && *n == 0 && how%5 == 4 {
			return append(v, v[0])
		}
	case map[string]any:
		if *n--; *n == -1 {
			change(v, name, how, put)
			return v
		}
		for _, k := range sortedKeys(v) {
			if k != "@context" {
				v[k] = mutate(v[k], n, name, how, put)
			}
		}
	}
	return v
}

func change(m map[string]any, name string, how uint8, put any) {
	keys := sortedKeys(m)
	switch how % 5 {
	case 1:
		if name != "" {
			m[name] = put
		}
	case 2:
		if len(keys) > 0 {
			m[keys[int(how)%len(keys)]] = put
		}
	case 3:
		if len(keys) > 0 {
			delete(m, keys[int(how)%len(keys)])
		}
	}
}

// control reports whether canonical N-Quads escape r but json-gold does not.
func control(r rune) bool {
	return r == 0x7f || r < 0x20 && r != '\t' && r != '\n' && r != '\r'
}

// disliked reports whether json-gold would silently drop a URL.
func disliked(v *vc.Value) bool {
	if s := v.Str(); strings.HasPrefix(s, "http") && !gold.IsURL(s) || strings.HasPrefix(v.Name(), "http") && !gold.IsURL(v.Name()) {
		return true
	}
	for i := range v.Items() {
		if disliked(&v.Items()[i]) {
			return true
		}
	}
	return false
}

// unescaped returns all strings of a document, concatenated.
func unescaped(v *vc.Value) string {
	var b strings.Builder
	var walk func(v *vc.Value)
	walk = func(v *vc.Value) {
		b.WriteString(v.Name())
		b.WriteString(v.Str())
		for i := range v.Items() {
			walk(&v.Items()[i])
		}
	}
	walk(v)
	return b.String()
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
