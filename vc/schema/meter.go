package schema

import (
	"context"
	"fmt"
	"regexp"
	"regexp/syntax"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"backpack/vc"
)

// Limits of one validation. A schema of a few hundred bytes can demand an
// astronomical number of steps, and the library has no limit of its own.
const (
	maxVisits  = 100_000    // applications of a schema to a value
	maxWork    = 20_000_000 // work for keywords, children and characters
	maxProgram = 2_000      // instructions of one regular expression
	maxRegexps = 200
)

// A meter charges the work of a validation. It stops an expensive one by a panic,
// which its owner recovers: the library offers no other way.
type meter struct {
	ctx          context.Context
	visits, work int
	regexps      map[string]pattern
	err          error // first refused regular expression
}

func newMeter(ctx context.Context) *meter { return &meter{ctx: ctx, regexps: map[string]pattern{}} }

// spent is the value of a meter's panic.
type spent struct{ err error }

// why returns the error for a recovered panic.
func (m *meter) why(r any) error {
	if s, ok := r.(spent); ok {
		return s.err
	}
	return fmt.Errorf("%w: the schema made the library fail: %v", vc.ErrUnsupported, r)
}

func (m *meter) charge(work int) {
	if m.work += work; m.work > maxWork {
		panic(spent{fmt.Errorf("%w: the schema demands too much work", vc.ErrTooComplex)})
	}
}

// visit charges the application of a schema with the given keyword weight to v.
func (m *meter) visit(weight int, v any) {
	if m.visits++; m.visits > maxVisits {
		m.charge(maxWork + 1)
	}
	if m.visits%1024 == 0 && m.ctx.Err() != nil {
		panic(spent{m.ctx.Err()})
	}
	children := 0
	switch v := v.(type) {
	case map[string]any:
		children = len(v)
	case []any:
		children = len(v)
	}
	m.charge(weight * (1 + children))
}

// attach makes every schema below s charge the meter. The library evaluates format
// before any expensive keyword, so the meter takes its place; formats themselves
// are annotations. References resolved during validation would bypass the meter and
// are refused.
func (m *meter) attach(s *jsonschema.Schema) error {
	seen := map[*jsonschema.Schema]bool{s: true}
	for todo := []*jsonschema.Schema{s}; len(todo) > 0; {
		s, todo = todo[0], todo[1:]
		if s.DynamicRef != nil || s.RecursiveRef != nil {
			return fmt.Errorf("%w: the schema has dynamic references", vc.ErrUnsupported)
		}
		weight := 1
		for _, sub := range children(s) {
			if weight++; sub.Enum != nil {
				weight += len(sub.Enum.Values)
			}
			if !seen[sub] {
				seen[sub] = true
				todo = append(todo, sub)
			}
		}
		s.Format = &jsonschema.Format{Name: "meter", Validate: func(v any) error {
			m.visit(weight, v)
			return nil
		}}
	}
	return nil
}

// children returns the schemas that s applies.
func children(s *jsonschema.Schema) []*jsonschema.Schema {
	out := []*jsonschema.Schema{s.Ref, s.Not, s.If, s.Then, s.Else, s.PropertyNames, s.UnevaluatedProperties,
		s.Items2020, s.Contains, s.UnevaluatedItems, s.ContentSchema}
	for _, list := range [][]*jsonschema.Schema{s.AllOf, s.AnyOf, s.OneOf, s.PrefixItems} {
		out = append(out, list...)
	}
	for _, m := range []map[string]*jsonschema.Schema{s.Properties, s.DependentSchemas} {
		for _, sub := range m {
			out = append(out, sub)
		}
	}
	for _, sub := range s.PatternProperties {
		out = append(out, sub)
	}
	for _, x := range []any{s.AdditionalProperties, s.AdditionalItems, s.Items} {
		out = append(out, schemasIn(x)...)
	}
	for _, x := range s.Dependencies {
		out = append(out, schemasIn(x)...)
	}
	n := 0
	for _, sub := range out {
		if sub != nil {
			out[n] = sub
			n++
		}
	}
	return out[:n]
}

// schemasIn returns the schemas in a member of varying type.
func schemasIn(x any) []*jsonschema.Schema {
	switch x := x.(type) {
	case *jsonschema.Schema:
		return []*jsonschema.Schema{x}
	case []*jsonschema.Schema:
		return x
	}
	return nil
}

// A pattern is a regular expression that charges the meter.
type pattern struct {
	*regexp.Regexp
	m    *meter
	size int
}

// MatchString implements jsonschema.Regexp.
func (p pattern) MatchString(s string) bool {
	p.m.charge(1 + len(s)*(1+p.size))
	return p.Regexp.MatchString(s)
}

// regexp is a jsonschema.RegexpEngine. Go's expressions run in linear time, but
// counted repetitions can make them large.
func (m *meter) regexp(s string) (jsonschema.Regexp, error) {
	if p, ok := m.regexps[s]; ok {
		return p, nil
	}
	p, err := m.compile(s)
	if err != nil {
		if m.err == nil {
			m.err = err
		}
		return nil, err
	}
	m.regexps[s] = p
	return p, nil
}

func (m *meter) compile(s string) (pattern, error) {
	if len(m.regexps) == maxRegexps || len(s) > maxProgram || !utf8.ValidString(s) {
		return pattern{}, fmt.Errorf("%w: the regular expressions are too many or too long", vc.ErrTooLarge)
	}
	parsed, err := syntax.Parse(s, syntax.Perl)
	if err != nil {
		return pattern{}, fmt.Errorf("%w: regular expression %.100q", vc.ErrUnsupported, s)
	}
	size := programSize(parsed)
	if size > maxProgram {
		return pattern{}, fmt.Errorf("%w: regular expression %.100q", vc.ErrTooComplex, s)
	}
	re, err := regexp.Compile(s)
	return pattern{re, m, size}, err
}

// programSize estimates the number of instructions of the compiled expression.
func programSize(re *syntax.Regexp) int {
	n := 1 + len(re.Rune)
	for _, sub := range re.Sub {
		n = min(n+programSize(sub), maxProgram+1)
	}
	if re.Op == syntax.OpRepeat {
		n = min(n*max(re.Min, re.Max, 1), maxProgram+1)
	}
	return n
}
