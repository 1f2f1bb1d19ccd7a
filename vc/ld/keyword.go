package ld

import "backpack/vc"

// keywordMember reads a member whose name is a keyword.
func (r *run) keywordMember(m member, self, graph rdfTerm, at place) error {
	switch m.kw {
	case kwID, kwNest:
		return nil
	case kwGraph:
		if err := r.drop("@graph is not allowed in a credential"); err != nil {
			return err
		}
		return r.contents(m.a, m.v, place{g: graph, prop: "@graph", free: true})
	case kwIncluded:
		if err := r.drop("@included hides the place of a node"); err != nil {
			return err
		}
		for _, v := range m.v.List() {
			if !v.Is(vc.Object) || isValueOrList(m.a, v) {
				return r.malformed("invalid @included value", "@included contains a value that is not a node object")
			}
		}
		return r.contents(m.a, m.v, place{g: at.g, free: true})
	case kwReverse:
		if err := r.drop("@reverse hides the place of a member"); err != nil {
			return err
		}
		return r.reversed(m, self, at)
	case kwIndex:
		if !m.v.Is(vc.String) {
			return r.malformed("invalid @index value", "@index is %s", m.v.Kind())
		}
	case kwLanguage:
		if !m.v.Is(vc.String) {
			return r.malformed("invalid language-tagged string", "@language is %s", m.v.Kind())
		}
	case kwDirection:
		if d := m.v.Str(); d != "ltr" && d != "rtl" {
			return r.malformed("invalid base direction", "@direction is neither ltr nor rtl")
		}
	}
	return r.drop("%s states nothing here", m.v.Name())
}

// contents reads nodes that no property points to.
func (r *run) contents(a *active, v *vc.Value, at place) error {
	mark := len(r.objs)
	err := r.value(a, v, at)
	r.objs = r.objs[:mark]
	return err
}

func isValueOrList(a *active, v *vc.Value) bool {
	for i := range v.Items() {
		switch a.meaning(v.Items()[i].Name()) {
		case kwValue, kwList, kwSet:
			return true
		}
	}
	return false
}

// reversed reads @reverse (step 13.4.13).
func (r *run) reversed(m member, self rdfTerm, at place) error {
	if !m.v.Is(vc.Object) {
		return r.malformed("invalid @reverse value", "@reverse is %s", m.v.Kind())
	}
	for i := range m.v.Items() {
		p, err := r.meaning(m.a, &m.v.Items()[i])
		if err != nil {
			return err
		}
		if p.kw != notKeyword {
			return r.malformed("invalid reverse property map", "%s inside @reverse", p.v.Name())
		}
		if p.iri == "" {
			continue
		}
		flip := at
		flip.reverse = true
		if err := r.property(p, self, flip); err != nil {
			return err
		}
	}
	return nil
}
