package story

import "backpack/ui"

func (b *book) home() {
	b.add("home/stranger", &ui.HomePage{Chrome: anyones("/")})
	b.add("home/signed-in", &ui.HomePage{Chrome: mine("/", "")})
	b.add("home/signed-out-notice", &ui.HomePage{Chrome: with(anyones("/"), ui.Notice{Code: "account_deleted"})})
	b.add("about/about", &ui.AboutPage{Chrome: anyones("/about"), Origin: "https://backpack.example", Days: 30})
	b.add("privacy/stranger", &ui.PrivacyPage{Chrome: anyones("/privacy")})
	b.add("privacy/learner", &ui.PrivacyPage{Chrome: mine("/privacy", "")})
	b.add("error/not-found", &ui.ErrorPage{Chrome: anyones("/nowhere"), Status: 404, Code: "not_found"})
	b.add("error/internal", &ui.ErrorPage{Chrome: mine("/import", ""), Status: 500, Code: "internal", Ref: "7KQ2-M3", Back: "/import"})
	b.add("error/too-often", &ui.ErrorPage{Chrome: anyones("/verify"), Status: 429, Code: "too_often", Back: "/verify"})
	b.add("error/form-expired", &ui.ErrorPage{Chrome: mine("/shares", ui.NavShares), Status: 403, Code: "form_expired", Back: "/shares"})
	b.add("error/disk-full", &ui.ErrorPage{Chrome: mine("/import", ""), Status: 507, Code: "disk_full", Ref: "7KQ2-M3", Back: "/import"})
	b.add("error/unavailable", &ui.ErrorPage{Chrome: anyones("/signin"), Status: 503, Code: "unavailable", Ref: "7KQ2-M3", Back: "/signin"})
	b.add("error/unsure", &ui.ErrorPage{Chrome: mine("/shares", ui.NavShares), Status: 503, Code: "unsure", Ref: "7KQ2-M3", Back: "/shares"})
	b.add("error/unheard-of", &ui.ErrorPage{Chrome: anyones("/x"), Status: 418, Code: "no_such_code"})
	b.add("activity/empty", &ui.ActivityPage{Chrome: mine("/activity", "")})
	b.add("activity/many", &ui.ActivityPage{Chrome: mine("/activity", ""), Events: events()})
}

func events() []ui.EventView {
	return []ui.EventView{
		{At: Now(), Code: "verdict_changed", Name: "First aid at work", Href: "/badges/b4", New: true},
		{At: Now().AddDate(0, 0, -1), Code: "share_opened", Name: "Application as apprentice", Href: "/shares/s1", New: true},
		{At: Now().AddDate(0, 0, -2), Code: "share_created", Name: "Application as apprentice", Href: "/shares/s1"},
		{At: Now().AddDate(0, 0, -3), Code: "imported", Name: "9"},
		{At: Now().AddDate(0, 0, -3), Code: "removed", Name: longWord},
		{At: Now().AddDate(0, 0, -4), Code: "not_known_yet", Name: ""},
	}
}

func (b *book) account() {
	b.add("signup/first", &ui.SignUpPage{Chrome: anyones("/signup")})
	b.add("signup/name-missing", &ui.SignUpPage{Chrome: wrong(anyones("/signup"), "name", "name_missing")})
	b.add("signin/first", &ui.SignInPage{Chrome: anyones("/signin"), Next: "/backpack"})
	b.add("signin/mistyped", &ui.SignInPage{Chrome: wrong(anyones("/signin"), "key", "key_mistyped")})
	full := anyones("/signin")
	full.DiskFull = true
	b.add("signin/disk-full", &ui.SignInPage{Chrome: full, Next: "/backpack"})
	key := "K7QM-2XWD-9TRA-HE5V-3NPC-YB8G-4ZJF"
	b.add("key/new", &ui.BackpackKeyPage{Chrome: mine("/signup", ""), Key: key, Address: "https://backpack.example/signin",
		QR: "https://backpack.example/signin#" + key})
	b.add("key/renewed", &ui.BackpackKeyPage{Chrome: mine("/settings/key", ""), Key: key, Address: "https://backpack.example/signin", QR: key,
		Renewed: true, Next: "/settings"})
}

