package ld

import (
	"slices"
	"strings"

	"backpack/vc"
)

// A place is the position of a value.
type place struct {
	g       rdfTerm // the graph that receives its statements
	prop    string  // the active property: a member's name, or ""
	free    bool    // at the top or in @graph: only node objects state anything here
	root    bool
	fromMap bool    // in an id, type or index map
	listed  bool    // in a list
	id      rdfTerm // the name of a node object without an id
	reverse bool    // inside @reverse
}

// A member is one member of an object and the meaning of its name.
type member struct {
	v   *vc.Value
	t   *term  // nil if the name is not a term
	iri string // "" if the name has no meaning
	kw  keyword
	a   *active
}

// value reads v (JSON-LD 1.1 API §5.1.2) and appends the result to r.objs. It emits
// statements about nodes along the way.
func (r *run) value(a *active, v *vc.Value, at place) error {
	if err := r.meter.step(1); err != nil {
		return err
	}
	switch v.Kind() {
	case vc.Null: // 1
		if at.free {
			return r.drop("a null states nothing here")
		}
		return nil
	case vc.Array:
		return r.array(a, v, at)
	case vc.Object:
		if err := r.deeper(); err != nil {
			return err
		}
		err := r.object(a, v, at)
		r.depth--
		return err
	}
	if at.free { // 4.1
		return r.drop("a value without a property")
	}
	t := a.terms[at.prop]
	if t != nil && t.context != nil { // 4.2
		var err error
		if a, err = r.scoped(a, t, false); err != nil {
			return err
		}
		t = a.terms[at.prop]
	}
	o, err := r.expandValue(a, t, v)
	if err == nil {
		r.objs = append(r.objs, o)
	}
	return err
}

// array performs step 5.
func (r *run) array(a *active, v *vc.Value, at place) error {
	if err := r.deeper(); err != nil {
		return err
	}
	defer func() { r.depth-- }()
	t := a.terms[at.prop]
	lists := at.listed || t != nil && t.container&inList != 0
	r.path = append(r.path, hop{})
	for i := range v.Items() {
		item := &v.Items()[i]
		r.path[len(r.path)-1].index = i
		mark := len(r.objs)
		if item.Is(vc.Array) && !lists {
			if err := r.drop("an array inside an array"); err != nil {
				return err
			}
		}
		if err := r.value(a, item, at); err != nil {
			return err
		}
		if item.Is(vc.Array) && lists {
			if err := r.list(mark, at.g); err != nil {
				return err
			}
		}
	}
	r.path = r.path[:len(r.path)-1]
	r.lastIsList = false
	return nil
}

// object performs steps 7 to 19.
func (r *run) object(a *active, v *vc.Value, at place) error {
	prop := a.terms[at.prop]
	if at.prop == "" {
		prop = nil
	}
	var err error
	if a.prev != nil && !at.fromMap && !keepsContext(a, v) { // 7
		a = a.prev
	}
	if prop != nil && prop.context != nil { // 8
		if a, err = r.scoped(a, prop, false); err != nil {
			return err
		}
	}
	c := v.Get("@context")
	if at.root && r.opt.Context != nil {
		c = r.opt.Context
	}
	if c != nil { // 9
		if a, err = r.local(a, c); err != nil {
			return err
		}
	}
	typed := a                                       // 10
	if a, err = r.typeScoped(a, v, at); err != nil { // 11
		return err
	}
	mark := len(r.members)
	sort, err := r.collect(a, v, at, mark)
	if err != nil {
		return err
	}
	x := frame{typed: typed, at: at, mark: mark, end: len(r.members), context: v.Get("@context") != nil, v: v, prop: prop}
	switch sort {
	case kwValue:
		err = r.valueObject(a, x)
	case kwList, kwSet:
		err = r.listObject(a, x, sort)
	default:
		err = r.node(a, x)
	}
	r.members = r.members[:mark]
	return err
}

// A frame is an object with the members r.members[mark:end].
type frame struct {
	typed     *active // for the values of @type
	at        place
	mark, end int
	context   bool // it has its own @context
	v         *vc.Value
	prop      *term // the definition of its property
}

// keepsContext reports whether a type-scoped context stays in force for the object: a
// value object or a mere reference.
func keepsContext(a *active, v *vc.Value) bool {
	items := v.Items()
	for i := range items {
		kw := a.meaning(items[i].Name())
		if kw == kwValue || kw == kwID && len(items) == 1 {
			return true
		}
	}
	return false
}

