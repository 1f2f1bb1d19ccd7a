package ld

import (
	"fmt"
	"strings"

	"backpack/vc"
)

// A scope holds the parameters of the Context Processing Algorithm.
type scope struct {
	base      string   // URL of the document that holds the context
	remote    []string // URLs of the contexts that are being loaded
	override  bool     // a property-scoped context may redefine protected terms
	transient bool     // does not propagate, unless the context sets @propagate
	shallow   bool     // ignores contexts that include themselves
	src       *source  // where the terms come from
}

// maxRemote limits the depth of contexts that include other contexts.
const maxRemote = 8

// scoped applies the scoped context of a type or of a property.
func (r *run) scoped(a *active, t *term, typed bool) (*active, error) {
	key := step{scoped: t.context, typed: typed}
	if to := a.cached(key); to != nil {
		return to, r.meter.step(1)
	}
	to, err := r.process(a, t.context, scope{base: t.base, override: !typed, transient: typed, src: t.from})
	if err == nil {
		a.store(key, to)
	}
	return to, err
}

// local applies a context inside the document.
func (r *run) local(a *active, v *vc.Value) (*active, error) {
	if r.mode.load != nil || len(r.opt.Extra) > 0 && !r.onlyKnown(v) {
		return r.private(a, v)
	}
	key := step{raw: v.Raw()}
	if to := a.cached(key); to != nil {
		return to, r.meter.step(1)
	}
	if len(key.raw) <= maxKeptRaw { // a cached value must not keep the whole document in memory
		own, err := vc.ParseJSON([]byte(v.Raw()))
		if err != nil {
			return nil, fmt.Errorf("parse the context again: %w", err)
		}
		v, key.raw = own, own.Raw()
	}
	to, err := r.process(a, v, scope{base: r.mode.base})
	if err == nil {
		a.store(key, to)
	}
	return to, err
}

// private applies a context whose result is not shared with other runs, because it
// depends on Options.Extra or on a test's loader.
func (r *run) private(a *active, v *vc.Value) (*active, error) {
	key := localKey{a, v.Raw()}
	if to := r.locals[key]; to != nil {
		return to, r.meter.step(1)
	}
	to, err := r.process(a, v, scope{base: r.mode.base})
	if err != nil {
		return nil, err
	}
	if to.cache == a.cache {
		to.cache = &cacheUsage{}
	}
	if r.locals == nil {
		r.locals = map[localKey]*active{}
	}
	r.locals[key] = to
	return to, nil
}

type localKey struct {
	a   *active
	raw string
}

// onlyKnown reports whether all URLs in a document's @context are embedded.
func (r *run) onlyKnown(v *vc.Value) bool {
	for _, u := range v.Strs() {
		if !r.e.Known(u) {
			return false
		}
	}
	return true
}

// process is the Context Processing Algorithm (JSON-LD 1.1 API §4.1.2).
func (r *run) process(a *active, local *vc.Value, sc scope) (*active, error) {
	result := a.clone()
	if local.Is(vc.Object) { // 2
		if p := local.Get("@propagate"); p.Is(vc.Bool) {
			sc.transient = p.Text() == "false"
		}
	}
	if sc.transient && result.prev == nil { // 3
		result.prev = a
	}
	if err := r.meter.step(8 + len(a.terms)); err != nil {
		return nil, err
	}
	if err := r.deeper(); err != nil {
		return nil, err
	}
	defer func() { r.depth-- }()
	for _, c := range local.List() { // 5
		var err error
		switch c.Kind() {
		case vc.Null:
			result, err = r.nullify(result, sc)
		case vc.String:
			result, err = r.remote(result, c.Text(), sc)
		case vc.Object:
			// The specification forbids a map inside a map. Other processors accept it, and proofs
			// exist that depend on it.
			if in := c.Get("@context"); r.mode.strict && in.Is(vc.Object) && len(c.Items()) == 1 {
				c = in
			}
			err = r.define(result, c, sc)
		default:
			err = r.malformed("invalid local context", "a context is %s", c.Kind())
		}
		if err != nil {
			return nil, err
		}
	}
	result.listTypes()
	return result, nil
}

// nullify performs step 5.1.
func (r *run) nullify(a *active, sc scope) (*active, error) {
	if !sc.override && a.hasProtected() {
		return nil, r.malformed("invalid context nullification", "a null context would drop protected terms")
	}
	fresh := &active{terms: map[string]*term{}, base: r.mode.base, cache: a.cache}
	if sc.transient {
		fresh.prev = a.prev
	}
	return fresh, nil
}

// remote performs step 5.2.
func (r *run) remote(a *active, ref string, sc scope) (*active, error) {
	if r.foreign(sc.src) {
		return nil, r.unsafe(sc.src, "it refers to another context, %s", ref)
	}
	url := resolve(sc.base, ref)
	for _, u := range sc.remote {
		if u == url && sc.shallow {
			return a, nil
		}
	}
	if len(sc.remote) >= maxRemote {
		return nil, r.malformed("context overflow", "too many nested contexts at %s", url)
	}
	doc, src, err := r.load(url)
	if err != nil {
		return nil, err
	}
	inner := doc.Get("@context")
	if inner == nil {
		return nil, r.malformed("invalid remote context", "%s has no @context", url)
	}
	in := scope{base: url, remote: append(sc.remote[:len(sc.remote):len(sc.remote)], url), shallow: sc.shallow, src: src}
	if sc.src != nil && src.known != nil { // an embedded context counts as the source of those that it includes
		in.src = sc.src
	}
	if err := r.enter(a, in.src, inner); err != nil {
		return nil, err
	}
	return r.process(a, inner, in)
}

