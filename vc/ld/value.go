package ld

import (
	"backpack/vc"
)

// listObject reads an object with @list or @set (steps 13.4.11, 13.4.12, 17).
func (r *run) listObject(a *active, x frame, sort keyword) error {
	var content *member
	for i := x.mark; i < x.end; i++ {
		m := &r.members[i]
		switch {
		case m.kw == sort && content == nil:
			content = m
		case m.kw == kwIndex && m.v.Is(vc.String):
			if err := r.drop("@index states nothing"); err != nil {
				return err
			}
		case m.kw != notKeyword || m.iri != "":
			return r.malformed("invalid set or list object", "%s in a list or set object", m.v.Name())
		}
	}
	v, at := content.v, x.at
	at.id = rdfTerm{}
	if sort == kwSet {
		if err := r.drop("@set is not allowed in a credential"); err != nil {
			return err
		}
		return r.value(a, v, at)
	}
	if at.free {
		return r.drop("a list without a property")
	}
	if x.prop != nil && x.prop.container&inList != 0 {
		if err := r.drop("an @list inside an @list container"); err != nil {
			return err
		}
	}
	if x.context {
		if err := r.drop("a list with an @context"); err != nil {
			return err
		}
	}
	mark := len(r.objs)
	at.listed = true
	if err := r.value(a, v, at); err != nil {
		return err
	}
	err := r.list(mark, at.g)
	r.lastIsList = true
	return err
}

// list replaces r.objs[mark:] with the head of an RDF list of them (JSON-LD 1.1 API
// §8.3).
func (r *run) list(mark int, g rdfTerm) error {
	items := r.objs[mark:]
	head := rdfTerm{kind: iriTerm, value: rdfNil}
	for i := len(items) - 1; i >= 0; i-- {
		node := r.blank()
		if err := r.emit(node, rdfFirst, items[i], g); err != nil {
			return err
		}
		if err := r.emit(node, rdfRest, head, g); err != nil {
			return err
		}
		head = node
	}
	r.objs = append(r.objs[:mark], head)
	return nil
}

// valueObject reads an object with @value (steps 13.4.7 to 13.4.9 and 15).
func (r *run) valueObject(a *active, x frame) error {
	var value, typ, lang, dir *vc.Value
	for i := x.mark; i < x.end; i++ {
		m := &r.members[i]
		var slot **vc.Value
		switch m.kw {
		case kwValue:
			slot = &value
		case kwType:
			slot = &typ
		case kwLanguage:
			slot = &lang
		case kwDirection:
			slot = &dir
		case kwIndex:
			if !m.v.Is(vc.String) {
				return r.malformed("invalid @index value", "@index is %s", m.v.Kind())
			}
			if err := r.drop("@index states nothing"); err != nil {
				return err
			}
			continue
		default:
			if m.kw == notKeyword && m.iri == "" {
				continue
			}
			return r.malformed("invalid value object", "%s in a value object", m.v.Name())
		}
		if *slot != nil {
			return r.malformed("colliding keywords", "%s appears twice", m.v.Name())
		}
		*slot = m.v
	}
	if x.context {
		if err := r.drop("a value with an @context"); err != nil {
			return err
		}
	}
	l, err := r.valueParts(x, value, typ, lang, dir)
	if err != nil {
		return err
	}
	switch {
	case l.value.Is(vc.Null) && l.typ != "@json":
		return r.drop("a null states nothing here")
	case x.at.free:
		return r.drop("a value without a property")
	}
	if err := r.needless(a, x, l); err != nil {
		return err
	}
	o, err := r.literal(l)
	if err == nil {
		r.objs = append(r.objs, o)
	}
	return err
}

// valueParts checks and combines the parts of a value object.
func (r *run) valueParts(x frame, value, typ, lang, dir *vc.Value) (literal, error) {
	l := literal{value: value}
	if typ != nil {
		if typ.Is(vc.Array) && len(typ.Items()) == 1 {
			typ = &typ.Items()[0]
		}
		if !typ.Is(vc.String) {
			return l, r.malformed("invalid typed value", "the type of a value is %s", typ.Kind())
		}
		iri, _ := x.typed.expand(typ.Text(), true, true)
		if l.typ = iri; l.typ != "@json" && !wellFormed(iri) {
			return l, r.malformed("invalid typed value", "the type %q is not an IRI", typ.Text())
		}
	}
	if l.typ != "@json" && (value.Is(vc.Array) || value.Is(vc.Object)) {
		return l, r.malformed("invalid value object value", "@value is %s", value.Kind())
	}
	if typ != nil && (lang != nil || dir != nil) {
		return l, r.malformed("invalid value object", "a value has both a type and a language or direction")
	}
	if lang != nil {
		if !lang.Is(vc.String) {
			return l, r.malformed("invalid language-tagged string", "@language is %s", lang.Kind())
		}
		if !value.Is(vc.String) && !value.Is(vc.Null) {
			return l, r.malformed("invalid language-tagged value", "a value that is %s has a language", value.Kind())
		}
		l.lang = lang.Text()
	}
	if dir != nil {
		if l.dir = dir.Str(); l.dir != "ltr" && l.dir != "rtl" {
			return l, r.malformed("invalid base direction", "@direction is neither ltr nor rtl")
		}
	}
	return l, nil
}

// needless returns an error for a value object with the same meaning as a plain value:
// a reader of plain values would miss it, but the proof would still hold.
func (r *run) needless(a *active, x frame, l literal) error {
	if !r.mode.strict {
		return nil
	}
	p := plain(a, a.terms[x.at.prop], l.value)
	if p.typ == "@none" {
		p.typ = ""
	}
	if p.typ == l.typ && p.lang == l.lang && p.dir == l.dir {
		return r.drop("this object must be written as a plain value")
	}
	return nil
}
