package vc

import (
	"slices"
	"strings"
)

// A proof over statements does not cover which place of one id says what: the
// holder can move what is said of an issuer from issuer to creator and back. So
// the places of one party are read as one, and whatever is moved between them
// changes nothing. What they say differently, no proof vouches for (vc/ld).

// parties collects the people and organisations of a document that is proved
// over its statements, by id: those that are described at several places.
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

// joined puts the members of all places into one object, nil when none has any.
// Of two values of one member it takes the first in the order of their texts.
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

// party returns all that is said of the party at v, or v itself.
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

// criteria returns an achievement and its criteria. Where both have one id they
// are read as one.
func criteria(v *Value) (achievement, own *Value) {
	own = v.One("criteria")
	if id := own.Get("id").Str(); id == "" || id != v.Get("id").Str() {
		return v, own
	}
	whole := joined([]*Value{v, own})
	return whole, whole
}