// define applies one context map (steps 5.4 to 5.13).
func (r *run) define(a *active, c *vc.Value, sc scope) error {
	if sc.src == nil {
		sc.src = &source{}
		if err := r.enter(a, sc.src, c); err != nil {
			return err
		}
	}
	if v := c.Get("@version"); v != nil && v.Text() != "1.1" {
		return r.malformed("invalid @version value", "@version is not 1.1")
	}
	c, err := r.imported(c, sc)
	if err != nil {
		return err
	}
	b := builder{r: r, a: a, local: c, scope: sc, state: make(map[string]bool, len(c.Items()))}
	if err := b.settings(); err != nil {
		return err
	}
	if err := r.meter.step((8 + 4*a.known.len()) * len(c.Items())); err != nil {
		return err
	}
	b.index()
	for i := range c.Items() { // 5.13
		if name := c.Items()[i].Name(); !setting(name) {
			if err := b.define(name); err != nil {
				return err
			}
		}
	}
	b.vet()
	return nil
}

// vet marks the new terms that have a non-standard name (see names.go).
func (b *builder) vet() {
	for name := range b.state {
		t := b.a.terms[name]
		if t == nil || !b.r.mode.strict {
			continue
		}
		b.a.terms[name] = b.r.marked(b.a, t)
	}
}

// setting reports whether a member of a context is a setting such as @base, not a
// term.
func setting(name string) bool {
	switch keywordOf(name) {
	case kwBase, kwDirection, kwImport, kwLanguage, kwPropagate, kwProtected, kwVersion, kwVocab:
		return true
	}
	return false
}

// imported performs step 5.6. It returns c with the members of its @import that c does
// not set itself.
func (r *run) imported(c *vc.Value, sc scope) (*vc.Value, error) {
	imp := c.Get("@import")
	if imp == nil {
		return c, nil
	}
	if r.foreign(sc.src) {
		return nil, r.unsafe(sc.src, "it imports another context")
	}
	if !imp.Is(vc.String) {
		return nil, r.malformed("invalid @import value", "@import is %s", imp.Kind())
	}
	doc, _, err := r.load(resolve(sc.base, imp.Text()))
	if err != nil {
		return nil, err
	}
	inner := doc.Get("@context")
	if !inner.Is(vc.Object) {
		return nil, r.malformed("invalid remote context", "%s does not contain a single context map", imp.Text())
	}
	if inner.Get("@import") != nil {
		return nil, r.malformed("invalid context entry", "%s has an @import itself", imp.Text())
	}
	return merge(inner, c)
}

// merge returns the members of over, then the members of under that over lacks.
func merge(under, over *vc.Value) (*vc.Value, error) {
	var b strings.Builder
	b.WriteByte('{')
	add := func(v *vc.Value) {
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		b.Write(appendString(nil, v.Name()))
		b.WriteByte(':')
		b.WriteString(v.Raw())
	}
	for i := range over.Items() {
		if over.Items()[i].Name() != "@import" {
			add(&over.Items()[i])
		}
	}
	for i := range under.Items() {
		if over.Get(under.Items()[i].Name()) == nil {
			add(&under.Items()[i])
		}
	}
	b.WriteByte('}')
	v, err := vc.ParseJSON([]byte(b.String()))
	if err != nil {
		return nil, fmt.Errorf("merge contexts: %w", err)
	}
	return v, nil
}

// settings applies the members that are not terms (steps 5.7 to 5.11).
func (b *builder) settings() error {
	r, a, c := b.r, b.a, b.local
	if v := c.Get("@base"); v != nil && len(b.scope.remote) == 0 {
		switch {
		case v.Is(vc.Null):
			a.base = ""
		case v.Is(vc.String) && (absolute(v.Text()) || a.base != ""):
			a.base = resolve(a.base, v.Text())
		default:
			return r.malformed("invalid base IRI", "@base is not an IRI")
		}
	}
	if v := c.Get("@vocab"); v != nil {
		if err := b.setVocab(v); err != nil {
			return err
		}
	}
	if v := c.Get("@language"); v != nil {
		if a.lang = nil; v.Is(vc.String) {
			a.lang = &[]string{v.Text()}[0]
		} else if !v.Is(vc.Null) {
			return r.malformed("invalid default language", "@language is %s", v.Kind())
		}
	}
	if v := c.Get("@direction"); v != nil {
		if a.dir = nil; v.Str() == "ltr" || v.Str() == "rtl" {
			a.dir = &[]string{v.Text()}[0]
		} else if !v.Is(vc.Null) {
			return r.malformed("invalid base direction", "@direction is neither ltr nor rtl")
		}
	}
	if v := c.Get("@propagate"); v != nil && !v.Is(vc.Bool) {
		return r.malformed("invalid @propagate value", "@propagate is %s", v.Kind())
	}
	if v := c.Get("@protected"); v != nil {
		if !v.Is(vc.Bool) {
			return r.malformed("invalid @protected value", "@protected is %s", v.Kind())
		}
		b.protected = v.Text() == "true"
	}
	return nil
}

// setVocab performs step 5.8.
func (b *builder) setVocab(v *vc.Value) error {
	if v.Is(vc.Null) {
		b.a.vocab = nil
		return nil
	}
	if !v.Is(vc.String) {
		return b.r.malformed("invalid vocab mapping", "@vocab is %s", v.Kind())
	}
	iri, ok, err := b.expand(v.Text(), true, true)
	if err != nil {
		return err
	}
	iriForm := absolute(iri) || strings.HasPrefix(iri, "_:")
	if !ok || !iriForm && (b.r.mode.strict || v.Text() != "" && b.a.vocab == nil && b.a.base == "") {
		return b.r.malformed("invalid vocab mapping", "@vocab is not an IRI")
	}
	b.a.vocab = &iri
	return nil
}
