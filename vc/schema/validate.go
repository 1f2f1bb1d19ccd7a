package schema

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"backpack/vc"
)

const maxViolations = 10

// Embedded returns a validator for the classes of Open Badges 3.0 and CLR 2.0. It
// is safe for concurrent use and does no I/O. The error reports an invalid class
// table.
func Embedded() (vc.SchemaValidator, error) {
	v := &validator{}
	for version, m := range map[string]*model{"1.1": &v.model11, "2.0": &v.model20} {
		compiled, err := compile(classesText, version)
		if err != nil {
			return nil, fmt.Errorf("embedded schemas: %w", err)
		}
		*m = compiled
	}
	v.types = map[string]bool{}
	for _, c := range v.model20 {
		for _, names := range c.types {
			for _, name := range names {
				v.types[name] = true
			}
		}
	}
	return v, nil
}

type validator struct {
	model11, model20 model
	types            map[string]bool // types of all classes
}

// Validate implements vc.SchemaValidator. It skips embedded endorsements, which are
// validated separately. A credential that is neither an Open Badge, an endorsement
// nor a CLR has no schema and no violations.
func (v *validator) Validate(ctx context.Context, c *vc.Credential) ([]vc.Violation, error) {
	if c == nil || c.Value == nil {
		return nil, fmt.Errorf("validate: %w: no credential", vc.ErrMalformed)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("validate: %w", err)
	}
	w := &walker{v: v, alone: true}
	w.credential(c.Value, c.Types)
	return w.violations(), nil
}

// kinds maps credential types to classes.
var kinds = []struct{ typ, class string }{
	{"OpenBadgeCredential", "AchievementCredential"},
	{"AchievementCredential", "AchievementCredential"},
	{"ClrCredential", "ClrCredential"},
	{"EndorsementCredential", "EndorsementCredential"},
}

// credential validates a credential by the class of one of its types.
func (w *walker) credential(value *vc.Value, types []string) {
	for _, k := range kinds {
		if slices.Contains(types, k.typ) {
			w.object(w.v.modelOf(value, w.v.model20)[k.class], value)
			return
		}
	}
}

// modelOf returns the data model named by the first context (specs A3.1). An
// endorsement inside a credential has its own (specs A9.3).
func (v *validator) modelOf(value *vc.Value, otherwise model) model {
	ctx := value.Get("@context")
	if ctx.Is(vc.Array) && len(ctx.Items()) > 0 {
		ctx = &ctx.Items()[0]
	}
	switch ctx.Str() {
	case contextV1:
		return v.model11
	case contextV2:
		return v.model20
	}
	return otherwise
}

// A source tells which rules a finding violates. The tests compare only those of
// the published schemas.
type source uint8

const (
	published source = iota
	extra            // a rule of the specification that no schema expresses
)

// A grade is the severity of a finding.
type grade uint8

const (
	fault   grade = iota // the meaning is unclear
	lenient              // forbidden, but the meaning is clear
	hint                 // allowed in some form
)

// A finding is a violation with its source.
type finding struct {
	vc.Violation
	source source
}

// A step is one part of the path to a value.
type step struct {
	name  string
	index int // index in a list; -1 for a member
}

// A walker validates one credential and collects findings.
type walker struct {
	v     *validator
	model model
	path  []step
	found []finding
	alone bool // skip embedded endorsements

	counts   [hint + 1]int // number of findings per grade
	separate int           // depth of enclosing parts that are judged separately
}

func (w *walker) add(s source, g grade, format string, a ...any) { w.addReason(s, g, "", format, a...) }

// addReason is add with a specific reason.
func (w *walker) addReason(s source, g grade, reason vc.Reason, format string, a ...any) {
	strict := g != hint
	if g == fault && w.separate > 0 {
		g = lenient
	}
	if w.counts[g]++; w.counts[g] > maxViolations { // each grade has its own limit, so mild findings cannot displace grave ones
		return
	}
	x := vc.Violation{Path: w.pointer(), Message: fmt.Sprintf(format, a...), Reason: reason, Warning: g != fault, Strict: strict}
	w.found = append(w.found, finding{x, s})
}

// escapePointer escapes a part of a JSON pointer (RFC 6901).
var escapePointer = strings.NewReplacer("~", "~0", "/", "~1")

// pointer returns the JSON pointer to the current value.
func (w *walker) pointer() string {
	var b strings.Builder
	for _, s := range w.path {
		b.WriteByte('/')
		if s.index >= 0 {
			b.WriteString(strconv.Itoa(s.index))
		} else {
			b.WriteString(escapePointer.Replace(s.name))
		}
	}
	return b.String()
}

