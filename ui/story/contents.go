package story

import "backpack/ui"

// full returns a badge with every statement that a badge can make.
func (b *book) full() ui.BadgeView {
	v := b.view(cards()[0])
	v.NarrativeMD = ui.Plain("Amina built the north gable of the *tool shed* and led the raising on 6 June.")
	v.Creator = &ui.IssuerView{Name: "Carpentry Council", Domain: "council.example.org"}
	v.Source = &ui.IssuerView{Name: "Oak Yard Training Workshop", Domain: "oakyard.example"}
	v.ValidFrom = day(2026, 6, 20)
	v.Results, v.Gradings = results()[:3], results()[4:]
	v.Evidence = []ui.EvidenceView{
		{Name: ui.Plain("The finished frame"), Description: ui.Plain("Photographs of the raising."), Genre: ui.Plain("Photograph"),
			Audience: ui.Plain("employers"), URL: "https://guild.example.org/evidence/1"},
		{NarrativeMD: ui.Plain("Supervisor’s note: *careful, quick, asks before cutting*."), Embedded: true,
			Statements: []ui.Statement{{Label: "Camera", Value: ui.Plain("A small one")}}},
	}
	v.Endorsements = endorsements()
	v.Facts = []ui.Fact{{Label: ui.FactField, Value: "Carpentry"}, {Label: ui.FactCreditsEarned, Value: "12"},
		{Label: ui.FactActivity, Value: "1 September 2025 – 12 June 2026"},
		{Label: ui.FactRole, Value: "Apprentice"}, {Label: ui.FactName, Value: "Timber framing 2026"}, {Label: ui.FactPicture, Value: "A saw on a hexagon"},
		{Label: ui.FactOther, Value: "GeoCoordinates · description: The yard behind the mill"}}
	v.From.Name = "RIDGE AND BEAM (official)"
	v.From.Known = append(v.From.Known, ui.KnownView{Registry: "Crafts of the Valley", Name: "Ridge & Beam Guild of Joiners", At: day(2026, 10, 2), Old: true})
	v.From.Ref = "0af3"
	v.About = abouts()
	v.Statements = []ui.Statement{
		{Label: "Related to", Parts: []ui.Statement{{Label: "Id", Value: ui.Plain("https://guild.example.org/badges/timber-0")},
			{Label: "Version", Value: ui.Plain("2024")}}},
		{Label: "Terms of use", Value: ui.Plain("https://guild.example.org/terms")},
		{Label: "Accessibility feature", Parts: []ui.Statement{{Value: ui.Plain("captions")}, {Value: ui.Words{Text: "Gebärdensprache", Lang: "de"}}}},
		{Label: longWord, Value: ui.Plain(longWord)},
	}
	v.Warnings = []string{"the 3.0.3 context was expected"}
	v.Checks = append(v.Checks, b.r.Check("en", "schema", "passed", "", ""),
		b.r.Check("en", "resources", "failed", "resource_differs", "https://guild.example.org/picture.png"),
		b.r.Check("en", "endorsement", "unknown", "some_endorsement_failed", "endorsement 2: unreachable"),
		b.r.Check("en", "original", "failed", "revoked", "https://guild.example.org/assertions/1"))
	return v
}

// results returns results of each kind: passed, failed, below the requirement, in
// progress, without a status, and not stated.
func results() []ui.ResultView {
	levels := []ui.LevelView{
		{Name: ui.Plain("With help"), Points: "1", Description: ui.Plain("Cuts the joints that somebody else marked out.")},
		{Name: ui.Plain("Alone"), Points: "2", Required: true, Description: ui.Plain("Marks out and cuts without help."),
			Skills: []ui.SkillView{{Name: ui.Plain("Sets out joints"), Code: "K12.5"}}},
		{Name: ui.Plain("Teaches others"), Points: "3", Level: "A", Achieved: true, Description: ui.Plain("Explains each step to a beginner.")},
	}
	return []ui.ResultView{
		{Name: ui.Plain("Practical examination"), Kind: "Score by levels", Value: "87", Level: levels[2].Name, Range: "0 – 100",
			Needed: ui.Plain("60"), Reached: "yes", Status: "Completed", Levels: levels,
			Skills: []ui.SkillView{{Name: ui.Plain("Produces simple joinery"), Code: "K12.4"}}},
		{Name: ui.Plain("Theory"), Kind: "Letter grade", Value: "D", Range: "F, E, D, C, B, A", Needed: ui.Plain("C"), Reached: "no", Status: "Failed"},
		{Name: ui.Plain("Logbook"), Value: "A"},
		{Name: ui.Plain("Second logbook"), Value: "17", Range: "0 – 10", Strange: true, Needed: ui.Plain("5"), Reached: "yes", Status: "InProgress"},
		{Name: ui.Plain("Attendance"), Kind: "Per cent", Range: "0 – 100", Needed: ui.Plain("80")},
	}
}

