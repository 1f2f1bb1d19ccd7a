package vc

// Parsing sorts departures from the data model into two kinds. A problem leaves the
// meaning to guesswork: a required member is missing or has an impossible shape. A
// remark leaves nothing to guess, although the standard forbids it: null, an empty
// list, a text in place of the object it identifies, a date without a time where no
// decision depends on it.

// checkContexts notes a wrong start of @context (specs A1.1, A3.2).
func (d *Document) checkContexts(list []string) {
	if len(list) == 0 || list[0] != ContextV1 && list[0] != ContextV2 {
		d.problem(ReasonContextOrder, "the first @context is neither %s nor %s", ContextV2, ContextV1)
		return
	}
	for _, again := range list[1:] {
		switch {
		case again == list[0]:
			d.strictRemark(ReasonMixedModels, "@context names the data model twice")
		case again == ContextV1 || again == ContextV2:
			d.problem(ReasonMixedModels, "@context names two data models")
		}
	}
	for _, c := range d.Claims.Get("@context").List()[:len(list)] { // specs D1.1
		switch {
		case !c.Is(Object) && !absoluteID(c.Str()):
			d.problem(ReasonMalformed, "@context contains %.40s, which is neither a URL nor an object", c.Raw())
			return
		case c.Is(Object):
			d.checkInline(c)
		}
	}
}

// keywords are the members to which the data model gives a keyword's meaning. No
// context may redefine them.
var keywords = [...][2]string{{"id", "@id"}, {"type", "@type"}}

// checkInline notes an inline context that redefines a protected member (VC Data
// Model 2.0, 5.2 and 6.1).
func (d *Document) checkInline(c *Value) {
	for _, k := range keywords {
		v := c.Get(k[0])
		if v == nil || v.Str() == k[1] || v.Get("@id").Str() == k[1] && v.Get("@type").Str() != "@json" {
			continue
		}
		d.problem(ReasonRedefines, "an inline @context redefines %s", k[0])
	}
	for i := range c.Items() {
		if name := c.Items()[i].Name(); protected[name] && !sameTerm(&c.Items()[i], name) {
			d.problem(ReasonRedefines, "an inline @context redefines %.40s", name)
		}
	}
}

// protected lists the members on which verification depends.
var protected = map[string]bool{"issuer": true, "credentialSubject": true, "credentialStatus": true, "credentialSchema": true, "validFrom": true,
	"validUntil": true, "issuanceDate": true, "expirationDate": true, "evidence": true, "refreshService": true, "termsOfUse": true,
	"proof": true, "holder": true, "verifiableCredential": true, "VerifiableCredential": true, "VerifiablePresentation": true}

// sameTerm reports whether v defines the term as the data model does.
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

// checkCredential notes departures from the data model that can be found without
// the schema of the credential's kind (specs A3, D1.1).
func (d *Document) checkCredential() {
	c := d.Credential
	d.checkContexts(c.Context)
	if c.Badge() && c.Model != ModelUnknown && !hasBadgeContext(c.Context) {
		d.problem(ReasonContextOrder, "@context names no Open Badges 3.0 context")
	}
	d.checkNulls(c.Value)
	d.checkIssuer(c)
	d.checkSubject(c)
	d.checkDates(c)
	d.checkResources(c.Resources)
	if id := c.Value.Stated("id"); id != nil && !absoluteID(id.Str()) {
		d.problem(ReasonWrongType, "id is not an absolute URL")
	}
	if c.Model == Model20 {
		d.checkModel()
	}
}

// checkNulls notes members that state nothing.
func (d *Document) checkNulls(v *Value) {
	for i := range v.Items() {
		switch m := &v.Items()[i]; {
		case m.Name() == "@context":
		case m.Is(Null):
			d.strictRemark(ReasonNothing, "%.40s is null", m.Name())
		case m.Is(Array) && m.Count() < len(m.Items()):
			d.strictRemark(ReasonNothing, "%.40s contains null", m.Name())
		case m.Is(Array) && len(m.Items()) == 0 && m.Name() != "verifiableCredential": // a presentation may be empty
			d.remark(ReasonNothing, "%.40s is an empty list", m.Name())
		}
	}
}

func (d *Document) checkIssuer(c *Credential) {
	if c.Value.Get("issuer").Is(Array) {
		d.problem(ReasonOneDue, "issuer is a list, but only one is allowed")
	}
	switch {
	case c.Issuer.ID == "":
		d.problem(ReasonMissingMember, "issuer has no id")
	case !absoluteID(c.Issuer.ID):
		d.problem(ReasonWrongType, "issuer is not an absolute URL")
	case c.Model == Model11 && c.Badge() && c.Issuer.Value == nil: // specs A3.1
		d.strictRemark(ReasonWrongType, "issuer must be a Profile object in data model 1.1")
	}
}

// checkSubject notes subjects that are not objects. A badge has exactly one
// subject, so no second subject goes unnoticed (specs A3.4).
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
			d.problem(ReasonWrongType, "credentialSubject is not a non-empty object")
			return
		}
	}
}

// checkDates notes dates that are not single texts. Dates that decide validity need
// a time of day; for the others a day is enough.
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
		d.problem(ReasonDateOrder, "the validity period ends before it begins")
	}
}

// checkDate notes how one date is written. ends reports whether it ends the
// validity period.
func (d *Document) checkDate(name string, v *Value, ends bool) {
	if v == nil {
		return
	}
	if v.Is(Array) {
		d.problem(ReasonOneDue, "%s is a list, but only one date is allowed", name)
		return
	}
	switch m, exact := ReadMoment(v); {
	case exact:
	case m.Time.IsZero():
		d.problem(ReasonDateFormat, "%s is not a date and time: %.40q", name, m.Text)
	case m.Day && ends:
		d.problem(ReasonDayOnly, "%s has no time of day: %.40q", name, m.Text)
	case m.Day:
		d.strictRemark(ReasonDayOnly, "%s has no time of day: %.40q", name, m.Text)
	default:
		d.strictRemark(ReasonDateFormat, "%s is not in xsd:dateTime format: %.40s", name, v.Raw())
	}
}
