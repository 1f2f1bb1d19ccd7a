package ld

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"backpack/vc"
)

// This is the second guard of what names.go tells: a reading of the model from
// the statements alone, beginning at the node that the document is about. It
// must agree with the reading from the JSON, which goes by names and places.
// What the statements say and the JSON does not show, and what the JSON shows
// and no statement says, makes them differ. All places of one id count together.

// An agreement compares the two readings of one document. Its buffers are reused.
type agreement struct {
	r           *run
	nodes       map[*vc.Value]int32 // the place of each object among the nodes of the run
	named       map[string]int32    // the last statement about an IRI, counted from 1
	blank       []int32             // the last one about each blank node
	next        []int32             // the one before it
	places      []reading
	visited     []bool // by node
	shown, said []key
	node        view // the node at hand
}

// A view is one node as its places show it and as the statements have it.
type view struct {
	self       rdfTerm
	places     []reading
	compared   []*reads    // members compared so far
	classes    []*class    // that it is read as
	statements []statement // about it, as the latest class reads them
	class      *class      // that class
}

// A statement is one about the node at hand, and the member that it is read as.
type statement struct {
	quad *quad
	m    *reads // nil: none of the class
}

// A reading is an object of the document at a place that is read.
type reading struct {
	self   rdfTerm
	object *vc.Value
	class  *class
	inside bool   // an endorsement
	up     int32  // the place that it stands in, by its order in the document
	order  int32  // its own
	name   string // and its member there
	index  int32  // in a list; -1: in none
}

var agreements = sync.Pool{New: func() any { return &agreement{nodes: map[*vc.Value]int32{}, named: map[string]int32{}} }}

// release returns a to its pool, without what it read.
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

// agree returns nil when both readings of the document agree. Its errors wrap
// vc.ErrTerms, or vc.ErrContext where a stranger's context gives a standard word
// another meaning.
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

// index finds the statements about each node.
func (a *agreement) index() {
	r := a.r
	a.next = slices.Grow(a.next, len(r.quads))[:len(r.quads)]
	a.blank = slices.Grow(a.blank, int(r.blanks))[:r.blanks]
	for i := range r.quads {
		switch q := &r.quads[i]; {
		case q.g.kind != noTerm:
		case q.s.kind == blankTerm:
			a.next[i] = a.blank[q.s.blank]
			a.blank[q.s.blank] = int32(i + 1)
		default:
			a.next[i] = a.named[q.s.value]
			a.named[q.s.value] = int32(i + 1)
		}
	}
}

// last returns the last statement about a node, counted from 1; 0 for none.
func (a *agreement) last(t rdfTerm) int32 {
	switch t.kind {
	case blankTerm:
		return a.blank[t.blank]
	case iriTerm:
		return a.named[t.value]
	}
	return 0
}

// rootClass is the class of a document by its types, nil for what is none of
// the data model's.
func (e *Engine) rootClass(v *vc.Value) *class {
	for _, t := range v.Get("type").Strs() {
		switch {
		case t == "VerifiablePresentation":
			return e.model["Presentation"]
		case strings.HasSuffix(t, "Credential"):
			return e.model["Credential"]
		}
	}
	return nil
}

// walk lists the places that are read, from p on. Every object is visited once,
// so that the list is no longer than the document.
func (a *agreement) walk(p reading) {
	node, ok := a.nodes[p.object]
	if !ok || p.class == nil || a.visited[node] {
		return
	}
	a.visited[node] = true
	p.self, p.order = a.r.nodes[node].self, int32(len(a.places))
	p.inside = p.inside || hasType(p.object, "EndorsementCredential")
	a.places = append(a.places, p)
	items := p.object.Items()
	for i := range items {
		item := &items[i]
		m := p.class.members[item.Name()]
		switch {
		case m == nil || m.class == nil:
		case item.Is(vc.Object):
			a.walk(reading{class: m.class, object: item, inside: p.inside, up: p.order, name: item.Name(), index: -1})
		case item.Is(vc.Array):
			for n := range item.Items() {
				a.walk(reading{class: m.class, object: &item.Items()[n], inside: p.inside, up: p.order, name: item.Name(), index: int32(n)})
			}
		}
	}
}

// hasType reports whether an object has a type.
func hasType(v *vc.Value, name string) bool {
	types := v.Get("type")
	if types.Is(vc.String) {
		return types.Text() == name
	}
	for i := range types.Items() {
		if types.Items()[i].Str() == name {
			return true
		}
	}
	return false
}

// path is the way to a place.
func (a *agreement) path(p *reading) []hop {
	var out []hop
	for x := p; x.up >= 0; {
		if x.index >= 0 {
			out = append(out, hop{index: int(x.index)})
		}
		out = append(out, hop{name: x.name})
		i := slices.IndexFunc(a.places, func(o reading) bool { return o.order == x.up })
		x = &a.places[i]
	}
	slices.Reverse(out)
	return out
}

// rooted demands that all that is said of the document's own node stands at
// the top, and that nothing contains it: else the holder could have made a part
// of another document the top of this one. An endorsement may be about the
// document that it stands in.
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

// aside reports whether an object says nothing of its node but a type that no
// credential has, and an endorsement's words.
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

// endorses reports whether the statements call a node an endorsement.
func (a *agreement) endorses(self rdfTerm) bool {
	for i := a.last(self); i > 0; i = a.next[i-1] {
		if q := &a.r.quads[i-1]; q.p == rdfType && strings.HasSuffix(q.o.value, "#EndorsementCredential") {
			return true
		}
	}
	return false
}

// compare compares each node with all places in which it stands.
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

// compareNode compares the statements about one node with what its places show.
// Each member is compared once for all of them.
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

// read finds the members of a class that the statements about the node mean.
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

// called compares the id and the types of an object with its node's.
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

// typed demands of a standard's type that the statements say it.
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

// aboutSomething reports whether an object is written as what an endorsement is
// about, which belongs into an endorsement alone.
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

// hidden looks for what the statements say of the node in words that are read,
// and that none of its places shows.
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

// differ reports where the readings do not agree.
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

// foreign reports a standard word that has another meaning in the document.
func (a *agreement) foreign(p *reading, name, word string) error {
	err := a.differ(p, name, "")
	return fmt.Errorf("%w: %s has a meaning of its own (%s)", ErrUnsafe, clip(word), strings.TrimPrefix(err.Error(), vc.ErrTerms.Error()+": "))
}
