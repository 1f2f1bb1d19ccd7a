package server

import (
	"encoding/base64"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/net/idna"

	"backpack/ui"
	"backpack/vc"
	"backpack/wallet"
	"backpack/wallet/inspect"
)

// card makes the card of a badge; base is the path below which its picture is.
func card(b *wallet.Listed, image string) ui.BadgeCard {
	out := ui.BadgeCard{ID: b.ID, Title: b.Title, Issuer: b.Issuer, Domain: asciiHost(b.Domain), Awarded: b.AwardedAt,
		Expires: b.ValidUntil, Verdict: string(b.Verdict), Skills: b.Skills, Sample: b.Sample, Mine: b.Mine}
	if b.Picture {
		out.Image, out.ImageMark = image, imageMark(b.Origin)
	}
	out.Inside = string(b.Inside)
	return out
}

// imageMark says what is to be told beside a picture that is not known to be
// the badge's own.
func imageMark(origin string) string {
	switch origin {
	case inspect.PictureSealed, inspect.PictureFetched:
		return ""
	case inspect.PictureOpen:
		return ui.ImageOpen
	}
	return ui.ImageBrought
}

func ownCard(b *wallet.Listed) ui.BadgeCard { return card(b, ownImage(b.ID)) }

func ownImage(badge string) string { return "/badges/" + badge + "/image" }

// asciiHost shows a domain in the form in which look-alike letters show.
func asciiHost(host string) string {
	if a, err := idna.Lookup.ToASCII(host); err == nil {
		return a
	}
	escaped := strconv.QuoteToASCII(host) // one that is no domain, whatever it looks like
	return escaped[1 : len(escaped)-1]
}

// viewer turns badges into what pages show, in one language.
type viewer struct {
	texts *ui.Renderer
	lang  string   // of the page
	reads []string // languages for strangers' words, the preferred first
	own   string   // the language that the badge itself names
	// What a proof leaves open: see vc.Report.
	undirected bool
	named      map[string]string
}

// of returns the viewer of what a report is on, which is part of what w shows:
// neither the direction of texts is shown nor what the document calls things,
// where a proof around it or its own does not cover them.
func (w viewer) of(r *vc.Report) viewer {
	if r == nil {
		return w
	}
	w.undirected = w.undirected || r.Undirected
	if len(r.Words) > 0 {
		all := maps.Clone(r.Words)
		maps.Copy(all, w.named)
		w.named = all
	}
	return w
}

// viewer makes the viewer for who asks for a page in a language.
func (s *Server) viewer(c *fiber.Ctx, lang string) viewer {
	return viewer{texts: s.UI, lang: lang, reads: append(languagesOf(bounded(c.Get(fiber.HeaderAcceptLanguage), 200)), lang)}
}

