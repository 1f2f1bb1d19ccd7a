package ld

import (
	"strings"

	"backpack/vc"
)

const credNS = "https://www.w3.org/2018/credentials#"

// node reads a node object. It emits the node's statements and appends its name to
// r.objs.
func (r *run) node(a *active, x frame) error {
	seen, says, err := r.survey(x)
	if err != nil {
		return err
	}
	self, err := r.identify(a, x, seen)
	if err != nil {
		return err
	}
	at := x.at
	if at.free && !says {
		return r.drop("a node without members")
	}
	if seen == 1<<kwLanguage && r.onlyKeywords(x) { // 18
		return r.drop("@language states nothing here")
	}
	if at.root {
		r.root = self
	} else if isCredential(x.v) {
		defer r.enterCredential(x)()
	}
	r.noteSpot(self, at.g, x.v)
	if r.mode.strict && at.g.kind == noTerm {
		r.nodes = append(r.nodes, objectNode{x.v, self})
	}
	graph := self
	if at.root && says && seen == 1<<kwGraph && r.onlyKeywords(x) {
		graph = rdfTerm{} // the default graph
	}
	for i := x.mark; i < x.end; i++ {
		m := r.members[i]
		r.path = append(r.path, hop{name: m.v.Name()})
		switch {
		case m.kw == kwType:
			err = r.types(x, m.v, self)
		case m.kw == notKeyword && m.iri != "":
			err = r.property(m, self, at)
		case m.kw != notKeyword:
			err = r.keywordMember(m, self, graph, at)
		}
		if err != nil {
			return err
		}
		r.path = r.path[:len(r.path)-1]
	}
	if !at.free {
		r.objs = append(r.objs, self)
	}
	r.lastIsList = false
	return nil
}

// survey returns the set of keywords of the node, and whether the node states anything
// except its name.
func (r *run) survey(x frame) (seen uint32, says bool, err error) {
	for i := x.mark; i < x.end; i++ {
		m := &r.members[i]
		if m.kw == notKeyword {
			says = says || m.iri != ""
			continue
		}
		bit := uint32(1) << m.kw
		if seen&bit != 0 && m.kw != kwType && m.kw != kwIncluded && m.kw != kwNest {
			return 0, false, r.malformed("colliding keywords", "%s appears twice", m.v.Name())
		}
		seen |= bit
		says = says || m.kw != kwID && m.kw != kwNest
	}
	return seen, says, nil
}

// onlyKeywords reports whether the node has no property.
func (r *run) onlyKeywords(x frame) bool {
	for i := x.mark; i < x.end; i++ {
		if m := &r.members[i]; m.kw == notKeyword && m.iri != "" {
			return false
		}
	}
	return true
}

// identify returns the name of the node: its id, or a new blank node.
func (r *run) identify(a *active, x frame, seen uint32) (rdfTerm, error) {
	if seen&(1<<kwID) == 0 {
		if x.at.id.kind != noTerm {
			return x.at.id, nil
		}
		return r.blank(), nil
	}
	for i := x.mark; ; i++ {
		m := &r.members[i]
		if m.kw != kwID {
			continue
		}
		if !m.v.Is(vc.String) {
			return rdfTerm{}, r.malformed("invalid @id value", "%s is %s", m.v.Name(), m.v.Kind())
		}
		r.path = append(r.path, hop{name: m.v.Name()})
		id, err := r.reference(a, m.v.Text(), false)
		if err != nil {
			return id, err
		}
		r.path = r.path[:len(r.path)-1]
		return id, nil
	}
}

// reference converts s to the name of a node. Terms are expanded if vocab is set.
func (r *run) reference(a *active, s string, vocab bool) (rdfTerm, error) {
	iri, ok := a.expand(s, true, vocab)
	if ok && strings.HasPrefix(iri, "_:") {
		if err := r.drop("%q is a blank node label, which no proof covers", s); err != nil {
			return rdfTerm{}, err
		}
		return r.labelled(iri), nil
	}
	if !ok || !wellFormed(iri) {
		return inexpressible, r.drop("%.200q is not an absolute IRI", s)
	}
	if r.mode.strict && iri != s {
		if !vocab {
			return rdfTerm{}, r.drop("%q is abbreviated; ids must be full IRIs", s)
		}
		if t := a.terms[s]; t != nil && t.standardName != "" {
			return rdfTerm{}, r.drop("the standard name of %q is %q", s, t.standardName)
		}
	}
	return rdfTerm{kind: iriTerm, value: iri}, nil
}

