package ld

import (
	"slices"
	"strings"

	"backpack/vc"
)

// index links the statements about each node.
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

// last returns the last statement about a node, counted from 1, or 0.
func (a *agreement) last(t rdfTerm) int32 {
	switch t.kind {
	case blankTerm:
		return a.blank[t.blank]
	case iriTerm:
		return a.named[t.value]
	}
	return 0
}

// rootClass returns the class of a document by its types, or nil if it is neither a
// credential nor a presentation.
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

// walk appends the places that the model reads, from p on. It visits each object
// once, so the list is no longer than the document.
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

// path returns the path to a place.
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
