package server

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"

	"backpack/ui"
	"backpack/vc"
	"backpack/wallet"
)

// card makes the card of a badge; base is the path below which its picture is.
func card(e *wallet.Entry, image string) ui.BadgeCard {
	s := &e.Summary
	out := ui.BadgeCard{ID: e.ID, Title: s.Title, Issuer: s.Issuer, Domain: asciiHost(s.Domain), Awarded: s.AwardedAt,
		Expires: s.ValidUntil, Verdict: string(e.Verdict), Skills: s.Skills, Sample: s.Sample, Mine: e.Mine != ""}
	if s.Image != "" {
		out.Image = image
	}
	return out
}

func ownImage(e *wallet.Entry) string { return "/badges/" + e.ID + "/image" }

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
	lang  string
}

// badge makes the full view of a badge from the document to show.
func (w viewer) badge(c ui.BadgeCard, sum *wallet.Summary, doc *vc.Document, r *vc.Report, verdict vc.Verdict) ui.BadgeView {
	out := ui.BadgeView{BadgeCard: c, Form: sum.Version, Description: sum.Description, CheckedAt: r.At,
		Box: w.texts.Verdict(w.lang, string(verdict)), Sure: w.sure(wallet.Facts(sum, r)), Checks: w.checks(r), Newer: r.Check(vc.CheckRefresh).Reason == vc.ReasonRefreshed}
	out.Verdict = string(verdict)
	out.Warnings = remarks(r)
	out.Technical = technical(doc, r)
	out.EndHidden = r.Check(vc.CheckValidUntil).Reason == vc.ReasonNotDisclosed
	cred := doc.Credential
	if cred == nil {
		return out
	}
	out.From = w.issuer(&cred.Issuer)
	out.From.Confirmed, out.From.Known, out.From.Key = confirmed(sum, r), known(sum, r), r.Key
	if out.From.Domain == "" {
		out.From.Domain = c.Domain
	}
	if !cred.ValidFrom.Time.Equal(c.Awarded) {
		out.ValidFrom = cred.ValidFrom.Time
	}
	w.subject(&out, cred)
	out.Evidence = w.evidence(cred.Evidence)
	out.Endorsements = w.endorsements(cred, r)
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
	return w.texts.Fact(w.lang, ui.Finding{ID: string(f.ID), Outcome: string(f.Outcome), Reason: string(f.Reason), Value: f.Value, Name: f.Name})
}

