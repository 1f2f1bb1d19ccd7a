package view

import (
	"slices"
	"strings"

	"backpack/ui"
	"backpack/vc"
	"backpack/wallet/inspect"
)

// maxAbout is the number of profiles that a page describes.
const maxAbout = 20

// A party is a profile in a badge and its role there.
type party struct {
	who     string
	profile *vc.Profile
}

// parties lists the profiles of a badge and their parent organisations, each id
// once.
func parties(c *vc.Credential) []party {
	all := []party{{"issuer", &c.Issuer}}
	for _, a := range achievementsOf(c) {
		all = append(all, party{"creator", a.Creator})
	}
	all = append(all, party{"source", c.Subject.Source})
	var out []party
	seen := map[string]bool{}
	for _, p := range all {
		for ; p.profile != nil && len(out) < maxAbout; p = (party{"parent", p.profile.ParentOrg}) {
			if id := p.profile.ID; id == "" || !seen[id] {
				out = append(out, p)
				seen[id] = true
			}
		}
	}
	return out
}

func achievementsOf(c *vc.Credential) []*vc.Achievement {
	if a := c.Subject.Achievement; a != nil {
		return append([]*vc.Achievement{a}, c.Subject.Achievements...)
	}
	return c.Subject.Achievements
}

// about describes each profile and lists its endorsements. A profile that has
// only a name is left out.
func (w wording) about(c *vc.Credential, legacy bool, said map[string][]ui.EndorsementView) []ui.AboutView {
	var out []ui.AboutView
	for _, p := range parties(c) {
		v := ui.AboutView{Who: p.who, Name: w.words(p.profile.Name), Domain: asciiHost(hostOf(p.profile.ID)), Description: w.words(p.profile.Description),
			Statements: w.profile(p.profile, legacy), Endorsements: said[p.profile.ID]}
		if v.Description.Text != "" || len(v.Statements) > 0 || len(v.Endorsements) > 0 {
			out = append(out, v)
		}
	}
	return out
}

// profileShown lists the members of a profile that have a place of their own.
var profileShown = []string{"id", "name", "description", "url", "email", "phone", "official", "address", "otherIdentifier", "parentOrg",
	"endorsement", "endorsementJwt", "image"}

func (w wording) profile(p *vc.Profile, legacy bool) []ui.Statement {
	var out []ui.Statement
	for _, x := range []struct{ name, text string }{{"url", p.URL}, {"email", p.Email}, {"phone", p.Phone}, {"official", p.Official}, {"address", p.Address}} {
		out = w.stated(out, x.name, ui.Plain(x.text))
	}
	if org := p.ParentOrg; org != nil {
		out = w.stated(out, "parentOrg", w.words(org.Name))
	}
	out = append(out, w.identifiers(p.OtherIdentifiers)...)
	if im := p.Image; im != nil {
		out = w.stated(out, "caption", w.words(im.Caption))
		if !strings.HasPrefix(im.ID, "data:") {
			out = w.stated(out, "image", ui.Plain(im.ID))
		}
	}
	if legacy || p.Value == nil {
		return out
	}
	if geo := p.Value.Get("address").Get("geo"); geo != nil {
		s := w.teller().value(geo, 1)
		s.Label = w.kind("member", "geo")
		out = append(out, s)
	}
	out = append(out, w.teller().rest(p.Value.Get("address"), "streetAddress", "postOfficeBoxNumber", "postalCode", "addressLocality",
		"addressRegion", "addressCountry", "addressCountryCode", "geo")...)
	return append(out, w.teller().rest(p.Value, profileShown...)...)
}

// identifiers makes statements of identifiers, labelled by kind.
func (w wording) identifiers(list []vc.Identifier) []ui.Statement {
	var out []ui.Statement
	for _, x := range list {
		out = append(out, ui.Statement{Label: w.kind("identifier", x.Type), Value: ui.Plain(clip(x.Identifier))})
	}
	return out
}

// identities makes statements of the identities by which a badge names its
// recipient. A hashed one is not shown.
func (w wording) identities(list []vc.Identity) []ui.Statement {
	var out []ui.Statement
	for _, x := range list {
		value := x.Hash
		if x.Hashed {
			value = w.texts.Text(w.lang, "identity.hidden")
		}
		out = append(out, ui.Statement{Label: w.texts.Text(w.lang, "identity.by", "kind", w.kind("identifier", x.Type)), Value: ui.Plain(clip(value))})
	}
	return out
}

// endorsements pairs each endorsement with its own verdict (specs A2.13).
// Those of profiles are returned by the profile's id, all others in own.
func (w wording) endorsements(c *vc.Credential, r *vc.Report) (own []ui.EndorsementView, ofProfiles map[string][]ui.EndorsementView) {
	docs, subs := vc.AllEndorsements(c), r.Check(vc.CheckEndorsement).Sub
	ofProfiles = map[string][]ui.EndorsementView{}
	people := parties(c)
	for i, d := range docs {
		var sub *vc.Report
		if i < len(subs) {
			sub = subs[i]
		}
		id := ""
		if d.Credential != nil {
			id = d.Credential.Subject.ID
		}
		if p := slices.IndexFunc(people, func(p party) bool { return p.profile.ID == id }); p >= 0 && id != "" && id != c.ID {
			ofProfiles[id] = append(ofProfiles[id], w.endorsement(d, people[p].who, sub))
			continue
		}
		own = append(own, w.endorsement(d, aboutWhat(c, id), sub))
	}
	return own, ofProfiles
}

// endorsement returns the view of one endorsement. One that cannot be read has a
// verdict and a reason only.
func (w wording) endorsement(d *vc.Document, about string, r *vc.Report) ui.EndorsementView {
	w = w.of(r)
	v := ui.EndorsementView{About: about, Verdict: string(r.Verdict(vc.Policy{})), Why: w.because(r)}
	e := d.Credential
	if e == nil {
		return v
	}
	v.From, v.IssuedAt, v.Expires = w.issuer(&e.Issuer), e.Awarded().Time, e.ValidUntil.Time
	v.From.Confirmed = confirmed(&inspect.Summary{IssuerID: e.Issuer.ID, Domain: hostOf(e.Issuer.ID), Sample: inspect.Sample(e.Issuer.ID)}, r)
	v.Title = w.words(e.Name)
	if v.TextMD = w.words(vc.ReadText(e.Subject.Value.Get("endorsementComment"))); v.TextMD.Text == "" {
		v.TextMD = w.words(e.Description)
	}
	return v
}

func aboutWhat(c *vc.Credential, id string) string {
	switch {
	case id == "":
		return "other"
	case id == c.ID:
		return "badge"
	case slices.ContainsFunc(achievementsOf(c), func(a *vc.Achievement) bool { return a.ID == id }):
		return "achievement"
	}
	return "other"
}