// violations returns the worst findings.
func (w *walker) violations() []vc.Violation {
	rank := func(f finding) int {
		switch {
		case !f.Warning:
			return 0
		case f.Strict:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(w.found, func(a, b finding) int { return rank(a) - rank(b) })
	var out []vc.Violation
	for _, f := range w.found[:min(len(w.found), maxViolations)] {
		out = append(out, f.Violation)
	}
	return out
}

// object validates v as class c.
func (w *walker) object(c *class, v *vc.Value) {
	if c.name == "VerifiableCredential" && enveloped(v) { // specs C5
		w.add(published, hint, "the schema does not allow enveloped credentials, but the data model does")
		return
	}
	if !v.Is(vc.Object) {
		w.noObject(c, v)
		return
	}
	before := w.model
	if c.members["@context"] != nil || w.model == nil {
		w.model = w.v.modelOf(v, nonNil(w.model, w.v.model20))
		c = w.model[c.name]
	}
	var seen uint64
	items := v.Items()
	for i := range items {
		x := c.members[items[i].Name()]
		if x == nil {
			if c.closed {
				w.add(published, lenient, "%s has no member %.60q", c.name, items[i].Name())
			}
			continue
		}
		w.path = append(w.path, step{items[i].Name(), -1})
		if items[i].States() || x.kind == kindContext {
			seen |= x.required
			w.member(c, x, &items[i])
		} else {
			w.nothing(x, &items[i])
		}
		w.path = w.path[:len(w.path)-1]
	}
	if seen != c.required {
		w.missing(c, seen)
	}
	if c.name == "Criteria" && v.Stated("id") == nil && v.Stated("narrative") == nil { // specs G1.7
		w.addReason(extra, fault, vc.ReasonMissingMember, "criteria must have an id or a narrative")
	}
	w.model = before
}

// noObject reports a value in place of an object. The URL of a picture or an issuer
// is equivalent to an object with an id only. Other profiles may occur in several
// places with different content.
func (w *walker) noObject(c *class, v *vc.Value) {
	g, reason := fault, vc.ReasonWrongType
	switch {
	case v.Is(vc.Array):
		reason = vc.ReasonOneDue
	case v.Is(vc.String) && hasScheme(v.Str()) && (c.name == "Image" || len(w.path) > 0 && w.path[len(w.path)-1].name == "issuer"):
		g = lenient
	}
	w.addReason(published, g, reason, "expected an object (%s), not %s", c.name, v.Kind())
}

// nothing reports a member that states nothing as absent. An empty list is not
// forbidden where several values are allowed.
func (w *walker) nothing(x *member, v *vc.Value) {
	g := lenient
	if x.many && v.Is(vc.Array) && len(v.Items()) == 0 && x.required == 0 {
		g = hint
	}
	s := published
	if g == hint || x.required != 0 { // a missing required member is reported separately
		s = extra
	}
	w.addReason(s, g, vc.ReasonNothing, "it states nothing and should be omitted") // specs A4.5
}

// enveloped reports whether a credential is in an envelope.
func enveloped(v *vc.Value) bool {
	return slices.Contains(v.Get("type").Strs(), "EnvelopedVerifiableCredential")
}

func nonNil(m, otherwise model) model {
	if m == nil {
		return otherwise
	}
	return m
}

func (w *walker) missing(c *class, seen uint64) {
	for _, x := range c.order {
		if x.required&^seen != 0 {
			w.addReason(published, fault, vc.ReasonMissingMember, "%s lacks the member %s", c.name, x.name)
		}
	}
}

// apart lists members whose content is judged separately: credentials and proofs
// have their own checks.
var apart = []string{"endorsement", "endorsementJwt", "verifiableCredential", "proof"}

// member validates a member with one value or a list of values.
func (w *walker) member(c *class, x *member, v *vc.Value) {
	if slices.Contains(apart, x.name) {
		w.separate++
		defer func() { w.separate-- }()
	}
	switch {
	case w.alone && (x.name == "endorsement" || x.name == "endorsementJwt"): // judged separately (specs A7.5)
		if v.Is(vc.Array) && len(v.Items()) == 0 {
			w.list(x, v)
		}
	case x.kind == kindTypes:
		w.types(c, v)
	case x.kind == kindContext:
		w.context(x, v)
	case x.many && v.Is(vc.Array):
		w.list(x, v)
	case x.many:
		if !x.compact {
			w.add(published, hint, "expected a list; a single value is JSON-LD's compact form")
		}
		w.value(x, v)
	case x.name == "credentialStatus" && v.Is(vc.Array): // specs A3.4
		w.add(published, hint, "the schema allows one credentialStatus, the data model several")
		w.list(x, v)
	default:
		w.value(x, v)
	}
}

func (w *walker) list(x *member, v *vc.Value) {
	items := v.Items()
	for i := range items {
		w.path = append(w.path, step{"", i})
		if items[i].Is(vc.Null) {
			w.addReason(published, lenient, vc.ReasonNothing, "null states nothing and should be omitted")
		} else {
			w.value(x, &items[i])
		}
		w.path = w.path[:len(w.path)-1]
	}
}