func (b *book) settings() {
	empty := &ui.SettingsPage{Chrome: mine("/settings", ui.NavSettings), LearnerName: "Amina Yusuf", HasKey: true,
		Sessions: []ui.SessionView{{ID: "s1", Label: "Firefox on Linux", Since: Now(), Seen: Now(), Current: true}}}
	b.add("settings/new", empty)
	full := &ui.SettingsPage{Chrome: with(mine("/settings", ui.NavSettings), ui.Notice{Code: "email_proved", Name: "amina@example.org"}),
		LearnerName: "Amina Yusuf", Badges: 9, Room: ui.Room{Badges: 9, MostBadges: 5000, Bytes: 3 << 20, MostBytes: 500 << 20},
		Passkeys: []ui.PasskeyView{{ID: "p1", Label: "Chrome on Android", Added: day(2026, 1, 2), Used: day(2026, 11, 20)},
			{ID: "p2", Label: "", Added: day(2026, 2, 2), Indispensable: true}},
		Emails: []ui.EmailView{{ID: "e1", Address: "amina@example.org", Proved: true},
			{ID: "e2", Address: "a.very.long.address.that.goes.on@students.subdomain.university.example.org"}},
		Sessions: append(empty.Sessions, ui.SessionView{ID: "s2", Label: "Safari on iPhone", Since: day(2026, 10, 1), Seen: day(2026, 11, 21)},
			ui.SessionView{ID: "s3", Since: day(2026, 9, 1), Seen: day(2026, 9, 2)})}
	b.add("settings/full", full)
	mail := *full
	mail.Notice, mail.MailTo = &ui.Notice{Code: "mail_saved"}, full.Emails[0].ID
	b.add("settings/news-by-mail", &mail)
	stop := &ui.MailStopPage{Chrome: anyones("/mail/stop/x"), Path: "/mail/stop/x"}
	b.add("mail/stop", stop)
	stopped := *stop
	stopped.Stopped = true
	b.add("mail/stopped", &stopped)
	b.add("settings/mistake", &ui.SettingsPage{Chrome: wrong(wrong(mine("/settings", ui.NavSettings), "name", "name_missing"), "email",
		"email_invalid"), Sessions: empty.Sessions})
	b.add("settings/email-code", &ui.EmailConfirmPage{Chrome: with(mine("/settings/emails/e2", ui.NavSettings),
		ui.Notice{Code: "code_sent", Name: "amina@example.org"}), ID: "e2", Address: "amina@example.org"})
	b.add("settings/email-wrong", &ui.EmailConfirmPage{Chrome: wrong(mine("/settings/emails/e2", ui.NavSettings), "code", "code_wrong"),
		ID: "e2", Address: "amina@example.org"})
	b.add("settings/export", &ui.ExportPage{Chrome: mine("/settings/export", ui.NavSettings), Badges: 9, Suggested: "k7wm-2xqd-9tra-he5v-3npc"})
	b.add("settings/export-parts", &ui.ExportPage{Chrome: mine("/settings/export", ui.NavSettings), Badges: 2300,
		Suggested: "k7wm-2xqd-9tra-he5v-3npc", Parts: []int{1, 2, 3}})
	b.add("settings/export-weak", &ui.ExportPage{Chrome: wrong(mine("/settings/export", ui.NavSettings), "passphrase", "passphrase_weak"),
		Badges: 1, Suggested: "k7wm-2xqd-9tra-he5v-3npc"})
	b.add("settings/delete", &ui.DeletePage{Chrome: mine("/settings/delete", ui.NavSettings), LearnerName: "Amina Yusuf", Badges: 9, Shares: 1})
	b.add("settings/delete-empty", &ui.DeletePage{Chrome: wrong(mine("/settings/delete", ui.NavSettings), "name", "name_differs"), LearnerName: rightToLft})
	archived := []ui.ArchivedBadge{{BadgeCard: cards()[0], Description: "Cuts and raises a small frame.", Folder: "badges/001",
		Files:   []string{"about.json", "badge.json", "evidence.zip", "original.png", "picture.png", "receipt.json"},
		Checked: Now(), Added: day(2026, 7, 1), Note: "Won in the rain.\nAsk Ada for the photographs."},
		{BadgeCard: odd()[2], Folder: "badges/002", Files: []string{"a file with spaces & signs.json"}}}
	b.add("archive/two", &ui.ArchivePage{Chrome: ui.Chrome{Name: "Amina Yusuf"}, At: Now(), Badges: archived})
	b.add("archive/empty", &ui.ArchivePage{Chrome: ui.Chrome{Name: "Amina Yusuf"}, At: Now()})
}
