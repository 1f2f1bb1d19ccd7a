package vc

import (
	"strings"
	"time"
)

// The first contexts of the two data models (specs A1.1).
const (
	ContextV1 = "https://www.w3.org/2018/credentials/v1"
	ContextV2 = "https://www.w3.org/ns/credentials/v2"
)

const badgeContexts = "https://purl.imsglobal.org/spec/ob/v3p0/context"

// credential reads d.Claims as a credential.
func (p *parser) credential(d *Document, depth int) error {
	v := d.Claims
	defer func(before map[string]*Value) { p.parties = before }(p.parties)
	switch {
	case d.Form == Embedded && !d.textCovered():
		p.parties = parties(v)
	case d.Form != Unsigned:
		p.parties = nil
	}
	c := &Credential{Value: v, Context: d.covered(), Model: modelOf(v), ID: v.Get("id").Str(), Types: v.Get("type").Strs()}
	d.Credential = c
	c.Name, c.Description = text(v.Get("name")), text(v.Get("description"))
	c.Image = image(v.Get("image"))
	c.Evidence = evidence(v.Get("evidence"))
	c.readDates()
	c.readServices()
	c.Partial, c.Resources = v.Get("partial").Text() == "true", relatedResources(v.Get("relatedResource"))
	r := &reader{p: p, depth: depth}
	c.Issuer = r.profile(v.Get("issuer"))
	c.Subject = r.subject(v.Get("credentialSubject"))
	c.Subject.Name = c.Subject.named(v)
	c.Endorsements = r.endorsements(v)
	if r.err != nil {
		return r.err
	}
	var err error
	if has(c.Types, "ClrCredential") { // specs C3
		c.Contained, err = p.documents(c.Subject.Value.Get("verifiableCredential"), depth+1)
	}
	return err
}

// modelOf tells the data model by the first context (specs A3.1).
func modelOf(v *Value) Model {
	if list := v.Get("@context").List(); len(list) > 0 {
		switch list[0].Str() {
		case ContextV1:
			return Model11
		case ContextV2:
			return Model20
		}
	}
	return ModelUnknown
}

// readClaims fills what the JWT shape of data model 1.1 lets an issuer leave
// out of the credential, since a claim says it (VC Data Model 1.1, 6.3.1).
func (c *Credential) readClaims(j *JOSE) {
	fill := func(p *string, claim *Value) {
		if *p == "" {
			*p = claim.Str()
		}
	}
	fill(&c.Issuer.ID, j.Iss)
	fill(&c.ID, j.Jti)
	fill(&c.Subject.ID, j.Sub)
	for _, x := range []struct {
		p     *Moment
		claim *Value
	}{{&c.ValidFrom, j.Nbf}, {&c.ValidUntil, j.Exp}} {
		if t, ok := numericDate(x.claim); ok && x.p.IsZero() {
			*x.p = Moment{Text: t.Format(time.RFC3339), Time: t}
		}
	}
}

func (c *Credential) readDates() {
	v := c.Value
	from, until := dateNames(c.Model)
	c.ValidFrom, c.ValidUntil, c.AwardedDate = moment(v.Get(from)), moment(v.Get(until)), moment(v.Get("awardedDate"))
	for _, name := range []string{"validUntil", "expirationDate"} { // whatever the model: an end is an end
		if m := moment(v.Get(name)); name != until && !m.IsZero() && (c.ValidUntil.IsZero() || m.Time.Before(c.ValidUntil.Time)) {
			c.ValidUntil = m
		}
	}
	for _, name := range []string{"validFrom", "issuanceDate"} {
		if m := moment(v.Get(name)); name != from && !m.IsZero() && c.ValidFrom.IsZero() {
			c.ValidFrom = m
		}
	}
}

// dateNames are the members that bound validity (specs A3.1).
func dateNames(m Model) (from, until string) {
	if m == Model11 {
		return "issuanceDate", "expirationDate"
	}
	return "validFrom", "validUntil"
}

func (c *Credential) readServices() {
	v := c.Value
	for _, x := range v.Get("credentialStatus").List() {
		c.Status = append(c.Status, Status{ID: x.Get("id").Str(), Type: typeOf(x), Value: x})
	}
	for _, x := range v.Get("credentialSchema").List() {
		c.Schemas = append(c.Schemas, SchemaRef{ID: x.Get("id").Str(), Type: typeOf(x)})
	}
	c.Refresh, c.TermsOfUse = services(v.Get("refreshService")), services(v.Get("termsOfUse"))
}

// typeOf returns the first type of an object.
func typeOf(v *Value) string {
	if t := v.Get("type").Strs(); len(t) > 0 {
		return t[0]
	}
	return ""
}

func services(v *Value) []Service {
	var out []Service
	for _, x := range v.List() {
		out = append(out, Service{ID: x.Get("id").Str(), Type: typeOf(x), Value: x})
	}
	return out
}

func image(v *Value) *Image {
	switch {
	case v.Is(String):
		return &Image{ID: v.Text()}
	case v.Is(Object):
		return &Image{ID: v.Get("id").Str(), Caption: text(v.Get("caption"))}
	case v.Is(Array) && len(v.Items()) > 0:
		return image(&v.Items()[0])
	}
	return nil
}

