package ld

import (
	"strings"

	"backpack/vc"
)

// A builder adds the terms of one context map to an active context.
type builder struct {
	r         *run
	a         *active
	local     *vc.Value
	scope     scope
	protected bool
	state     map[string]bool // false while a term is being defined, true afterwards
	byName    map[string]*vc.Value
}

// index prepares the lookup by name, so that a context whose terms depend on one
// another takes linear time.
func (b *builder) index() {
	items := b.local.Items()
	b.byName = make(map[string]*vc.Value, len(items))
	for i := range items {
		b.byName[items[i].Name()] = &items[i]
	}
}

// get returns the member of the local context called name.
func (b *builder) get(name string) *vc.Value {
	if b.byName == nil {
		return b.local.Get(name)
	}
	return b.byName[name]
}

// define performs Create Term Definition (JSON-LD 1.1 API §4.2.2).
func (b *builder) define(name string) error {
	if done, begun := b.state[name]; begun { // 1
		if !done {
			return b.r.malformed("cyclic IRI mapping", "the term %q is defined by itself", name)
		}
		return nil
	}
	if name == "" {
		return b.r.malformed("invalid term definition", "a term has an empty name")
	}
	b.state[name] = false
	v := b.get(name)
	if skip, err := b.reserved(name, v); skip || err != nil {
		return err
	}
	previous := b.a.terms[name] // 6
	delete(b.a.terms, name)
	t := &term{name: name, protected: b.protected, from: b.scope.src}
	skip, err := b.fill(t, v)
	if skip || err != nil {
		return err
	}
	t.kw = keywordOf(t.iri)
	t.valid = wellFormed(t.iri)
	if previous != nil && previous.protected && !b.scope.override { // 27
		if !t.same(previous) {
			return b.r.malformed("protected term redefinition", "the protected term %q is redefined", name)
		}
		t = previous
	}
	b.a.terms[name] = t
	b.state[name] = true
	return nil
}

// reserved performs steps 4 and 5: keywords, and names in the form of a keyword.
func (b *builder) reserved(name string, v *vc.Value) (skip bool, err error) {
	if name == "@type" {
		ok := v.Is(vc.Object) && len(v.Items()) > 0
		for i := range v.Items() {
			m := &v.Items()[i]
			ok = ok && (m.Name() == "@container" && m.Str() == "@set" || m.Name() == "@protected")
		}
		if !ok {
			return false, b.r.malformed("keyword redefinition", "@type may only be made a @set or protected")
		}
		return false, nil
	}
	if keywordOf(name) != notKeyword {
		return false, b.r.malformed("keyword redefinition", "the keyword %s is redefined", name)
	}
	return keywordForm(name), nil
}

// fill performs steps 7 to 26. skip means that the definition is ignored.
func (b *builder) fill(t *term, v *vc.Value) (skip bool, err error) {
	id, simple := v, true // 7, 8
	switch v.Kind() {
	case vc.Null, vc.String:
		v = nil
	case vc.Object:
		id, simple = v.Get("@id"), false
	default:
		return false, b.r.malformed("invalid term definition", "the term %q is %s", t.name, v.Kind())
	}
	if p := v.Get("@protected"); p != nil { // 11
		if !p.Is(vc.Bool) {
			return false, b.r.malformed("invalid @protected value", "@protected of %q is %s", t.name, p.Kind())
		}
		t.protected = p.Text() == "true"
	}
	if err := b.typeMapping(t, v.Get("@type")); err != nil {
		return false, err
	}
	if rev := v.Get("@reverse"); rev != nil {
		return b.reverse(t, v, rev)
	}
	if skip, err := b.iriMapping(t, id, simple); skip || err != nil {
		return skip, err
	}
	for _, f := range []func(*term, *vc.Value) error{b.containers, b.indexMapping, b.scopedContext, b.language, b.nestAndPrefix} {
		if err := f(t, v); err != nil {
			return false, err
		}
	}
	return false, b.onlyAllowed(t, v)
}

// typeMapping performs step 12.
func (b *builder) typeMapping(t *term, v *vc.Value) error {
	if v == nil {
		return nil
	}
	if !v.Is(vc.String) {
		return b.r.malformed("invalid type mapping", "@type of %q is %s", t.name, v.Kind())
	}
	iri, ok, err := b.expand(v.Text(), false, true)
	if err != nil {
		return err
	}
	switch kw := keywordOf(iri); {
	case kw == kwID || kw == kwVocab || kw == kwJSON || kw == kwNone:
	case !ok || !absolute(iri):
		return b.r.malformed("invalid type mapping", "@type of %q is not an IRI", t.name)
	}
	t.typ = iri
	return nil
}

