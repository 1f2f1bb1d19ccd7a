package ld

import "backpack/vc"

// languageMap reads a language map (step 13.7).
func (r *run) languageMap(a *active, t *term, v *vc.Value) error {
	dir := a.dir
	if t.dir != nil {
		dir = t.dir
	}
	for i := range v.Items() {
		m := &v.Items()[i]
		r.path = append(r.path, hop{name: m.Name()})
		for _, x := range m.List() {
			if x.Is(vc.Null) {
				continue
			}
			if !x.Is(vc.String) {
				return r.malformed("invalid language map value", "a value of a language map is %s", x.Kind())
			}
			l := literal{value: x, lang: m.Name()}
			if iri, _ := a.expand(m.Name(), false, true); iri == "@none" {
				l.lang = ""
			}
			if dir != nil {
				l.dir = *dir
			}
			o, err := r.literal(l)
			if err != nil {
				return err
			}
			r.objs = append(r.objs, o)
		}
		r.path = r.path[:len(r.path)-1]
	}
	return nil
}

// indexed reads an id, type or index map (step 13.8).
func (r *run) indexed(a *active, t *term, v *vc.Value, at place) error {
	at.fromMap = true
	for i := range v.Items() {
		m := &v.Items()[i]
		r.path = append(r.path, hop{name: m.Name()})
		if err := r.indexedItem(a, t, m, at); err != nil {
			return err
		}
		r.path = r.path[:len(r.path)-1]
	}
	return nil
}

func (r *run) indexedItem(a *active, t *term, m *vc.Value, at place) error {
	in := a
	if t.container&(inID|inType) != 0 && a.prev != nil {
		in = a.prev
	}
	if t.container&inType != 0 {
		if kt := in.terms[m.Name()]; kt != nil && kt.context != nil {
			var err error
			if in, err = r.scoped(in, kt, true); err != nil {
				return err
			}
		}
	}
	none := false
	if iri, _ := a.expand(m.Name(), false, true); iri == "@none" {
		none = true
	}
	mark := len(r.objs)
	for _, x := range m.List() {
		item := at
		if t.container&inID != 0 && !none {
			id, err := r.reference(a, m.Name(), false)
			if err != nil {
				return err
			}
			item.id = id
		}
		if err := r.mapItem(in, t, x, item); err != nil {
			return err
		}
	}
	if none {
		return r.drop("@none states nothing")
	}
	return r.tag(a, t, m.Name(), mark, at.g)
}

// mapItem reads one value of an id, type or index map.
func (r *run) mapItem(a *active, t *term, x *vc.Value, at place) error {
	if t.container&inGraph == 0 || x.Is(vc.Object) && hasKeyword(a, x, kwGraph) {
		return r.value(a, x, at)
	}
	name := at.id
	if name.kind == noTerm {
		name = r.blank()
	}
	at.id = rdfTerm{}
	return r.graph(a, x, at, name)
}

func hasKeyword(a *active, v *vc.Value, kw keyword) bool {
	for i := range v.Items() {
		if a.meaning(v.Items()[i].Name()) == kw {
			return true
		}
	}
	return false
}

// tag emits for each term of r.objs[mark:] the statement that the key of a map makes:
// its type, or the property of the index.
func (r *run) tag(a *active, t *term, key string, mark int, g rdfTerm) error {
	var p string
	var o rdfTerm
	var err error
	switch {
	case t.container&inType != 0:
		p = rdfType
		o, err = r.reference(a, key, true)
	case t.container&inIndex != 0 && t.index != "":
		p, _ = a.expand(t.index, false, true)
		o, err = r.expandValue(a, a.terms[t.index], asString(key))
	case t.container&inIndex != 0:
		return r.drop("the key of an index states nothing")
	default:
		return nil
	}
	if err != nil {
		return err
	}
	for _, s := range r.objs[mark:] {
		if s.kind == literalTerm || s.kind == langTerm {
			return r.malformed("invalid value object", "a type or property map contains a value")
		}
		if err := r.emit(s, p, o, g); err != nil {
			return err
		}
	}
	return nil
}

// asString returns s as a JSON string.
func asString(s string) *vc.Value {
	v, err := vc.ParseJSON(appendString(nil, s))
	if err != nil { // unreachable: s is valid JSON
		return nil
	}
	return v
}
