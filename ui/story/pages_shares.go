package story

import "backpack/ui"

const shareURL = "https://backpack.example/s/k3v7q2mdx4tz6anh5wpr8jcy9ebfgs2u"

func shareCards() []ui.ShareCard {
	return []ui.ShareCard{
		{ID: "s1", Title: "Application as apprentice", Audience: "Marlow Builders", Badges: 5, Views: 3, Created: day(2026, 11, 20),
			Expires: day(2026, 12, 20), State: "live", Passcode: true},
		{ID: "s2", Badges: 1, Created: day(2026, 9, 1), Expires: day(2026, 10, 1), State: "expired"},
		{ID: "s3", Title: longWord, Audience: rightToLft, Badges: 2, Views: 1, Created: day(2026, 8, 1), Expires: day(2027, 8, 1), State: "revoked"},
		{ID: "s4", Title: "Interview", Badges: 3, Views: 10, Created: day(2026, 8, 1), Expires: day(2027, 8, 1), State: "used_up"},
	}
}

func (b *book) shares() {
	frame := mine("/shares", ui.NavShares)
	b.add("shares/empty-backpack", &ui.SharesPage{Chrome: frame})
	b.add("shares/none", &ui.SharesPage{Chrome: frame, Badges: 9})
	b.add("shares/every-state", &ui.SharesPage{Chrome: frame, Badges: 9, Shares: shareCards()})
	chosen := cards()
	chosen[0].Chosen, chosen[1].Chosen = true, true
	form := ui.ShareForm{Title: "Application as apprentice", Audience: "Marlow Builders", Expires: "2026-12-23"}
	b.add("share/new", &ui.ShareNewPage{Chrome: mine("/shares/new", ui.NavShares), Badges: chosen, Form: ui.ShareForm{Expires: "2026-12-23"},
		Earliest: "2026-11-24", Latest: "2027-11-23"})
	bad := wrong(wrong(wrong(mine("/shares/new", ui.NavShares), "badge", "no_badges_chosen"), "expires", "expiry_in_past"), "passcode", "passcode_length")
	b.add("share/mistakes", &ui.ShareNewPage{Chrome: bad, Badges: cards(),
		Form: ui.ShareForm{Expires: "2020-01-01", Passcode: "abc", Title: "\"><b>x"}, Earliest: "2026-11-24", Latest: "2027-11-23"})
	protected := form
	protected.Passcode, protected.MaxViews = "walnut", "10"
	b.add("share/preview", &ui.SharePreviewPage{Chrome: mine("/shares/preview", ui.NavShares), Show: b.show(cards()[:2]), Form: protected,
		Chosen: []string{"b1", "b2"}})
	page := &ui.SharePage{Chrome: mine("/shares/s1", ui.NavShares), Share: shareCards()[0], URL: shareURL, Items: cards()[:5], Max: 10,
		Days: []ui.DayCount{{Day: day(2026, 11, 22), Count: 2}, {Day: day(2026, 11, 23), Count: 1}}}
	b.add("share/live", page)
	fresh := *page
	fresh.Made, fresh.Days, fresh.Max = true, nil, 0
	fresh.Share.Views, fresh.Share.Passcode = 0, false
	b.add("share/made", &fresh)
	over := *page
	over.Share = shareCards()[2]
	b.add("share/revoked", &over)
}

// show returns the content of a share.
func (b *book) show(badges []ui.BadgeCard) ui.SharedView {
	s := ui.SharedView{Title: "Application as apprentice", Holder: "Amina Yusuf", Audience: "Marlow Builders", CheckedAt: Now(),
		Created: day(2026, 11, 20), Expires: day(2026, 12, 20)}
	var verdicts []string
	for i, c := range badges {
		v := b.view(c)
		if i == 0 && c.ID == "b1" {
			v = b.full()
			v.BadgeCard = c
		}
		s.Badges = append(s.Badges, v)
		verdicts = append(verdicts, c.Verdict)
	}
	s.Verdict = b.r.Bundle("en", verdicts)
	return s
}

