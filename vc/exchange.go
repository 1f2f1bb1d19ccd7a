package vc

import "slices"

// Badges without a seal in a record that is proved over its statements can
// exchange what they say of one learner: the learner is one node, and the
// achievements of all of them are the learner's. Nothing that matters moves as
// long as the badges are the same but for what was achieved.

// exchangeable are the members of a badge that tell of the achievement alone.
var exchangeable = []string{"@context", "id", "type", "name", "description", "image", "credentialSubject"}

// mixed reports whether d, a credential without a seal in a record, could have
// taken its achievement from another one of all, which differs from it.
func mixed(d *Document, all []*Document) bool {
	own := d.Credential
	if own == nil || own.Subject.ID == "" {
		return false
	}
	return slices.ContainsFunc(all, func(o *Document) bool {
		return o != d && o.Form == Unsigned && o.Credential != nil && o.Credential.Subject.ID == own.Subject.ID && !alike(own, o.Credential)
	})
}

// alike reports whether two credentials say the same of the learner, or are the
// same but for their achievements.
func alike(a, b *Credential) bool {
	return sameValue(a.Subject.Value, b.Subject.Value) || sameMembers(a.Value, b.Value, exchangeable) && sameMembers(a.Subject.Value, b.Subject.Value, []string{"id", "type", "achievement"})
}

// sameMembers compares two objects, but for some members.
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

// sameValue compares two values, whatever the order of members.
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
