package standard_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/vctest"
)

const schemaAt = "https://schemas.example/loaf.json"

func names(refs ...string) vctest.Option {
	var list []any
	for _, r := range refs {
		list = append(list, vctest.Object{"id": r, "type": "1EdTechJsonSchemaValidator2019"})
	}
	return vctest.With("credentialSchema", list)
}

// digestOf returns the digestSRI of a text.
func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// TestNamedSchemas checks that a credential is validated against the schemas it
// names, and that an unavailable or unusable schema never makes it invalid (specs
// A4.2, G4).
func TestNamedSchemas(t *testing.T) {
	const fits, differs = `{"required":["name"],"properties":{"name":{"const":"Baker"}}}`, `{"properties":{"name":{"const":"Miller"}}}`
	canonical := "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
	typed := func(typ string) vctest.Option {
		return vctest.With("credentialSchema", []any{vctest.Object{"id": schemaAt, "type": typ}})
	}
	sealed := func(text string) vctest.Option {
		return vctest.With("relatedResource", []any{vctest.Object{"id": schemaAt, "digestSRI": digestOf(text)}})
	}
	for name, x := range map[string]struct {
		body    string
		options []vctest.Option
		outcome vc.Outcome
		reason  vc.Reason
		verdict vc.Verdict
		asked   int
	}{
		"fits":                       {fits, []vctest.Option{names(schemaAt)}, vc.Passed, "", vc.Valid, 1},
		"does not fit":               {differs, []vctest.Option{names(schemaAt)}, vc.Failed, vc.ReasonSchema, vc.Irregular, 1},
		"does not fit as a JWT":      {differs, []vctest.Option{names(schemaAt), vctest.As(vctest.JWT)}, vc.Failed, vc.ReasonSchema, vc.Irregular, 1},
		"fits, W3C type":             {fits, []vctest.Option{typed("JsonSchema"), vctest.As("eddsa-jcs-2022")}, vc.Passed, "", vc.Valid, 1},
		"gone":                       {"", []vctest.Option{names(schemaAt)}, vc.Unknown, vc.ReasonUnreachable, vc.Valid, 1},
		"not JSON":                   {"<html>", []vctest.Option{names(schemaAt)}, vc.Unknown, vc.ReasonMalformed, vc.Valid, 1},
		"not a schema":               {`{"type":"loaf"}`, []vctest.Option{names(schemaAt)}, vc.Unknown, vc.ReasonMalformed, vc.Valid, 1},
		"refers to a missing schema": {`{"$ref":"https://gone.example/s"}`, []vctest.Option{names(schemaAt)}, vc.Unknown, vc.ReasonUnreachable, vc.Valid, 1},
		"private address":            {fits, []vctest.Option{names("http://127.0.0.1/s")}, vc.Unknown, vc.ReasonMalformed, vc.Valid, 0},
		"unknown type":               {fits, []vctest.Option{typed("BreadSchema"), vctest.As("eddsa-jcs-2022")}, vc.Skipped, vc.ReasonUnsupported, vc.Valid, 0},
		"specification's own schema": {fits, []vctest.Option{names(canonical)}, vc.Skipped, vc.ReasonNotStated, vc.Valid, 0},
		"one of two":                 {differs, []vctest.Option{names(canonical, schemaAt)}, vc.Failed, vc.ReasonSchema, vc.Irregular, 1},
		"forged":                     {differs, []vctest.Option{names(schemaAt), vctest.WrongKey}, vc.Skipped, vc.ReasonNotRun, vc.Invalid, 0},
		"stranger's key":             {differs, []vctest.Option{names(schemaAt), vctest.Stranger}, vc.Skipped, vc.ReasonNotRun, vc.Invalid, 0},
		"matching digest":            {fits, []vctest.Option{names(schemaAt), sealed(fits)}, vc.Passed, "", vc.Valid, 1},
		"other digest":               {differs, []vctest.Option{names(schemaAt), sealed(fits)}, vc.Unknown, vc.ReasonResourceDiffers, vc.Valid, 1},
		"nine schemas": {fits, []vctest.Option{names(strings.Fields(strings.Repeat(schemaAt+" ", 9))...), vctest.As("eddsa-jcs-2022")},
			vc.Unknown, vc.ReasonTooLarge, vc.Valid, 1},
		"unknown dialect": {`{"$schema":"https://gone.example/meta"}`, []vctest.Option{names(schemaAt)}, vc.Unknown, vc.ReasonUnreachable, vc.Valid, 1},
	} {
		t.Run(name, func(t *testing.T) {
			web, issuer, v := world(t)
			web.Status("https://schemas.example/other", 404, nil)
			if x.body != "" {
				web.Serve(schemaAt, "application/schema+json", []byte(x.body))
			}
			r := verify(t, v, issuer.Issue(t, x.options...), vc.Options{})
			expect(t, r, vc.CheckSchema, x.outcome, x.reason)
			verdict(t, r, x.verdict)
			if n := web.Hits(schemaAt); n != x.asked {
				t.Errorf("requested %d times, want %d", n, x.asked)
			}
			switch c := r.Check(vc.CheckResources); {
			case name == "other digest" && c.Outcome != vc.Failed, name == "matching digest" && c.Outcome != vc.Passed:
				t.Errorf("resources: %+v", c)
			}
		})
	}
}

