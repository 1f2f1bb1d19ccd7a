package schema

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"backpack/vc"
)

// validateNamed validates a document against the first of the schemas, which are
// served at https://s.example/0, /1, …
func validateNamed(t testing.TB, doc string, schemas ...string) ([]vc.Violation, error) {
	t.Helper()
	v, err := vc.ParseJSON([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	return Named().ValidateNamed(t.Context(), v, vc.SchemaRef{ID: "https://s.example/0", Type: "1EdTechJsonSchemaValidator2019"},
		func(url string) ([]byte, error) {
			for i, s := range schemas {
				if url == fmt.Sprintf("https://s.example/%d", i) {
					return []byte(s), nil
				}
			}
			return nil, fmt.Errorf("%s: %w", url, vc.ErrUnreachable)
		})
}

func TestNamed(t *testing.T) {
	for name, x := range map[string]struct {
		doc     string
		schemas []string
		want    string // path of the first violation
		err     error
	}{
		"fits": {`{"a":1}`, []string{`{"properties":{"a":{"type":"number"}}}`}, "", nil},
		"does not fit": {`{"a":{"b/c":["x"]}}`, []string{`{"properties":{"a":{"properties":{"b/c":{"items":{"type":"number"}}}}}}`},
			"/a/b~1c/0", nil},
		"another document": {`{"a":"x"}`, []string{`{"properties":{"a":{"$ref":"1#/$defs/n"}}}`, `{"$defs":{"n":{"type":"number"}}}`}, "/a", nil},
		"an anchor":        {`{"a":"x"}`, []string{`{"properties":{"a":{"$ref":"#n"}},"$defs":{"n":{"$anchor":"n","type":"number"}}}`}, "/a", nil},
		"draft 7": {`{"a":"x"}`,
			[]string{`{"$schema":"http://json-schema.org/draft-07/schema#","definitions":{"n":{"type":"number"}},` +
				`"properties":{"a":{"$ref":"#/definitions/n"}}}`}, "/a", nil},
		"a pattern": {`{"a":"x"}`, []string{`{"properties":{"a":{"pattern":"^[0-9]+$"}}}`}, "/a", nil},
		"formats are annotations": {`{"a":"x"}`,
			[]string{`{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"format":"date"}}}`}, "", nil},
		"schema false":                  {`{}`, []string{`false`}, "", nil},
		"not JSON":                      {`{}`, []string{`<`}, "", vc.ErrMalformed},
		"duplicate member":              {`{}`, []string{`{"type":"object","type":"array"}`}, "", vc.ErrMalformed},
		"not a schema":                  {`{}`, []string{`{"type":7}`}, "", vc.ErrMalformed},
		"gone":                          {`{}`, nil, "", vc.ErrUnreachable},
		"reference to a missing schema": {`{}`, []string{`{"$ref":"https://gone.example/"}`}, "", vc.ErrUnreachable},
		"reference to a file":           {`{}`, []string{`{"$ref":"file:///etc/passwd"}`}, "", vc.ErrUnreachable},
		"reference to itself":           {`{}`, []string{`{"$ref":"#"}`}, "", nil},
		"dynamic reference": {`{}`,
			[]string{`{"$schema":"https://json-schema.org/draft/2020-12/schema","$dynamicRef":"#a","$defs":{"x":{"$dynamicAnchor":"a"}}}`}, "", vc.ErrUnsupported},
		"recursive reference":       {`{}`, []string{`{"$recursiveRef":"#"}`}, "", vc.ErrUnsupported},
		"lookahead":                 {`{"a":"x"}`, []string{`{"properties":{"a":{"pattern":"(?=x)"}}}`}, "", vc.ErrUnsupported},
		"large expression":          {`{"a":"x"}`, []string{`{"properties":{"a":{"pattern":"([a-z]{100}){10}"}}}`}, "", vc.ErrTooComplex},
		"many expressions":          {`{"a":"x"}`, []string{`{"allOf":[` + distinct(300) + `true]}`}, "", vc.ErrTooLarge},
		"many values":               {`{"a":"x"}`, []string{`{"enum":[` + strings.Repeat(`1,`, 20_000) + `2]}`}, "", vc.ErrTooLarge},
		"many documents":            {`{}`, chain(20), "", vc.ErrTooLarge},
		"large document":            {`[` + strings.Repeat(`1,`, 60_000) + `2]`, []string{`true`}, "", vc.ErrTooLarge},
		"exponential, fits":         {`{"a":1}`, []string{doubling(60, `{"type":"object"}`)}, "", vc.ErrTooComplex},
		"exponential, does not fit": {`{"a":1}`, []string{doubling(60, `{"type":"array"}`)}, "", vc.ErrTooComplex},
		"exponential in depth": {strings.Repeat(`{"a":`, 40) + `1` + strings.Repeat(`}`, 40),
			[]string{`{"properties":{"a":{"$ref":"#"}},"patternProperties":{"a":{"$ref":"#"},"^a":{"$ref":"#"}}}`}, "", vc.ErrTooComplex},
		"long text, many searches": {`["` + strings.Repeat("a", 200_000) + `"]`,
			[]string{`{"items":{"allOf":[` + strings.Repeat(`{"pattern":"(a{1,40}b)+"},`, 150) + `true]}}`}, "", vc.ErrTooComplex},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := validateNamed(t, x.doc, x.schemas...)
			if !errors.Is(err, x.err) || err != nil && x.err == nil {
				t.Fatalf("error %v, want %v", err, x.err)
			}
			switch bad := name == "schema false" || name == "reference to itself" || x.want != ""; {
			case err == nil && bad != (len(found) > 0):
				t.Errorf("found %v", found)
			case x.want != "" && found[0].Path != x.want:
				t.Errorf("at %s, want %s: %s", found[0].Path, x.want, found[0].Message)
			}
		})
	}
}

