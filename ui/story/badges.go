package story

import (
	"fmt"

	"backpack/ui"
)

// cards returns badges with each verdict.
func cards() []ui.BadgeCard {
	return []ui.BadgeCard{
		{ID: "b1", Title: "Timber framing, first year", Issuer: "Ridge & Beam Guild", Domain: "guild.example.org", Awarded: day(2026, 6, 12),
			Verdict: "valid", Skills: []string{"Joinery", "Hand tools"}, Mine: true, Image: picture(hexagon, "#7a4b2a", saw)},
		{ID: "b2", Title: "Laboratory safety", Issuer: "Northfield College", Domain: "northfield.example", Awarded: day(2026, 3, 2),
			Expires: day(2027, 3, 2), Verdict: "valid", Skills: []string{"Safety"}, Mine: true, Image: picture(shield, "#1f6f8b", flask)},
		{ID: "b3", Title: "Web basics", Issuer: "Open Classroom", Domain: "open-classroom.example.com", Awarded: day(2025, 11, 20),
			Verdict: "undetermined", Image: picture(scallop, "#4b4f8f", code)},
		{ID: "b4", Title: "First aid at work", Issuer: "Harbour Rescue", Domain: "rescue.example.net", Awarded: day(2023, 5, 4),
			Expires: day(2026, 5, 4), Verdict: "expired", Image: picture(medal, "#b4532a", heart)},
		{ID: "b5", Title: "Forest stewardship", Issuer: "Green Hollow Trust", Domain: "trust.example.org", Awarded: day(2024, 9, 9),
			Verdict: "revoked", Image: picture(hexagon, "#3f6b4a", tree)},
		{ID: "b6", Title: "Master electrician", Issuer: "Volt Academy", Domain: "volt.example", Awarded: day(2026, 1, 15), Verdict: "invalid",
			Image: picture(shield, "#5a5a66", bolt)},
		{ID: "b7", Title: "Reading mentor", Issuer: "Lindenstraße Public Library", Awarded: day(2022, 2, 1), Verdict: "valid",
			Image: picture(wide, "#7b4a78", volume)},
		{ID: "b8", Title: "Team lead, summer camp", Issuer: "Lakeside Youth", Domain: "lakeside.example.org", Verdict: "suspended",
			Image: picture(scallop, "#8a6d1f", person)},
		{ID: "b9", Title: "Advanced joinery", Issuer: "Ridge & Beam Guild", Domain: "guild.example.org", Awarded: day(2027, 1, 10),
			Verdict: "not_yet_valid", Image: picture(hexagon, "#94643c", saw)},
		{ID: "b10", Title: "Community interpreter", Issuer: "Bridge Languages", Domain: "bridge.example.org", Awarded: day(2025, 4, 8),
			Verdict: "irregular", Image: picture(medal, "#6b5b95", person)},
		{ID: "b11", Title: "Food hygiene, level 2", Issuer: "Harbour Kitchens", Domain: "kitchens.example.net", Awarded: day(2025, 10, 3),
			Verdict: "valid_as_shown", Image: picture(shield, "#2f6f4f", heart)},
		{ID: "b12", Title: "Handling historic photographs", Issuer: "Sample issuer", Domain: "samples.backpack.invalid", Awarded: day(2026, 1, 5),
			Verdict: "sample", Sample: true, Image: picture(scallop, "#7a6a3a", flask)},
	}
}

// odd returns badges that are difficult to lay out.
func odd() []ui.BadgeCard {
	return []ui.BadgeCard{
		{ID: "o1", Title: longWord, Issuer: long("Association for the Advancement of", 4),
			Domain: "a-very-long-name-of-a-host-that-goes-on.subdomain.example.org", Verdict: "undetermined", Awarded: day(2020, 9, 30)},
		{ID: "o2", Title: rightToLft, Issuer: "أكاديمية الحرف", Domain: "xn--mgbai9azgqp6j.example", Verdict: "valid", Awarded: day(2026, 2, 2),
			Image: picture(medal, "#2b6f63", saw)},
		{ID: "o3", Title: "", Verdict: "invalid"},
		{ID: "o4", Title: "木工入門コース修了", Issuer: "工房", Verdict: "valid", Sample: true, Image: picture(shield, "#83502f", saw)},
		{ID: "o5", Title: long("A title that goes on and on and does not want to end", 5), Issuer: "X", Verdict: "expired", Image: picture(wide, "#375a7f", volume)},
		{ID: "o6", Title: "<script>alert(1)</script>", Issuer: "\"><img src=x onerror=alert(1)>", Domain: "evil.example", Verdict: "invalid"},
	}
}

