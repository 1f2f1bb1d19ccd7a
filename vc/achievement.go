package vc

import "strings"

// A reader reads one credential's parts, including the documents embedded in it.
// err is the first limit exceeded.
type reader struct {
	p     *parser
	depth int // nesting depth of the credential
	count int // endorsements read so far
	orgs  int // organisations around the current one
	err   error
}

// endorsements reads an object's endorsement and endorsementJwt members. Each is a
// separate document with its own contexts (specs A9.3 to A9.5).
func (r *reader) endorsements(v *Value) []*Document {
	var out []*Document
	for _, name := range []string{"endorsement", "endorsementJwt"} {
		for x := range v.Get(name).Each() {
			if r.count++; r.count > maxEndorsements {
				r.err = tooMany("endorsements", maxEndorsements)
				return out
			}
			d, err := r.p.value(x, r.depth+1)
			if err != nil {
				d = unreadable(x, err)
			}
			out = append(out, d)
		}
	}
	return out
}

func (r *reader) profile(v *Value) Profile {
	given := v
	v = r.party(v)
	if !v.Is(Object) {
		return Profile{ID: v.Str()}
	}
	p := Profile{
		ID: v.Get("id").Str(), URL: v.One("url").Str(), Phone: v.One("phone").Str(), Email: v.One("email").Str(),
		Types: v.Get("type").Strs(), Name: text(v.Get("name")), Description: text(v.Get("description")),
		Image: image(v.One("image")), Address: address(v.One("address")), Official: v.One("official").Str(),
		OtherIdentifiers: identifiers(v.Get("otherIdentifier")), Value: v,
	}
	if parent := v.One("parentOrg"); parent.Is(Object) && r.orgs < maxNesting {
		r.orgs++
		q := r.profile(parent)
		p.ParentOrg = &q
		r.orgs--
	}
	p.Endorsements = r.endorsements(v)
	if !given.Is(Object) {
		p.ID, p.Value = given.Str(), nil
	}
	return p
}

func (r *reader) optional(v *Value) *Profile {
	if v == nil {
		return nil
	}
	p := r.profile(v)
	return &p
}

// address joins the parts of an Address into one line.
func address(v *Value) string {
	var line []string
	for _, name := range [...]string{"streetAddress", "postOfficeBoxNumber", "postalCode", "addressLocality", "addressRegion",
		"addressCountry", "addressCountryCode"} {
		if s := v.One(name).Str(); s != "" {
			line = append(line, s)
		}
	}
	return strings.Join(line, ", ")
}

func identifiers(v *Value) []Identifier {
	var out []Identifier
	for x := range v.Each() {
		out = append(out, Identifier{Identifier: x.One("identifier").Str(), Type: x.One("identifierType").Str()})
	}
	return out
}

// subject reads the credential's subject. If there are several, which only
// credentials other than badges may have, only picks one.
func (r *reader) subject(v *Value) Subject {
	if v = v.single(); v == nil {
		return Subject{}
	}
	s := Subject{
		ID: v.Get("id").Str(), Types: v.Get("type").Strs(), Identifiers: identities(v.Get("identifier")),
		ActivityStart: ofMoments(v.Get("activityStartDate"), earlierEnd), ActivityEnd: ofMoments(v.Get("activityEndDate"), laterStart),
		CreditsEarned: v.One("creditsEarned").Word(), Image: image(v.One("image")), LicenseNumber: v.One("licenseNumber").Str(),
		Narrative: text(v.Get("narrative")), Role: text(v.Get("role")), Term: text(v.Get("term")),
		Source: r.optional(v.One("source")), Results: results(v.Get("result")), Value: v,
	}
	list := v.Get("achievement")
	if has(s.Types, "ClrSubject") {
		for a := range list.Each() {
			if a.Is(Object) {
				s.Achievements = append(s.Achievements, r.achievement(a))
			}
		}
		s.Associations = associations(v.Get("association"))
	} else if a := list.single(); a.Is(Object) {
		s.Achievement = r.achievement(a)
	}
	return s
}

func identities(v *Value) []Identity {
	var out []Identity
	for x := range v.Each() {
		out = append(out, Identity{Hashed: x.One("hashed").Word() == "true", Hash: x.One("identityHash").Str(),
			Type: x.One("identityType").Str(), Salt: x.One("salt").Str()})
	}
	return out
}

func (r *reader) achievement(v *Value) *Achievement {
	v, criteria := criteria(v)
	a := &Achievement{
		ID: v.Get("id").Str(), Types: v.Get("type").Strs(), Name: text(v.Get("name")), Description: text(v.Get("description")),
		CriteriaID: criteria.Get("id").Str(), CriteriaNarrative: text(criteria.Get("narrative")),
		AchievementType: v.One("achievementType").Str(), Alignments: alignments(v.Get("alignment")),
		Creator: r.optional(v.One("creator")), CreditsAvailable: v.One("creditsAvailable").Word(),
		FieldOfStudy: text(v.Get("fieldOfStudy")), HumanCode: v.One("humanCode").Str(), Image: image(v.One("image")),
		InLanguage: v.One("inLanguage").Str(), OtherIdentifiers: identifiers(v.Get("otherIdentifier")),
		Specialization: text(v.Get("specialization")), Tags: v.Get("tag").Strs(), Version: v.One("version").Str(), Value: v,
	}
	for x := range v.Get("related").Each() {
		a.Related = append(a.Related, Related{ID: x.Get("id").Str(), Types: x.Get("type").Strs(),
			InLanguage: x.One("inLanguage").Str(), Version: x.One("version").Str()})
	}
	for x := range v.Get("resultDescription").Each() {
		a.ResultDescriptions = append(a.ResultDescriptions, resultDescription(x))
	}
	a.Endorsements = r.endorsements(v)
	return a
}

func alignments(v *Value) []Alignment {
	var out []Alignment
	for x := range v.Each() {
		out = append(out, Alignment{TargetName: text(x.Get("targetName")), TargetURL: x.One("targetUrl").Str(),
			TargetCode: x.One("targetCode").Str(), TargetFramework: x.One("targetFramework").Str(),
			TargetType: x.One("targetType").Str(), TargetDescription: text(x.Get("targetDescription"))})
	}
	return out
}

func results(v *Value) []Result {
	var out []Result
	for x := range v.Each() {
		out = append(out, Result{ResultDescription: x.One("resultDescription").Str(), AchievedLevel: x.One("achievedLevel").Str(),
			Status: x.One("status").Str(), Value: x.One("value").Word(), Alignments: alignments(x.Get("alignment"))})
	}
	return out
}

func resultDescription(x *Value) ResultDescription {
	d := ResultDescription{ID: x.Get("id").Str(), Name: text(x.Get("name")), ResultType: x.One("resultType").Str(),
		AllowedValues: x.Get("allowedValue").Strs(), RequiredLevel: x.One("requiredLevel").Str(),
		RequiredValue: x.One("requiredValue").Word(), ValueMin: x.One("valueMin").Word(), ValueMax: x.One("valueMax").Word(),
		Alignments: alignments(x.Get("alignment"))}
	for l := range x.Get("rubricCriterionLevel").Each() {
		d.Levels = append(d.Levels, RubricLevel{ID: l.Get("id").Str(), Name: text(l.Get("name")),
			Description: text(l.Get("description")), Level: l.One("level").Word(), Points: l.One("points").Word(), Alignments: alignments(l.Get("alignment"))})
	}
	return d
}