// chain returns a schema that refers through n documents.
func chain(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf(`{"$ref":"%d"}`, i+1))
	}
	return append(out, `true`)
}

// distinct returns n schemas with different expressions.
func distinct(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"pattern":"a%d"},`, i)
	}
	return b.String()
}

// doubling returns a schema of n steps, each of which applies the next one twice.
func doubling(n int, last string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"s%d":{"anyOf":[{"allOf":[{"$ref":"#/$defs/s%d"},false]},{"$ref":"#/$defs/s%d"}]},`, i, i+1, i+1)
	}
	return fmt.Sprintf(`{"$ref":"#/$defs/s0","$defs":{%s"s%d":%s}}`, b.String(), n, last)
}

// TestNamedEnds checks that a cancelled context stops a long validation.
func TestNamedEnds(t *testing.T) {
	v, err := vc.ParseJSON([]byte(`{"a":1}`))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	load := func(string) ([]byte, error) { cancel(); return []byte(doubling(60, `true`)), nil }
	if _, err := Named().ValidateNamed(ctx, v, vc.SchemaRef{ID: "https://s.example/0", Type: "JsonSchema"}, load); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestJudge checks that the specifications' own schemas are never fetched.
func TestJudge(t *testing.T) {
	for ref, want := range map[vc.SchemaRef]vc.SchemaKind{
		{ID: "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json", Type: "1EdTechJsonSchemaValidator2019"}: vc.SchemaKnown,
		{ID: "https://purl.imsglobal.org/spec/clr/v2p0/schema/json/clr_v2p0_clrcredential_schema.json", Type: "JsonSchema"}:                           vc.SchemaKnown,
		{ID: "https://purl.imsglobal.org.evil.example/spec/ob/v3p0/schema/x", Type: "1EdTechJsonSchemaValidator2019"}:                                 vc.SchemaNamed,
		{ID: "https://school.example/s", Type: "JsonSchema"}:                                                                                          vc.SchemaNamed,
		{ID: "https://school.example/s",
			Type: "JsonSchemaCredential"}: vc.SchemaForeign,
		{ID: "https://school.example/s"}: vc.SchemaForeign,
	} {
		if got := Named().Judge(ref); got != want {
			t.Errorf("%v: %d, want %d", ref, got, want)
		}
	}
}

// TestNamedPublished validates against a published schema as a credential's own,
// within the limits.
func TestNamedPublished(t *testing.T) {
	schema := string(vectors(t, "ob_v3p0_achievementcredential_schema.json"))
	if found, err := validateNamed(t, badge, schema); err != nil || len(found) > 0 {
		t.Errorf("%v, %v", found, err)
	}
	if found, err := validateNamed(t, strings.Replace(badge, `"Bell founding","description"`, `7,"description"`, 1), schema); err != nil || len(found) == 0 {
		t.Errorf("number as a name: %v, %v", found, err)
	}
}

// FuzzNamed checks that validation ends without a panic for every schema and
// document.
func FuzzNamed(f *testing.F) {
	for _, s := range []string{`{"a":1}`, `false`, doubling(3, `{}`), `{"patternProperties":{"^a":{"$ref":"#"}},"unevaluatedProperties":false}`,
		`{"contains":{"enum":[1,"a",null]},"uniqueItems":true,"if":{"minItems":2},"then":false}`, `{"$id":"https://x.example","$anchor":"a","$ref":"#a"}`} {
		f.Add(badge, s)
		f.Add(`[[{"a":{"a":[1,1]}}]]`, s)
	}
	f.Fuzz(func(t *testing.T, doc, schema string) {
		if _, err := vc.ParseJSON([]byte(doc)); err != nil {
			return
		}
		if found, err := validateNamed(t, doc, schema); err != nil && len(found) > 0 || len(found) > maxViolations {
			t.Errorf("%v, %v", found, err)
		}
	})
}