func (b *book) shared() {
	page := func(badges []ui.BadgeCard) *ui.SharedPage {
		return &ui.SharedPage{Chrome: anyones("/s/k3v7"), Show: b.show(badges), Base: "/s/k3v7", URL: shareURL}
	}
	b.add("shared/one", page(cards()[:1]))
	good := []ui.BadgeCard{cards()[0], cards()[1], cards()[6], cards()[0], cards()[1]}
	for i := range good {
		good[i].Verdict = "valid"
		good[i].ID = "g" + string(rune('1'+i))
	}
	b.add("shared/all-good", page(good))
	b.add("shared/mixed", page(cards()[:6]))
	b.add("shared/every-verdict", page(cards()))
	for _, i := range []int{2, 3, 4, 5, 9, 10, 11} {
		b.add("shared/only-"+cards()[i].Verdict, page(cards()[i:i+1]))
	}
	once := page(cards()[:3])
	once.Show.Badges[2], once.Show.Evidence = b.heldOnce("silent"), true
	for i := range once.Show.Badges {
		once.Show.Badges[i].Kept = true
	}
	b.add("shared/held-once", once)
	b.add("shared/odd", page(odd()))
	b.add("shared/empty", page(nil))
	record := page(nil)
	record.Show.Badges = []ui.BadgeView{b.record(), b.generic()}
	record.Show.Verdict = b.r.Bundle("en", []string{"invalid", "valid"})
	b.add("shared/record", record)
	brought := page(cards()[:2])
	brought.Show.Badges[0] = b.brought()
	b.add("shared/brought-picture", brought)
	b.add("shared/passcode", &ui.SharedPasscodePage{Chrome: anyones("/s/k3v7"), Base: "/s/k3v7"})
	b.add("shared/passcode-wrong", &ui.SharedPasscodePage{Chrome: wrong(anyones("/s/k3v7"), "passcode", "passcode_wrong"), Base: "/s/k3v7"})
	b.add("shared/gone", &ui.SharedGonePage{Chrome: anyones("/s/k3v7")})
}

