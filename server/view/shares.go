package view

import (
	"slices"
	"time"

	"backpack/ui"
	"backpack/wallet"
)

// Shared returns the view of a share for its viewers. image returns the
// address of a badge's picture.
func (m Mapper) Shared(v *wallet.SharedView, image func(badge string) string) ui.SharedView {
	out := ui.SharedView{Title: v.Share.Title, Holder: v.Holder, Audience: v.Share.Audience, CheckedAt: v.CheckedAt,
		Created: v.Share.CreatedAt, Expires: v.Share.ExpiresAt}
	var verdicts []string
	for _, it := range v.Items {
		e := it.Badge.Entry
		b := m.badge(Card(e.Listed(), image(e.ID)), &e.Summary, it.Badge.Document, it.Report, it.Verdict)
		b.Newer = b.Newer || it.Badge.Newer()
		b.Mine = false // private to the learner
		b.Kept = !it.Badge.Evidence.IsZero()
		out.Evidence = out.Evidence || b.Kept
		m.then(&b, it.LastGood)
		out.Badges = append(out.Badges, b)
		verdicts = append(verdicts, b.State())
	}
	out.Verdict = m.texts.Bundle(m.lang, verdicts)
	return out
}

// ShareCard returns the card of a share, with its state at the time now.
func ShareCard(sh *wallet.Share, now time.Time) ui.ShareCard {
	out := ui.ShareCard{ID: sh.ID, Title: sh.Title, Audience: sh.Audience, Badges: len(sh.Entries), Views: sh.Views,
		Created: sh.CreatedAt, Expires: sh.ExpiresAt, Passcode: sh.Passcode, State: "live"}
	switch {
	case !sh.RevokedAt.IsZero():
		out.State = "revoked"
	case !now.Before(sh.ExpiresAt):
		out.State = "expired"
	case !sh.Live(now):
		out.State = "used_up"
	}
	return out
}

// DayCounts lists the views by day, the latest first.
func DayCounts(days map[string]int) []ui.DayCount {
	var out []ui.DayCount
	for day, n := range days {
		if t, err := time.Parse(time.DateOnly, day); err == nil {
			out = append(out, ui.DayCount{Day: t, Count: n})
		}
	}
	slices.SortFunc(out, func(a, b ui.DayCount) int { return b.Day.Compare(a.Day) })
	return out
}
