package ld

import (
	"strings"

	"backpack/vc"
)

// containers performs step 19.
func (b *builder) containers(t *term, v *vc.Value) error {
	c := v.Get("@container")
	if c == nil {
		return nil
	}
	bits, ok := containerBits(c)
	if !ok {
		return b.r.malformed("invalid container mapping", "@container of %q is invalid", t.name)
	}
	t.container = bits
	if bits&inType != 0 {
		if t.typ == "" {
			t.typ = "@id"
		}
		if t.typ != "@id" && t.typ != "@vocab" {
			return b.r.malformed("invalid type mapping", "%q has the container @type, but its @type is neither @id nor @vocab", t.name)
		}
	}
	return nil
}

// containerBits parses @container. ok is false for a combination that is not allowed.
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

// indexMapping performs step 20.
func (b *builder) indexMapping(t *term, v *vc.Value) error {
	x := v.Get("@index")
	if x == nil {
		return nil
	}
	if t.container&inIndex == 0 || !x.Is(vc.String) {
		return b.r.malformed("invalid term definition", "@index of %q is invalid", t.name)
	}
	iri, ok, err := b.expand(x.Text(), false, true)
	if err != nil {
		return err
	}
	if !ok || !absolute(iri) {
		return b.r.malformed("invalid term definition", "@index of %q is not an IRI", t.name)
	}
	t.index = x.Text()
	return nil
}

// scopedContext performs step 21.
func (b *builder) scopedContext(t *term, v *vc.Value) error {
	c := v.Get("@context")
	if c == nil {
		return nil
	}
	t.context, t.base = c, b.scope.base
	if b.scope.src != nil && b.scope.src.known != nil || b.scope.shallow && len(b.scope.remote) > maxRemote {
		return nil // checked when New compiled it
	}
	sc := scope{base: b.scope.base, remote: b.scope.remote, override: true, shallow: true, src: b.scope.src}
	if _, err := b.r.process(b.a, c, sc); err != nil {
		return b.r.within("invalid scoped context", t.name, err)
	}
	return nil
}

// language performs steps 22 and 23.
func (b *builder) language(t *term, v *vc.Value) error {
	if l := v.Get("@language"); l != nil && v.Get("@type") == nil {
		if !l.Is(vc.String) && !l.Is(vc.Null) {
			return b.r.malformed("invalid language mapping", "@language of %q is %s", t.name, l.Kind())
		}
		t.lang = &[]string{l.Str()}[0]
	}
	if d := v.Get("@direction"); d != nil && v.Get("@type") == nil {
		if s := d.Str(); !d.Is(vc.Null) && s != "ltr" && s != "rtl" {
			return b.r.malformed("invalid base direction", "@direction of %q is neither ltr nor rtl", t.name)
		}
		t.dir = &[]string{d.Str()}[0]
	}
	return nil
}

// nestAndPrefix performs steps 24 and 25.
func (b *builder) nestAndPrefix(t *term, v *vc.Value) error {
	if n := v.Get("@nest"); n != nil {
		if kw := keywordOf(n.Str()); !n.Is(vc.String) || kw != notKeyword && kw != kwNest {
			return b.r.malformed("invalid @nest value", "@nest of %q is invalid", t.name)
		}
		t.nest = n.Text()
	}
	p := v.Get("@prefix")
	if p == nil {
		return nil
	}
	if strings.ContainsAny(t.name, ":/") {
		return b.r.malformed("invalid term definition", "%q cannot be a prefix", t.name)
	}
	if !p.Is(vc.Bool) {
		return b.r.malformed("invalid @prefix value", "@prefix of %q is %s", t.name, p.Kind())
	}
	if t.prefix = p.Text() == "true"; t.prefix && keywordOf(t.iri) != notKeyword {
		return b.r.malformed("invalid term definition", "%q is both a keyword and a prefix", t.name)
	}
	return nil
}

// onlyAllowed performs step 26.
func (b *builder) onlyAllowed(t *term, v *vc.Value) error {
	for i := range v.Items() {
		name := v.Items()[i].Name()
		switch keywordOf(name) {
		case kwID, kwReverse, kwContainer, kwContext, kwDirection, kwIndex, kwLanguage, kwNest, kwPrefix, kwProtected, kwType:
		default:
			return b.r.malformed("invalid term definition", "the member %q of %q is unknown", name, t.name)
		}
	}
	return nil
}
