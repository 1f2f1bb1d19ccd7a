package vc

import "slices"

// In a CLR with an RDF proof, unsigned badges of one learner can exchange their
// achievements: the learner is a single node, and all achievements hang on it. This
// is harmless as long as the badges differ in nothing but their achievements.

// exchangeable lists the members of a badge that only describe its achievement.
var exchangeable = []string{"@context", "id", "type", "name", "description", "image", "credentialSubject"}

// mayExchange reports whether d, an unsigned credential in a CLR, could have taken its
// achievement from another, different one in all.
func mayExchange(d *Document, all []*Document) bool {
	own := d.Credential
	if own == nil || own.Subject.ID == "" {
		return false
	}
	return slices.ContainsFunc(all, func(o *Document) bool {
		return o != d && o.Form == Unsigned && o.Credential != nil && o.Credential.Subject.ID == own.Subject.ID && !alike(own, o.Credential)
	})
}

// alike reports whether two credentials say the same about the learner, or differ
// only in their achievements.
func alike(a, b *Credential) bool {
	x, y := a.Subject.Value, b.Subject.Value
	return sameValue(x, y) || sameMembers(a.Value, b.Value, exchangeable) && sameMembers(x, y, []string{"id", "type", "achievement"})
}

// sameMembers compares two objects without the listed members.
func sameMembers(a, b *Value, without []string) bool {
	covers := func(a, b *Value) bool {
		for i := range a.Items() {
			m := &a.Items()[i]
			if m.States() && !has(without, m.Name()) && !sameValue(m, b.Get(m.Name())) {
				return false
			}
		}
		return true
	}
	return covers(a, b) && covers(b, a)
}

// sameValue compares two values, ignoring the order of members.
func sameValue(a, b *Value) bool {
	switch {
	case a.Kind() != b.Kind():
		return false
	case a.Is(Object):
		return sameMembers(a, b, nil)
	case a.Is(Array):
		return slices.EqualFunc(a.List(), b.List(), sameValue)
	}
	return a.Text() == b.Text()
}
