package standard_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"backpack/vc"
)

// A rewriter rewrites a signed document as a holder can without a key, with other
// names, contexts and places. Most changes keep the statements; the proof detects
// the others.
type rewriter struct {
	script []byte // decides everything
	words  map[string][]word
	bodies map[string]json.RawMessage // embedded contexts by URL
	root   map[string]any
	made   int
}

// A word is the definition of a term in an embedded context.
type word struct{ iri, typ, container string }

// next returns a number below n.
func (w *rewriter) next(n int) int {
	if n <= 0 || len(w.script) == 0 {
		return 0
	}
	b := w.script[0]
	w.script = w.script[1:]
	return int(b) % n
}

// readWords collects the terms of the embedded contexts.
func readWords(t testing.TB) (map[string][]word, map[string]json.RawMessage) {
	t.Helper()
	dir := filepath.Join("..", "ld", "contexts")
	var manifest []struct {
		File string
		URLs []string
	}
	list, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err == nil {
		err = json.Unmarshal(list, &manifest)
	}
	if err != nil {
		t.Fatal(err)
	}
	words, bodies := map[string][]word{}, map[string]json.RawMessage{}
	for _, m := range manifest {
		body, err := os.ReadFile(filepath.Join(dir, m.File))
		var doc struct {
			Context json.RawMessage `json:"@context"`
		}
		if err == nil {
			err = json.Unmarshal(body, &doc)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range m.URLs {
			if bodies[u] == nil {
				bodies[u] = doc.Context
			}
		}
		var v any
		if err := json.Unmarshal(doc.Context, &v); err != nil {
			t.Fatal(err)
		}
		collectWords(words, v)
	}
	return words, bodies
}

func collectWords(words map[string][]word, v any) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			collectWords(words, x)
		}
	case map[string]any:
		for name, d := range v {
			var x word
			switch d := d.(type) {
			case string:
				x.iri = d
			case map[string]any:
				x.iri, _ = d["@id"].(string)
				x.typ, _ = d["@type"].(string)
				x.container, _ = d["@container"].(string)
				collectWords(words, d["@context"])
			}
			x.iri, x.typ = fullIRI(x.iri), fullIRI(x.typ)
			if strings.Contains(x.iri, ":") && !slices.Contains(words[name], x) {
				words[name] = append(words[name], x)
			}
		}
	}
}

func fullIRI(s string) string {
	for prefix, iri := range map[string]string{"cred:": "https://www.w3.org/2018/credentials#", "xsd:": "http://www.w3.org/2001/XMLSchema#",
		"obi:": "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"} {
		if rest, ok := strings.CutPrefix(s, prefix); ok {
			return iri + rest
		}
	}
	return s
}

// definition returns a context entry for a word.
func (w *rewriter) definition(x word) any {
	d := map[string]any{"@id": x.iri}
	if x.typ != "" {
		d["@type"] = x.typ
	}
	if x.container != "" {
		d["@container"] = x.container
	}
	return d
}

// define adds context entries at the root or to the object itself.
func (w *rewriter) define(at map[string]any, entries map[string]any) {
	if w.next(3) == 0 {
		have, _ := at["@context"].([]any)
		if at["@context"] == nil || have != nil {
			at["@context"] = append(slices.Clone(have), entries)
			return
		}
	}
	list, _ := w.root["@context"].([]any)
	w.root["@context"] = append(slices.Clone(list), entries)
}

// A seat is a member of an object in the document.
type seat struct {
	object map[string]any
	name   string
	path   string
}

// seats returns the members outside contexts and proofs. It visits each object
// once, since a change may have put an object into itself.
func (w *rewriter) seats() []seat {
	var out []seat
	seen := map[uintptr]bool{}
	var walk func(v any, path string)
	walk = func(v any, path string) {
		switch v := v.(type) {
		case map[string]any:
			at := reflect.ValueOf(v).Pointer()
			if seen[at] {
				return
			}
			seen[at] = true
			for _, name := range slices.Sorted(maps.Keys(v)) {
				if name != "@context" && name != "proof" {
					out = append(out, seat{v, name, path})
					walk(v[name], path+"."+name)
				}
			}
		case []any:
			for _, x := range v {
				walk(x, path)
			}
		}
	}
	walk(w.root, "$")
	return out
}

func (w *rewriter) seat() seat { all := w.seats(); return all[w.next(256)*len(all)/256] }

// object picks an object of the document.
func (w *rewriter) object() map[string]any { return w.seat().object }

func (w *rewriter) fresh() string { w.made++; return fmt.Sprintf("w%d", w.made) }

// word picks a definition of a term.
func (w *rewriter) word(name string) (word, bool) {
	all := w.words[name]
	if len(all) == 0 {
		return word{}, false
	}
	return all[w.next(len(all))], true
}

// from returns the rewritten document, or nil if it cannot be written.
func (w *rewriter) from(t testing.TB, text []byte) []byte {
	t.Helper()
	if err := json.Unmarshal(text, &w.root); err != nil {
		t.Fatal(err)
	}
	w.rewrite()
	out, err := json.Marshal(w.root)
	if err != nil { // it contains itself
		return nil
	}
	return out
}

// rewrite applies the changes in the script.
func (w *rewriter) rewrite() {
	changes := []func(){w.rename, w.exchange, w.absolute, w.prefixed, w.turn, w.keyword, w.move, w.swapModel,
		w.inline, w.alias, w.contain, w.nothing, w.valueObject, w.addContext, w.renameType, w.reroot, w.vocab}
	for range 1 + w.next(5) {
		if len(w.script) == 0 {
			return
		}
		changes[w.next(len(changes))]()
	}
}

// verdictRank returns the rank of a verdict, the best last.
func verdictRank(v vc.Verdict) int {
	return slices.Index(vc.Verdicts(), v)
}
