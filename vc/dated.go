package vc

import (
	"slices"
	"time"
)

// Dated returns r, a report on d that was made some time ago, as the dates in d
// have it now: what has expired or begun to be valid since. Nobody is asked,
// nothing else is looked at again, and At stays the time of the check.
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