func (b *book) verify() {
	b.add("verify/first", &ui.VerifyPage{Chrome: ui.Chrome{Path: "/verify", Active: ui.NavVerify}, MaxMB: 64})
	b.add("verify/nothing", &ui.VerifyPage{Chrome: wrong(anyones("/verify"), "text", "nothing_brought"), MaxMB: 64, Text: "</textarea><script>alert(1)</script>"})
	one := b.full()
	b.list()
	one.Listing = &ui.ListingForm{Issuer: "did:web:guild.example.org", Label: "Ridge & Beam Guild"}
	b.add("verify/one", &ui.VerifyReportPage{Chrome: anyones("/verify"), CheckedAt: Now(), Items: []ui.VerifiedItem{{Name: "badge.png", Badge: &one}}})
	bad := b.view(cards()[5])
	b.add("verify/invalid", &ui.VerifyReportPage{Chrome: anyones("/verify"), CheckedAt: Now(), Items: []ui.VerifiedItem{{Badge: &bad}}})
	set := ui.VerifiedItem{Name: "https://backpack.example/s/x", Set: true, Holder: "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
		Verdict: b.r.Collection("en", "valid", "other", []string{"valid", "expired"}),
		Checks:  []ui.CheckRow{b.r.CollectionCheck("en", "proof", "passed", "", ""), b.r.CollectionCheck("en", "holder", "passed", "", "")},
		Form:    "Verifiable presentation", Technical: []ui.Fact{{Label: "form", Value: "embedded"},
			{Label: "suite", Value: "eddsa-rdfc-2022"}}, Contained: []ui.BadgeView{b.view(cards()[0]), b.view(cards()[3])}}
	unknown := set
	unknown.Verdict, unknown.Technical = b.r.Collection("en", "undetermined", "unknown",
		[]string{"valid", "expired"}), []ui.Fact{{Label: "form", Value: "embedded"}, {Label: "suite", Value: "bbs-2023"}}
	unknown.Checks, unknown.Holder = []ui.CheckRow{b.r.CollectionCheck("en", "proof", "unknown", "unsupported_suite", "bbs-2023"),
		b.r.CollectionCheck("en", "holder", "skipped", "not_run", "")}, ""
	private, part := b.view(cards()[5]), b.view(cards()[0])
	private.Checks[3] = b.r.Check("en", "proof", "failed", "private_copy", "ecdsa-sd-2023 base proof")
	private.Sure[0] = b.r.Fact("en", ui.Finding{ID: "authentic", Outcome: "failed", Reason: "private_copy"})
	part.Checks[6], part.Checks[8] = b.r.Check("en", "revocation", "skipped", "not_disclosed", ""), b.r.Check("en", "valid_until", "skipped", "not_disclosed", "")
	part.EndHidden = true
	part.Checks[3], part.Sure[0] = b.r.Check("en", "proof", "passed", "part_shown", ""), b.r.Fact("en",
		ui.Finding{ID: "authentic", Outcome: "passed", Reason: "part_shown"})
	part.Sure[3] = b.r.Fact("en", ui.Finding{ID: "current", Outcome: "skipped", Reason: "not_disclosed"})
	b.add("verify/private-copy", &ui.VerifyReportPage{Chrome: anyones("/verify"), CheckedAt: Now(), Items: []ui.VerifiedItem{{Badge: &private}}})
	b.add("verify/part-shown", &ui.VerifyReportPage{Chrome: anyones("/verify"), CheckedAt: Now(), Items: []ui.VerifiedItem{{Badge: &part}}})
	b.add("verify/set-unknown-seal", &ui.VerifyReportPage{Chrome: anyones("/verify"), CheckedAt: Now(), Items: []ui.VerifiedItem{unknown}})
	b.add("verify/set", &ui.VerifyReportPage{Chrome: anyones("/verify"), CheckedAt: Now(), Items: []ui.VerifiedItem{set}})
	b.add("verify/many", &ui.VerifyReportPage{Chrome: anyones("/verify"), CheckedAt: Now(), Verdict: b.r.Bundle("en", []string{"valid", "invalid"}),
		Items: []ui.VerifiedItem{{Name: "a.png", Badge: &one}, {Name: "b.json", Badge: &bad},
			{Name: "cat.png", Problem: "image_without_badge", Detail: "png: nothing"}}})
	b.add("verify/no-badge", &ui.VerifyReportPage{Chrome: anyones("/verify"), CheckedAt: Now(), Items: []ui.VerifiedItem{{Name: "", Problem: "not_a_badge"}}})
	b.add("verify/empty", &ui.VerifyReportPage{Chrome: anyones("/verify"), CheckedAt: Now()})
}

func (b *book) list() {
	l := ui.ListView{Token: "eyJpZCI6ImszdjdxMm1k", Key: "zw3kq", Name: "Marlow Builders knows", Number: "k3v7q2md", Made: day(2026, 11, 2),
		Issuers: []ui.ListedView{{ID: "guild.example.org", Name: "Ridge & Beam Guild"},
			{ID: "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", Name: "Harbour Rescue"}, {ID: longWord + ".example"}}}
	b.add("list/begin", &ui.ListPage{Chrome: anyones("/verify/list")})
	b.add("list/own", &ui.ListPage{Chrome: anyones("/verify/list"), List: l, URL: "https://backpack.example/verify?list=" + l.Token})
	b.add("list/mistake", &ui.ListPage{Chrome: wrong(anyones("/verify/list"), "add", "list_issuer"), List: l,
		Add: "no domain, </textarea><b>x", URL: "https://backpack.example/verify?list=" + l.Token})
	given := l
	given.Key, given.Name = "", ""
	b.add("list/given", &ui.ListPage{Chrome: anyones("/verify/list"), List: given, URL: "https://backpack.example/verify?list=" + l.Token})
	b.add("verify/by-list", &ui.VerifyPage{Chrome: ui.Chrome{Path: "/verify", Active: ui.NavVerify}, MaxMB: 64, List: l})
}