// types emits the types of a node.
func (r *run) types(x frame, v *vc.Value, self rdfTerm) error {
	if !v.Is(vc.String) && !v.Is(vc.Array) {
		return r.malformed("invalid type value", "@type is %s", v.Kind())
	}
	if v.Is(vc.String) {
		return r.oneType(x, v, self)
	}
	for i := range v.Items() {
		if err := r.oneType(x, &v.Items()[i], self); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) oneType(x frame, v *vc.Value, self rdfTerm) error {
	if !v.Is(vc.String) {
		return r.malformed("invalid type value", "a type is %s", v.Kind())
	}
	name := v.Text()
	if t := x.typed.terms[name]; t != nil && t.valid { // the usual case
		if t.standardType != "" {
			return r.drop("the standard name of the type %q is %q", name, t.standardType)
		}
		if r.foreign(t.from) {
			r.noteWord(name, t.iri)
		}
		return r.emit(self, rdfType, rdfTerm{kind: iriTerm, value: t.iri}, x.at.g)
	}
	iri, ok := x.typed.expand(name, true, true)
	if other, fine := r.official(x.typed, iri, name, true); r.mode.strict && !fine {
		return r.drop("the standard name of the type %q is %q", name, other)
	}
	if ok && strings.HasPrefix(iri, "_:") {
		if err := r.drop("the type %q is a blank node label, which no proof covers", name); err != nil {
			return err
		}
		return r.emit(self, rdfType, r.labelled(iri), x.at.g)
	}
	if !ok || !wellFormed(iri) {
		return r.drop("no context defines the type %q", name)
	}
	return r.emit(self, rdfType, rdfTerm{kind: iriTerm, value: iri}, x.at.g)
}

// property reads a member that is a property (steps 13.5 to 13.13).
func (r *run) property(m member, self rdfTerm, at place) error {
	mark := len(r.objs)
	reverse := at.reverse
	if m.t != nil && m.t.reverse {
		reverse = !reverse
	}
	if err := r.objects(m, at.g); err != nil {
		return err
	}
	if len(r.objs) == mark { // a null or an empty array states nothing
		return nil
	}
	if err := r.checkRepeatedNode(m, r.objs[mark:]); err != nil {
		return err
	}
	if at.root && m.iri == credIssuer && m.v.Is(vc.String) {
		r.noteSpot(r.objs[mark], at.g, nil)
	}
	if r.mode.strict && !at.root && self.kind == iriTerm && at.g.kind == noTerm && self == r.root && strings.HasPrefix(m.iri, credNS) {
		return r.drop("a member of the credential is at another place")
	}
	if (m.t == nil || !m.t.valid) && !wellFormed(m.iri) {
		r.objs = r.objs[:mark]
		return r.drop("%q is not an IRI", m.iri)
	}
	for _, o := range r.objs[mark:] {
		var err error
		switch {
		case !reverse:
			err = r.emit(self, m.iri, o, at.g)
		case at.root && r.mode.strict:
			err = r.drop("a reverse property of the document itself")
		case o.kind == literalTerm || o.kind == langTerm || o.kind == iriTerm && o.value == rdfNil || r.lastIsList:
			err = r.malformed("invalid reverse property value", "a reverse property has a value that is not a node")
		default:
			err = r.emit(o, m.iri, self, at.g)
		}
		if err != nil {
			return err
		}
	}
	r.objs = r.objs[:mark]
	return nil
}

// objects appends the values of the property to r.objs.
func (r *run) objects(m member, g rdfTerm) error {
	t, a := m.t, m.a
	r.lastIsList = false
	at := place{g: g, prop: m.v.Name()}
	if t == nil {
		return r.value(a, m.v, at)
	}
	mapped := m.v.Is(vc.Object)
	switch {
	case t.typ == "@json": // 13.6
		o, err := r.literal(literal{value: m.v, typ: "@json"})
		r.objs = append(r.objs, o)
		return err
	case t.container&inLanguage != 0 && mapped: // 13.7
		return r.languageMap(a, t, m.v)
	case t.container&(inIndex|inID|inType) != 0 && mapped: // 13.8
		return r.indexed(a, t, m.v, at)
	case t.container&inGraph != 0 && t.container&(inID|inIndex) == 0: // 13.12
		return r.graphs(a, m.v, at)
	case t.container&inList != 0: // 13.11
		mark := len(r.objs)
		at.listed = true
		if err := r.value(a, m.v, at); err != nil {
			return err
		}
		if r.lastIsList && len(r.objs) == mark+1 && !m.v.Is(vc.Array) || m.v.Is(vc.Null) {
			return nil
		}
		err := r.list(mark, g)
		r.lastIsList = true
		return err
	}
	return r.value(a, m.v, at)
}

// graphs reads each value into its own graph.
func (r *run) graphs(a *active, v *vc.Value, at place) error {
	if !v.Is(vc.Array) {
		if v.Is(vc.Null) {
			return nil
		}
		return r.graph(a, v, at, r.blank())
	}
	r.path = append(r.path, hop{})
	for i := range v.Items() {
		x := &v.Items()[i]
		r.path[len(r.path)-1].index = i
		if x.Is(vc.Array) {
			if err := r.drop("an array inside an array"); err != nil {
				return err
			}
		}
		if err := r.graphs(a, x, at); err != nil {
			return err
		}
	}
	r.path = r.path[:len(r.path)-1]
	return nil
}

// graph reads x into the graph called name, and appends name to r.objs.
func (r *run) graph(a *active, x *vc.Value, at place, name rdfTerm) error {
	mark, before := len(r.objs), len(r.quads)
	at.g = name
	if err := r.value(a, x, at); err != nil {
		return err
	}
	r.objs = append(r.objs[:mark], name)
	if len(r.quads) == before {
		return r.drop("an empty graph")
	}
	return nil
}
