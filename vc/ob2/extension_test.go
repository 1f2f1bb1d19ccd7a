package ob2

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/schema"
)

const (
	wordsURL  = "https://ext.example/depth/context.json"
	schemaURL = "https://ext.example/depth/schema.json"
)

// depth returns the context and the schema of an extension.
func depth() map[string]page {
	return serve(wordsURL, object{"@context": object{"obi": "https://w3id.org/openbadges#", "x": "https://ext.example/#", "metres": "x:metres"},
		"obi:validation": []any{object{"obi:validatesType": "x:Depth", "obi:validationSchema": schemaURL}}},
		schemaURL, object{"type": "object", "required": []any{"metres"}, "properties": object{"metres": object{"type": "number"}}})
}

func dived(metres any) object {
	return object{"@context": wordsURL, "type": []any{"Extension", "x:Depth"}, "metres": metres}
}

func example(text any) object {
	return object{"@context": "https://w3id.org/openbadges/extensions/exampleExtension/context.json",
		"type": []any{"Extension", "extensions:ExampleExtension"}, "exampleProperty": text}
}

func extended(e any) map[string]page {
	return serve(assertionURL, assertion().with("extensions:x", e))
}

// verifyExtended verifies with a schema validator.
func verifyExtended(t testing.TB, pages map[string]page, opt vc.Options) (*vc.Report, *web) {
	t.Helper()
	all := standard()
	for _, more := range []map[string]page{depth(), pages} {
		for u, p := range more {
			all[u] = p
		}
	}
	w := &web{pages: all}
	v := must(New(Config{Fetch: w, Now: func() time.Time { return now }, Schemas: schema.ValidateExtension}))
	return must(v.VerifyLegacy(t.Context(), must(Parse([]byte(assertionURL), "")), opt)), w
}

