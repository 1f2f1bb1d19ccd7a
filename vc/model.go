package vc

// checkModel notes departures from data model 2.0 in the objects a credential
// refers to (specs D1.1, D1.6). Their types are required, so that a verifier can
// recognise unknown ones.
func (d *Document) checkModel() {
	v := d.Credential.Value
	for _, m := range []struct {
		name  string
		ident bool // id is required
	}{{"credentialStatus", false}, {"credentialSchema", true}, {"refreshService", false}, {"termsOfUse", false}, {"evidence", false}} {
		for x := range v.Get(m.name).Each() {
			d.checkTyped(m.name, x, m.ident)
		}
	}
	if types := v.Get("type"); types.Count() != len(types.Strs()) {
		d.problem(ReasonWrongType, "type contains a value that is not a text")
	}
	for _, name := range [...]string{"name", "description"} {
		d.checkWords(name, v.Get(name))
		d.checkWords("the issuer's "+name, d.Credential.Issuer.Value.Get(name))
	}
	for s := range v.Get("credentialSubject").Each() {
		d.checkID("credentialSubject", s)
	}
}

// checkTyped notes a value that is not an object with a type.
func (d *Document) checkTyped(name string, v *Value, ident bool) {
	types := v.Get("type")
	switch {
	case !v.Is(Object):
		d.problem(ReasonWrongType, "%s is not an object", name)
		return
	case len(types.Strs()) == 0 || len(types.Strs()) != types.Count():
		d.problem(ReasonMissingMember, "%s has no type", name)
	case ident && v.Stated("id") == nil:
		d.problem(ReasonMissingMember, "%s has no id", name)
	}
	d.checkID(name, v)
}

// checkID notes an id that is not a single absolute URL.
func (d *Document) checkID(name string, v *Value) {
	if v.Get("id").Is(Null) {
		d.strictRemark(ReasonNothing, "the id of %s is null", name)
	} else if id := v.Stated("id"); id != nil && !absoluteID(id.Str()) {
		d.problem(ReasonWrongType, "the id of %s is not an absolute URL", name)
	}
}

// checkWords notes a language value object with further members (VC Data Model 2.0,
// 11.1), which could say anything.
func (d *Document) checkWords(name string, v *Value) {
	for x := range v.Each() {
		if x.Get("@value") == nil {
			continue
		}
		for i := range x.Items() {
			switch m := &x.Items()[i]; {
			case m.Name() != "@value" && m.Name() != "@language" && m.Name() != "@direction":
				d.problem(ReasonWrongType, "%s has %.40q beside its text and language", name, m.Name())
			case !m.Is(String) && !m.Is(Null):
				d.problem(ReasonWrongType, "%s has a %s that is not a text", name, m.Name())
			}
		}
	}
}
