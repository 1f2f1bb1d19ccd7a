package ob2

import (
	"strings"

	"backpack/vc"
)

// parts holds the three nodes of a badge, each embedded or fetched. class and issuer
// are nil if unavailable.
type parts struct {
	version       string
	endorsement   bool   // assertion is an Endorsement, which has no class
	address       string // the id of the assertion
	assertion     *vc.Value
	class, issuer *vc.Value
	classID       string // the address that served class, or ""
	issuerID      string
}

func viewTypes() []string { return []string{"VerifiableCredential", "OpenBadgeCredential"} }

// view returns the badge in the terms of Open Badges 3.0 (specs B5.6).
func (p *parts) view() *vc.Credential {
	if p.endorsement {
		return p.endorsementView()
	}
	a := p.assertion
	lang := language(a)
	issued := moment(member(a, "issuedOn"))
	achievement := p.achievement()
	return &vc.Credential{
		Context:      a.Get("@context").Strs(),
		ID:           p.address,
		Types:        viewTypes(),
		Name:         achievement.Name,
		Image:        p.image(a),
		Issuer:       p.profile(),
		ValidFrom:    issued,
		AwardedDate:  issued,
		ValidUntil:   moment(member(a, "expires")),
		Evidence:     p.evidence(),
		Endorsements: endorsements(a),
		Subject: vc.Subject{
			ID:          subjectID(a),
			Types:       []string{"AchievementSubject"},
			Name:        recipientName(a),
			Identifiers: recipient(a),
			Achievement: achievement,
			Image:       p.image(a),
			Narrative:   text(member(a, "narrative"), lang),
			Value:       member(a, "recipient"),
		},
		Further: extensionStatements(p.ownNodes()),
		Value:   a,
	}
}

func (p *parts) achievement() *vc.Achievement {
	b := p.class
	if b == nil {
		return &vc.Achievement{ID: reference(p.assertion, "badge"), Types: []string{"Achievement"}}
	}
	lang := language(b)
	out := &vc.Achievement{
		ID:           nonEmpty(identifier(b), p.classID),
		Types:        []string{"Achievement"},
		Name:         text(member(b, "name"), lang),
		Description:  text(member(b, "description"), lang),
		Image:        p.image(b),
		InLanguage:   lang,
		Tags:         member(b, "tags").Strs(),
		Version:      member(b, "version").Text(),
		Alignments:   alignments(b, lang),
		Endorsements: endorsements(b),
		Value:        b,
	}
	out.CriteriaID, out.CriteriaNarrative = p.criteria(lang)
	for _, r := range member(b, "related").List() {
		if id := nodeID(r); id != "" {
			out.Related = append(out.Related, vc.Related{ID: id, Types: []string{"Related"},
				InLanguage: r.Get("@language").Str(), Version: member(r, "version").Text()})
		}
	}
	return out
}

// criteria returns an address, a narrative or both.
func (p *parts) criteria(lang string) (id string, narrative vc.Text) {
	for _, c := range member(p.class, "criteria").List() {
		switch {
		case c.Is(vc.Object):
			id = nonEmpty(id, identifier(c))
			narrative = append(narrative, text(member(c, "narrative"), lang)...)
		case hasScheme(c.Str()) || p.version == v05:
			id = nonEmpty(id, p.resolve(c.Str()))
		case c.Str() != "":
			narrative = append(narrative, text(c, lang)...)
		}
	}
	return id, narrative
}

// alignments returns the alignments of 2.0 (targetName, …) or of 1.x (name, …) (specs
// B2.5).
func alignments(b *vc.Value, lang string) []vc.Alignment {
	var out []vc.Alignment
	for _, a := range member(b, "alignment").List() {
		if !a.Is(vc.Object) {
			continue
		}
		out = append(out, vc.Alignment{
			TargetName:        text(member(a, "targetName"), lang),
			TargetURL:         member(a, "targetUrl").Str(),
			TargetDescription: text(member(a, "targetDescription"), lang),
			TargetFramework:   member(a, "targetFramework").Str(),
			TargetCode:        member(a, "targetCode").Text(),
		})
	}
	return out
}