// badge makes the full view of a badge from the document to show.
func (w viewer) badge(c ui.BadgeCard, sum *inspect.Summary, doc *vc.Document, r *vc.Report, verdict vc.Verdict) ui.BadgeView {
	w = w.of(r)
	out := ui.BadgeView{BadgeCard: c, Form: sum.Version, Description: ui.Plain(sum.Description), CheckedAt: r.At,
		Box: boxOf(w.texts, w.lang, verdict, r), Sure: w.sure(inspect.Facts(sum, r)), Checks: w.checks(r), Newer: r.Check(vc.CheckRefresh).Reason == vc.ReasonRefreshed}
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
		out.From.Confirmed, out.From.Known = ui.IssuerSelf, nil // what people say of themselves stays apart
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

// sure makes the rows of the five facts.
func (w viewer) sure(facts []vc.Fact) []ui.CheckRow {
	var out []ui.CheckRow
	for _, f := range facts {
		out = append(out, w.fact(f))
	}
	return out
}

func (w viewer) fact(f vc.Fact) ui.CheckRow {
	return w.texts.Fact(w.lang, finding(f))
}

// checks makes the rows of a report, in its order. Who is asking about nobody
// in particular is not told that nobody asked.
func (w viewer) checks(r *vc.Report) []ui.CheckRow { return w.rowsOf(r, w.texts.Check) }

// rowsOf is checks in the words that tell gives.
func (w viewer) rowsOf(r *vc.Report, tell func(lang, id, outcome, reason, detail string) ui.CheckRow) []ui.CheckRow {
	var out []ui.CheckRow
	for _, c := range r.Checks {
		if silent(c) {
			continue
		}
		if c.ID == vc.CheckIssuer && c.Outcome == vc.Passed && r.Suite == "hosted" {
			c.Reason = vc.ReasonHostedFetched // no key is involved: the issuer's own address has it
		}
		out = append(out, tell(w.lang, string(c.ID), string(c.Outcome), string(c.Reason), c.Detail))
	}
	return out
}

// silent reports whether a check is not worth a line: another says the same, or
// it does not apply because nobody asked or there is nothing of the kind.
func silent(c vc.Check) bool {
	switch {
	case c.ID == vc.CheckRecipient, c.ID == vc.CheckKnown: // each is a fact of its own, told above
		return true
	case c.Outcome != vc.Skipped:
		return false
	case c.ID == vc.CheckTerms, c.ID == vc.CheckRefresh, c.ID == vc.CheckEndorsement, c.ID == vc.CheckResources, c.ID == vc.CheckSchema && c.Reason != vc.ReasonUnsupported:
		return true
	}
	return c.Reason == vc.ReasonNobodyAsked || c.Reason == ""
}

func (w viewer) issuer(p *vc.Profile) ui.IssuerView {
	return ui.IssuerView{Name: p.Name.In(w.reads...), Domain: asciiHost(hostOf(p.ID))}
}

// hostOf returns the host that an https or did:web id names.
func hostOf(id string) string {
	if rest, ok := strings.CutPrefix(id, "did:web:"); ok {
		host, _, _ := strings.Cut(rest, ":")
		host, _, _ = strings.Cut(host, "%3A")
		return host
	}
	if u, err := url.Parse(id); err == nil && strings.HasPrefix(u.Scheme, "http") {
		return u.Hostname()
	}
	return ""
}

// confirmed says how it is known that the issuer made the badge.
func confirmed(sum *inspect.Summary, r *vc.Report) string {
	switch issuer := r.Check(vc.CheckIssuer); {
	case sum.Sample, r.Sample:
		return ui.IssuerSample
	case issuer.Outcome == vc.Unknown, r.Check(vc.CheckProof).Outcome == vc.Unknown:
		return ui.IssuerUnknown
	case issuer.Outcome != vc.Passed:
		return ui.IssuerNotConfirmed
	case hostOf(sum.IssuerID) == "" && sum.Domain == "":
		return ui.IssuerByKey
	}
	return ui.IssuerByDomain
}

// content fills what the badge says, of whatever kind it is.
func (w viewer) content(out *ui.BadgeView, doc *vc.Document, r *vc.Report) {
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

func (w viewer) achievement(out *ui.BadgeView, c *vc.Credential, a *vc.Achievement) {
	out.AchievementType, out.CriteriaMD, out.CriteriaURL, out.Tags = w.achievementType(a), w.words(a.CriteriaNarrative), a.CriteriaID, a.Tags
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
	credentialShown = []string{"id", "name", "description", "image", "issuer", "validFrom", "validUntil", "issuanceDate", "expirationDate", "awardedDate",
		"credentialSubject", "evidence", "endorsement", "endorsementJwt", "credentialStatus", "credentialSchema", "refreshService", "relatedResource", "partial"}
	subjectShown = []string{"id", "name", "identifier", "achievement", "activityStartDate", "activityEndDate", "creditsEarned", "image", "licenseNumber", "narrative",
		"result", "role", "source", "term", "verifiableCredential", "association"}
	achievementShown = []string{"id", "name", "description", "criteria", "achievementType", "alignment", "creator", "creditsAvailable", "endorsement",
		"endorsementJwt", "fieldOfStudy", "humanCode", "image", "inLanguage", "otherIdentifier", "resultDescription", "specialization", "tag", "version"}
)

// further states what a badge says beside what the page has a place for:
// related achievements, terms of use, whatever extensions add.
func (w viewer) further(c *vc.Credential) []ui.Statement {
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

func (w viewer) facts(c *vc.Credential) []ui.Fact {
	s := &c.Subject
	all := []ui.Fact{{Label: ui.FactRole, Value: w.words(s.Role).Text}, {Label: ui.FactTerm, Value: w.words(s.Term).Text},
		{Label: ui.FactCreditsEarned, Value: s.CreditsEarned}, {Label: ui.FactLicense, Value: s.LicenseNumber}, {Label: ui.FactActivity, Value: period(s)}}
	name, award := w.words(c.Name).Text, w.words(c.Description).Text
	if a := s.Achievement; a != nil {
		all = append(all, ui.Fact{Label: ui.FactField, Value: w.words(a.FieldOfStudy).Text}, ui.Fact{Label: ui.FactSpecialization, Value: w.words(a.Specialization).Text},
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

// pictures are the images of a badge, each once.
func pictures(c *vc.Credential) []*vc.Image {
	all := []*vc.Image{c.Subject.Image, c.Image}
	if a := c.Subject.Achievement; a != nil {
		all = append(all, a.Image)
	}
	return slices.DeleteFunc(all, func(im *vc.Image) bool { return im == nil })
}

// period is when the activity took place, day by day.
func period(s *vc.Subject) string {
	day := func(m vc.Moment) string { return m.Text[:min(len(m.Text), len("2006-01-02"))] }
	return strings.Trim(day(s.ActivityStart)+" – "+day(s.ActivityEnd), " –")
}

// remarks are a report's warnings.
func remarks(r *vc.Report) []string {
	var out []string
	for _, p := range r.Warnings {
		out = append(out, strings.TrimSpace(string(p.Reason)+" "+p.Detail))
	}
	return out
}

// technical lists what only who knows the standards wants to see.
func (w viewer) technical(doc *vc.Document, r *vc.Report) []ui.Fact {
	w = w.of(r)
	all := []ui.Fact{{Label: "form", Value: string(doc.Form)}, {Label: "suite", Value: r.Suite}, {Label: "method", Value: r.Method},
		{Label: "binding", Value: string(r.Binding)}, {Label: "key", Value: r.Key}}
	if c := doc.Credential; c != nil {
		all = append(all, ui.Fact{Label: "id", Value: c.ID}, ui.Fact{Label: "issuer", Value: c.Issuer.ID}, ui.Fact{Label: "subject", Value: c.Subject.ID},
			ui.Fact{Label: "types", Value: w.types(c.Types)})
		if !doc.Form.Legacy() {
			all = append(all, w.services(c)...)
			all = append(all, w.ids(c.Value)...)
		}
	}
	var out []ui.Fact
	for _, f := range all {
		if f.Value != "" {
			f.Value = f.Value[:min(len(f.Value), 300)]
			out = append(out, f)
		}
	}
	return out
}

// services lists where a badge says that something could be asked for.
func (w viewer) services(c *vc.Credential) []ui.Fact {
	var out []ui.Fact
	for _, x := range c.Status {
		out = append(out, ui.Fact{Label: "status", Value: w.call(x.Type) + " " + x.ID})
	}
	for _, x := range c.Schemas {
		out = append(out, ui.Fact{Label: "schema", Value: w.call(x.Type) + " " + x.ID})
	}
	for _, x := range c.Refresh {
		out = append(out, ui.Fact{Label: "refresh", Value: w.call(x.Type) + " " + x.ID})
	}
	for _, x := range c.Subject.Identifiers {
		if x.Hashed {
			out = append(out, ui.Fact{Label: "identifier", Value: strings.TrimSpace(x.Type + " " + x.Hash + " " + x.Salt)})
		}
	}
	for _, x := range c.Resources {
		out = append(out, ui.Fact{Label: "resource", Value: strings.TrimSpace(x.ID + " " + x.MediaType + " " + x.DigestSRI + x.DigestMultibase)})
	}
	return out
}

// dataImage is a picture inside the page, where nothing may be stored.
func dataImage(body []byte, mediaType string) string {
	if len(body) == 0 || len(body) > 512<<10 {
		return ""
	}
	return "data:" + mediaType + ";base64," + base64.StdEncoding.EncodeToString(body)
}