// reverse performs step 13.
func (b *builder) reverse(t *term, v, rev *vc.Value) (skip bool, err error) {
	if v.Get("@id") != nil || v.Get("@nest") != nil {
		return false, b.r.malformed("invalid reverse property", "%q has @reverse together with @id or @nest", t.name)
	}
	if !rev.Is(vc.String) {
		return false, b.r.malformed("invalid IRI mapping", "@reverse of %q is %s", t.name, rev.Kind())
	}
	if keywordForm(rev.Text()) {
		return true, nil
	}
	iri, ok, err := b.expand(rev.Text(), false, true)
	if err != nil {
		return false, err
	}
	if !ok || !absolute(iri) && !strings.HasPrefix(iri, "_:") {
		return false, b.r.malformed("invalid IRI mapping", "@reverse of %q is not an IRI", t.name)
	}
	t.iri, t.reverse = iri, true
	if c := v.Get("@container"); c != nil && !c.Is(vc.Null) {
		switch c.Str() {
		case "@set":
			t.container = inSet
		case "@index":
			t.container = inIndex
		default:
			return false, b.r.malformed("invalid reverse property", "%q has a container that cannot be reversed", t.name)
		}
	}
	if err := b.language(t, v); err != nil {
		return false, err
	}
	return false, b.onlyAllowed(t, v)
}

// iriMapping performs steps 14 to 18.
func (b *builder) iriMapping(t *term, id *vc.Value, simple bool) (skip bool, err error) {
	name := t.name
	if id != nil && !(id.Is(vc.String) && id.Text() == name) {
		if id.Is(vc.Null) {
			return false, nil // a term without a meaning, by intention
		}
		return b.explicit(t, id, simple)
	}
	if i := strings.IndexByte(name, ':'); i > 0 { // 15
		prefix, suffix := name[:i], name[i+1:]
		if err := b.definePrefix(prefix, suffix); err != nil {
			return false, err
		}
		if p := b.a.terms[prefix]; p != nil && p.iri != "" && !strings.HasPrefix(suffix, "//") {
			t.iri = p.iri + suffix
		} else {
			t.iri = name
		}
		return false, nil
	}
	switch {
	case strings.Contains(name, "/"): // 16
		iri, ok := b.a.expand(name, false, true)
		if !ok || !absolute(iri) {
			return false, b.r.malformed("invalid IRI mapping", "the term %q is not an IRI", name)
		}
		t.iri = iri
	case name == "@type": // 17
		t.iri = name
	case b.a.vocab != nil: // 18
		t.iri = *b.a.vocab + name
	default:
		return false, b.r.malformed("invalid IRI mapping", "the term %q has no IRI", name)
	}
	return false, nil
}

// explicit performs step 14.2.
func (b *builder) explicit(t *term, id *vc.Value, simple bool) (skip bool, err error) {
	name := t.name
	if !id.Is(vc.String) {
		return false, b.r.malformed("invalid IRI mapping", "@id of %q is %s", name, id.Kind())
	}
	if keywordOf(id.Text()) == notKeyword && keywordForm(id.Text()) {
		return true, nil
	}
	iri, ok, err := b.expand(id.Text(), false, true)
	if err != nil {
		return false, err
	}
	kw := keywordOf(iri)
	if kw == kwContext {
		return false, b.r.malformed("invalid keyword alias", "%q is an alias of @context", name)
	}
	if !ok || kw == notKeyword && !absolute(iri) && !strings.HasPrefix(iri, "_:") {
		return false, b.r.malformed("invalid IRI mapping", "@id of %q is not an IRI", name)
	}
	t.iri = iri
	short := strings.IndexByte(name[:len(name)-1], ':') > 0 || strings.Contains(name, "/")
	if short {
		b.state[name] = true
		if own, ok, err := b.expand(name, false, true); err != nil || !ok || own != iri {
			return false, b.r.malformed("invalid IRI mapping", "the IRI %q is defined as another IRI", name)
		}
	}
	if simple && !strings.ContainsAny(name, ":/") {
		t.prefix = iri != "" && strings.IndexByte(":/?#[]@", iri[len(iri)-1]) >= 0 || strings.HasPrefix(iri, "_:")
	}
	return false, nil
}
