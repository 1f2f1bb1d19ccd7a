package vc

// What departs from the data model is a problem where somebody has to guess what
// is meant: a member that must be there is missing, or has a shape that it cannot
// have. It is a remark where there is nothing to guess, though the standard
// forbids it: null, a list of nothing, a text in place of the object that it
// would name, a day of which nothing depends.

// checkContexts notes a wrong start of the contexts (specs A1.1, A3.2).
func (d *Document) checkContexts(list []string) {
	if len(list) == 0 || list[0] != ContextV1 && list[0] != ContextV2 {
		d.problem(ReasonContextOrder, "the first @context is neither %s nor %s", ContextV2, ContextV1)
		return
	}
	for _, again := range list[1:] {
		switch {
		case again == list[0]:
			d.forgive(ReasonMixedModels, "the data model is named twice in @context")
		case again == ContextV1 || again == ContextV2:
			d.problem(ReasonMixedModels, "two data models are named in @context")
		}
	}
	for _, c := range d.Claims.Get("@context").List()[:len(list)] { // specs D1.1
		switch {
		case !c.Is(Object) && !absoluteID(c.Str()):
			d.problem(ReasonMalformed, "@context holds %.40s, which is neither an address nor an object", c.Raw())
			return
		case c.Is(Object):
			d.checkInline(c)
		}
	}
}

// keywords are the members that the data model gives the meaning of a keyword,
// and that no context may give another one.
var keywords = [...][2]string{{"id", "@id"}, {"type", "@type"}}

// checkInline demands that a context leaves the members alone by which all
// others are read (VC Data Model 2.0, 5.2 and 6.1): the data model protects them.
func (d *Document) checkInline(c *Value) {
	for _, k := range keywords {
		v := c.Get(k[0])
		if v == nil || v.Str() == k[1] || v.Get("@id").Str() == k[1] && v.Get("@type").Str() != "@json" {
			continue
		}
		d.problem(ReasonRedefines, "an inline @context gives %s another meaning", k[0])
	}
	for i := range c.Items() {
		if name := c.Items()[i].Name(); protected[name] && !sameTerm(&c.Items()[i], name) {
			d.problem(ReasonRedefines, "an inline @context gives %.40s another meaning", name)
		}
	}
}

// protected are the members of a credential by which it is judged.
var protected = map[string]bool{"issuer": true, "credentialSubject": true, "credentialStatus": true, "credentialSchema": true, "validFrom": true,
	"validUntil": true, "issuanceDate": true, "expirationDate": true, "evidence": true, "refreshService": true, "termsOfUse": true,
	"proof": true, "holder": true, "verifiableCredential": true, "VerifiableCredential": true, "VerifiablePresentation": true}

// sameTerm reports whether a term is defined as the data model does.
func sameTerm(v *Value, name string) bool {
	iri := v.Str()
	if v.Is(Object) {
		iri = v.Get("@id").Str()
	}
	switch name {
	case "proof", "holder", "verifiableCredential", "credentialSubject", "issuer", "credentialStatus", "credentialSchema":
		return iri == "https://www.w3.org/2018/credentials#"+name || iri == "https://w3id.org/security#"+name
	}
	return iri == "https://www.w3.org/2018/credentials#"+name
}

// checkCredential notes departures from the data model that need no schema of
// the credential's kind (specs A3, D1.1).
func (d *Document) checkCredential() {
	c := d.Credential
	d.checkContexts(c.Context)
	if c.Badge() && c.Model != ModelUnknown && !hasBadgeContext(c.Context) {
		d.problem(ReasonContextOrder, "no Open Badges 3.0 context is named in @context")
	}
	d.checkNulls(c.Value)
	d.checkIssuer(c)
	d.checkSubject(c)
	d.checkDates(c)
	d.checkResources(c.Resources)
	if id := c.Value.Stated("id"); id != nil && !absoluteID(id.Str()) {
		d.problem(ReasonWrongType, "id is no absolute URL")
	}
	if c.Model == Model20 {
		d.checkModel()
	}
}

