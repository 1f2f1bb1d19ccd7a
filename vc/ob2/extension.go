package ob2

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"backpack/vc"
)

// Limits on extensions.
const (
	maxExtensions = 16 // extensions of one badge
	maxContexts   = 4  // contexts of one extension
	maxFurther    = 30 // statements of extensions shown
	maxSaid       = 500
	maxDefinition = 512 << 10 // bytes of a context or a schema
)

// known holds the contexts and schemas of the well-known extensions, which no issuer
// hosts.
//
//go:embed extensions.json
var known []byte

// A SchemaValidator validates a value against the JSON Schema at an address. All
// schema documents come from load. An error means that validation was not possible; it
// wraps an error of load, vc.ErrMalformed (not a schema), vc.ErrUnsupported,
// vc.ErrTooLarge or vc.ErrTooComplex.
type SchemaValidator func(ctx context.Context, value *vc.Value, schema string, load func(url string) ([]byte, error)) ([]vc.Violation, error)

// An extension is an object of a type outside the vocabulary (specs B1.11).
type extension struct {
	value    *vc.Value
	types    []string // local names, without Extension
	contexts []string // addresses that may define it
	names    scope
}

// extensionsIn returns the extensions below v.
func extensionsIn(v *vc.Value) []*extension {
	var out []*extension
	var walk func(v *vc.Value, contexts []string, s scope)
	walk = func(v *vc.Value, contexts []string, s scope) {
		if v.Is(vc.Array) {
			for _, x := range v.List() {
				walk(x, contexts, s)
			}
			return
		}
		if !v.Is(vc.Object) || len(out) == maxExtensions {
			return
		}
		own := v.Get("@context")
		s = s.with(own)
		for _, u := range own.Strs() {
			if contextVersion(u) == "" {
				contexts = append(slices.Clip(contexts), u)
			}
		}
		if isType(v, "Extension") {
			out = append(out, newExtension(v, contexts, s))
			return
		}
		items := v.Items()
		for i := range items {
			if items[i].Name() != "@context" {
				walk(&items[i], contexts, s)
			}
		}
	}
	walk(v, nil, nil)
	return out
}

func newExtension(v *vc.Value, contexts []string, s scope) *extension {
	e := &extension{value: v, contexts: contexts, names: s}
	for _, t := range member(v, "type").Strs() {
		if t = localName(t); t != "Extension" {
			e.types = append(e.types, t)
		}
	}
	return e
}

// extensions validates the extensions of assertion, class and issuer against the
// schemas that their contexts name. One violation fails the check, as in the
// validators of that time. A schema that cannot be fetched or used leaves the check
// open and does not affect the badge. It sends no requests unless the badge is
// confirmed to be the issuer's.
func (r *run) extensions(ctx context.Context, p *parts) {
	var all []*extension
	for _, v := range p.ownNodes() {
		all = append(all, extensionsIn(v)...)
	}
	switch {
	case len(all) == 0 || r.opt.Bare:
		return
	case r.found[vc.CheckProof].Outcome != vc.Passed || r.found[vc.CheckIssuer].Outcome == vc.Failed:
		r.set(vc.CheckSchema, vc.Skipped, vc.ReasonNotRun, "")
		return
	}
	r.set(vc.CheckSchema, vc.Passed, "", "")
	for _, e := range all[:min(len(all), maxExtensions)] {
		f := r.extension(ctx, e)
		if f != nil && (f.outcome == vc.Failed || r.found[vc.CheckSchema].Outcome == vc.Passed) {
			r.fault(vc.CheckSchema, f)
		}
		if r.found[vc.CheckSchema].Outcome == vc.Failed {
			return
		}
	}
}

// extension validates one extension; nil if it is valid.
func (r *run) extension(ctx context.Context, e *extension) *fault {
	name := strings.Join(e.types, ", ")
	if r.cfg.Schemas == nil {
		return unknown(vc.ReasonUnsupported, name)
	}
	open := unknown(vc.ReasonUnsupported, fmt.Sprintf("no context defines the extension %.100q", name))
	fits := false
	for i, u := range e.contexts {
		if i == maxContexts {
			break
		}
		d, f := r.definition(ctx, u)
		if f != nil {
			open = f
			continue
		}
		for _, v := range d.validations {
			if !slices.ContainsFunc(e.types, func(t string) bool { return strings.EqualFold(t, v.typ) }) {
				continue
			}
			if f := r.validate(ctx, e, d, v); f != nil {
				return f
			}
			fits = true
		}
	}
	if fits {
		return nil
	}
	return open
}

// validate validates an extension by one validation of its definition.
func (r *run) validate(ctx context.Context, e *extension, d *definition, v validation) *fault {
	value, err := e.compact(d)
	if err != nil {
		return failed(vc.ReasonMalformed, err.Error())
	}
	var asked *fault
	found, err := r.cfg.Schemas(ctx, value, v.schema, func(url string) ([]byte, error) {
		if url == v.schema && v.text != "" {
			return []byte(v.text), nil
		}
		res, f := r.fetchSmall(ctx, url, "application/schema+json, application/json")
		if f != nil {
			asked = f
			return nil, vc.ErrUnreachable
		}
		return res.Body, nil
	})
	switch {
	case asked != nil:
		return asked
	case errors.Is(err, vc.ErrTooComplex):
		return unknown(vc.ReasonTooComplex, v.schema)
	case errors.Is(err, vc.ErrTooLarge):
		return unknown(vc.ReasonTooLarge, v.schema)
	case errors.Is(err, vc.ErrMalformed):
		return unknown(vc.ReasonMalformed, v.schema)
	case err != nil:
		return unknown(vc.ReasonUnsupported, fmt.Sprintf("%.200s: %.200v", v.schema, err))
	case len(found) > 0:
		return failed(vc.ReasonSchema, fmt.Sprintf("extension %.100s: %s: %s", v.typ, found[0].Path, found[0].Message))
	}
	return nil
}

// fetchSmall fetches a context or a schema, which are small.
func (r *run) fetchSmall(ctx context.Context, url, accept string) (*vc.Resource, *fault) {
	res, f := r.fetch(ctx, url, accept)
	switch {
	case f != nil:
		return nil, f
	case len(res.Body) > maxDefinition:
		return nil, unknown(vc.ReasonTooLarge, url)
	case !res.OK():
		return nil, unknown(vc.ReasonHostedGone, url+" answers 410")
	}
	return res, nil
}

// ownNodes returns assertion, class and issuer, each without the nodes embedded in it.
func (p *parts) ownNodes() []*vc.Value {
	out := []*vc.Value{p.assertion.With([]string{"badge", "endorsement"})}
	if p.endorsement {
		out[0] = p.assertion.With([]string{"issuer"})
	}
	if p.class != nil {
		out = append(out, p.class.With([]string{"issuer", "endorsement"}))
	}
	if p.issuer != nil {
		out = append(out, p.issuer.With([]string{"endorsement"}))
	}
	return out
}
