package story

import "backpack/ui"

func (b *book) backpack() {
	page := func(badges []ui.BadgeCard) *ui.BackpackPage {
		return &ui.BackpackPage{Chrome: mine("/backpack", ui.NavBackpack), Badges: badges, All: len(badges), Total: len(badges),
			Issuers: []string{"Northfield College", "Ridge & Beam Guild"}, Skills: []string{"Joinery", "Safety"}, States: []string{"valid", "expired", "revoked"}}
	}
	empty := page(nil)
	empty.Notice = &ui.Notice{Code: "welcome"}
	b.add("backpack/empty", empty)
	b.add("backpack/one", page(cards()[:1]))
	all := page(cards())
	all.Notice = &ui.Notice{Code: "samples", N: 9}
	b.add("backpack/every-verdict", all)
	b.add("backpack/odd", page(odd()))
	lots := page(many(60))
	lots.All, lots.Total, lots.Next = 143, 143, "m59"
	lots.News = []ui.EventView{{At: day(2026, 11, 23), Code: "expiring_7", Name: "Laboratory safety", Until: day(2026, 11, 29), New: true, Href: "/badges/b2"},
		{At: day(2026, 11, 22), Code: "revoked", Name: "Forest stewardship", New: true, Href: "/badges/b5"}}
	b.add("backpack/many", lots)
	found := page(cards()[:2])
	found.All, found.Filter = 9, ui.Filter{Text: "a & b", Issuer: "Ridge & Beam Guild", State: "valid", Sort: "title"}
	b.add("backpack/filtered", found)
	none := page(nil)
	none.All, none.Filter = 9, ui.Filter{Text: "zzz"}
	b.add("backpack/no-match", none)
	choose := page(cards())
	choose.Select = true
	choose.Badges[0].Chosen = true
	b.add("backpack/choose", choose)
}

func (b *book) badge() {
	page := func(v ui.BadgeView) *ui.BadgePage {
		return &ui.BadgePage{Chrome: mine("/badges/"+v.ID, ui.NavBackpack), Badge: v, Source: "file", FileName: "badge.png",
			Original: "badge.png", Added: day(2026, 11, 1), Baked: true}
	}
	for _, c := range cards() {
		b.add("badge/"+c.Verdict+"-"+c.ID, page(b.view(c)))
	}
	own := b.view(cards()[0])
	own.Checks[3] = b.r.Check("en", "proof", "passed", "own_copy", "ecdsa-sd-2023 base proof")
	own.Sure[0] = b.r.Fact("en", ui.Finding{ID: "authentic", Outcome: "passed", Reason: "own_copy"})
	b.add("badge/own-private-copy", page(own))
	full := page(b.full())
	full.Mine, full.Note, full.Shares = "amina.yusuf@example.org", "Bring the print-out.", shareCards()[:1]
	full.History = []ui.ChangeView{{At: day(2026, 11, 10), From: "undetermined", To: "valid"}}
	full.Notice = &ui.Notice{Code: "checked"}
	full.Versions = []ui.VersionView{{N: 0, From: day(2025, 6, 12), At: day(2025, 7, 1)}, {N: 1, At: day(2026, 1, 1)},
		{N: 2, From: day(2026, 6, 12), At: day(2026, 11, 1), Shown: true}}
	b.add("badge/everything", full)
	graded := page(b.view(cards()[0]))
	graded.Badge.Results = results()[:4]
	b.add("badge/results", graded)
	backed := page(b.view(cards()[1]))
	backed.Badge.Endorsements, backed.Badge.About = endorsements(), abouts()
	b.add("badge/endorsements", backed)
	b.add("badge/record", page(b.record()))
	b.add("badge/generic", page(b.generic()))
	bare := ui.BadgeView{BadgeCard: odd()[2], Box: b.r.Verdict("en", "invalid"), Form: "Verifiable credential",
		Checks: []ui.CheckRow{b.r.Check("en", "format", "failed", "missing_member", "issuer is missing")}}
	b.add("badge/bare", page(bare))
	for i, c := range odd() {
		if i != 2 {
			b.add("badge/odd-"+c.ID, page(b.view(c)))
		}
	}
	sample := b.view(cards()[1])
	sample.Sample, sample.From.Confirmed, sample.RecipientHidden, sample.Recipient = true, ui.IssuerSample, true, ""
	p := page(sample)
	p.Source, p.FileName = "sample", ""
	b.add("badge/sample", p)
	old := b.view(cards()[6])
	old.Form, old.From.Confirmed, old.Newer = "Open Badges 1.1", ui.IssuerRecorded, true
	b.add("badge/recorded", page(old))
	b.add("badge/brought-picture", page(b.brought()))
	blocked := b.view(cards()[2])
	blocked.Box = b.r.Obstacle("en", blocked.Box, "port_forbidden", "only https on port 443 is, not port 8443")
	b.add("badge/obstacle", page(blocked))
	for _, why := range []string{"silent", "gone", "key", "old"} {
		b.add("badge/held-once-"+why, page(b.heldOnce(why)))
	}
	news := page(b.heldOnce("silent"))
	news.News = []ui.EventView{{At: day(2026, 11, 20), Code: "issuer_silent", Name: "Web basics", New: true, Href: "/badges/b3"}}
	b.add("badge/news", news)
	key := b.view(cards()[2])
	key.From.Confirmed, key.Recipient, key.RecipientKey, key.From.Domain = ui.IssuerByKey, "", true, ""
	b.add("badge/only-a-key", page(key))
	b.add("badge/remove", &ui.BadgeRemovePage{Chrome: mine("/badges/b1/remove", ui.NavBackpack), Badge: cards()[0], Shares: 2})
	b.add("badge/remove-unshown", &ui.BadgeRemovePage{Chrome: mine("/badges/o1/remove", ui.NavBackpack), Badge: odd()[0]})
}

