package ld

import (
	"slices"
	"strings"

	"backpack/vc"
)

// A place says where a value stands.
type place struct {
	g       rdfTerm // the graph that its statements go to
	prop    string  // the active property: a member's name, or ""
	free    bool    // at the top or within @graph: only nodes mean something here
	root    bool
	fromMap bool    // in a map by id, type or index
	listed  bool    // in a list
	id      rdfTerm // for a node that states no id
	reverse bool    // the members below @reverse are being read
}

// A member is one member of an object with what its name means.
type member struct {
	v   *vc.Value
	t   *term  // nil for names that are no term
	iri string // "" when the name means nothing
	kw  keyword
	a   *active
}

// value reads v (JSON-LD 1.1 API §5.1.2) and appends what it stands for to
// r.objs. Statements about nodes are emitted on the way.
func (r *run) value(a *active, v *vc.Value, at place) error {
	if err := r.meter.step(1); err != nil {
		return err
	}
	switch v.Kind() {
	case vc.Null: // 1
		if at.free {
			return r.lose("a null states nothing")
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
		return r.lose("a value that belongs to nothing")
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

// array is step 5.
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
			if err := r.lose("a list within a list"); err != nil {
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
	r.madeList = false
	return nil
}

// object is steps 7 to 19.
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
	x := thing{typed: typed, at: at, mark: mark, end: len(r.members), context: v.Get("@context") != nil, v: v, prop: prop}
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

// A thing is an object whose members are r.members[mark:end].
type thing struct {
	typed     *active // for the values of @type
	at        place
	mark, end int
	context   bool // it holds an @context of its own
	v         *vc.Value
	prop      *term // definition of its property
}

// keepsContext reports whether the object is a value, or a mere reference, for
// which a type-scoped context stays in force.
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

// meaning returns the keyword that a member's name is or stands for.
func (a *active) meaning(name string) keyword {
	if t := a.terms[name]; t != nil {
		return t.kw
	}
	return keywordOf(name)
}

// typeScoped applies the contexts of the object's types, in order of their
// names (step 11).
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
		r.names = nil // scoped contexts may come back here
		for i, n := range names {
			if i > 0 && n == names[i-1] { // the same context again changes nothing
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

// collect puts the members onto r.members, those in @nest after the others,
// and tells what sort of object it is: kwValue, kwList, kwSet or none.
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
					return r.bad("invalid @nest value", "%s within @nest", m.Name())
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
		if err := r.lose("@nest hides where a member stands"); err != nil {
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
				return sort, r.bad("invalid @nest value", "@nest is %s", n.Kind())
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
		case r.mode.strict && m.t.wrong != "" && m.t.reverse:
			return m, r.loseAt(name, "it states a word of the standard from its other side")
		case r.mode.strict && m.t.wrong != "":
			return m, r.loseAt(name, "the name has to be %q", m.t.wrong)
		}
		if r.mode.strict && m.t.odd {
			return m, r.peculiar(a, m.t)
		}
	} else {
		m.iri, _ = a.expand(name, false, true)
		m.kw = keywordOf(m.iri)
		if other, ok := r.official(a, m.iri, name, false); r.mode.strict && !ok {
			return m, r.loseAt(name, "the name has to be %q", other)
		}
		if r.mode.strict && m.kw == notKeyword && standard(m.iri) && len(r.e.words.names[m.iri]) > 0 {
			return m, r.loseAt(name, "a context has to define it")
		}
	}
	if m.kw == notKeyword && strings.IndexByte(m.iri, ':') < 0 {
		m.iri = ""
		return m, r.loseAt(name, "no context defines it")
	}
	if m.t == nil || r.foreign(m.t.from) {
		r.call(name, m.iri)
	}
	return m, nil
}