// profile returns the issuer, which in 0.5 has the members origin, name and org (specs
// B2.3).
func (p *parts) profile() vc.Profile {
	i := p.issuer
	if i == nil {
		return vc.Profile{ID: nonEmpty(p.issuerID, reference(p.issued(), "issuer"))}
	}
	lang := language(i)
	out := vc.Profile{
		ID:          p.issuerAddress(),
		URL:         nonEmpty(member(i, "url").Str(), member(i, "origin").Str()),
		Email:       member(i, "email").Str(),
		Phone:       member(i, "telephone").Str(),
		Types:       []string{"Profile"},
		Name:        text(member(i, "name"), lang),
		Description: text(member(i, "description"), lang),
		Image:       p.image(i),
		Value:       i,
	}
	if !p.endorsement { // endorsements of an endorser are ignored
		out.Endorsements = endorsements(i)
	}
	if org := member(i, "org").Str(); org != "" && len(out.Name) > 0 {
		out.Name[0].Value += ": " + org
	}
	return out
}

// issued returns the node that names the issuer.
func (p *parts) issued() *vc.Value {
	if p.endorsement {
		return p.assertion
	}
	return p.class
}

// issuerAddress returns the issuer's id: stated, or else the address that served it,
// or else the origin of 0.5.
func (p *parts) issuerAddress() string {
	return nonEmpty(identifier(p.issuer), p.issuerID, member(p.issuer, "origin").Str())
}

// evidence returns the evidence: addresses and, since 2.0, nodes.
func (p *parts) evidence() []vc.Evidence {
	var out []vc.Evidence
	lang := language(p.assertion)
	for _, e := range member(p.assertion, "evidence").List() {
		switch {
		case e.Is(vc.Object):
			out = append(out, vc.Evidence{
				ID: identifier(e), Types: []string{"Evidence"},
				Name: text(member(e, "name"), lang), Narrative: text(member(e, "narrative"), lang),
				Description: text(member(e, "description"), lang),
				Genre:       text(member(e, "genre"), lang), Audience: text(member(e, "audience"), lang),
			})
		case e.Str() == "":
		case p.version == v05 || hasScheme(e.Str()) || strings.HasPrefix(e.Str(), "data:"):
			out = append(out, vc.Evidence{ID: p.resolve(e.Str()), Types: []string{"Evidence"}})
		default:
			out = append(out, vc.Evidence{Narrative: text(e, lang), Types: []string{"Evidence"}})
		}
	}
	return out
}

func (p *parts) image(v *vc.Value) *vc.Image {
	m := first(member(v, "image"))
	switch {
	case m.Is(vc.Object) && identifier(m) != "":
		return &vc.Image{ID: identifier(m), Caption: vc.ReadText(member(m, "caption"))}
	case m.Str() != "":
		return &vc.Image{ID: p.resolve(m.Str())}
	}
	return nil
}

// resolve makes the relative addresses of 0.5 absolute (specs B2.3).
func (p *parts) resolve(ref string) string {
	if p.version != v05 {
		return ref
	}
	return resolve(member(p.issuer, "origin").Str(), ref)
}

// recipientName returns the recipient's name in the assertion.
func recipientName(a *vc.Value) vc.Text {
	if t := vc.NameOf(member(a, "recipient").List()...); t != nil {
		return t
	}
	return vc.NameBeside(a)
}

func language(v *vc.Value) string { return v.Get("@language").Str() }

// text reads a string or a value object.
func text(v *vc.Value, lang string) vc.Text {
	var out vc.Text
	for _, x := range v.List() {
		switch {
		case x.Is(vc.Object) && x.Get("@value").Is(vc.String):
			out = append(out, vc.LangText{Lang: nonEmpty(x.Get("@language").Str(), lang), Value: x.Get("@value").Str()})
		case x.Is(vc.String) && x.Str() != "":
			out = append(out, vc.LangText{Lang: lang, Value: x.Str()})
		}
	}
	return out
}

// nodeID returns the id of a node, which may be a string or an object.
func nodeID(v *vc.Value) string {
	if v.Is(vc.Object) {
		return identifier(v)
	}
	return v.Str()
}

func nonEmpty(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}