// TestExtensions checks that a badge is irregular if an extension violates its schema,
// and valid if the extension cannot be checked (specs B1.11).
func TestExtensions(t *testing.T) {
	in := func(url, name string, e any) map[string]page {
		o := map[string]object{classURL: class(), issuerURL: profile()}[url]
		return serve(url, o.with(name, e))
	}
	for name, tc := range map[string]struct {
		pages   map[string]page
		want    string
		verdict vc.Verdict
	}{
		"known":                 {extended(example("words")), "schema passed", vc.Valid},
		"known, does not fit":   {extended(example(7)), "schema failed schema", vc.Irregular},
		"known, member missing": {extended(example(nil)), "schema failed schema", vc.Irregular},
		"names as IRIs": {extended(object{"@context": "https://w3id.org/openbadges/extensions/exampleExtension/context.json",
			"type": []any{"Extension", "obi:extensions/#ExampleExtension"}, "http://schema.org/text": "words"}), "schema passed", vc.Valid},
		"prefixed, does not fit": {extended(object{"@context": "https://openbadgespec.org/extensions/exampleExtension/context.json",
			"type": []any{"Extension", "extensions:ExampleExtension"}, "schema:text": 1337}), "schema failed schema", vc.Irregular},
		"context of the assertion": {serve(assertionURL, assertion().with("@context",
			[]any{"https://w3id.org/openbadges/v2", "https://w3id.org/openbadges/extensions/exampleExtension/context.json"}).with("extensions:x",
			object{"type": []any{"Extension", "extensions:ExampleExtension"}, "exampleProperty": 1})), "schema failed schema", vc.Irregular},
		"two in one": {extended(object{"@context": []any{"https://w3id.org/openbadges/extensions/exampleExtension/context.json",
			"http://w3id.org/openbadges/extensions/applyLinkExtension/context.json"},
			"type": []any{"Extension", "extensions:ExampleExtension", "extensions:ApplyLink"}, "exampleProperty": "x", "url": "https://x.example"}), "schema passed",
			vc.Valid},
		"two in one, one invalid": {extended(object{"@context": []any{"https://w3id.org/openbadges/extensions/exampleExtension/context.json",
			"http://w3id.org/openbadges/extensions/applyLinkExtension/context.json"},
			"type": []any{"Extension", "extensions:ExampleExtension", "extensions:ApplyLink"}, "exampleProperty": "x"}), "schema failed schema", vc.Irregular},
		"a place": {extended(object{"@context": "https://w3id.org/openbadges/extensions/geoCoordinatesExtension/context.json",
			"type": []any{"Extension", "extensions:GeoCoordinates"}, "description": "d", "schema:geo": object{"schema:latitude": 44.1, "schema:longitude": 1}}),
			"schema passed", vc.Valid},
		"a place without numbers": {extended(object{"@context": "https://w3id.org/openbadges/extensions/geoCoordinatesExtension/context.json",
			"type": []any{"Extension", "extensions:GeoCoordinates"}, "description": "d", "geo": object{"latitude": "north", "longitude": 1}}),
			"schema failed schema", vc.Irregular},
		"of the class":  {in(classURL, "extensions:x", example(7)), "schema failed schema", vc.Irregular},
		"of the issuer": {in(issuerURL, "extensions:x", example(7)), "schema failed schema", vc.Irregular},
		"in a list":     {extended([]any{example("x"), example(7)}), "schema failed schema", vc.Irregular},
		"inside evidence": {serve(assertionURL, assertion().with("evidence", []any{object{"narrative": "n", "extensions:x": example(7)}})),
			"schema failed schema", vc.Irregular},
		"in a replaced copy": {serve(assertionURL, assertion().with("badge", class().with("extensions:x", example(7)))), "schema skipped not_run",
			vc.Valid},
		"fetched":               {extended(dived(30)), "schema passed", vc.Valid},
		"fetched, does not fit": {extended(dived("deep")), "schema failed schema", vc.Irregular},
		"context unreachable":   {with(extended(dived("deep")), wordsURL, page{err: vc.ErrUnreachable}), "schema unknown unreachable", vc.Valid},
		"context gone":          {with(extended(dived("deep")), wordsURL, page{status: 410, body: "{}"}), "schema unknown hosted_gone", vc.Valid},
		"context is a page":     {with(extended(dived("deep")), wordsURL, page{body: "<html>"}), "schema unknown malformed", vc.Valid},
		"context is empty":      {with(extended(dived("deep")), wordsURL, page{body: "{}"}), "schema unknown unsupported", vc.Valid},
		"schema unreachable":    {with(extended(dived("deep")), schemaURL, page{status: 500}), "schema unknown unreachable", vc.Valid},
		"schema is invalid":     {with(extended(dived("deep")), schemaURL, page{body: `{"type":7}`}), "schema unknown malformed", vc.Valid},
		"schema is large": {with(extended(dived("deep")), schemaURL, page{body: `{"x":"` + strings.Repeat("x", maxDefinition) + `"}`}),
			"schema unknown too_large", vc.Valid},
		"schema forbidden":   {with(extended(dived("deep")), schemaURL, page{err: vc.ErrForbidden}), "schema unknown address_forbidden", vc.Valid},
		"schema too complex": {with(extended(dived("deep")), schemaURL, page{body: tangled}), "schema unknown too_complex", vc.Valid},
		"context is a file":  {extended(object{"@context": "file:///etc/passwd", "type": []any{"Extension", "Depth"}}), "schema unknown unsupported", vc.Valid},
		"no context":         {extended(object{"type": []any{"Extension", "Depth"}}), "schema unknown unsupported", vc.Valid},
		"member twice": {extended(object{"@context": wordsURL, "type": []any{"Extension", "x:Depth"}, "metres": 1, "https://ext.example/#metres": 2}),
			"schema failed malformed", vc.Irregular},
		"not an extension": {extended(object{"type": []any{"Depth"}}), "schema skipped not_run", vc.Valid},
		"forged badge": {with(extended(dived("deep")), issuerURL,
			page{body: profile().with("verification", object{"allowedOrigins": "other.example"}).String()}), "schema skipped not_run", vc.Invalid},
		"one open, one invalid": {extended([]any{object{"type": []any{"Extension", "Depth"}}, example(7)}), "schema failed schema", vc.Irregular},
	} {
		t.Run(name, func(t *testing.T) {
			r, w := verifyExtended(t, tc.pages, vc.Options{})
			expect(t, r, tc.want)
			if got := r.Verdict(vc.Policy{}); got != tc.verdict {
				t.Errorf("%s: %+v", got, r.Checks)
			}
			if slices.ContainsFunc(w.asked, func(u string) bool { return strings.Contains(u, "openbadge") }) {
				t.Errorf("fetched a built-in document: %s", w.asked)
			}
		})
	}
	without, _ := verify(t, merged(standard(), extended(example(7))), assertionURL, vc.Options{})
	expect(t, without, "schema unknown unsupported")
}

