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
	c.Image = image(v.One("image"))
	c.Evidence = evidence(v.Get("evidence"))
	c.readDates()
	c.readServices()
	c.Partial, c.Resources = v.One("partial").Word() == "true", relatedResources(v.Get("relatedResource"))
	r := &reader{p: p, depth: depth}
	if issuer := v.Get("issuer"); issuer.Count() == 1 { // of several, it is unclear whose word it is
		c.Issuer = r.profile(v.One("issuer"))
	}
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

// modelOf returns the data model named by the first context (specs A3.1).
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

// readClaims fills in members that the JWT form of data model 1.1 allows an issuer
// to express as claims only (VC Data Model 1.1, 6.3.1).
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

// readDates reads start and end of validity by the names of both data models. An
// end under the other model's name still is an end.
func (c *Credential) readDates() {
	v := c.Value
	for _, name := range [...]string{"validFrom", "issuanceDate"} {
		c.ValidFrom = laterStart(c.ValidFrom, ofMoments(v.Get(name), laterStart))
	}
	for _, name := range [...]string{"validUntil", "expirationDate"} {
		c.ValidUntil = earlierEnd(c.ValidUntil, ofMoments(v.Get(name), earlierEnd))
	}
	c.AwardedDate = ofMoments(v.Get("awardedDate"), earlierEnd)
}

// ofMoments reads a member that should hold one moment; pick chooses among several.
func ofMoments(v *Value, pick func(a, b Moment) Moment) (out Moment) {
	for x := range v.Each() {
		m, _ := ReadMoment(x)
		out = pick(out, m)
	}
	return out
}

// dateNames returns the members that limit validity (specs A3.1).
func dateNames(m Model) (from, until string) {
	if m == Model11 {
		return "issuanceDate", "expirationDate"
	}
	return "validFrom", "validUntil"
}

func (c *Credential) readServices() {
	v := c.Value
	for x := range v.Get("credentialStatus").Each() {
		c.Status = append(c.Status, Status{ID: x.Get("id").Str(), Type: typeOf(x), Value: x})
	}
	for x := range v.Get("credentialSchema").Each() {
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
	for x := range v.Each() {
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
	case v.Is(Array):
		return image(v.single())
	}
	return nil
}

func evidence(v *Value) []Evidence {
	var out []Evidence
	for x := range v.Each() {
		out = append(out, Evidence{ID: x.Get("id").Str(), Types: x.Get("type").Strs(), Name: text(x.Get("name")),
			Narrative: text(x.Get("narrative")), Description: text(x.Get("description")),
			Genre: text(x.Get("genre")), Audience: text(x.Get("audience"))})
	}
	return out
}

// hasBadgeContext reports whether an Open Badges 3.0 context is named. The schema
// checks its position (specs A1.1, A1.2).
func hasBadgeContext(list []string) bool {
	for _, c := range list {
		if strings.HasPrefix(c, badgeContexts) {
			return true
		}
	}
	return false
}

// otherDates returns the date members of the other data model (specs A3.2).
func otherDates(m Model) []string {
	switch m {
	case Model11:
		return []string{"validFrom", "validUntil"}
	case Model20:
		return []string{"issuanceDate", "expirationDate"}
	}
	return nil
}

// absoluteID reports whether s starts with a URL scheme and contains no space.
func absoluteID(s string) bool {
	scheme, rest, ok := strings.Cut(s, ":")
	return ok && scheme != "" && rest != "" && !strings.ContainsAny(s, " \t\n\r<>\"") && strings.IndexFunc(scheme, notScheme) < 0
}

func notScheme(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '+' || r == '-' || r == '.')
}
