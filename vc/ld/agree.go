package ld

import (
	"fmt"
	"slices"
	"strings"

	"backpack/vc"
)

// This is the second guard of what names.go tells: a reading of the model from
// the statements alone, beginning at the node that the document is about. It
// must agree with the reading from the JSON, which goes by names and places.
// What the statements say and the JSON does not show, and what the JSON shows
// and no statement says, makes them differ. All places of one id count together.

// An agreement compares the two readings of one document.
type agreement struct {
	r       *run
	self    map[*vc.Value]rdfTerm // the node of each object
	heads   map[rdfTerm]int32     // a node's last statement, counted from 1
	next    []int32               // the one before it
	places  []reading
	visited map[*vc.Value]bool
}

// A reading is an object of the document at a place that is read.
type reading struct {
	self   rdfTerm
	object *vc.Value
	class  *class
	path   []hop
	inside bool // an endorsement
}

// agree returns nil when both readings of the document agree. Its errors wrap
// vc.ErrTerms, or vc.ErrContext where a stranger's context gives a standard word
// another meaning.
func (r *run) agree(v *vc.Value) error {
	root := r.e.rootClass(v)
	if root == nil || len(r.nodes) == 0 || r.opt.Context != nil {
		return nil
	}
	a := &agreement{r: r, self: make(map[*vc.Value]rdfTerm, len(r.nodes)), heads: make(map[rdfTerm]int32, len(r.nodes)),
		next: make([]int32, len(r.quads)), visited: map[*vc.Value]bool{}}
	for _, n := range r.nodes {
		a.self[n.object] = n.self
	}
	for i := range r.quads {
		if q := &r.quads[i]; q.g.kind == noTerm {
			a.next[i] = a.heads[q.s]
			a.heads[q.s] = int32(i + 1)
		}
	}
	a.walk(root, v, nil, false)
	if err := a.rooted(); err != nil {
		return err
	}
	return a.compare()
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

// walk lists the places that are read, from v on. Every object is visited once,
// so that the list is no longer than the document.
func (a *agreement) walk(c *class, v *vc.Value, path []hop, inside bool) {
	self, ok := a.self[v]
	if !ok || c == nil || a.visited[v] {
		return
	}
	a.visited[v] = true
	inside = inside || slices.Contains(v.Get("type").Strs(), "EndorsementCredential")
	a.places = append(a.places, reading{self, v, c, path, inside})
	for i := range v.Items() {
		item := &v.Items()[i]
		m := c.members[item.Name()]
		if m == nil || m.class == nil {
			continue
		}
		inner := append(path[:len(path):len(path)], hop{name: item.Name()})
		for n, x := range item.List() {
			to := inner
			if item.Is(vc.Array) {
				to = append(inner[:len(inner):len(inner)], hop{index: n})
			}
			a.walk(m.class, x, to, inside)
		}
	}
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
	for i := a.heads[self]; i > 0; i = a.next[i-1] {
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
		if err := a.node(a.places[from:to]); err != nil {
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

// node compares the statements about one node with what its places show.
func (a *agreement) node(places []reading) error {
	for _, p := range places {
		if err := a.named(p); err != nil {
			return err
		}
		if (!p.inside || p.class != a.r.e.model["Subject"]) && aboutSomething(p.object) {
			a.r.path = append(a.r.path[:0], p.path...)
			return a.r.ambiguous(spot{id: p.self.value, path: p.path}, "endorsementComment")
		}
		for i := range p.object.Items() {
			item := &p.object.Items()[i]
			m := p.class.members[item.Name()]
			if m == nil {
				continue
			}
			if err := a.member(places, p, m); err != nil {
				return err
			}
		}
	}
	return a.hidden(places)
}

// named compares the id and the types of an object with its node's.
func (a *agreement) named(p reading) error {
	if id := p.object.Get("id"); id.Is(vc.String) && (p.self.kind != iriTerm || p.self.value != id.Text()) {
		return a.differ(&p, "id", "the proof covers it as something else")
	}
	types := p.object.Get("type")
	if types == nil {
		return nil
	}
	for _, name := range types.Strs() {
		known := false
		covered := false
		for _, t := range a.r.e.words.terms[name] {
			if t.kw != notKeyword || !isType(name) || !standard(t.iri) {
				continue
			}
			known = true
			covered = covered || a.says(p.self, rdfType, rdfTerm{kind: iriTerm, value: t.iri})
		}
		if known && !covered {
			return a.foreign(&p, "type", name)
		}
	}
	return nil
}

// aboutSomething reports whether an object is written as what an endorsement is
// about, which belongs into an endorsement alone.
func aboutSomething(v *vc.Value) bool {
	return v.Get("endorsementComment") != nil || slices.Contains(v.Get("type").Strs(), endorsement)
}

func (a *agreement) says(s rdfTerm, p string, o rdfTerm) bool {
	for i := a.heads[s]; i > 0; i = a.next[i-1] {
		if q := &a.r.quads[i-1]; q.p == p && q.o == o {
			return true
		}
	}
	return false
}

// hidden looks for what the statements say of a node in words that are read,
// and that none of its places shows.
func (a *agreement) hidden(places []reading) error {
	for i := a.heads[places[0].self]; i > 0; i = a.next[i-1] {
		q := &a.r.quads[i-1]
		for _, p := range places {
			m := p.class.byIRI[q.p]
			if m != nil && !slices.ContainsFunc(places, func(o reading) bool { return o.object.Get(m.name) != nil && o.class.members[m.name] != nil }) {
				return a.differ(&p, m.name, "the proof covers it, and the document does not show it")
			}
		}
	}
	return nil
}

// differ reports where the readings do not agree.
func (a *agreement) differ(p *reading, name, why string) error {
	r := a.r
	r.path = r.path[:0]
	if p != nil {
		r.path = append(r.path, p.path...)
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
