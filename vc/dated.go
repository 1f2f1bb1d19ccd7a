package vc

import (
	"slices"
	"time"
)

// Dated returns a copy of r, an earlier report on d, with the date checks evaluated
// at now. It makes no request and repeats no other check. At stays the time of the
// original check.
func Dated(d *Document, r *Report, now time.Time) *Report {
	if d == nil || d.Credential == nil || r == nil {
		return r
	}
	c := &check{v: &Verifier{}, d: d, r: &Report{At: now.UTC()}}
	c.dates()
	out := *r
	out.Checks = slices.Clone(r.Checks)
	for i, old := range out.Checks {
		dated := c.r.Check(old.ID)
		over := old.ID == CheckValidUntil && old.Outcome == Passed && dated.Reason == ReasonExpired
		begun := old.ID == CheckValidFrom && old.Reason == ReasonNotYetValid && dated.Outcome == Passed
		if over || begun {
			out.Checks[i] = dated
		}
	}
	return &out
}
