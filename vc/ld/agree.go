package ld

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"backpack/vc"
)

// This file is the second guard beside names.go. It reads the model again from the
// statements alone, beginning at the document's node, and compares the result with
// the reading from the JSON, which goes by names and places. The two differ if the
// statements say what the JSON does not show, or the JSON shows what no statement
// says. All places of one id are compared together.

// An agreement compares the two readings of one document. It reuses its buffers.
type agreement struct {
	r           *run
	nodes       map[*vc.Value]int32 // the place of each object among the nodes of the run
	named       map[string]int32    // the last statement about each IRI, counted from 1
	blank       []int32             // the last statement about each blank node
	next        []int32             // by statement: the one before it about the same node
	places      []reading
	visited     []bool // by node
	shown, said []key
	node        view // the node being compared
}

// A view is one node as its places show it and as the statements have it.
type view struct {
	self       rdfTerm
	places     []reading
	compared   []*reads    // members compared so far
	classes    []*class    // the classes of its places
	statements []statement // the statements about it, as read by class
	class      *class
}

// A statement is one statement about a node, with the member that it is read as.
type statement struct {
	quad *quad
	m    *reads // nil: not read
}

// A reading is an object of the document at a place that the model reads.
type reading struct {
	self   rdfTerm
	object *vc.Value
	class  *class
	inside bool   // it is part of an endorsement
	up     int32  // the order of the place that contains it
	order  int32  // its own order in the document
	name   string // its member in the containing object
	index  int32  // its position in a list; -1: not in a list
}

var agreements = sync.Pool{New: func() any { return &agreement{nodes: map[*vc.Value]int32{}, named: map[string]int32{}} }}

// release clears a and returns it to the pool.
func (a *agreement) release() {
	if cap(a.next) > 1<<12 {
		return
	}
	clear(a.nodes)
	clear(a.named)
	clear(a.blank)
	clear(a.node.statements[:cap(a.node.statements)])
	clear(a.places[:cap(a.places)])
	clear(a.shown[:cap(a.shown)])
	clear(a.said[:cap(a.said)])
	*a = agreement{nodes: a.nodes, named: a.named, blank: a.blank[:0], next: a.next[:0], places: a.places[:0], visited: a.visited[:0],
		shown: a.shown[:0], said: a.said[:0],
		node: view{compared: a.node.compared[:0], classes: a.node.classes[:0], statements: a.node.statements[:0]}}
	agreements.Put(a)
}

// agree returns nil if both readings of the document agree. Errors wrap
// vc.ErrTerms, or ErrUnsafe if a context gives a standard term another meaning.
func (r *run) agree(v *vc.Value) error {
	root := r.e.rootClass(v)
	if root == nil || len(r.nodes) == 0 || r.opt.Context != nil {
		return nil
	}
	a := agreements.Get().(*agreement)
	defer a.release()
	a.r = r
	for i, n := range r.nodes {
		a.nodes[n.object] = int32(i)
		a.visited = append(a.visited, false)
	}
	a.index()
	a.walk(reading{class: root, object: v, up: -1, index: -1})
	if err := a.rooted(); err != nil {
		return err
	}
	return a.compare()
}

// rooted returns an error if the document's own node is described outside the top
// object, or if another node contains it: a holder could have made a part of
// another document the top of this one. An endorsement may be about the document
// that contains it.
func (a *agreement) rooted() error {
	r := a.r
	if r.root.kind != iriTerm {
		return nil
	}
	for _, n := range r.nodes[1:] {
		if n.self == r.root && !aside(n.object) {
			return a.differ(nil, "", "the document is described in another place too")
		}
	}
	for i := range r.quads {
		q := &r.quads[i]
		if q.o != r.root || q.g.kind != noTerm {
			continue
		}
		name := tail(q.p)
		if name == "verifiableCredential" || name == "endorsement" || name == "credentialSubject" && !a.endorses(q.s) {
			return a.differ(nil, "", "it stands inside another document, by "+q.p)
		}
	}
	return nil
}

