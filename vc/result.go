package vc

import (
	"math/big"
	"slices"
	"strings"
)

// A Grade interprets a result by its description (specs A2.6, A2.7).
type Grade struct {
	Description *ResultDescription // nil if the badge does not describe the result
	Achieved    *RubricLevel       // nil if none is named or the description lacks it
	Required    *RubricLevel
	// Reached compares with the required level or value: Passed, Failed, Unknown if
	// they are not comparable, Skipped if nothing is required.
	Reached Outcome
	// Allowed reports whether the description allows the value.
	Allowed Outcome
}

// Grade interprets a result by the achievement's descriptions.
func (a *Achievement) Grade(r Result) Grade {
	d := a.describes(r)
	if d == nil {
		return Grade{Reached: Skipped, Allowed: Skipped}
	}
	g := Grade{Description: d, Achieved: d.level(r.AchievedLevel), Required: d.level(d.RequiredLevel)}
	g.Allowed = d.allows(r.Value)
	switch {
	case d.RequiredLevel != "":
		g.Reached = reachedLevel(&g, r)
	case d.RequiredValue != "":
		g.Reached = d.reachedValue(r.Value)
	default:
		g.Reached = Skipped
	}
	return g
}

// describes returns the description of a result, or nil.
func (a *Achievement) describes(r Result) *ResultDescription {
	for i := range a.ResultDescriptions {
		if d := &a.ResultDescriptions[i]; d.ID == r.ResultDescription && d.ID != "" {
			return d
		}
	}
	return nil
}

func (d *ResultDescription) level(id string) *RubricLevel {
	for i := range d.Levels {
		if id != "" && d.Levels[i].ID == id {
			return &d.Levels[i]
		}
	}
	return nil
}

// allows compares a value with the allowed values or bounds.
func (d *ResultDescription) allows(value string) Outcome {
	switch {
	case value == "" || len(d.AllowedValues) == 0 && d.ValueMin == "" && d.ValueMax == "":
		return Skipped
	case len(d.AllowedValues) > 0 && has(d.AllowedValues, value):
		return Passed
	case len(d.AllowedValues) > 0:
		return Failed
	}
	n, out := number(value), Passed
	for _, bound := range []struct {
		text string
		sign int // sign of bound compared with a value outside it
	}{{d.ValueMin, 1}, {d.ValueMax, -1}} {
		b := number(bound.text)
		switch {
		case bound.text == "":
		case n == nil || b == nil:
			return Unknown
		case b.Cmp(n) == bound.sign:
			out = Failed
		}
	}
	return out
}

// number parses a decimal number with an optional percent sign; nil for anything
// else.
func number(s string) *big.Rat {
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), "%"))
	if len(s) == 0 || len(s) > 30 || strings.ContainsAny(s, "eE/xXpP_") {
		return nil
	}
	n, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil
	}
	return n
}

// reachedLevel compares levels by their points. Without points only the required
// level itself passes, since a list of levels has no order.
func reachedLevel(g *Grade, r Result) Outcome {
	switch {
	case r.AchievedLevel == "":
		return Unknown
	case r.AchievedLevel == g.Description.RequiredLevel:
		return Passed
	case g.Achieved == nil || g.Required == nil:
		return Unknown
	}
	return atLeast(number(g.Achieved.Points), number(g.Required.Points))
}

// reachedValue compares values by their position, lowest first, or as numbers.
func (d *ResultDescription) reachedValue(value string) Outcome {
	switch got, want := slices.Index(d.AllowedValues, value), slices.Index(d.AllowedValues, d.RequiredValue); {
	case value == "":
		return Unknown
	case value == d.RequiredValue:
		return Passed
	case got >= 0 && want >= 0 && got > want:
		return Passed
	case got >= 0 && want >= 0:
		return Failed
	case len(d.AllowedValues) > 0:
		return Unknown
	}
	return atLeast(number(value), number(d.RequiredValue))
}

func atLeast(got, want *big.Rat) Outcome {
	switch {
	case got == nil || want == nil:
		return Unknown
	case got.Cmp(want) >= 0:
		return Passed
	}
	return Failed
}

// remarkResults warns about results that refer to a missing description, which the
// schema cannot detect (specs A2.6).
func (c *check) remarkResults(s *Subject) {
	if s.Achievement == nil {
		return
	}
	for _, r := range s.Results {
		if r.ResultDescription != "" && s.Achievement.describes(r) == nil {
			c.warn(ReasonDangling, "a result refers to a description that the badge lacks: "+r.ResultDescription)
		}
	}
}