// checkNulls tells of members that state nothing.
func (d *Document) checkNulls(v *Value) {
	for i := range v.Items() {
		switch m := &v.Items()[i]; {
		case m.Name() == "@context":
		case m.Is(Null):
			d.forgive(ReasonNothing, "%.40s is null", m.Name())
		case m.Is(Array) && m.Count() < len(m.Items()):
			d.forgive(ReasonNothing, "%.40s holds null", m.Name())
		case m.Is(Array) && len(m.Items()) == 0 && m.Name() != "verifiableCredential": // a presentation may be of nothing
			d.remark(ReasonNothing, "%.40s is an empty list", m.Name())
		}
	}
}

func (d *Document) checkIssuer(c *Credential) {
	if c.Value.Get("issuer").Is(Array) {
		d.problem(ReasonOneDue, "issuer is a list, and one is due")
	}
	switch {
	case c.Issuer.ID == "":
		d.problem(ReasonMissingMember, "issuer has no id")
	case !absoluteID(c.Issuer.ID):
		d.problem(ReasonWrongType, "issuer is no absolute URL")
	case c.Model == Model11 && c.Badge() && c.Issuer.Value == nil: // specs A3.1
		d.forgive(ReasonWrongType, "issuer is a Profile object in data model 1.1")
	}
}

// checkSubject demands subjects that are objects; a badge has just one, so that
// nobody else's stands unseen beside it (specs A3.4).
func (d *Document) checkSubject(c *Credential) {
	list := c.Value.Get("credentialSubject")
	n := list.Count()
	if n == 0 {
		d.problem(ReasonMissingMember, "credentialSubject is missing")
	}
	if n > 1 && c.Badge() {
		d.problem(ReasonOneDue, "a badge has one credentialSubject, not %d", n)
	}
	for s := range list.Each() {
		if !s.Is(Object) || len(s.Items()) == 0 {
			d.problem(ReasonWrongType, "credentialSubject is not an object with members")
			return
		}
	}
}

// checkDates demands dates that are single texts. What decides whether a badge
// is valid must be a moment; of the others a day is enough to go by.
func (d *Document) checkDates(c *Credential) {
	from, until := dateNames(c.Model)
	for _, name := range [...]string{from, until, "awardedDate"} {
		d.checkDate(name, c.Value.Stated(name), name == until)
	}
	for _, other := range otherDates(c.Model) {
		if c.Value.Stated(other) != nil {
			d.problem(ReasonMixedModels, "%s belongs to the other data model", other)
		}
	}
	if c.ValidFrom.IsZero() && (c.Model == Model11 || c.Badge()) {
		d.problem(ReasonMissingMember, "%s is missing", from)
	}
	if a, b := c.ValidFrom, c.ValidUntil; !a.Time.IsZero() && !b.Time.IsZero() && b.Last().Before(a.First()) {
		d.problem(ReasonDateOrder, "validity ends before it begins")
	}
}

// checkDate judges how one date is written; ends says that validity ends with it.
func (d *Document) checkDate(name string, v *Value, ends bool) {
	if v == nil {
		return
	}
	if v.Is(Array) {
		d.problem(ReasonOneDue, "%s is a list, and one date is due", name)
		return
	}
	switch m, exact := ReadMoment(v); {
	case exact:
	case m.Time.IsZero():
		d.problem(ReasonDateFormat, "%s is not a date and time: %.40q", name, m.Text)
	case m.Day && ends:
		d.problem(ReasonDayOnly, "%s is a day, without a time: %.40q", name, m.Text)
	case m.Day:
		d.forgive(ReasonDayOnly, "%s is a day, without a time: %.40q", name, m.Text)
	default:
		d.forgive(ReasonDateFormat, "%s is written in another way than the standard has it: %.40s", name, v.Raw())
	}
}