// many returns n badges.
func many(n int) []ui.BadgeCard {
	base, out := cards(), make([]ui.BadgeCard, n)
	for i := range out {
		out[i] = base[i%len(base)]
		out[i].ID = fmt.Sprintf("m%d", i)
	}
	return out
}

// view returns the badge of a card in full.
func (b *book) view(c ui.BadgeCard) ui.BadgeView {
	v := ui.BadgeView{
		BadgeCard: c, Form: "Open Badges 3.0", AchievementType: "Certificate",
		Description: ui.Plain("Cuts, fits and raises a small timber frame by hand, to plan and safely."),
		Recipient:   "amina.yusuf@example.org",
		From:        ui.IssuerView{Name: c.Issuer, Domain: c.Domain, Confirmed: ui.IssuerByDomain},
		CriteriaMD: ui.Plain("Over **one school year**, the learner\n\n" +
			"- measured and marked out at least *three* joints,\n- cut them by hand to within 1 mm,\n" +
			"- raised a frame with others under supervision.\n\nSee the [handbook](https://guild.example.org/handbook)."),
		CriteriaURL: "https://guild.example.org/badges/timber-1",
		Alignments: []ui.SkillView{{Name: ui.Plain("Produces simple joinery"), Code: "K12.4", Framework: "Carpentry Skills Framework",
			Type: "Item of a framework", URL: "https://skills.example.org/k12-4"},
			{Name: ui.Plain("Uses hand tools safely")}},
		Tags:      []string{"carpentry", "wood", "heritage"},
		CheckedAt: Now(),
		Box:       b.r.Verdict("en", c.Verdict),
		Sure:      b.sure(c.Verdict, c.Issuer),
		Checks:    b.checks(c.Verdict, !c.Expires.IsZero()),
		Technical: []ui.Fact{{Label: "id", Value: "urn:uuid:5b0a3c9e-2d54-4a8e-9a0e-0d9c1a6f7e21"},
			{Label: "issuer", Value: "did:web:" + c.Domain}, {Label: "suite", Value: "eddsa-rdfc-2022"}},
	}
	switch c.Verdict {
	case "irregular":
		v.Recipient, v.Box.Text = "", v.Box.Text+" "+b.r.Check("en", "subject", "failed", "no_subject_id", "").Text
		v.Warnings = []string{"wrong_type /issuer/image: an object was expected (Image), not text"}
	case "valid_as_shown":
		v.Part, v.EndHidden = true, true
		v.Sure[0] = b.r.Fact("en", ui.Finding{ID: "authentic", Outcome: "passed", Reason: "part_shown"})
	case "sample":
		v.From.Confirmed = ui.IssuerSample
	}
	if v.Sure[2].Outcome == ui.Yes {
		v.From.Known = []ui.KnownView{{Registry: register, Name: c.Issuer, URL: "https://" + c.Domain, At: day(2026, 11, 23)}}
	}
	return v
}

// brought returns a badge that identifies its recipient by name, with a picture
// that its signature does not cover.
func (b *book) brought() ui.BadgeView {
	c := cards()[0]
	c.ImageMark = ui.ImageBrought
	v := b.view(c)
	v.RecipientName, v.RecipientOnly, v.Recipient = ui.Plain("Amina Yusuf"), true, ""
	return v
}

