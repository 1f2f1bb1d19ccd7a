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
	state     map[string]bool // false while a definition is being made, true after
	byName    map[string]*vc.Value
}

// index prepares look-ups by name, so that a context of many terms that lean
// on one another costs no more than its length.
func (b *builder) index() {
	items := b.local.Items()
	b.byName = make(map[string]*vc.Value, len(items))
	for i := range items {
		b.byName[items[i].Name()] = &items[i]
	}
}

// get returns a member of the local context.
func (b *builder) get(name string) *vc.Value {
	if b.byName == nil {
		return b.local.Get(name)
	}
	return b.byName[name]
}

// define is Create Term Definition (JSON-LD 1.1 API §4.2.2).
func (b *builder) define(name string) error {
	if done, begun := b.state[name]; begun { // 1
		if !done {
			return b.r.bad("cyclic IRI mapping", "the term %q is defined by itself", name)
		}
		return nil
	}
	if name == "" {
		return b.r.bad("invalid term definition", "a term without a name")
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
			return b.r.bad("protected term redefinition", "the protected term %q is defined anew", name)
		}
		t = previous
	}
	b.a.terms[name] = t
	b.state[name] = true
	return nil
}

// reserved is steps 4 and 5: keywords, and names that look like one.
func (b *builder) reserved(name string, v *vc.Value) (skip bool, err error) {
	if name == "@type" {
		ok := v.Is(vc.Object) && len(v.Items()) > 0
		for i := range v.Items() {
			m := &v.Items()[i]
			ok = ok && (m.Name() == "@container" && m.Str() == "@set" || m.Name() == "@protected")
		}
		if !ok {
			return false, b.r.bad("keyword redefinition", "@type may only be made a @set or protected")
		}
		return false, nil
	}
	if keywordOf(name) != notKeyword {
		return false, b.r.bad("keyword redefinition", "the keyword %s is defined", name)
	}
	return keywordForm(name), nil
}