// checks makes the rows of a report, in its order. Who is asking about nobody
// in particular is not told that nobody asked.
func (w viewer) checks(r *vc.Report) []ui.CheckRow {
	var out []ui.CheckRow
	for _, c := range r.Checks {
		if silent(c) {
			continue
		}
		if c.ID == vc.CheckIssuer && c.Outcome == vc.Passed && r.Suite == "hosted" {
			c.Reason = vc.ReasonHostedFetched // no key is involved: the issuer's own address has it
		}
		out = append(out, w.texts.Check(w.lang, string(c.ID), string(c.Outcome), string(c.Reason), c.Detail))
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
	out := ui.IssuerView{Name: p.Name.In(w.lang), Domain: asciiHost(hostOf(p.ID)), URL: p.URL, Description: p.Description.In(w.lang), Email: p.Email}
	if p.ParentOrg != nil {
		out.Parent = p.ParentOrg.Name.In(w.lang)
	}
	return out
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
func confirmed(sum *wallet.Summary, r *vc.Report) string {
	switch issuer := r.Check(vc.CheckIssuer); {
	case sum.Sample:
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

func (w viewer) subject(out *ui.BadgeView, c *vc.Credential) {
	s := &c.Subject
	out.NarrativeMD = s.Narrative.In(w.lang)
	out.Recipient, out.RecipientHidden, out.RecipientKey = recipientOf(s)
	out.Facts = w.facts(c)
	a := s.Achievement
	if a == nil {
		return
	}
	out.AchievementType, out.CriteriaMD, out.CriteriaURL, out.Tags = a.AchievementType, a.CriteriaNarrative.In(w.lang), a.CriteriaID, a.Tags
	if d := a.Description.In(w.lang); d != "" {
		out.Description = d
	}
	for _, x := range a.Alignments {
		out.Alignments = append(out.Alignments, ui.SkillView{Name: x.TargetName.In(w.lang), Code: x.TargetCode, Framework: x.TargetFramework,
			Type: x.TargetType, Description: x.TargetDescription.In(w.lang), URL: x.TargetURL})
	}
	if p := a.Creator; p != nil && p.ID != c.Issuer.ID {
		creator := w.issuer(p)
		out.Creator = &creator
	}
	out.Results = w.results(s, a)
}

// recipientOf says whom the badge names, as far as it can be read.
func recipientOf(s *vc.Subject) (name string, hidden, key bool) {
	for _, id := range s.Identifiers {
		if !strings.Contains(id.Hash, "$") {
			return id.Hash, false, false
		}
		hidden = true
	}
	switch {
	case strings.HasPrefix(s.ID, "mailto:"):
		return strings.TrimPrefix(s.ID, "mailto:"), false, false
	case strings.HasPrefix(s.ID, "did:"):
		return "", false, !hidden
	}
	return "", hidden, false
}

func (w viewer) facts(c *vc.Credential) []ui.Fact {
	s := &c.Subject
	all := []ui.Fact{{Label: ui.FactRole, Value: s.Role.In(w.lang)}, {Label: ui.FactTerm, Value: s.Term.In(w.lang)},
		{Label: ui.FactCreditsEarned, Value: s.CreditsEarned}, {Label: ui.FactLicense, Value: s.LicenseNumber}, {Label: ui.FactActivity, Value: period(s)}}
	if s.Source != nil {
		all = append(all, ui.Fact{Label: ui.FactSource, Value: s.Source.Name.In(w.lang)})
	}
	if a := s.Achievement; a != nil {
		all = append(all, ui.Fact{Label: ui.FactField, Value: a.FieldOfStudy.In(w.lang)}, ui.Fact{Label: ui.FactSpecialization, Value: a.Specialization.In(w.lang)},
			ui.Fact{Label: ui.FactCredits, Value: a.CreditsAvailable}, ui.Fact{Label: ui.FactLanguage, Value: a.InLanguage},
			ui.Fact{Label: ui.FactCode, Value: a.HumanCode}, ui.Fact{Label: ui.FactVersion, Value: a.Version})
	}
	for _, x := range c.Further {
		all = append(all, ui.Fact{Label: ui.FactOther, Value: x.Name + ": " + x.Value})
	}
	var out []ui.Fact
	for _, f := range all {
		if f.Value != "" {
			out = append(out, f)
		}
	}
	return out
}

// period is when the activity took place, day by day.
func period(s *vc.Subject) string {
	day := func(m vc.Moment) string { return m.Text[:min(len(m.Text), len("2006-01-02"))] }
	return strings.Trim(day(s.ActivityStart)+" – "+day(s.ActivityEnd), " –")
}

func (w viewer) results(s *vc.Subject, a *vc.Achievement) []ui.ResultView {
	var out []ui.ResultView
	for _, r := range s.Results {
		v := ui.ResultView{Value: r.Value, Status: r.Status}
		for _, d := range a.ResultDescriptions {
			if d.ID != r.ResultDescription {
				continue
			}
			v.Name, v.Needed = d.Name.In(w.lang), d.RequiredValue
			v.Range = strings.Trim(d.ValueMin+" – "+d.ValueMax, " –")
			for _, l := range d.Levels {
				if l.ID == r.AchievedLevel {
					v.Level = l.Name.In(w.lang)
				}
				if l.ID == d.RequiredLevel && v.Needed == "" {
					v.Needed = l.Name.In(w.lang)
				}
			}
		}
		out = append(out, v)
	}
	return out
}

func (w viewer) evidence(list []vc.Evidence) []ui.EvidenceView {
	var out []ui.EvidenceView
	for _, e := range list {
		v := ui.EvidenceView{Name: e.Name.In(w.lang), Description: e.Description.In(w.lang), Genre: e.Genre.In(w.lang),
			Audience: e.Audience.In(w.lang), NarrativeMD: e.Narrative.In(w.lang)}
		if strings.HasPrefix(e.ID, "https://") || strings.HasPrefix(e.ID, "http://") {
			v.URL = e.ID
		}
		out = append(out, v)
	}
	return out
}

// endorsements pairs each endorsement with its own verdict.
func (w viewer) endorsements(c *vc.Credential, r *vc.Report) []ui.EndorsementView {
	docs, subs := vc.AllEndorsements(c), r.Check(vc.CheckEndorsement).Sub
	var out []ui.EndorsementView
	for i, d := range docs {
		e := d.Credential
		if e == nil || i >= len(subs) {
			continue
		}
		out = append(out, w.endorsement(e, aboutWhat(c, e.Subject.ID), subs[i]))
	}
	return out
}

// endorsement makes the view of an endorsement about something.
func (w viewer) endorsement(e *vc.Credential, about string, r *vc.Report) ui.EndorsementView {
	v := ui.EndorsementView{From: w.issuer(&e.Issuer), About: about, IssuedAt: e.ValidFrom.Time, Verdict: string(r.Verdict(vc.Policy{}))}
	if s := e.Subject.Value.Get("endorsementComment"); s != nil {
		v.TextMD = s.Str()
	}
	v.From.Confirmed = confirmed(&wallet.Summary{IssuerID: e.Issuer.ID, Domain: hostOf(e.Issuer.ID), Sample: wallet.Sample(e.Issuer.ID)}, r)
	return v
}

func aboutWhat(c *vc.Credential, id string) string {
	switch a := c.Subject.Achievement; {
	case id == "":
		return "other"
	case id == c.ID:
		return "badge"
	case a != nil && id == a.ID:
		return "achievement"
	case id == c.Issuer.ID:
		return "issuer"
	}
	return "other"
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
func technical(doc *vc.Document, r *vc.Report) []ui.Fact {
	all := []ui.Fact{{Label: "form", Value: string(doc.Form)}, {Label: "suite", Value: r.Suite}, {Label: "method", Value: r.Method},
		{Label: "binding", Value: string(r.Binding)}, {Label: "key", Value: r.Key}}
	if c := doc.Credential; c != nil {
		all = append(all, ui.Fact{Label: "id", Value: c.ID}, ui.Fact{Label: "issuer", Value: c.Issuer.ID}, ui.Fact{Label: "subject", Value: c.Subject.ID},
			ui.Fact{Label: "types", Value: strings.Join(c.Types, ", ")})
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

// dataImage is a picture inside the page, where nothing may be stored.
func dataImage(body []byte, mediaType string) string {
	if len(body) == 0 || len(body) > 512<<10 {
		return ""
	}
	return "data:" + mediaType + ";base64," + base64.StdEncoding.EncodeToString(body)
}