func (b *book) issuer() {
	page := func(i ui.IssuerView, known ui.Finding, badges []ui.BadgeCard) *ui.IssuerPage {
		return &ui.IssuerPage{Chrome: mine("/issuers/0af3", ui.NavBackpack), Issuer: i, Since: day(2025, 3, 1), CheckedAt: Now(), Badges: badges,
			Control: b.r.Fact("en", ui.Finding{ID: "control", Outcome: "passed", Value: "did"}), Known: b.r.Fact("en", known),
			Keys: []ui.KeyView{{Thumbprint: "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", First: day(2025, 3, 1), Last: Now()}}}
	}
	full := b.full()
	known := page(full.From, ui.Finding{ID: "known", Outcome: "passed", Value: register, Name: "Ridge & Beam Guild"}, []ui.BadgeCard{cards()[0], cards()[8]})
	known.Endorsements = full.Endorsements[:1]
	known.Endorsements[0].About = "issuer"
	b.add("issuer/known", known)
	changed := page(ui.IssuerView{Name: "Open Classroom", Domain: "xn--pen-classroom-tfk.example.com", Confirmed: ui.IssuerByDomain},
		ui.Finding{ID: "known", Outcome: "unknown", Reason: "look_alike", Name: "open-classroom.example.com"}, cards()[2:3])
	changed.Keys = append(changed.Keys, ui.KeyView{Thumbprint: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", First: day(2026, 11, 20), Last: Now()})
	b.add("issuer/look-alike", changed)
	sample := page(ui.IssuerView{Name: "Backpack samples", Domain: "samples.backpack.invalid"},
		ui.Finding{ID: "known", Outcome: "skipped", Reason: "sample"}, cards()[1:2])
	sample.Sample, sample.Control = true, b.r.Fact("en", ui.Finding{ID: "control", Outcome: "skipped", Reason: "sample"})
	b.add("issuer/sample", sample)
	bare := page(ui.IssuerView{}, ui.Finding{ID: "known", Outcome: "skipped", Reason: "no_registry"}, odd()[2:3])
	bare.Keys, bare.Control = nil, b.r.Fact("en", ui.Finding{ID: "control", Outcome: "unknown", Reason: "unreachable"})
	b.add("issuer/bare", bare)
}

// item returns a badge as an item of an import.
func (b *book) item(n int, c ui.BadgeCard) ui.ImportItem {
	return ui.ImportItem{N: n, Name: "badge-" + c.ID + ".png", Badge: &c, Verdict: b.r.Verdict("en", c.Verdict), Chosen: true}
}

func (b *book) imports() {
	b.add("import/first", &ui.ImportPage{Chrome: mine("/import", ui.NavImport), MaxMB: 64, FirstTime: true})
	b.add("import/again", &ui.ImportPage{Chrome: mine("/import", ui.NavImport), MaxMB: 64})
	b.add("import/nothing", &ui.ImportPage{Chrome: wrong(mine("/import", ui.NavImport), "files", "nothing_brought"), MaxMB: 64})
	tight := ui.Room{Badges: 4998, MostBadges: 5000, Bytes: 120 << 20, MostBytes: 500 << 20}
	full := ui.Room{Badges: 5000, MostBadges: 5000, Bytes: 121 << 20, MostBytes: 500 << 20}
	b.add("import/nearly-full", &ui.ImportPage{Chrome: mine("/import", ui.NavImport), MaxMB: 64, Room: tight})
	b.add("import/full", &ui.ImportPage{Chrome: wrong(mine("/import", ui.NavImport), "files", "too_many_badges"), MaxMB: 64, Room: full})
	b.add("import/locked", &ui.ImportPage{Chrome: wrong(mine("/import", ui.NavImport), "passphrase", "passphrase_wrong"), MaxMB: 64})
	items := []ui.ImportItem{b.item(1, cards()[0]), b.item(2, cards()[3]), b.item(3, cards()[5])}
	items[0].Badge.Mine = true
	problem := func(n int, name, code, detail string) ui.ImportItem {
		return ui.ImportItem{N: n, Name: name, Problem: code, Detail: detail}
	}
	b.add("import/progress-start", &ui.ImportProgressPage{Chrome: mine("/imports/i1", ui.NavImport), ID: "i1"})
	b.add("import/progress", &ui.ImportProgressPage{Chrome: mine("/imports/i1", ui.NavImport), ID: "i1", Done: 4, Total: 30,
		Items: append(items, problem(4, "holiday.jpg", "not_a_badge", ""))})
	b.add("import/preview-one", &ui.ImportPreviewPage{Chrome: mine("/imports/i1", ui.NavImport), ID: "i1", Items: items[:1]})
	again, same := b.item(4, cards()[1]), b.item(5, cards()[0])
	again.Duplicate, same.Same = "b2", 1
	mixed := append(append([]ui.ImportItem{}, items...), again, same, problem(6, "holiday.jpg", "image_without_badge", "png: no iTXt chunk openbadgecredential"),
		problem(7, "https://gone.example/badge", "unreachable", "dial: no such host"), problem(8, "", "bad_address", ""),
		problem(9, longWord+".zip", "never_heard_of", ""), b.item(10, odd()[0]), b.item(11, odd()[1]))
	few := []ui.ImportItem{b.item(1, cards()[0]), b.item(2, cards()[1]), b.item(3, cards()[2])}
	few[2].Chosen = false
	b.add("import/preview-no-room", &ui.ImportPreviewPage{Chrome: mine("/imports/i1", ui.NavImport), ID: "i1",
		Items: append(few, problem(4, "album.png", "backpack_full", ""), problem(5, "badges/0007-baker", "archive_damaged",
			"about.json is not what the manifest says")), Room: tight})
	b.add("import/preview-left-out", &ui.ImportPreviewPage{Chrome: wrong(mine("/imports/i1", ui.NavImport), "", "too_many_badges"), ID: "i1",
		Items: few[1:3], Room: full, Kept: 12})
	b.add("import/preview-mixed", &ui.ImportPreviewPage{Chrome: mine("/imports/i1", ui.NavImport), ID: "i1", Items: mixed})
	b.add("import/preview-nothing", &ui.ImportPreviewPage{Chrome: mine("/imports/i1", ui.NavImport), ID: "i1",
		Items: []ui.ImportItem{again, problem(2, "cat.png", "not_a_badge", "")}})
}
