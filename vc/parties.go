package vc

import (
	"slices"
	"strings"
)

// A proof over RDF statements does not cover the place where a party is described:
// the holder can move an issuer's members from issuer to creator and back. All
// places of one party are therefore read as one, so moving members changes nothing.
// Contradictions between the places are not covered by any proof (vc/ld).

// parties collects, by id, the people and organisations that a document describes
// at several places.
func parties(v *Value) map[string]*Value {
	found := map[string][]*Value{}
	var walk func(v *Value)
	walk = func(v *Value) {
		for i := range v.Items() {
			m := &v.Items()[i]
			if m.Name() == "proof" {
				continue
			}
			if isParty(m.Name()) {
				for _, x := range m.List() {
					if id := x.Get("id").Str(); id != "" {
						found[id] = append(found[id], x)
					} else if x.Str() != "" {
						found[x.Str()] = append(found[x.Str()], x)
					}
				}
			}
			walk(m)
		}
	}
	walk(v)
	out := map[string]*Value{}
	for id, places := range found {
		if len(places) > 1 {
			out[id] = joined(places)
		}
	}
	return out
}

func isParty(member string) bool {
	switch member {
	case "issuer", "creator", "source", "parentOrg":
		return true
	}
	return false
}

// joined merges the members of all places into one object; nil if there are none.
// Of several values for a member it takes the one whose text sorts first.
func joined(places []*Value) *Value {
	members := map[string]*Value{}
	for _, p := range places {
		for i := range p.Items() {
			m := &p.Items()[i]
			if m.Is(Null) || m.Is(Array) && len(m.Items()) == 0 {
				continue
			}
			if have := members[m.Name()]; have == nil || m.Raw() < have.Raw() {
				members[m.Name()] = m
			}
		}
	}
	if len(members) == 0 {
		return nil
	}
	all := make([]Value, 0, len(members))
	for _, m := range members {
		all = append(all, *m)
	}
	slices.SortFunc(all, func(a, b Value) int { return strings.Compare(a.name, b.name) })
	return (&Value{kind: Object}).With(nil, all...)
}

// party returns everything said about the party at v, or v itself if it has only
// one place.
func (r *reader) party(v *Value) *Value {
	id := v.Str()
	if v.Is(Object) {
		id = v.Get("id").Str()
	}
	if whole := r.p.parties[id]; whole != nil && id != "" {
		return whole
	}
	return v
}

// criteria returns an achievement and its criteria. If both have the same id they
// are merged.
func criteria(v *Value) (achievement, own *Value) {
	own = v.One("criteria")
	if id := own.Get("id").Str(); id == "" || id != v.Get("id").Str() {
		return v, own
	}
	whole := joined([]*Value{v, own})
	return whole, whole
}
