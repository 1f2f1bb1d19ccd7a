package schema

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"backpack/vc"
)

// Limits of credentials' own schemas, in addition to those of a meter.
const (
	maxSchemaValues = 10_000 // JSON values in all schemas of one validation
	maxDocuments    = 8
	maxClaims       = 50_000 // JSON values in a credential
	maxClaimsBytes  = 4 << 20
)

// dialects maps supported types of credentialSchema to the default dialect of their
// schemas (specs A4.1; VC JSON Schema).
var dialects = map[string]*jsonschema.Draft{
	"1EdTechJsonSchemaValidator2019": jsonschema.Draft2019,
	"JsonSchema":                     jsonschema.Draft2020,
}

// canonical lists the base URLs of the schemas that Embedded covers. They are never
// fetched.
var canonical = []string{"https://purl.imsglobal.org/spec/ob/v3p0/schema/", "https://purl.imsglobal.org/spec/clr/v2p0/schema/"}

// Named returns a validator for schemas that credentials name. It is safe for
// concurrent use.
func Named() vc.NamedSchemas { return named{} }

type named struct{}

// Judge implements vc.NamedSchemas.
func (named) Judge(s vc.SchemaRef) vc.SchemaKind {
	if dialects[s.Type] == nil {
		return vc.SchemaForeign
	}
	for _, base := range canonical {
		if strings.HasPrefix(s.ID, base) {
			return vc.SchemaKnown
		}
	}
	return vc.SchemaNamed
}

// ValidateNamed implements vc.NamedSchemas. Formats are annotations, as in the
// dialect that Open Badges uses.
func (named) ValidateNamed(ctx context.Context, claims *vc.Value, s vc.SchemaRef, load func(url string) ([]byte, error)) ([]vc.Violation, error) {
	if dialects[s.Type] == nil {
		return nil, fmt.Errorf("%w: schema of type %q", vc.ErrUnsupported, s.Type)
	}
	return validate(ctx, claims, s.ID, dialects[s.Type], load)
}

// ValidateExtension is ValidateNamed for an extension of a badge before Open Badges
// 3.0 (specs B1.11). The default dialect is draft 4.
func ValidateExtension(ctx context.Context, value *vc.Value, schema string, load func(url string) ([]byte, error)) ([]vc.Violation, error) {
	return validate(ctx, value, schema, jsonschema.Draft4, load)
}

// validate validates claims against the schema at a URL, within the limits.
func validate(ctx context.Context, claims *vc.Value, schema string, draft *jsonschema.Draft,
	load func(url string) ([]byte, error)) (out []vc.Violation, err error) {
	if n := count(claims, maxClaims+1); n > maxClaims || len(claims.Raw()) > maxClaimsBytes {
		return nil, fmt.Errorf("%w: the document is too large to validate", vc.ErrTooLarge)
	}
	m := newMeter(ctx)
	defer func() {
		if r := recover(); r != nil {
			out, err = nil, m.why(r)
		}
	}()
	compiled, err := compileSchema(schema, draft, &loader{load: load}, m)
	if err != nil {
		return nil, err
	}
	instance, err := jsonschema.UnmarshalJSON(strings.NewReader(claims.Raw()))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", vc.ErrMalformed, err)
	}
	return violationsOf(compiled.Validate(instance))
}

// compileSchema fetches, checks and compiles a schema and everything it refers to.
func compileSchema(address string, draft *jsonschema.Draft, l *loader, m *meter) (*jsonschema.Schema, error) {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(draft)
	c.UseLoader(l)
	c.UseRegexpEngine(m.regexp)
	compiled, err := c.Compile(address)
	switch {
	case l.err != nil:
		return nil, l.err
	case m.err != nil:
		return nil, m.err
	case err != nil:
		return nil, fmt.Errorf("%w: not a schema: %.300v", vc.ErrMalformed, err)
	}
	return compiled, m.attach(compiled)
}

// A loader loads the documents of one schema and keeps the first error.
type loader struct {
	load   func(url string) ([]byte, error)
	values int
	docs   int
	err    error
}

// Load implements jsonschema.URLLoader.
func (l *loader) Load(url string) (any, error) {
	doc, err := l.document(url)
	if err != nil && l.err == nil {
		l.err = err
	}
	return doc, err
}

func (l *loader) document(url string) (any, error) {
	if l.docs++; l.docs > maxDocuments {
		return nil, fmt.Errorf("%w: a schema with more than %d documents", vc.ErrTooLarge, maxDocuments)
	}
	body, err := l.load(url)
	if err != nil {
		return nil, err
	}
	v, err := vc.ParseJSON(body)
	if err != nil {
		return nil, err
	}
	if l.values += count(v, maxSchemaValues+1); l.values > maxSchemaValues {
		return nil, fmt.Errorf("%w: a schema with more than %d values", vc.ErrTooLarge, maxSchemaValues)
	}
	return jsonschema.UnmarshalJSON(strings.NewReader(v.Raw()))
}

// count returns the number of values in v, but at most most.
func count(v *vc.Value, most int) int {
	n := 1
	items := v.Items()
	for i := range items {
		if n >= most {
			return most
		}
		n += count(&items[i], most-n)
	}
	return n
}

// violationsOf returns the innermost causes of a validation error.
func violationsOf(err error) ([]vc.Violation, error) {
	if err == nil {
		return nil, nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return nil, fmt.Errorf("%w: %w", vc.ErrMalformed, err)
	}
	p := message.NewPrinter(language.English)
	var out []vc.Violation
	var walk func(e *jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		if len(out) == maxViolations {
			return
		}
		if len(e.Causes) == 0 {
			out = append(out, vc.Violation{Path: pointerOf(e.InstanceLocation), Message: fmt.Sprintf("%.200s", e.ErrorKind.LocalizedString(p))})
		}
		for _, cause := range e.Causes {
			walk(cause)
		}
	}
	walk(invalid)
	return out, nil
}

// pointerOf returns the JSON pointer made of tokens.
func pointerOf(tokens []string) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString("/" + escapePointer.Replace(t))
	}
	return b.String()
}
