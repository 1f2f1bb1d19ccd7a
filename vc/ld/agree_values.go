package ld

import (
	"slices"

	"backpack/vc"
)

// A key is the compared part of a value: a node, or a text. The type and language
// of a text are not compared: JSON in the standard's own form implies them.
type key struct {
	node rdfTerm
	text string
}

// member compares all values that the places of the node show as m with the
// statements. The first place is p, which shows item.
func (a *agreement) member(p *reading, m *reads, item *vc.Value) error {
	shown, err := a.keys(a.shown[:0], p, m, item)
	if err != nil {
		return err
	}
	if len(a.node.places) > 1 {
		if shown, err = a.elsewhere(shown, p, m); err != nil {
			return err
		}
	}
	a.read(p.class)
	said := a.said[:0]
	for _, x := range a.node.statements {
		if x.m == m {
			said = a.stated(said, x.quad.o, m)
		}
	}
	a.shown, a.said = shown, said
	if err := a.r.meter.step(len(shown) + len(said)); err != nil {
		return err
	}
	if len(said) == 0 && len(shown) > 0 {
		return a.foreign(p, m.name, m.name)
	}
	if !sameKeys(shown, said) {
		return a.differ(p, m.name, "the proof covers something else")
	}
	return nil
}

// elsewhere appends the values of m at the other places of the node.
func (a *agreement) elsewhere(to []key, first *reading, m *reads) ([]key, error) {
	var err error
	for i := range a.node.places {
		o := &a.node.places[i]
		if o == first || o.class != first.class && o.class.members[m.name] == nil {
			continue
		}
		if item := o.object.Get(m.name); item != nil {
			if to, err = a.keys(to, o, m, item); err != nil {
				return to, err
			}
		}
	}
	return to, nil
}

// keys appends the keys of one member.
func (a *agreement) keys(to []key, p *reading, m *reads, v *vc.Value) ([]key, error) {
	if !v.Is(vc.Array) {
		return a.key(to, p, m, v)
	}
	var err error
	for i := range v.Items() {
		if to, err = a.key(to, p, m, &v.Items()[i]); err != nil {
			break
		}
	}
	return to, err
}

// key appends the keys of one value.
func (a *agreement) key(to []key, p *reading, m *reads, x *vc.Value) ([]key, error) {
	switch {
	case x.Is(vc.Null):
		return to, nil
	case x.Is(vc.String) || x.Is(vc.Bool):
		return append(to, key{text: x.Text()}), nil
	case x.Is(vc.Number):
		t, err := a.r.number(rdfTerm{kind: literalTerm, value: x.Text()})
		return append(to, key{text: t.value}), err
	case x.Is(vc.Object):
		if node, ok := a.nodes[x]; ok {
			return append(to, key{node: a.r.nodes[node].self}), nil
		}
		if m.texts {
			return append(to, languages(x)...), nil
		}
	}
	return to, a.differ(p, m.name, "it is not written in the standard's form")
}

// languages lists the texts of a value object or of a language map.
func languages(v *vc.Value) []key {
	if s := v.Get("@value"); s != nil {
		return []key{{text: s.Text()}}
	}
	var out []key
	for i := range v.Items() {
		for _, s := range v.Items()[i].Strs() {
			out = append(out, key{text: s})
		}
	}
	return out
}

// stated appends the key of a statement's object, or of each item if it is a list.
func (a *agreement) stated(to []key, o rdfTerm, m *reads) []key {
	if m.class == nil && (o.kind == blankTerm || o.kind == iriTerm && o.value == rdfNil) {
		return a.items(to, o)
	}
	if o.kind == literalTerm || o.kind == langTerm {
		return append(to, key{text: o.value})
	}
	return append(to, key{node: o})
}

// items appends the items of an RDF list. JSON-LD cannot express a list that
// contains itself.
func (a *agreement) items(to []key, head rdfTerm) []key {
	for range len(a.r.quads) {
		var rest rdfTerm
		for i := a.last(head); i > 0; i = a.next[i-1] {
			switch q := &a.r.quads[i-1]; q.p {
			case rdfFirst:
				to = append(to, key{text: q.o.value})
			case rdfRest:
				rest = q.o
			}
		}
		if rest.kind != blankTerm {
			break
		}
		head = rest
	}
	return to
}

// sameKeys reports whether two sets are equal. A text may stand for an IRI.
func sameKeys(shown, said []key) bool {
	if len(shown) == 1 && len(said) == 1 {
		return shown[0].same(said[0])
	}
	if len(shown) > 16 || len(said) > 16 {
		return sameMany(shown, said)
	}
	for _, x := range shown {
		if !slices.ContainsFunc(said, x.same) {
			return false
		}
	}
	for _, y := range said {
		if !slices.ContainsFunc(shown, func(x key) bool { return x.same(y) }) {
			return false
		}
	}
	return true
}

func (k key) same(said key) bool {
	return k == said || k.node.kind == noTerm && said.node.kind == iriTerm && said.node.value == k.text
}

// sameMany is sameKeys for long sets.
func sameMany(shown, said []key) bool {
	plain := func(k key) key {
		if k.node.kind == iriTerm {
			return key{text: k.node.value}
		}
		return k
	}
	have := make(map[key]bool, len(said))
	for _, k := range said {
		have[plain(k)] = false
	}
	for _, k := range shown {
		if _, ok := have[plain(k)]; !ok {
			return false
		}
		have[plain(k)] = true
	}
	for _, found := range have {
		if !found {
			return false
		}
	}
	return true
}