// endorsements returns valid and invalid endorsements of a badge and its
// achievement.
func endorsements() []ui.EndorsementView {
	return []ui.EndorsementView{
		{From: ui.IssuerView{Name: "Marlow Builders", Domain: "marlow.example", Confirmed: ui.IssuerByDomain}, Verdict: "valid", About: "badge",
			TextMD: ui.Plain("We would hire *anyone* with this badge."), IssuedAt: day(2026, 7, 1), Expires: day(2028, 7, 1)},
		{From: ui.IssuerView{Name: "حِرَف", Confirmed: ui.IssuerByKey}, Verdict: "valid", About: "achievement",
			Title: ui.Words{Text: "توصية", Lang: "ar", Dir: "rtl"}, TextMD: ui.Words{Text: "عمل دقيق ومتين.", Lang: "ar", Dir: "rtl"}, IssuedAt: day(2026, 7, 3)},
		{From: ui.IssuerView{Name: "Beam Importers", Domain: "beams.example", Confirmed: ui.IssuerNotConfirmed}, Verdict: "invalid",
			About: "badge", Why: "It carries no seal: anyone could have written it.", TextMD: ui.Plain("The best there is.")},
		{From: ui.IssuerView{Name: "Somebody", Confirmed: ui.IssuerByKey}, Verdict: "undetermined", About: "other", Why: "The issuer’s server did not answer."},
		{Verdict: "invalid", About: "other", Why: "Its text is damaged or incomplete."},
	}
}

func abouts() []ui.AboutView {
	state := func(label, value string) ui.Statement { return ui.Statement{Label: label, Value: ui.Plain(value)} }
	return []ui.AboutView{
		{Who: "issuer", Name: ui.Plain("Ridge & Beam Guild"), Domain: "guild.example.org",
			Description: ui.Plain("A guild of small workshops that keep old crafts alive."),
			Statements: []ui.Statement{state("Website", "https://guild.example.org"), state("E-mail", "office@guild.example.org"),
				state("Telephone", "+44 20 7946 0000"), state("Address", "Sawpit Lane 4, EX1 1AA, Exeter, GB"), state("Part of", "Crafts of the Valley"),
				{Label: "Place", Parts: []ui.Statement{state("Latitude", "50.72"), state("Longitude", "-3.53")}}},
			Endorsements: []ui.EndorsementView{{From: ui.IssuerView{Name: "Crafts of the Valley", Domain: "valley.example",
				Confirmed: ui.IssuerByDomain}, Verdict: "valid", About: "issuer", TextMD: ui.Plain("A member since 1998."), IssuedAt: day(2026, 1, 2)}}},
		{Who: "parent", Name: ui.Plain("Crafts of the Valley"), Statements: []ui.Statement{state("Website", "https://valley.example")}},
		{Who: "creator", Name: ui.Plain("Carpentry Council"), Description: ui.Plain("Writes the standards of the trade.")},
		{Who: "source", Name: ui.Plain("Oak Yard Training Workshop"), Endorsements: []ui.EndorsementView{{
			From:    ui.IssuerView{Name: "Carpentry Council", Domain: "council.example.org", Confirmed: ui.IssuerByDomain},
			Verdict: "expired", About: "source", TextMD: ui.Plain("An accredited place of examination."), Why: "Its expiry date has passed.",
		}}},
	}
}

