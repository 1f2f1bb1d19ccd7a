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
		for x := range v.Get(m.name).Each() {
			d.checkTyped(m.name, x, m.ident)
		}
	}
	if types := v.Get("type"); types.Count() != len(types.Strs()) {
		d.problem(ReasonWrongType, "type holds something that is no text")
	}
	for _, name := range [...]string{"name", "description"} {
		d.checkWords(name, v.Get(name))
		d.checkWords("the issuer's "+name, d.Credential.Issuer.Value.Get(name))
	}
	for s := range v.Get("credentialSubject").Each() {
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
	case len(types.Strs()) == 0 || len(types.Strs()) != types.Count():
		d.problem(ReasonMissingMember, "%s states no type", name)
	case ident && v.Stated("id") == nil:
		d.problem(ReasonMissingMember, "%s has no id", name)
	}
	d.checkID(name, v)
}

// checkID demands that an id, if there is one, is one absolute URL.
func (d *Document) checkID(name string, v *Value) {
	if v.Get("id").Is(Null) {
		d.forgive(ReasonNothing, "the id of %s is null", name)
	} else if id := v.Stated("id"); id != nil && !absoluteID(id.Str()) {
		d.problem(ReasonWrongType, "the id of %s is no absolute URL", name)
	}
}

// checkWords demands of a text with its language that it is nothing else (VC Data
// Model 2.0, 11.1): what stands beside it could say anything.
func (d *Document) checkWords(name string, v *Value) {
	for x := range v.Each() {
		if x.Get("@value") == nil {
			continue
		}
		for i := range x.Items() {
			switch m := &x.Items()[i]; {
			case m.Name() != "@value" && m.Name() != "@language" && m.Name() != "@direction":
				d.problem(ReasonWrongType, "%s holds %.40q beside the text and its language", name, m.Name())
			case !m.Is(String) && !m.Is(Null):
				d.problem(ReasonWrongType, "%s has a %s that is no text", name, m.Name())
			}
		}
	}
}