// TestNamedSchemaKept checks that a stored schema is used instead of its URL.
func TestNamedSchemaKept(t *testing.T) {
	web, issuer, v := world(t)
	web.Serve(schemaAt, "application/json", []byte(`{"required":["name"]}`))
	signed := issuer.Issue(t, names(schemaAt))
	r := verify(t, v, signed, vc.Options{})
	if len(r.Schemas) != 1 || string(r.Schemas[schemaAt]) != `{"required":["name"]}` {
		t.Fatalf("schemas to store: %q", r.Schemas)
	}
	doc := parse(t, signed)
	doc.Schemas = r.Schemas
	web.Status(schemaAt, 500, nil)
	again, err := v.Verify(t.Context(), doc, vc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, again, vc.CheckSchema, vc.Passed, "")
	if n := web.Hits(schemaAt); n != 1 || again.Schemas != nil {
		t.Errorf("requested %d times; schemas to store: %v", n, again.Schemas)
	}
}

// TestManySchemas checks that few schemas are fetched, however many the documents
// name.
func TestManySchemas(t *testing.T) {
	web, issuer, v := world(t)
	var children []any
	for i := range 30 {
		address := fmt.Sprintf("https://schemas.example/%d", i)
		web.Serve(address, "application/json", []byte(`{}`))
		children = append(children, rawJSON(issuer.Issue(t, names(address), vctest.With("id", fmt.Sprint("urn:uuid:", i)))))
	}
	r := verify(t, v, issuer.Issue(t, clrOf(children)...), vc.Options{})
	verdict(t, r, vc.Valid)
	passed, unknown := 0, 0
	for _, sub := range r.Check(vc.CheckProof).Sub {
		switch sub.Check(vc.CheckSchema).Outcome {
		case vc.Passed:
			passed++
		case vc.Unknown:
			unknown++
		}
	}
	if passed != 16 || unknown != 14 || len(r.Schemas) != 16 {
		t.Errorf("%d passed, %d unknown, %d to store", passed, unknown, len(r.Schemas))
	}
}

// TestRelatedResources checks that stored contexts are compared with their digests,
// and that other resources are not fetched (specs D1.5).
func TestRelatedResources(t *testing.T) {
	web, issuer, v := world(t)
	const context = "https://words.example/c.json"
	body := `{"@context":{"crust":"https://words.example/#crust"}}`
	related := func(list ...any) []byte {
		return issuer.Issue(t, vctest.As("eddsa-jcs-2022"), vctest.With("relatedResource", list))
	}
	entry := func(id, digest string) any { return vctest.Object{"id": id, "digestSRI": digest} }
	for name, x := range map[string]struct {
		signed  []byte
		outcome vc.Outcome
		reason  vc.Reason
		verdict vc.Verdict
	}{
		"matching":        {related(entry(context, digestOf(body))), vc.Passed, "", vc.Valid},
		"another":         {related(entry(context, digestOf(body+" "))), vc.Failed, vc.ReasonResourceDiffers, vc.Valid},
		"unknown hash":    {related(entry(context, "md5-x")), vc.Unknown, vc.ReasonUnsupported, vc.Valid},
		"not available":   {related(entry("https://words.example/other", digestOf(body))), vc.Skipped, vc.ReasonResourceNotLooked, vc.Valid},
		"duplicate entry": {related(entry(context, digestOf(body)), entry(context, digestOf(body))), vc.Passed, "", vc.Irregular},
		"no digest":       {related(entry("https://words.example/other", "")), vc.Skipped, vc.ReasonNotStated, vc.Irregular},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(web.Requests())
			doc := parse(t, x.signed)
			doc.Contexts = map[string][]byte{context: []byte(body)}
			r, err := v.Verify(t.Context(), doc, vc.Options{})
			if err != nil {
				t.Fatal(err)
			}
			expect(t, r, vc.CheckResources, x.outcome, x.reason)
			verdict(t, r, x.verdict)
			for _, req := range web.Requests()[before:] {
				if strings.HasPrefix(req.URL, "https://words.example") {
					t.Errorf("requested %s", req.URL)
				}
			}
		})
	}
}
