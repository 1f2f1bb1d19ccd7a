package ui

import "time"

// A ThenView is an earlier check at which a badge held, if this is not confirmed
// now.
type ThenView struct {
	Box   VerdictBox // made by Renderer.Then
	At    time.Time
	Sure  []CheckRow // the five facts at that time; may be empty
	Aside bool       // the current verdict is graver and is shown too
}

// Then returns a warning that a badge last held at a time. why is the reason that
// it is not confirmed now: silent, gone, key, old or kept.
func (r *Renderer) Then(lang, why string, at time.Time) VerdictBox {
	if !r.Has("then." + why + ".title") {
		why = "silent"
	}
	date := r.catalogs[r.Lang(lang)].date(at)
	return VerdictBox{Kind: "undetermined", Tone: "warn",
		Title: r.Text(lang, "then."+why+".title", "date", date), Text: r.Text(lang, "then."+why+".text", "date", date)}
}
