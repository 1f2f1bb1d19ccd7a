package ui

import "time"

// A ThenView says that a badge held once, where that is not confirmed now.
type ThenView struct {
	Box   VerdictBox // made by Renderer.Then
	At    time.Time
	Sure  []CheckRow // the five facts of then; may be empty
	Aside bool       // the verdict of now stands beside it, and is graver
}

// Then returns in words that a badge held last at a time, and why that is not
// confirmed now: silent, gone, key, old or kept. It is a warning, not a yes.
func (r *Renderer) Then(lang, why string, at time.Time) VerdictBox {
	if !r.Has("then." + why + ".title") {
		why = "silent"
	}
	date := r.catalogs[r.Lang(lang)].date(at)
	return VerdictBox{Kind: "undetermined", Tone: "warn",
		Title: r.Text(lang, "then."+why+".title", "date", date), Text: r.Text(lang, "then."+why+".text", "date", date)}
}