// record returns a learner's record with a tree.
func (b *book) record() ui.BadgeView {
	v := b.view(ui.BadgeCard{ID: "r1", Title: "Record of apprenticeship", Issuer: "Valley College", Domain: "college.example.org",
		Awarded: day(2026, 6, 30), Verdict: "valid"})
	v.Form, v.Record, v.Partial = "Comprehensive Learner Record 2.0", true, true
	v.Description = ui.Plain("All that was achieved in two years.")
	v.CriteriaMD, v.CriteriaURL, v.Alignments, v.Tags, v.AchievementType = ui.Words{}, "", nil, nil, ""
	item := func(n int, title, issuer, domain, state, why, inside string) ui.ContainedView {
		return ui.ContainedView{N: n, Anchor: "c-r1-" + string(rune('1'+n)), Title: ui.Plain(title), Kind: "Open Badges 3.0", Issuer: issuer,
			Domain: domain, Awarded: day(2026, 5, 1+n), State: state, Why: why, Inside: inside,
			Description: ui.Plain("Cuts, fits and raises a small timber frame by hand."), Statements: []ui.Statement{{Label: "Criteria",
				Parts: []ui.Statement{{Label: "Narrative", Value: ui.Plain("Raise a frame with others.")}}}, {Label: "Credits earned", Value: ui.Plain("12")}}}
	}
	v.Contained = []ui.ContainedView{
		item(0, "Timber framing, first year", "Ridge & Beam Guild", "guild.example.org", "valid", "", ""),
		item(1, "Hand tools", "Oak Yard Training Workshop", "oakyard.example", "vouched", "", "unsigned"),
		item(2, "First aid at work", "Harbour Rescue", "rescue.example.net", "expired", "Its expiry date has passed.", ""),
		item(3, "Safety on site", "Somebody", "", "invalid", "It is about somebody else than the document around it.", ""),
		{N: 4, Anchor: "c-r1-5", Title: ui.Plain(""), State: "undetermined", Why: "It uses a method that we do not know.", Inside: "unreadable",
			Statements: []ui.Statement{{Label: "Diary", Value: ui.Plain("Monday")}}},
	}
	v.Contained[4].Kind = ""
	v.Inside, v.Box = "invalid", b.r.Record("en", "valid", []string{"valid", "", "expired", "invalid", "undetermined"})
	v.Tree = []ui.BranchView{
		{Title: ui.Plain("Carpenter, two years"), Kind: "Learning program", Parts: []ui.BranchView{
			{Title: ui.Plain("Timber framing, first year"), Kind: "Course", Anchor: "c-r1-1", State: "valid",
				Relations: []ui.RelationView{{Kind: "precedes", Name: "Timber framing, second year"}}, Parts: []ui.BranchView{
					{Title: ui.Plain("Hand tools"), Kind: "Competency", Anchor: "c-r1-2", State: "vouched"},
					{Title: ui.Plain("Safety on site"), Kind: "Competency", Anchor: "c-r1-4", State: "invalid"}}},
			{Title: ui.Plain("Timber framing, second year"), Kind: "Course"}}},
		{Title: ui.Plain("First aid at work"), Kind: "Certificate", Anchor: "c-r1-3", State: "expired",
			Relations: []ui.RelationView{{Kind: "isRelatedTo", Name: longWord}}},
		{Title: ui.Plain("Carpenter, two years"), Elsewhere: true},
	}
	return v
}

// generic returns a credential of an unknown kind.
func (b *book) generic() ui.BadgeView {
	v := b.view(ui.BadgeCard{ID: "g1", Title: "University degree", Issuer: "Old University", Domain: "university.example",
		Awarded: day(2026, 6, 30), Expires: day(2036, 6, 30), Verdict: "valid"})
	v.Form, v.Generic, v.Part = "Verifiable credential", true, true
	v.Description, v.CriteriaMD, v.CriteriaURL, v.Alignments, v.Tags, v.AchievementType = ui.Words{}, ui.Words{}, "", nil, nil, ""
	v.Recipient, v.RecipientKey = "", true
	state := func(label, value string) ui.Statement { return ui.Statement{Label: label, Value: ui.Plain(value)} }
	v.Claims = []ui.Statement{{Label: "Degree", Parts: []ui.Statement{state("Name", "Bachelor of Science"),
		state("Field of study", "Wood technology"), {Label: "Grades", Parts: []ui.Statement{state("", "1.7"), state("", "2.0")}}}},
		state("Honours", "Yes"), state("Thesis", "https://university.example/theses/4711"), {Label: "Alumni of",
			Value: ui.Words{Text: "جامعة", Lang: "ar", Dir: "rtl"}}, state(longWord, longWord)}
	return v
}