// meaning returns the keyword that a member's name is an alias of, or is itself.
func (a *active) meaning(name string) keyword {
	if t := a.terms[name]; t != nil {
		return t.kw
	}
	return keywordOf(name)
}

// typeScoped applies the scoped contexts of the object's types in alphabetical order
// (step 11).
func (r *run) typeScoped(a *active, v *vc.Value, at place) (*active, error) {
	defs := a.terms
	for _, name := range a.types {
		m := v.Get(name)
		if m == nil || at.root && r.leftOut(name) {
			continue
		}
		names := r.names[:0]
		if m.Is(vc.String) {
			names = append(names, m.Text())
		} else {
			for i := range m.Items() {
				if m.Items()[i].Is(vc.String) {
					names = append(names, m.Items()[i].Text())
				}
			}
			slices.Sort(names)
		}
		r.names = nil // r.scoped may call typeScoped again
		for i, n := range names {
			if i > 0 && n == names[i-1] { // applying a context twice changes nothing
				continue
			}
			if t := defs[n]; t != nil && t.context != nil {
				var err error
				if a, err = r.scoped(a, t, true); err != nil {
					return nil, err
				}
			}
		}
		r.names = names
	}
	return a, nil
}

func (r *run) leftOut(name string) bool { return slices.Contains(r.opt.Without, name) }

// collect appends the members to r.members, those in @nest last. It returns the sort
// of the object: kwValue, kwList, kwSet or notKeyword for a node.
func (r *run) collect(a *active, v *vc.Value, at place, mark int) (keyword, error) {
	sort := notKeyword
	add := func(a *active, v *vc.Value, nested bool) error {
		for i := range v.Items() {
			m := &v.Items()[i]
			if m.Name() == "@context" || at.root && !nested && r.leftOut(m.Name()) {
				continue
			}
			x, err := r.meaning(a, m)
			if err != nil {
				return err
			}
			switch x.kw {
			case kwValue, kwList, kwSet:
				if nested {
					return r.malformed("invalid @nest value", "%s inside @nest", m.Name())
				}
				if sort == notKeyword || x.kw == kwValue {
					sort = x.kw
				}
			}
			r.members = append(r.members, x)
		}
		return nil
	}
	if err := add(a, v, false); err != nil {
		return sort, err
	}
	for i := mark; i < len(r.members); i++ { // 14
		m := r.members[i]
		if m.kw != kwNest {
			continue
		}
		if err := r.drop("@nest hides the place of a member"); err != nil {
			return sort, err
		}
		if m.t != nil && m.t.context != nil {
			var err error
			if m.a, err = r.scoped(m.a, m.t, false); err != nil {
				return sort, err
			}
		}
		for _, n := range m.v.List() {
			if !n.Is(vc.Object) {
				return sort, r.malformed("invalid @nest value", "@nest is %s", n.Kind())
			}
			if err := add(m.a, n, true); err != nil {
				return sort, err
			}
		}
	}
	return sort, nil
}

// meaning expands the name of a member (steps 13.1 to 13.3).
func (r *run) meaning(a *active, v *vc.Value) (member, error) {
	name := v.Name()
	m := member{v: v, a: a}
	if m.t = a.terms[name]; m.t != nil {
		m.iri, m.kw = m.t.iri, m.t.kw
		switch {
		case r.mode.strict && m.t.standardName != "" && m.t.reverse:
			return m, r.dropAt(name, "the term reverses a standard property")
		case r.mode.strict && m.t.standardName != "":
			return m, r.dropAt(name, "the standard name is %q", m.t.standardName)
		}
		if r.mode.strict && m.t.altered {
			return m, r.changedMeaning(a, m.t)
		}
	} else {
		m.iri, _ = a.expand(name, false, true)
		m.kw = keywordOf(m.iri)
		if other, ok := r.official(a, m.iri, name, false); r.mode.strict && !ok {
			return m, r.dropAt(name, "the standard name is %q", other)
		}
		if r.mode.strict && m.kw == notKeyword && standard(m.iri) && len(r.e.words.names[m.iri]) > 0 {
			return m, r.dropAt(name, "no context in the document defines it")
		}
	}
	if m.kw == notKeyword && strings.IndexByte(m.iri, ':') < 0 {
		m.iri = ""
		return m, r.dropAt(name, "no context defines it")
	}
	if m.t == nil || r.foreign(m.t.from) {
		r.noteWord(name, m.iri)
	}
	return m, nil
}
