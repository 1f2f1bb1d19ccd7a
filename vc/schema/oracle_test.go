package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"backpack/vc"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// vectors returns a published schema file.
func vectors(t testing.TB, name string) []byte {
	t.Helper()
	dir := os.Getenv("BACKPACK_VECTORS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "vectors")
	}
	b, err := os.ReadFile(filepath.Join(dir, "schemas", name))
	if err != nil && os.Getenv("CI") == "" {
		t.Skipf("the published schemas are missing: %v", err)
	} else if err != nil {
		t.Fatal(err)
	}
	return b
}

type noNetwork struct{}

func (noNetwork) Load(url string) (any, error) {
	return nil, fmt.Errorf("loading %s is not allowed", url)
}

// publishedSchema compiles a published schema, or one of its classes.
func publishedSchema(t testing.TB, name, class string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(vectors(t, name)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(noNetwork{})
	if err := c.AddResource("https://schema.example/s.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("https://schema.example/s.json" + class)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newValidator(t testing.TB) *validator {
	t.Helper()
	v, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return v.(*validator)
}

// A subject is a class with its own published schema.
type subject struct {
	file, class string
	types       []any
	contexts    []any
}

var subjects = []subject{
	{"ob_v3p0_achievementcredential_schema.json", "AchievementCredential", []any{"VerifiableCredential", "OpenBadgeCredential"},
		[]any{contextV2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", map[string]any{"x": "https://x.example/"}}},
	{"ob_v3p0_endorsementcredential_schema.json", "EndorsementCredential", []any{"VerifiableCredential", "EndorsementCredential"},
		[]any{contextV2, "https://purl.imsglobal.org/spec/ob/v3p0/context.json"}},
	{"clr_v2p0_clrcredential_schema.json", "ClrCredential", []any{"VerifiableCredential", "ClrCredential"},
		[]any{contextV2, "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"}},
}

// TestTableAgainstPublished compares the members, required members and closed
// classes with the published schemas, class by class.
func TestTableAgainstPublished(t *testing.T) {
	v := newValidator(t)
	type described struct {
		Members, Required []string
		Closed            bool
	}
	for _, s := range subjects {
		var doc struct {
			Defs map[string]json.RawMessage `json:"$defs"`
		}
		raw := vectors(t, s.file)
		if err := json.Unmarshal(raw, &doc); err != nil {
			t.Fatal(err)
		}
		doc.Defs[s.class] = raw
		for name, def := range doc.Defs {
			var p struct {
				Properties           map[string]any
				Required             []string
				AdditionalProperties any
			}
			if err := json.Unmarshal(def, &p); err != nil {
				t.Fatal(err)
			}
			if len(p.Properties) == 0 { // Context, ProfileRef: value kinds, not classes
				continue
			}
			c := v.model20[name]
			if c == nil {
				t.Errorf("class %s is missing", name)
				continue
			}
			want := described{slices.Sorted(maps.Keys(p.Properties)), slices.Sorted(slices.Values(p.Required)), p.AdditionalProperties == false}
			got := described{Closed: c.closed}
			for _, m := range c.order {
				got.Members = append(got.Members, m.name)
				if m.required != 0 {
					got.Required = append(got.Required, m.name)
				}
			}
			slices.Sort(got.Members)
			slices.Sort(got.Required)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-published +ours):\n%s", name, diff)
			}
		}
	}
}

// full returns a value with every member of the class. depth limits the nesting of
// classes.
func full(m model, c *class, depth int) map[string]any {
	out := map[string]any{}
	for _, x := range c.order {
		if x.class != nil && depth <= 0 && x.required == 0 {
			continue
		}
		val := sampleValue(m, c, x, depth-1)
		if x.many && x.kind != kindTypes && x.kind != kindContext {
			val = []any{val}
		}
		out[x.name] = val
	}
	return out
}

func sampleValue(m model, c *class, x *member, depth int) any {
	switch x.kind {
	case kindTypes:
		for _, s := range subjects {
			if s.class == c.name {
				return s.types
			}
		}
		var list []any
		for _, g := range c.types {
			list = append(list, g[0])
		}
		return list
	case kindContext:
		for _, s := range subjects {
			if s.class == c.name {
				return s.contexts
			}
		}
		return []any{contextV2}
	case kindClass, kindClassOrURI:
		return full(m, x.class, depth)
	case kindNumber:
		return json.Number("1.5")
	case kindBool:
		return true
	case kindDate:
		return "2025-01-01T00:00:00Z"
	case kindDay:
		return "2025-01-01"
	case kindJWS:
		return "a.b.c"
	case kindLanguage:
		return "en-GB"
	case kindConst, kindWords:
		return x.words[0]
	case kindURI:
		return "https://example.org/1"
	}
	return "text"
}

// replacements are tried for every value.
var replacements = []any{
	nil, true, json.Number("1"), "x", "", "ext:", "ext:-", "ext:a b", "a.b.c", "de-Latn-AT", "de-Latn", "de-at", "zh-419", "https://example.org/2",
	[]any{}, []any{"x"}, []any{nil}, map[string]any{}, map[string]any{"en": "x"}, map[string]any{"en-GB": "a.b.c"}, map[string]any{"EN": "x"},
	map[string]any{"en": json.Number("1")}, map[string]any{"id": "https://example.org/3", "type": []any{"Profile"}}, "Completed", "Image",
	[]any{"VerifiableCredential"}, []any{contextV2}, []any{contextV2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.1.0.json"},
	[]any{contextV2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3-3.0.4.json", json.Number("1")},
}

// mutate calls f for every mutation of the tree below v: set changes the value in
// place, f is called, and the value is restored. Deeper levels are covered by the
// tests of their own classes.
func mutate(v any, path string, set func(any), f func(what string)) {
	if strings.Count(path, "/") > 2 {
		return
	}
	for i, r := range replacements {
		set(r)
		f(fmt.Sprintf("%s = replacement %d", path, i))
	}
	set([]any{v})
	f(path + " in a list")
	set(v)
	switch v := v.(type) {
	case []any:
		if len(v) == 1 {
			set(v[0])
			f(path + " without its list")
			set(v)
		}
		for i := range v {
			mutate(v[i], fmt.Sprintf("%s/%d", path, i), func(x any) { v[i] = x }, f)
		}
	case map[string]any:
		v["unknown"] = "x"
		f(path + " with another member")
		delete(v, "unknown")
		for _, name := range slices.Sorted(maps.Keys(v)) {
			was := v[name]
			delete(v, name)
			f(path + " without " + name)
			v[name] = was
			mutate(was, path+"/"+name, func(x any) { v[name] = x }, f)
		}
	}
}

// verdict validates doc against our table, by the rules of the published schemas.
func (v *validator) verdict(t testing.TB, class string, doc []byte) (valid bool, why []finding) {
	t.Helper()
	value, err := vc.ParseJSON(doc)
	if err != nil {
		t.Fatal(err)
	}
	w := &walker{v: v, model: v.model20}
	w.object(v.model20[class], value)
	for _, f := range w.found {
		if f.source == published && f.Strict {
			why = append(why, f)
		}
	}
	return len(why) == 0, why
}

// TestSameVerdicts compares our verdicts with the published schemas', class by
// class, for every single mutation of a value with all members.
func TestSameVerdicts(t *testing.T) {
	v := newValidator(t)
	total, valid := 0, 0
	for _, s := range subjects {
		n, ok := sameVerdicts(t, v, publishedSchema(t, s.file, ""), s.class)
		total, valid = total+n, valid+ok
	}
	for _, class := range slices.Sorted(maps.Keys(v.model20)) {
		if slices.ContainsFunc(subjects, func(s subject) bool { return s.class == class }) {
			continue
		}
		file := subjects[0].file
		if strings.Contains("Association ClrSubject CredentialSubject VerifiableCredential", class) {
			file = subjects[2].file
		}
		n, ok := sameVerdicts(t, v, publishedSchema(t, file, "#/$defs/"+class), class)
		total, valid = total+n, valid+ok
	}
	t.Logf("%d values, %d of them valid", total, valid)
	if valid < total/10 || valid > total*9/10 {
		t.Error("the mutations are not representative")
	}
}

func sameVerdicts(t *testing.T, v *validator, oracle *jsonschema.Schema, class string) (n, valid int) {
	var root any = full(v.model20, v.model20[class], 1)
	compare := func(what string) {
		if allowed(what) {
			return
		}
		b, err := json.Marshal(root)
		if err != nil {
			t.Fatal(err)
		}
		n++
		want := oracle.Validate(root)
		got, why := v.verdict(t, class, b)
		if want == nil {
			valid++
		}
		if got != (want == nil) {
			t.Errorf("%s%s: published schema says %v, ours %v", class, what, want, why)
		}
	}
	compare(" unchanged")
	if n != valid {
		t.Errorf("%s: the value with all members is invalid", class)
	}
	mutate(root, "", func(x any) { root = x }, compare)
	return n, valid
}

// allowed reports whether ours may differ for a mutation.
func allowed(what string) bool {
	// specs A3.4: data model 2.0 allows a list of statuses.
	return strings.HasSuffix(what, "credentialStatus in a list") || strings.HasSuffix(what, "credentialStatus = replacement 14")
}
