package view

import (
	"slices"
	"strings"

	"backpack/ui"
	"backpack/vc"
	"backpack/wallet/inspect"
)

// badge returns the full view of a badge. It shows doc; the card and the summary
// may come from a record of it.
func (w wording) badge(c ui.BadgeCard, sum *inspect.Summary, doc *vc.Document, r *vc.Report, verdict vc.Verdict) ui.BadgeView {
	w = w.of(r)
	out := ui.BadgeView{BadgeCard: c, Form: sum.Version, Description: ui.Plain(sum.Description), CheckedAt: r.At,
		Box: w.box(verdict, r), Sure: w.sure(inspect.Facts(sum, r)), Checks: w.rowsOf(r, w.texts.Check), Newer: r.Check(vc.CheckRefresh).Reason == vc.ReasonRefreshed}
	out.Verdict, out.Sample = string(verdict), out.Sample || r.Sample
	out.Warnings = remarks(r)
	out.Technical = w.technical(doc, r)
	out.EndHidden = r.Check(vc.CheckValidUntil).Reason == vc.ReasonNotDisclosed
	cred := doc.Credential
	if cred == nil {
		return out
	}
	if a := cred.Subject.Achievement; a != nil {
		w.own = a.InLanguage
	}
	if d := w.words(cred.Description); d.Text != "" {
		out.Description = d
	}
	out.From = w.issuer(&cred.Issuer)
	out.From.Confirmed, out.From.Known, out.From.Key = confirmed(sum, r), known(sum, r), r.Key
	if id := cred.Issuer.ID; id != "" && id == cred.Subject.ID && r.Check(vc.CheckIssuer).Outcome == vc.Passed {
		out.From.Confirmed, out.From.Known = ui.IssuerSelf, nil // a statement about oneself is not confirmed by oneself
	}
	if out.From.Domain == "" {
		out.From.Domain = c.Domain
	}
	if !cred.ValidFrom.Time.Equal(c.Awarded) {
		out.ValidFrom = cred.ValidFrom.Time
	}
	w.content(&out, doc, r)
	return out
}

// content fills the view with the content of a badge of any kind.
func (w wording) content(out *ui.BadgeView, doc *vc.Document, r *vc.Report) {
	c, s := doc.Credential, &doc.Credential.Subject
	legacy := doc.Form.Legacy()
	own, ofProfiles := w.endorsements(c, r)
	out.Endorsements, out.About = own, w.about(c, legacy, ofProfiles)
	w.recipient(out, s, r)
	out.Evidence = w.evidence(c.Evidence, c.Value.Get("evidence"))
	out.NarrativeMD = w.words(s.Narrative)
	out.Facts = w.facts(c)
	switch a := s.Achievement; {
	case a != nil:
		w.achievement(out, c, a)
	case slices.Contains(c.Types, "ClrCredential"):
		w.record(out, c, r)
	default:
		out.Generic, out.Claims = !c.Badge(), w.claims(c)
	}
	out.Part = doc.SD != nil && doc.SD.Hidden > 0
	if !legacy && c.VCT == "" {
		out.Statements = w.further(c)
	}
}

func (w wording) achievement(out *ui.BadgeView, c *vc.Credential, a *vc.Achievement) {
	out.AchievementType, out.CriteriaMD, out.CriteriaURL, out.Tags = w.kind("achievement", a.AchievementType), w.words(a.CriteriaNarrative), a.CriteriaID, a.Tags
	if title := w.words(a.Name); title.Text != "" {
		out.Title, out.TitleLang = title.Text, title.Lang
	}
	if d := w.words(a.Description); d.Text != "" {
		out.Description = d
	}
	out.Alignments = w.skills(a.Alignments)
	if p := a.Creator; p != nil && p.ID != c.Issuer.ID {
		creator := w.issuer(p)
		out.Creator = &creator
	}
	if p := c.Subject.Source; p != nil {
		source := w.issuer(p)
		out.Source = &source
	}
	out.Results, out.Gradings = w.results(&c.Subject, a)
}

