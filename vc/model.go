package vc

// checkModel notes what data model 2.0 demands of objects that a credential
// points with (specs D1.1, D1.6): whoever does not know their type has
// to be able to tell.
func (d *Document) checkModel() {
	v := d.Credential.Value
	for _, m := range []struct {
		name  string
		ident bool // an id is demanded
	}{{"credentialStatus", false}, {"credentialSchema", true}, {"refreshService", false}, {"termsOfUse", false}, {"evidence", false}} {
		for _, x := range v.Get(m.name).List() {
			d.checkTyped(m.name, x, m.ident)
		}
	}
	if types := v.Get("type"); len(types.List()) != len(types.Strs()) {
		d.problem(ReasonWrongType, "type holds something that is no text")
	}
	for _, s := range v.Get("credentialSubject").List() {
		d.checkID("credentialSubject", s)
	}
}

// checkTyped demands an object with a type.
func (d *Document) checkTyped(name string, v *Value, ident bool) {
	types := v.Get("type")
	switch {
	case !v.Is(Object):
		d.problem(ReasonWrongType, "%s is not an object", name)
		return
	case len(types.Strs()) == 0 || len(types.Strs()) != len(types.List()):
		d.problem(ReasonMissingMember, "%s states no type", name)
	case ident && v.Get("id") == nil:
		d.problem(ReasonMissingMember, "%s has no id", name)
	}
	d.checkID(name, v)
}

// checkID demands that an id, if there is one, is one absolute URL.
func (d *Document) checkID(name string, v *Value) {
	if id := v.Get("id"); id != nil && !absoluteID(id.Str()) {
		d.problem(ReasonWrongType, "the id of %s is no absolute URL", name)
	}
}