// fill is steps 7 to 26. It skips a definition that has to be ignored.
func (b *builder) fill(t *term, v *vc.Value) (skip bool, err error) {
	id, simple := v, true // 7, 8
	switch v.Kind() {
	case vc.Null, vc.String:
		v = nil
	case vc.Object:
		id, simple = v.Get("@id"), false
	default:
		return false, b.r.bad("invalid term definition", "the term %q is %s", t.name, v.Kind())
	}
	if p := v.Get("@protected"); p != nil { // 11
		if !p.Is(vc.Bool) {
			return false, b.r.bad("invalid @protected value", "@protected of %q is %s", t.name, p.Kind())
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

// typeMapping is step 12.
func (b *builder) typeMapping(t *term, v *vc.Value) error {
	if v == nil {
		return nil
	}
	if !v.Is(vc.String) {
		return b.r.bad("invalid type mapping", "@type of %q is %s", t.name, v.Kind())
	}
	iri, ok, err := b.expand(v.Text(), false, true)
	if err != nil {
		return err
	}
	switch kw := keywordOf(iri); {
	case kw == kwID || kw == kwVocab || kw == kwJSON || kw == kwNone:
	case !ok || !absolute(iri):
		return b.r.bad("invalid type mapping", "@type of %q is no IRI", t.name)
	}
	t.typ = iri
	return nil
}

// reverse is step 13.
func (b *builder) reverse(t *term, v, rev *vc.Value) (skip bool, err error) {
	if v.Get("@id") != nil || v.Get("@nest") != nil {
		return false, b.r.bad("invalid reverse property", "%q has @reverse beside @id or @nest", t.name)
	}
	if !rev.Is(vc.String) {
		return false, b.r.bad("invalid IRI mapping", "@reverse of %q is %s", t.name, rev.Kind())
	}
	if keywordForm(rev.Text()) {
		return true, nil
	}
	iri, ok, err := b.expand(rev.Text(), false, true)
	if err != nil {
		return false, err
	}
	if !ok || !absolute(iri) && !strings.HasPrefix(iri, "_:") {
		return false, b.r.bad("invalid IRI mapping", "@reverse of %q is no IRI", t.name)
	}
	t.iri, t.reverse = iri, true
	if c := v.Get("@container"); c != nil && !c.Is(vc.Null) {
		switch c.Str() {
		case "@set":
			t.container = inSet
		case "@index":
			t.container = inIndex
		default:
			return false, b.r.bad("invalid reverse property", "%q has a container that cannot be reversed", t.name)
		}
	}
	if err := b.language(t, v); err != nil {
		return false, err
	}
	return false, b.onlyAllowed(t, v)
}

// iriMapping is steps 14 to 18.
func (b *builder) iriMapping(t *term, id *vc.Value, simple bool) (skip bool, err error) {
	name := t.name
	if id != nil && !(id.Is(vc.String) && id.Text() == name) {
		if id.Is(vc.Null) {
			return false, nil // a term that means nothing on purpose
		}
		return b.explicit(t, id, simple)
	}
	if i := strings.IndexByte(name, ':'); i > 0 { // 15
		prefix, suffix := name[:i], name[i+1:]
		if err := b.leanOnPrefix(prefix, suffix); err != nil {
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
			return false, b.r.bad("invalid IRI mapping", "the term %q is no IRI", name)
		}
		t.iri = iri
	case name == "@type": // 17
		t.iri = name
	case b.a.vocab != nil: // 18
		t.iri = *b.a.vocab + name
	default:
		return false, b.r.bad("invalid IRI mapping", "the term %q has no IRI", name)
	}
	return false, nil
}

// explicit is step 14.2.
func (b *builder) explicit(t *term, id *vc.Value, simple bool) (skip bool, err error) {
	name := t.name
	if !id.Is(vc.String) {
		return false, b.r.bad("invalid IRI mapping", "@id of %q is %s", name, id.Kind())
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
		return false, b.r.bad("invalid keyword alias", "%q stands for @context", name)
	}
	if !ok || kw == notKeyword && !absolute(iri) && !strings.HasPrefix(iri, "_:") {
		return false, b.r.bad("invalid IRI mapping", "@id of %q is no IRI", name)
	}
	t.iri = iri
	short := strings.IndexByte(name[:len(name)-1], ':') > 0 || strings.Contains(name, "/")
	if short {
		b.state[name] = true
		if own, ok, err := b.expand(name, false, true); err != nil || !ok || own != iri {
			return false, b.r.bad("invalid IRI mapping", "%q is an IRI but stands for another", name)
		}
	}
	if simple && !strings.ContainsAny(name, ":/") {
		t.prefix = iri != "" && strings.IndexByte(":/?#[]@", iri[len(iri)-1]) >= 0 || strings.HasPrefix(iri, "_:")
	}
	return false, nil
}

// containers is step 19.
func (b *builder) containers(t *term, v *vc.Value) error {
	c := v.Get("@container")
	if c == nil {
		return nil
	}
	bits, ok := containerBits(c)
	if !ok {
		return b.r.bad("invalid container mapping", "@container of %q", t.name)
	}
	t.container = bits
	if bits&inType != 0 {
		if t.typ == "" {
			t.typ = "@id"
		}
		if t.typ != "@id" && t.typ != "@vocab" {
			return b.r.bad("invalid type mapping", "%q is a map of types of something else", t.name)
		}
	}
	return nil
}

// containerBits reads @container; ok is false for a mix that is not allowed.
func containerBits(c *vc.Value) (bits container, ok bool) {
	if !c.Is(vc.String) && !c.Is(vc.Array) || c.Is(vc.Array) && len(c.Items()) == 0 {
		return 0, false
	}
	for _, x := range c.List() {
		bit := map[string]container{"@list": inList, "@set": inSet, "@language": inLanguage, "@index": inIndex,
			"@graph": inGraph, "@id": inID, "@type": inType}[x.Str()]
		if bit == 0 || bits&bit != 0 {
			return 0, false
		}
		bits |= bit
	}
	switch bits &^ inSet {
	case 0, inLanguage, inIndex, inGraph, inID, inType, inGraph | inID, inGraph | inIndex:
		return bits, true
	case inList:
		return bits, bits == inList
	}
	return 0, false
}

// indexMapping is step 20.
func (b *builder) indexMapping(t *term, v *vc.Value) error {
	x := v.Get("@index")
	if x == nil {
		return nil
	}
	if t.container&inIndex == 0 || !x.Is(vc.String) {
		return b.r.bad("invalid term definition", "@index of %q", t.name)
	}
	iri, ok, err := b.expand(x.Text(), false, true)
	if err != nil {
		return err
	}
	if !ok || !absolute(iri) {
		return b.r.bad("invalid term definition", "@index of %q is no IRI", t.name)
	}
	t.index = x.Text()
	return nil
}

// scopedContext is step 21.
func (b *builder) scopedContext(t *term, v *vc.Value) error {
	c := v.Get("@context")
	if c == nil {
		return nil
	}
	t.context, t.base = c, b.scope.base
	if b.scope.src != nil && b.scope.src.known != nil || b.scope.shallow && len(b.scope.remote) > maxRemote {
		return nil // compiled and tested when the engine was made
	}
	sc := scope{base: b.scope.base, remote: b.scope.remote, override: true, shallow: true, src: b.scope.src}
	if _, err := b.r.process(b.a, c, sc); err != nil {
		return b.r.within("invalid scoped context", t.name, err)
	}
	return nil
}

// language is steps 22 and 23.
func (b *builder) language(t *term, v *vc.Value) error {
	if l := v.Get("@language"); l != nil && v.Get("@type") == nil {
		if !l.Is(vc.String) && !l.Is(vc.Null) {
			return b.r.bad("invalid language mapping", "@language of %q is %s", t.name, l.Kind())
		}
		t.lang = &[]string{l.Str()}[0]
	}
	if d := v.Get("@direction"); d != nil && v.Get("@type") == nil {
		if s := d.Str(); !d.Is(vc.Null) && s != "ltr" && s != "rtl" {
			return b.r.bad("invalid base direction", "@direction of %q", t.name)
		}
		t.dir = &[]string{d.Str()}[0]
	}
	return nil
}

// nestAndPrefix is steps 24 and 25.
func (b *builder) nestAndPrefix(t *term, v *vc.Value) error {
	if n := v.Get("@nest"); n != nil {
		if kw := keywordOf(n.Str()); !n.Is(vc.String) || kw != notKeyword && kw != kwNest {
			return b.r.bad("invalid @nest value", "@nest of %q", t.name)
		}
		t.nest = n.Text()
	}
	p := v.Get("@prefix")
	if p == nil {
		return nil
	}
	if strings.ContainsAny(t.name, ":/") {
		return b.r.bad("invalid term definition", "%q cannot be a prefix", t.name)
	}
	if !p.Is(vc.Bool) {
		return b.r.bad("invalid @prefix value", "@prefix of %q is %s", t.name, p.Kind())
	}
	if t.prefix = p.Text() == "true"; t.prefix && keywordOf(t.iri) != notKeyword {
		return b.r.bad("invalid term definition", "%q is a keyword and a prefix", t.name)
	}
	return nil
}

// onlyAllowed is step 26.
func (b *builder) onlyAllowed(t *term, v *vc.Value) error {
	for i := range v.Items() {
		name := v.Items()[i].Name()
		switch keywordOf(name) {
		case kwID, kwReverse, kwContainer, kwContext, kwDirection, kwIndex, kwLanguage, kwNest, kwPrefix, kwProtected, kwType:
		default:
			return b.r.bad("invalid term definition", "%q of %q is unknown", name, t.name)
		}
	}
	return nil
}

// expand is IRI Expansion (JSON-LD 1.1 API §5.2) while a context is read: the
// terms that s leans on are defined first. ok is false for null.
func (b *builder) expand(s string, relative, vocab bool) (iri string, ok bool, err error) {
	if keywordOf(s) != notKeyword {
		return s, true, nil
	}
	if keywordForm(s) {
		return "", false, nil
	}
	if err := b.lean(s); err != nil {
		return "", false, err
	}
	if i := strings.IndexByte(s, ':'); i > 0 {
		if err := b.leanOnPrefix(s[:i], s[i+1:]); err != nil {
			return "", false, err
		}
	}
	iri, ok = b.a.expand(s, relative, vocab)
	return iri, ok, nil
}

// lean defines name if the local context has it and has not yet defined it.
func (b *builder) lean(name string) error {
	if b.state[name] || b.get(name) == nil {
		return nil
	}
	if setting(name) {
		return nil
	}
	return b.define(name)
}

// leanOnPrefix is lean for what may be a compact IRI.
func (b *builder) leanOnPrefix(prefix, suffix string) error {
	if prefix == "_" || strings.HasPrefix(suffix, "//") {
		return nil
	}
	return b.lean(prefix)
}

// expand is IRI Expansion (JSON-LD 1.1 API §5.2). ok is false for null.
func (a *active) expand(s string, relative, vocab bool) (iri string, ok bool) {
	if keywordOf(s) != notKeyword { // 1
		return s, true
	}
	if keywordForm(s) { // 2
		return "", false
	}
	if t := a.terms[s]; t != nil && (vocab || t.kw != notKeyword) { // 4, 5
		return t.iri, t.iri != ""
	}
	if i := strings.IndexByte(s, ':'); i > 0 { // 6
		prefix, suffix := s[:i], s[i+1:]
		if prefix == "_" || strings.HasPrefix(suffix, "//") {
			return s, true
		}
		if t := a.terms[prefix]; t != nil && t.iri != "" && t.prefix {
			return t.iri + suffix, true
		}
		if absolute(s) {
			return s, true
		}
	}
	switch {
	case vocab && a.vocab != nil: // 7
		return *a.vocab + s, true
	case relative: // 8
		return resolve(a.base, s), true
	}
	return s, true
}
