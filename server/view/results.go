package view

import (
	"slices"
	"strings"

	"backpack/ui"
	"backpack/vc"
)

// results returns each result with the demands of its description, and in
// gradings the descriptions without a result.
func (w wording) results(s *vc.Subject, a *vc.Achievement) (stated, gradings []ui.ResultView) {
	used := map[string]bool{}
	for _, r := range s.Results {
		g := a.Grade(r)
		v := ui.ResultView{Value: r.Value, Status: r.Status, Strange: g.Allowed == vc.Failed, Skills: w.skills(r.Alignments)}
		if d := g.Description; d != nil {
			used[d.ID] = true
			w.describe(&v, d)
			v.Reached = map[vc.Outcome]string{vc.Passed: "yes", vc.Failed: "no", vc.Unknown: "unknown"}[g.Reached]
		}
		for i := range v.Levels {
			v.Levels[i].Achieved = g.Description.Levels[i].ID == r.AchievedLevel && r.AchievedLevel != ""
		}
		switch {
		case g.Achieved != nil:
			v.Level = w.words(g.Achieved.Name)
		case r.AchievedLevel != "":
			v.Level = ui.Plain(r.AchievedLevel)
		}
		stated = append(stated, v)
	}
	for i := range a.ResultDescriptions {
		if d := &a.ResultDescriptions[i]; !used[d.ID] {
			v := ui.ResultView{}
			w.describe(&v, d)
			gradings = append(gradings, v)
		}
	}
	return stated, gradings
}

// describe fills the view of a result from its description.
func (w wording) describe(v *ui.ResultView, d *vc.ResultDescription) {
	v.Name, v.Kind = w.words(d.Name), w.kind("resulttype", d.ResultType)
	v.Skills = append(v.Skills, w.skills(d.Alignments)...)
	if v.Range = strings.Join(d.AllowedValues, ", "); v.Range == "" {
		v.Range = strings.Trim(d.ValueMin+" – "+d.ValueMax, " –")
	}
	v.Needed = ui.Plain(d.RequiredValue)
	for _, l := range d.Levels {
		view := ui.LevelView{Name: w.words(l.Name), Description: w.words(l.Description), Level: l.Level, Points: l.Points,
			Required: l.ID == d.RequiredLevel && l.ID != "", Skills: w.skills(l.Alignments)}
		if view.Required && d.RequiredValue == "" {
			v.Needed = view.Name
		}
		v.Levels = append(v.Levels, view)
	}
}

func (w wording) skills(list []vc.Alignment) []ui.SkillView {
	var out []ui.SkillView
	for _, x := range list {
		out = append(out, ui.SkillView{Name: w.words(x.TargetName), Code: x.TargetCode, Framework: x.TargetFramework,
			Type: w.kind("target", x.TargetType), Description: w.words(x.TargetDescription), URL: x.TargetURL})
	}
	return out
}

func (w wording) evidence(list []vc.Evidence, v *vc.Value) []ui.EvidenceView {
	values := slices.Collect(v.Each())
	var out []ui.EvidenceView
	for i, e := range list {
		view := ui.EvidenceView{Name: w.words(e.Name), Description: w.words(e.Description), Genre: w.words(e.Genre),
			Audience: w.words(e.Audience), NarrativeMD: w.words(e.Narrative)}
		switch {
		case strings.HasPrefix(e.ID, "data:"):
			view.Embedded = true
		default:
			view.URL = e.ID
		}
		if i < len(values) && values[i].Is(vc.Object) && len(list) == len(values) {
			view.Statements = w.teller().rest(values[i], "id", "name", "description", "genre", "audience", "narrative")
		}
		out = append(out, view)
	}
	return out
}
