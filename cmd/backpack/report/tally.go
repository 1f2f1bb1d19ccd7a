package report

import (
	"backpack/server/view"
	"backpack/ui"
	"backpack/vc"
	"backpack/vc/intake"
	"backpack/wallet/inspect"
)

// A Tally summarizes results.
type Tally struct {
	Told                           ui.Tally // the counts for people
	Asked                          bool     // whether a recipient was given
	Strict                         bool     // whether Irregular counts as not valid
	badges, invalid, unknown, none int
	receipts                       int // valid ones
}

// An Outcome is the gravest result of a run.
type Outcome int

const (
	AllGood      Outcome = iota // everything is a badge, genuine and in force
	NotValid                    // something is not valid
	Undetermined                // something could not be determined
	NoBadge                     // something contains no badge
)

// Outcome returns the gravest result of all that was added.
func (t *Tally) Outcome() Outcome {
	switch {
	case t.invalid > 0:
		return NotValid
	case t.unknown > 0, t.badges == 0 && t.none == 0 && t.receipts > 0:
		return Undetermined
	case t.none > 0 || t.badges == 0:
		return NoBadge
	}
	return AllGood
}

// Add counts a result.
func (t *Tally) Add(c *inspect.Checked) {
	switch {
	case c.Problem == "keys_left_out" || c.Problem == string(intake.LeftAside): // a remark beside badges
	case c.Problem == string(inspect.ProblemEvidence):
		t.invalid++
	case view.Open(c.Problem):
		t.unknown++
	case c.Problem != "":
		t.none++
	case c.Receipt != nil && c.Verdict == vc.Valid: // it speaks of the past; the files beside it count
		t.receipts++
	default:
		t.badges++
		switch v := t.worst(c); {
		case v == vc.Valid, v == vc.Irregular && !t.Strict:
		case v == vc.Undetermined, v == vc.Sample, v == vc.AsShown:
			t.unknown++
		default:
			t.invalid++
		}
	}
}

// worst returns the verdict of a badge, or the gravest of a presentation and
// its content. A badge of another recipient is no worse unless a recipient was
// given.
func (t *Tally) worst(c *inspect.Checked) vc.Verdict {
	v := c.Verdict
	if c.Summary.Inside != "" {
		v = vc.Gravest(v, c.Summary.Inside)
	}
	if t.Asked && v.Stands() && len(c.Contained) == 0 {
		v = vc.Gravest(v, recipientVerdict(c.Report))
	}
	for _, x := range c.Contained {
		v = vc.Gravest(v, t.worst(x))
	}
	return v
}

func recipientVerdict(r *vc.Report) vc.Verdict {
	switch r.Check(vc.CheckRecipient).Outcome {
	case vc.Passed:
		return vc.Valid
	case vc.Failed:
		return vc.Invalid
	}
	return vc.Undetermined
}