// tangled is a schema whose validation takes more steps than there are atoms.
var tangled = func() string {
	var b strings.Builder
	b.WriteString(`{"definitions":{"a0":{}`)
	for i := range 60 {
		fmt.Fprintf(&b, `,"a%d":{"allOf":[{"$ref":"#/definitions/a%d"},{"$ref":"#/definitions/a%d"}]}`, i+1, i, i)
	}
	b.WriteString(`},"$ref":"#/definitions/a60"}`)
	return b.String()
}()

func with(pages map[string]page, url string, p page) map[string]page {
	pages[url] = p
	return pages
}

func merged(a, b map[string]page) map[string]page {
	for u, p := range b {
		a[u] = p
	}
	return a
}

// TestFurther checks the display of the contents of extensions.
func TestFurther(t *testing.T) {
	long := strings.Repeat("ü", 400)
	r, _ := verifyExtended(t, merged(extended([]any{dived(30), example(long)}),
		serve(classURL, class().with("schema:location", object{"@context": "https://w3id.org/openbadges/extensions/geoCoordinatesExtension/context.json",
			"type": []any{"Extension", "extensions:GeoCoordinates"}, "description": "The woods", "geo": object{"latitude": 44.25, "longitude": nil}}))), vc.Options{})
	var got []string
	for _, s := range r.Current.Credential.Further {
		got = append(got, s.Name+" = "+s.Value)
	}
	want := []string{"Depth · metres = 30", "ExampleExtension · exampleProperty = " + strings.Repeat("ü", 250) + "…",
		"GeoCoordinates · description = The woods", "GeoCoordinates · geo · latitude = 44.25"}
	if !slices.Equal(got, want) {
		t.Errorf("%q\n%q", got, want)
	}
	many := slices.Repeat([]any{dived([]any{1, 2, 3, 4, 5})}, 100)
	r, w := verifyExtended(t, extended(many), vc.Options{})
	if n := len(r.Current.Credential.Further); n != maxFurther || len(w.asked) != 5 {
		t.Errorf("%d statements, %d requests", n, len(w.asked))
	}
}

// FuzzExtension checks that any extension, context and schema gives a result at
// limited cost, and never the result that the badge is revoked or unproven.
func FuzzExtension(f *testing.F) {
	f.Add(dived(3).String(), `{"@context":{"metres":"x:metres"},"validation":{"validatesType":"Depth","validationSchema":"`+schemaURL+`"}}`, `{"type":"object"}`)
	f.Add(example(3).String(), `{}`, tangled)
	f.Add(`[{"type":"Extension"}]`, `{"@context":[{"a":{"@id":"b"}},{"b":"a"}]}`, `{"$ref":"#"}`)
	f.Fuzz(func(t *testing.T, ext, words, shape string) {
		v, err := vc.ParseJSON([]byte(ext))
		if err != nil {
			return
		}
		body := strings.TrimSuffix(assertion().String(), "}") + `,"extensions:x":` + v.Raw() + "}"
		r, w := verifyExtended(t, map[string]page{assertionURL: {body: body}, wordsURL: {body: words}, schemaURL: {body: shape}}, vc.Options{})
		if got := r.Verdict(vc.Policy{}); got != vc.Valid && got != vc.Irregular || len(w.asked) > maxAsked {
			t.Fatalf("%s, %d requests: %+v", got, len(w.asked), r.Checks)
		}
	})
}