// aside reports whether an object says nothing about its node except an
// endorsement's comment and types other than a credential's.
func aside(v *vc.Value) bool {
	for i := range v.Items() {
		switch m := &v.Items()[i]; m.Name() {
		case "id", "endorsementComment":
		case "type":
			if slices.ContainsFunc(m.Strs(), func(t string) bool { return strings.HasSuffix(t, "Credential") }) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// endorses reports whether the statements give a node the type of an endorsement.
func (a *agreement) endorses(self rdfTerm) bool {
	for i := a.last(self); i > 0; i = a.next[i-1] {
		if q := &a.r.quads[i-1]; q.p == rdfType && strings.HasSuffix(q.o.value, "#EndorsementCredential") {
			return true
		}
	}
	return false
}

// compare compares each node with all its places.
func (a *agreement) compare() error {
	slices.SortStableFunc(a.places, func(x, y reading) int { return x.self.compare(y.self) })
	for from := 0; from < len(a.places); {
		to := from + 1
		for to < len(a.places) && a.places[to].self == a.places[from].self {
			to++
		}
		if err := a.compareNode(a.places[from:to]); err != nil {
			return err
		}
		from = to
	}
	return nil
}

func (t rdfTerm) compare(o rdfTerm) int {
	if t.kind != o.kind {
		return int(t.kind) - int(o.kind)
	}
	if t.kind == blankTerm {
		return int(t.blank) - int(o.blank)
	}
	return strings.Compare(t.value, o.value)
}

// compareNode compares the statements about one node with what its places show,
// each member once for all places.
func (a *agreement) compareNode(places []reading) error {
	n := &a.node
	*n = view{self: places[0].self, places: places, compared: n.compared[:0], classes: n.classes[:0], statements: n.statements[:0]}
	for i := range places {
		p := &places[i]
		if err := a.called(p); err != nil {
			return err
		}
		if (!p.inside || p.class != a.r.e.model["Subject"]) && aboutSomething(p.object) {
			return a.r.ambiguous(spot{id: p.self.value, path: a.path(p)}, "endorsementComment")
		}
		if !slices.Contains(n.classes, p.class) {
			n.classes = append(n.classes, p.class)
		}
		items := p.object.Items()
		for i := range items {
			m := p.class.members[items[i].Name()]
			if m == nil || slices.Contains(n.compared, m) {
				continue
			}
			n.compared = append(n.compared, m)
			if err := a.member(p, m, &items[i]); err != nil {
				return err
			}
		}
	}
	return a.hidden()
}

// read resolves the statements about the node to members of a class.
func (a *agreement) read(c *class) {
	n := &a.node
	if n.class == c {
		return
	}
	n.class, n.statements = c, n.statements[:0]
	for i := a.last(n.self); i > 0; i = a.next[i-1] {
		q := &a.r.quads[i-1]
		n.statements = append(n.statements, statement{q, c.meant(q.p)})
	}
}

// called compares the id and the types of an object with those of its node.
func (a *agreement) called(p *reading) error {
	if id := p.object.Get("id"); id.Is(vc.String) && (p.self.kind != iriTerm || p.self.value != id.Text()) {
		return a.differ(p, "id", "the proof covers it as something else")
	}
	types := p.object.Get("type")
	if types.Is(vc.String) {
		return a.typed(p, types.Text())
	}
	for i := range types.Items() {
		if err := a.typed(p, types.Items()[i].Str()); err != nil {
			return err
		}
	}
	return nil
}

// typed returns an error if a standard type of an object is in no statement.
func (a *agreement) typed(p *reading, name string) error {
	known := false
	for _, t := range a.r.e.words.terms[name] {
		if t.kw != notKeyword || !isType(name) || !standard(t.iri) {
			continue
		}
		if known = true; a.says(p.self, rdfType, rdfTerm{kind: iriTerm, value: t.iri}) {
			return nil
		}
	}
	if known {
		return a.foreign(p, "type", name)
	}
	return nil
}

// aboutSomething reports whether an object has the form of an endorsement's
// subject, which is allowed in an endorsement only.
func aboutSomething(v *vc.Value) bool {
	return v.Get("endorsementComment") != nil || hasType(v, endorsement)
}

func (a *agreement) says(s rdfTerm, p string, o rdfTerm) bool {
	for i := a.last(s); i > 0; i = a.next[i-1] {
		if q := &a.r.quads[i-1]; q.p == p && q.o == o {
			return true
		}
	}
	return false
}

// hidden returns an error if a statement about the node is read as a member that
// none of its places shows.
func (a *agreement) hidden() error {
	n := &a.node
	for _, c := range n.classes {
		a.read(c)
		for _, x := range n.statements {
			m := x.m
			if m == nil || !slices.Contains(m.iris, x.quad.p) || slices.ContainsFunc(n.compared, func(o *reads) bool { return o == m || o.name == m.name }) {
				continue
			}
			p := &n.places[slices.IndexFunc(n.places, func(o reading) bool { return o.class == c })]
			return a.differ(p, m.name, "the proof covers it, and the document does not show it")
		}
	}
	return nil
}

// differ returns an error that names the member in which the readings differ.
func (a *agreement) differ(p *reading, name, why string) error {
	r := a.r
	r.path = r.path[:0]
	if p != nil {
		r.path = append(r.path, a.path(p)...)
	}
	if name != "" {
		r.path = append(r.path, hop{name: name})
	}
	err := fmt.Errorf("%w: %s%s", vc.ErrTerms, r.where(), clip(why))
	r.path = r.path[:0]
	return err
}

// foreign returns an error for a standard term with another meaning in the document.
func (a *agreement) foreign(p *reading, name, word string) error {
	err := a.differ(p, name, "")
	return fmt.Errorf("%w: %s has a meaning of its own (%s)", ErrUnsafe, clip(word), strings.TrimPrefix(err.Error(), vc.ErrTerms.Error()+": "))
}
