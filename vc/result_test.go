package vc

import "testing"

// TestGrade compares results with their descriptions (specs A2.6, A2.7).
func TestGrade(t *testing.T) {
	levels := []RubricLevel{{ID: "low", Points: "1"}, {ID: "mid", Points: "5"}, {ID: "high", Points: "10"}, {ID: "odd"}}
	letters := ResultDescription{ID: "d", AllowedValues: []string{"F", "C", "B", "A"}, RequiredValue: "C"}
	points := ResultDescription{ID: "d", ValueMin: "0", ValueMax: "100", RequiredValue: "60"}
	rubric := ResultDescription{ID: "d", Levels: levels, RequiredLevel: "mid"}
	for name, x := range map[string]struct {
		d                ResultDescription
		r                Result
		reached, allowed Outcome
	}{
		"letter above":             {letters, Result{Value: "A"}, Passed, Passed},
		"required letter":          {letters, Result{Value: "C"}, Passed, Passed},
		"letter below":             {letters, Result{Value: "F"}, Failed, Passed},
		"letter not allowed":       {letters, Result{Value: "E"}, Unknown, Failed},
		"no letter":                {letters, Result{}, Unknown, Skipped},
		"points above":             {points, Result{Value: "87.5"}, Passed, Passed},
		"required points":          {points, Result{Value: "60"}, Passed, Passed},
		"points below":             {points, Result{Value: "9"}, Failed, Passed},
		"points above the maximum": {points, Result{Value: "101"}, Passed, Failed},
		"points below the minimum": {points, Result{Value: "-1"}, Failed, Failed},
		"per cent":                 {points, Result{Value: "61 %"}, Passed, Passed},
		"points as words":          {points, Result{Value: "plenty"}, Unknown, Unknown},
		"a huge number":            {points, Result{Value: "1e999999999"}, Unknown, Unknown},
		"level above":              {rubric, Result{AchievedLevel: "high"}, Passed, Skipped},
		"required level":           {rubric, Result{AchievedLevel: "mid"}, Passed, Skipped},
		"level below":              {rubric, Result{AchievedLevel: "low"}, Failed, Skipped},
		"level without points":     {rubric, Result{AchievedLevel: "odd"}, Unknown, Skipped},
		"unknown level":            {rubric, Result{AchievedLevel: "elsewhere"}, Unknown, Skipped},
		"no level":                 {rubric, Result{Value: "7"}, Unknown, Skipped},
		"nothing required":         {ResultDescription{ID: "d"}, Result{Value: "7"}, Skipped, Skipped},
		"not described":            {ResultDescription{ID: "other"}, Result{Value: "7"}, Skipped, Skipped},
	} {
		x.r.ResultDescription = "d"
		a := &Achievement{ResultDescriptions: []ResultDescription{x.d}}
		g := a.Grade(x.r)
		if g.Reached != x.reached || g.Allowed != x.allowed || (g.Description == nil) != (name == "not described") {
			t.Errorf("%s: reached %s, allowed %s, want %s, %s", name, g.Reached, g.Allowed, x.reached, x.allowed)
		}
	}
}
