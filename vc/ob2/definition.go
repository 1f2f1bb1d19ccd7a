package ob2

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"backpack/vc"
)

// A definition is the meaning that one context gives to extensions.
type definition struct {
	terms       scope
	validations []validation
}

// A validation ties a type to the address of a schema. text is the schema itself if it
// is built in.
type validation struct{ typ, schema, text string }

// definition returns the definition of the context at u, built in or fetched.
func (r *run) definition(ctx context.Context, u string) (*definition, *fault) {
	if d := knownDefinition(u); d != nil {
		return d, nil
	}
	res, f := r.fetchSmall(ctx, u, "application/ld+json, application/json")
	if f != nil {
		return nil, f
	}
	v, err := vc.ParseJSON(res.Body)
	if err != nil || !v.Is(vc.Object) {
		return nil, unknown(vc.ReasonMalformed, u+" does not serve a JSON object")
	}
	return readDefinition(v), nil
}

// readDefinition parses a context document with TypeValidations (specs B1.11).
func readDefinition(v *vc.Value) *definition {
	d := &definition{terms: scope(nil).with(v.Get("@context"))}
	p, err := plainNames(v)
	if err != nil {
		p = v
	}
	for _, x := range member(p, "validation").List() {
		typ, schema := reference(x, "validatesType"), reference(x, "validationSchema")
		if typ != "" && schema != "" {
			d.validations = append(d.validations, validation{typ: localName(typ), schema: schema})
		}
	}
	return d
}

// knownDefinition returns a built-in definition, or nil. These addresses have been in
// use with http and https.
func knownDefinition(u string) *definition {
	all, err := vc.ParseJSON(known)
	if err != nil {
		return nil
	}
	for _, x := range all.List() {
		name := x.Get("name").Str()
		if !slices.ContainsFunc([]string{"w3id.org/openbadges/extensions/", "openbadgespec.org/extensions/"}, func(base string) bool {
			return strings.TrimPrefix(strings.TrimPrefix(u, "http"), "s") == "://"+base+name+"/context.json"
		}) {
			continue
		}
		d := &definition{terms: scope(nil).with(x.Get("terms"))}
		schema := x.Get("schema")
		d.validations = []validation{{x.Get("type").Str(), "https://w3id.org/openbadges/extensions/" + name + "/schema.json", schema.Raw()}}
		return d
	}
	return nil
}

// compact returns the extension with the names that the definition gives its members,
// or else the names of Open Badges.
func (e *extension) compact(d *definition) (*vc.Value, error) {
	c := renamer{d: d, s: scope{}, terms: map[string]string{}}
	for _, from := range []scope{e.names, d.terms} {
		for name, iri := range from {
			c.s[name] = iri
		}
	}
	for _, t := range slices.Sorted(maps.Keys(d.terms)) {
		c.terms[c.s.expand(t)] = t
	}
	c.value(e.value)
	v, err := vc.ParseJSON(c.out.Bytes())
	if err != nil {
		return nil, fmt.Errorf("the extension %s: %w", strings.Join(e.types, ", "), err)
	}
	return v, nil
}

type renamer struct {
	d     *definition
	s     scope
	terms map[string]string // by IRI
	out   bytes.Buffer
}

func (c *renamer) value(v *vc.Value) {
	switch {
	case v.Is(vc.Array):
		c.out.WriteByte('[')
		for i, x := range v.List() {
			c.comma(i)
			c.value(x)
		}
		c.out.WriteByte(']')
	case v.Is(vc.Object):
		c.out.WriteByte('{')
		items := v.Items()
		for i := range items {
			c.comma(i)
			name, err := json.Marshal(c.rename(items[i].Name()))
			if err != nil { // unreachable
				name = []byte(`""`)
			}
			c.out.Write(name)
			c.out.WriteByte(':')
			if items[i].Name() == "@context" {
				c.out.WriteString(items[i].Raw())
			} else {
				c.value(&items[i])
			}
		}
		c.out.WriteByte('}')
	default:
		c.out.WriteString(v.Raw())
	}
}

func (c *renamer) comma(i int) {
	if i > 0 {
		c.out.WriteByte(',')
	}
}

// rename returns the definition's name for the meaning of name.
func (c *renamer) rename(name string) string {
	switch {
	case name == "@id", name == "@type":
		return name[1:]
	case strings.HasPrefix(name, "@"), c.d.terms[name] != "":
		return name
	}
	iri := c.s.expand(name)
	if t := c.terms[iri]; t != "" {
		return t
	}
	if strings.Contains(name, ":") || c.s[name] != "" {
		return nonEmpty(term(iri), name)
	}
	return name
}

// extensionStatements lists the contents of the extensions for display, each with the names of the
// extension and the member.
func extensionStatements(nodes []*vc.Value) []vc.Statement {
	var out []vc.Statement
	for _, v := range nodes {
		for _, e := range extensionsIn(v) {
			appendStatements(&out, strings.Join(e.types, ", "), e.value)
		}
	}
	return out
}

func appendStatements(out *[]vc.Statement, name string, v *vc.Value) {
	switch {
	case len(*out) == maxFurther:
	case v.Is(vc.Object):
		items := v.Items()
		for i := range items {
			if n := items[i].Name(); n != "type" && !strings.HasPrefix(n, "@") {
				appendStatements(out, name+" · "+localName(n), &items[i])
			}
		}
	case v.Is(vc.Array):
		for _, x := range v.List() {
			appendStatements(out, name, x)
		}
	case v.Text() != "" && !v.Is(vc.Null):
		*out = append(*out, vc.Statement{Name: name, Value: cut(v.Text())})
	}
}

// cut limits s to maxSaid bytes.
func cut(s string) string {
	if len(s) <= maxSaid {
		return s
	}
	return strings.ToValidUTF8(s[:maxSaid], "") + "…"
}
