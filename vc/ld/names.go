package ld

import (
	"fmt"
	"slices"

	"backpack/vc"
)

// An RDF proof covers statements, not the names of members nor the list of
// contexts. Whoever holds a badge could append a context of his own that gives
// validUntil a second name, rename the member, and leave the proof valid and
// the date unseen. Hence two rules: a context that is not known may add terms
// and no more (CheckContext), and a member has to bear the name that the first
// known context in force gives its IRI.

// ErrUnsafe is the reason why a context that is not known may not be used.
var ErrUnsafe = vc.ErrUnsafe

// A source is a context that terms come from.
type source struct {
	url   string
	known *embedded // nil for one that is not embedded
}

// A chain lists the known contexts in force, the last one first.
type chain struct {
	*embedded
	before *chain
	length int
}

// foreign reports whether terms of s are a stranger's.
func (r *run) foreign(s *source) bool { return r.mode.strict && s != nil && s.known == nil }

// with returns the chain with k added, if it is not in it yet.
func (c *chain) with(k *embedded) *chain {
	for x := c; x != nil; x = x.before {
		if x.embedded == k {
			return c
		}
	}
	return &chain{k, c, c.len() + 1}
}

func (c *chain) len() int {
	if c == nil {
		return 0
	}
	return c.length
}

// official returns a name that the first known context in force gives iri,
// if it gives any, and whether name is one of those. Some contexts use one IRI
// for a type and for a property (Criteria, criteria): what starts with a small
// letter is the property.
func (c *chain) official(iri, name string, asType bool) (other string, ok bool) {
	ok = true
	for ; c != nil; c = c.before {
		names := c.names[iri]
		if len(names) == 0 {
			continue
		}
		fits := func(n string) bool { return isType(n) == asType }
		if !slices.ContainsFunc(names, fits) {
			fits = func(string) bool { return true }
		}
		ok = fits(name) && slices.Contains(names, name)
		other = names[slices.IndexFunc(names, fits)]
	}
	return other, ok
}

func isType(name string) bool { return name == "" || name[0] < 'a' || name[0] > 'z' }

// enter adds src, which holds the context v, to the sources in force.
func (r *run) enter(a *active, src *source, v *vc.Value) error {
	if !r.mode.strict {
		return nil
	}
	if src.known == nil {
		a.strangers = true
		return r.harmless(v, src)
	}
	before := a.known
	if a.known = before.with(src.known); a.known == before || !a.strangers {
		return nil
	}
	if err := r.meter.step(len(a.terms) * 4); err != nil {
		return err
	}
	for name, t := range a.terms { // a stranger's terms that stood before this context
		if t.from == nil || t.from.known != nil {
			continue
		}
		if err := r.additional(a, t); err != nil {
			return err
		}
		a.terms[name] = named(a, t)
	}
	return nil
}

// named returns t with the marks that it bears the wrong name, if it does.
func named(a *active, t *term) *term {
	wrong, wrongType := "", ""
	if other, ok := a.known.official(t.key(), t.name, false); !ok {
		wrong = other
	}
	if other, ok := a.known.official(t.key(), t.name, true); !ok {
		wrongType = other
	}
	if t.wrong == wrong && t.wrongType == wrongType {
		return t
	}
	c := *t
	c.wrong, c.wrongType = wrong, wrongType
	return &c
}

// key is how the index of names files a term.
func (t *term) key() string {
	if t.reverse {
		return "^" + t.iri
	}
	return t.iri
}

// additional refuses a stranger's term that a known context in force defines
// otherwise.
func (r *run) additional(a *active, t *term) error {
	for c := a.known; c != nil; c = c.before {
		if defs := c.terms[t.name]; len(defs) > 0 && !slices.ContainsFunc(defs, t.alike) {
			return r.unsafe(t.from, "it redefines %q of %s", t.name, c.url)
		}
	}
	return nil
}

// alike reports whether t turns a plain member into the same statement as o.
func (t *term) alike(o *term) bool {
	return t.iri == o.iri && t.typ == o.typ && t.container == o.container && t.reverse == o.reverse &&
		sameText(t.lang, o.lang) && sameText(t.dir, o.dir)
}

// harmless looks through a stranger's context for what only a known one may do.
func (r *run) harmless(v *vc.Value, src *source) error {
	if err := r.meter.step(1); err != nil {
		return err
	}
	switch v.Kind() {
	case vc.Null:
		return r.unsafe(src, "it drops the terms of other contexts")
	case vc.Array:
		for i := range v.Items() {
			if err := r.harmless(&v.Items()[i], src); err != nil {
				return err
			}
		}
		return nil
	case vc.String:
		if src.url == "" { // the list in a document: each URL is looked up on its own
			return nil
		}
		return r.unsafe(src, "it refers to another context, %s", v.Text())
	case vc.Object:
		return r.harmlessMap(v, src)
	}
	return nil // not a context at all: an error of its own
}

func (r *run) harmlessMap(v *vc.Value, src *source) error {
	for i := range v.Items() {
		m := &v.Items()[i]
		switch keywordOf(m.Name()) {
		case kwVocab, kwBase, kwImport:
			return r.unsafe(src, "it sets %s", m.Name())
		case kwType:
			return r.unsafe(src, "it changes @type")
		}
		if setting(m.Name()) {
			continue
		}
		id, inner := m, m.Get("@context")
		if m.Is(vc.Object) {
			id = m.Get("@id")
		}
		if id.Is(vc.Null) && (id != nil) {
			return r.unsafe(src, "it maps %q to nothing", m.Name())
		}
		if inner == nil {
			continue
		}
		if inner.Is(vc.String) || slices.ContainsFunc(inner.List(), func(x *vc.Value) bool { return x.Is(vc.String) }) {
			return r.unsafe(src, "the context of %q refers to another one", m.Name())
		}
		if err := r.harmless(inner, src); err != nil {
			return err
		}
	}
	return nil
}

// unsafe reports why a stranger's context may not be used.
func (r *run) unsafe(src *source, format string, args ...any) error {
	name := src.url
	if name == "" {
		name = "the context in the document"
	}
	return fmt.Errorf("%w: %s: %s", ErrUnsafe, clip(name), clip(fmt.Sprintf(format, args...)))
}