// Members that have a place of their own on the page.
var (
	credentialShown = []string{"id", "name", "description", "image", "issuer", "validFrom", "validUntil",
		"issuanceDate", "expirationDate", "awardedDate", "credentialSubject", "evidence", "endorsement",
		"endorsementJwt", "credentialStatus", "credentialSchema", "refreshService", "relatedResource", "partial"}
	subjectShown = []string{"id", "name", "identifier", "achievement", "activityStartDate", "activityEndDate",
		"creditsEarned", "image", "licenseNumber", "narrative", "result", "role", "source", "term", "verifiableCredential", "association"}
	achievementShown = []string{"id", "name", "description", "criteria", "achievementType", "alignment", "creator", "creditsAvailable", "endorsement",
		"endorsementJwt", "fieldOfStudy", "humanCode", "image", "inLanguage", "otherIdentifier", "resultDescription", "specialization", "tag", "version"}
)

// further makes statements of the members that have no place of their own:
// related achievements, terms of use, members of extensions.
func (w wording) further(c *vc.Credential) []ui.Statement {
	t := w.teller()
	var out []ui.Statement
	if a := c.Subject.Achievement; a != nil {
		out = append(out, w.identifiers(a.OtherIdentifiers)...)
		out = append(out, t.rest(a.Value, achievementShown...)...)
		out = append(out, t.rest(a.Value.Get("criteria"), "id", "narrative")...)
	}
	if c.Subject.Achievement != nil || len(c.Contained) > 0 {
		out = append(out, w.identities(c.Subject.Identifiers)...)
		out = append(out, t.rest(c.Subject.Value, subjectShown...)...)
	}
	return append(out, t.rest(c.Value, credentialShown...)...)
}

func (w wording) facts(c *vc.Credential) []ui.Fact {
	s := &c.Subject
	all := []ui.Fact{{Label: ui.FactRole, Value: w.words(s.Role).Text}, {Label: ui.FactTerm, Value: w.words(s.Term).Text},
		{Label: ui.FactCreditsEarned, Value: s.CreditsEarned}, {Label: ui.FactLicense, Value: s.LicenseNumber}, {Label: ui.FactActivity, Value: period(s)}}
	name, award := w.words(c.Name).Text, w.words(c.Description).Text
	if a := s.Achievement; a != nil {
		all = append(all, ui.Fact{Label: ui.FactField, Value: w.words(a.FieldOfStudy).Text},
			ui.Fact{Label: ui.FactSpecialization, Value: w.words(a.Specialization).Text},
			ui.Fact{Label: ui.FactCredits, Value: a.CreditsAvailable}, ui.Fact{Label: ui.FactLanguage, Value: a.InLanguage},
			ui.Fact{Label: ui.FactCode, Value: a.HumanCode}, ui.Fact{Label: ui.FactVersion, Value: a.Version})
		if name != w.words(a.Name).Text {
			all = append(all, ui.Fact{Label: ui.FactName, Value: name})
		}
		if award != w.words(a.Description).Text {
			all = append(all, ui.Fact{Label: ui.FactAward, Value: award})
		}
	}
	for _, x := range c.Further {
		all = append(all, ui.Fact{Label: ui.FactOther, Value: x.Name + ": " + x.Value})
	}
	for _, im := range pictures(c) {
		all = append(all, ui.Fact{Label: ui.FactPicture, Value: w.words(im.Caption).Text})
	}
	return slices.DeleteFunc(all, func(f ui.Fact) bool { return f.Value == "" })
}

// pictures lists the images of a badge.
func pictures(c *vc.Credential) []*vc.Image {
	all := []*vc.Image{c.Subject.Image, c.Image}
	if a := c.Subject.Achievement; a != nil {
		all = append(all, a.Image)
	}
	return slices.DeleteFunc(all, func(im *vc.Image) bool { return im == nil })
}

// period returns the first and the last day of the activity.
func period(s *vc.Subject) string {
	day := func(m vc.Moment) string { return m.Text[:min(len(m.Text), len("2006-01-02"))] }
	return strings.Trim(day(s.ActivityStart)+" – "+day(s.ActivityEnd), " –")
}