// heldOnce returns a badge that held at an earlier check and is not confirmed now.
func (b *book) heldOnce(why string) ui.BadgeView {
	c := cards()[2]
	if why == "key" {
		c.Verdict = "invalid"
	}
	v := b.view(c)
	v.Kept, v.From.Confirmed = true, ui.IssuerUnknown
	v.Then = &ui.ThenView{Box: b.r.Then("en", why, day(2026, 6, 12)), At: day(2026, 6, 12), Sure: b.sure("valid", c.Issuer), Aside: why == "key"}
	return v
}

// register is the entry of a fictitious registry.
const register = "Register of Training Providers"

// checks returns the checks that lead to a verdict.
func (b *book) checks(verdict string, expires bool) []ui.CheckRow {
	outcome := map[string][2]string{
		"format": {"passed", ""}, "terms": {"passed", ""}, "subject": {"passed", ""}, "proof": {"passed", ""}, "issuer": {"passed", ""},
		"refresh": {"skipped", "not_stated"}, "revocation": {"passed", ""}, "valid_from": {"passed", ""}, "valid_until": {"skipped", "not_stated"},
	}
	if expires {
		outcome["valid_until"] = [2]string{"passed", ""}
	}
	switch verdict {
	case "invalid":
		outcome["proof"] = [2]string{"failed", "bad_signature"}
		for _, id := range []string{"issuer", "refresh", "revocation"} {
			outcome[id] = [2]string{"skipped", "not_run"}
		}
	case "revoked", "suspended":
		outcome["revocation"] = [2]string{"failed", verdict}
	case "expired":
		outcome["valid_until"] = [2]string{"failed", "expired"}
	case "not_yet_valid":
		outcome["valid_from"] = [2]string{"failed", "not_yet_valid"}
	case "irregular":
		outcome["subject"] = [2]string{"failed", "no_subject_id"}
	case "valid_as_shown":
		outcome["revocation"], outcome["valid_until"] = [2]string{"skipped", "not_disclosed"}, [2]string{"skipped", "not_disclosed"}
	case "undetermined":
		outcome["issuer"] = [2]string{"unknown", "unreachable"}
		outcome["revocation"] = [2]string{"skipped", "not_stated"}
	}
	var out []ui.CheckRow
	for _, id := range []string{"format", "terms", "subject", "proof", "issuer", "refresh", "revocation", "valid_from", "valid_until"} {
		out = append(out, b.r.Check("en", id, outcome[id][0], outcome[id][1], ""))
	}
	return out
}

// sure returns the five facts for a verdict.
func (b *book) sure(verdict, issuer string) []ui.CheckRow {
	all := []ui.Finding{{ID: "authentic", Outcome: "passed"}, {ID: "control", Outcome: "passed", Value: "did"},
		{ID: "known", Outcome: "passed", Value: register, Name: issuer},
		{ID: "current", Outcome: "passed"}, {ID: "awarded", Outcome: "skipped", Reason: "nobody_asked"}}
	later := func(from int) {
		for i := from; i < 4; i++ {
			all[i] = ui.Finding{ID: all[i].ID, Outcome: "skipped", Reason: "not_run"}
		}
	}
	switch verdict {
	case "invalid":
		all[0] = ui.Finding{ID: "authentic", Outcome: "failed", Reason: "bad_signature"}
		later(1)
	case "revoked", "suspended", "expired", "not_yet_valid":
		all[3] = ui.Finding{ID: "current", Outcome: "failed", Reason: verdict}
		all[2] = ui.Finding{ID: "known", Outcome: "unknown", Reason: "not_listed"}
	case "valid_as_shown":
		all[3] = ui.Finding{ID: "current", Outcome: "skipped", Reason: "not_disclosed"}
	case "sample":
		all[1], all[2] = ui.Finding{ID: "control", Outcome: "skipped", Reason: "sample"}, ui.Finding{ID: "known", Outcome: "skipped", Reason: "sample"}
	case "undetermined":
		all[1] = ui.Finding{ID: "control", Outcome: "unknown", Reason: "unreachable"}
		later(2)
		all[3].Reason = "not_stated"
	}
	var out []ui.CheckRow
	for _, f := range all {
		out = append(out, b.r.Fact("en", f))
	}
	return out
}
