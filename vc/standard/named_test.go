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

// digestOf is the digestSRI of a text.
func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// TestNamedSchemas: a credential is held to the schemas that it names, and what
// cannot be had or used never makes it false (specs A4.2, G4).
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
		"fits":                      {fits, []vctest.Option{names(schemaAt)}, vc.Passed, "", vc.Valid, 1},
		"does not fit":              {differs, []vctest.Option{names(schemaAt)}, vc.Failed, vc.ReasonSchema, vc.Irregular, 1},
		"does not fit as a JWT":     {differs, []vctest.Option{names(schemaAt), vctest.As(vctest.JWT)}, vc.Failed, vc.ReasonSchema, vc.Irregular, 1},
		"fits as the W3C's type":    {fits, []vctest.Option{typed("JsonSchema"), vctest.As("eddsa-jcs-2022")}, vc.Passed, "", vc.Valid, 1},
		"gone":                      {"", []vctest.Option{names(schemaAt)}, vc.Unknown, vc.ReasonUnreachable, vc.Valid, 1},
		"no JSON":                   {"<html>", []vctest.Option{names(schemaAt)}, vc.Unknown, vc.ReasonMalformed, vc.Valid, 1},
		"no schema":                 {`{"type":"loaf"}`, []vctest.Option{names(schemaAt)}, vc.Unknown, vc.ReasonMalformed, vc.Valid, 1},
		"refers to what is gone":    {`{"$ref":"https://gone.example/s"}`, []vctest.Option{names(schemaAt)}, vc.Unknown, vc.ReasonUnreachable, vc.Valid, 1},
		"leads inside":              {fits, []vctest.Option{names("http://127.0.0.1/s")}, vc.Unknown, vc.ReasonMalformed, vc.Valid, 0},
		"a type that nobody knows":  {fits, []vctest.Option{typed("BreadSchema"), vctest.As("eddsa-jcs-2022")}, vc.Skipped, vc.ReasonUnsupported, vc.Valid, 0},
		"the specification's own":   {fits, []vctest.Option{names(canonical)}, vc.Skipped, vc.ReasonNotStated, vc.Valid, 0},
		"one of two":                {differs, []vctest.Option{names(canonical, schemaAt)}, vc.Failed, vc.ReasonSchema, vc.Irregular, 1},
		"forged":                    {differs, []vctest.Option{names(schemaAt), vctest.WrongKey}, vc.Skipped, vc.ReasonNotRun, vc.Invalid, 0},
		"somebody else's key":       {differs, []vctest.Option{names(schemaAt), vctest.Stranger}, vc.Skipped, vc.ReasonNotRun, vc.Invalid, 0},
		"with its digest":           {fits, []vctest.Option{names(schemaAt), sealed(fits)}, vc.Passed, "", vc.Valid, 1},
		"with another digest":       {differs, []vctest.Option{names(schemaAt), sealed(fits)}, vc.Unknown, vc.ReasonResourceDiffers, vc.Valid, 1},
		"nine of them":              {fits, []vctest.Option{names(strings.Fields(strings.Repeat(schemaAt+" ", 9))...), vctest.As("eddsa-jcs-2022")}, vc.Unknown, vc.ReasonTooLarge, vc.Valid, 1},
		"asks for the web of words": {`{"$schema":"https://gone.example/meta"}`, []vctest.Option{names(schemaAt)}, vc.Unknown, vc.ReasonUnreachable, vc.Valid, 1},
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
				t.Errorf("asked %d times, want %d", n, x.asked)
			}
			switch c := r.Check(vc.CheckResources); {
			case name == "with another digest" && c.Outcome != vc.Failed, name == "with its digest" && c.Outcome != vc.Passed:
				t.Errorf("resources: %+v", c)
			}
		})
	}
}

// TestNamedSchemaKept: a schema that was kept answers in place of its address.
func TestNamedSchemaKept(t *testing.T) {
	web, issuer, v := world(t)
	web.Serve(schemaAt, "application/json", []byte(`{"required":["name"]}`))
	signed := issuer.Issue(t, names(schemaAt))
	r := verify(t, v, signed, vc.Options{})
	if len(r.Schemas) != 1 || string(r.Schemas[schemaAt]) != `{"required":["name"]}` {
		t.Fatalf("to keep: %q", r.Schemas)
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
		t.Errorf("asked %d times; to keep %v", n, again.Schemas)
	}
}

// TestManySchemas: however many documents name however many schemas, few are
// asked for.
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
		t.Errorf("%d passed, %d unknown, %d to keep", passed, unknown, len(r.Schemas))
	}
}

// TestRelatedResources: contexts that were kept are compared with their
// digests; what nobody had is not fetched for it (specs D1.5).
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
		"as it was":         {related(entry(context, digestOf(body))), vc.Passed, "", vc.Valid},
		"another":           {related(entry(context, digestOf(body+" "))), vc.Failed, vc.ReasonResourceDiffers, vc.Valid},
		"unknown hash":      {related(entry(context, "md5-x")), vc.Unknown, vc.ReasonUnsupported, vc.Valid},
		"not had by anyone": {related(entry("https://words.example/other", digestOf(body))), vc.Skipped, vc.ReasonResourceNotLooked, vc.Valid},
		"twice the same":    {related(entry(context, digestOf(body)), entry(context, digestOf(body))), vc.Passed, "", vc.Irregular},
		"no digest":         {related(entry("https://words.example/other", "")), vc.Skipped, vc.ReasonNotStated, vc.Irregular},
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
					t.Errorf("asked for %s", req.URL)
				}
			}
		})
	}
}