func evidence(v *Value) []Evidence {
	var out []Evidence
	for _, x := range v.List() {
		out = append(out, Evidence{ID: x.Get("id").Str(), Types: x.Get("type").Strs(), Name: text(x.Get("name")),
			Narrative: text(x.Get("narrative")), Description: text(x.Get("description")),
			Genre: text(x.Get("genre")), Audience: text(x.Get("audience"))})
	}
	return out
}

// checkContexts notes a wrong start of the contexts (specs A1.1, A3.2).
func (d *Document) checkContexts(list []string) {
	if len(list) == 0 || list[0] != ContextV1 && list[0] != ContextV2 {
		d.problem(ReasonContextOrder, "the first @context is neither %s nor %s", ContextV2, ContextV1)
		return
	}
	if has(list[1:], ContextV1) || has(list[1:], ContextV2) {
		d.problem(ReasonMixedModels, "a data model is named twice in @context")
	}
	for _, c := range d.Claims.Get("@context").List()[:len(list)] { // specs D1.1
		if !c.Is(Object) && !absoluteID(c.Str()) {
			d.problem(ReasonMalformed, "@context holds %.40s, which is neither an address nor an object", c.Raw())
			return
		}
	}
}

// checkCredential notes departures from the data model that need no schema of
// the credential's kind (specs A3, D1.1).
func (d *Document) checkCredential() {
	c := d.Credential
	d.checkContexts(c.Context)
	if c.Badge() && c.Model != ModelUnknown && !hasBadgeContext(c.Context) {
		d.problem(ReasonContextOrder, "no Open Badges 3.0 context is named in @context")
	}
	d.checkIssuer(c)
	d.checkSubject(c)
	d.checkDates(c)
	d.checkResources(c.Resources)
	if id := c.Value.Get("id"); id != nil && !absoluteID(id.Str()) {
		d.problem(ReasonWrongType, "id is no absolute URL")
	}
	if c.Model == Model20 {
		d.checkModel()
	}
}

func (d *Document) checkIssuer(c *Credential) {
	switch {
	case c.Issuer.ID == "":
		d.problem(ReasonMissingMember, "issuer has no id")
	case !absoluteID(c.Issuer.ID):
		d.problem(ReasonWrongType, "issuer is no absolute URL")
	case c.Model == Model11 && c.Badge() && c.Issuer.Value == nil: // specs A3.1
		d.problem(ReasonWrongType, "issuer is a Profile object in data model 1.1")
	}
}

// checkSubject demands subjects that are objects; a badge has just one, so that
// nobody else's stands unseen beside it (specs A3.4).
func (d *Document) checkSubject(c *Credential) {
	list := c.Value.Get("credentialSubject").List()
	if len(list) == 0 {
		d.problem(ReasonMissingMember, "credentialSubject is missing")
	}
	if len(list) > 1 && c.Badge() {
		d.problem(ReasonWrongType, "a badge has one credentialSubject, not %d", len(list))
	}
	for _, s := range list {
		if !s.Is(Object) || len(s.Items()) == 0 {
			d.problem(ReasonWrongType, "credentialSubject is not an object with members")
			return
		}
	}
}

// checkDates demands that dates are single texts: over RDF a list of one means
// the same, and would otherwise pass for no date at all.
func (d *Document) checkDates(c *Credential) {
	from, until := dateNames(c.Model)
	for _, m := range []struct {
		name  string
		value Moment
	}{{from, c.ValidFrom}, {until, c.ValidUntil}, {"awardedDate", c.AwardedDate}} {
		switch v := c.Value.Get(m.name); {
		case v != nil && !v.Is(String):
			d.problem(ReasonWrongType, "%s is not a text", m.name)
		case !m.value.IsZero() && m.value.Time.IsZero():
			d.problem(ReasonDateFormat, "%s is not a date and time: %.40q", m.name, m.value.Text)
		}
	}
	if c.ValidFrom.IsZero() && (c.Model == Model11 || c.Badge()) {
		d.problem(ReasonMissingMember, "%s is missing", from)
	}
	if a, b := c.ValidFrom.Time, c.ValidUntil.Time; !a.IsZero() && !b.IsZero() && b.Before(a) {
		d.problem(ReasonDateOrder, "validity ends before it begins")
	}
	for _, other := range otherDates(c.Model) {
		if c.Value.Get(other) != nil {
			d.problem(ReasonMixedModels, "%s belongs to the other data model", other)
		}
	}
}

// hasBadgeContext reports whether a version of Open Badges 3.0 is named; the
// schema says where it has to stand (specs A1.1, A1.2).
func hasBadgeContext(list []string) bool {
	for _, c := range list {
		if strings.HasPrefix(c, badgeContexts) {
			return true
		}
	}
	return false
}

// otherDates lists the date members of the other data model (specs A3.2).
func otherDates(m Model) []string {
	switch m {
	case Model11:
		return []string{"validFrom", "validUntil"}
	case Model20:
		return []string{"issuanceDate", "expirationDate"}
	}
	return nil
}

// absoluteID reports whether s has the scheme of an absolute URL and no space.
func absoluteID(s string) bool {
	scheme, rest, ok := strings.Cut(s, ":")
	return ok && scheme != "" && rest != "" && !strings.ContainsAny(s, " \t\n\r<>\"") && strings.IndexFunc(scheme, notScheme) < 0
}

func notScheme(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '+' || r == '-' || r == '.')
}
