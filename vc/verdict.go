package vc

import "slices"

// Verdict returns the worst verdict that any check justifies under p. A nil or
// empty report is Undetermined. The following checks have no effect: endorsements,
// contained credentials, related resources, refresh, recipient, and a credential's
// own schema that is unavailable.
//
// Invalid means proven false: the proof, its coverage or its maker. A fault of form
// proves nothing false. It makes a badge Irregular at worst, and the issuer's
// statements about status and dates outrank it.
func (r *Report) Verdict(p Policy) Verdict {
	if r == nil || len(r.Checks) == 0 {
		return Undetermined
	}
	if r.firstOf(r.proving(), Failed) != nil {
		return Invalid
	}
	switch c := r.Check(CheckRevocation); {
	case c.Outcome == Failed && c.Reason == ReasonRevoked:
		return Revoked
	case c.Outcome == Failed && c.Reason == ReasonSuspended:
		return Suspended
	}
	switch v := r.dated(); {
	case v != "":
		return v
	case r.undetermined(p):
		return Undetermined
	case r.Sample:
		return Sample
	case r.firstOf(r.forming(), Failed) != nil:
		return Irregular
	case r.withheld() != nil:
		return AsShown
	}
	return Valid
}

// Stands reports whether nothing speaks against the badge: its proof is valid and,
// as far as known, it is in force. A sample stands, although it proves nothing.
func (v Verdict) Stands() bool {
	switch v {
	case Valid, AsShown, Irregular, Sample:
		return true
	}
	return false
}

// Genuine reports whether v stands and a real issuer signed it, whatever its form.
// Note that AsShown is genuine.
func (v Verdict) Genuine() bool { return v.Stands() && v != Sample }

// order lists the verdicts, worst first.
var order = [...]Verdict{Invalid, Revoked, Suspended, Expired, NotYetValid, Undetermined, Sample, Irregular, AsShown, Valid}

// Verdicts returns all verdicts, worst first. The caller must not modify the slice.
func Verdicts() []Verdict { return order[:] }

// Gravest returns the worst of all, or Valid if all is empty. An unknown verdict
// counts as Undetermined.
func Gravest(all ...Verdict) Verdict {
	worst := len(order) - 1
	for _, v := range all {
		i := slices.Index(order[:], v)
		if i < 0 {
			i = slices.Index(order[:], Undetermined)
		}
		worst = min(worst, i)
	}
	return order[worst]
}

// firstOf returns the first of the checks with outcome o, or nil.
func (r *Report) firstOf(checks []Check, o Outcome) *Check {
	if i := slices.IndexFunc(checks, func(c Check) bool { return c.Outcome == o }); i >= 0 {
		return &checks[i]
	}
	return nil
}

// proving returns the checks that can prove a credential false: its proof, what the
// proof covers, and who made it. A wrong subject inside a CLR and a document in
// place of an endorsement count, too.
func (r *Report) proving() []Check {
	all := []Check{r.Check(CheckTerms), r.Check(CheckProof), r.Check(CheckIssuer), r.Check(CheckHolder)}
	if c := r.Check(CheckSubject); c.Reason == ReasonSubjectDiffers {
		all = append(all, c)
	}
	if c := r.Check(CheckFormat); c.Reason == ReasonNotEndorsement {
		all = append(all, c)
	}
	return all
}

// forming returns the checks of a credential's form.
func (r *Report) forming() []Check {
	return []Check{r.Check(CheckFormat), r.Check(CheckSubject), r.Check(CheckSchema)}
}

// withheld returns the status or end-date check if the holder may have left that
// member out, else nil.
func (r *Report) withheld() *Check {
	for _, c := range []Check{r.Check(CheckRevocation), r.Check(CheckValidUntil)} {
		if c.Reason == ReasonNotDisclosed {
			return &c
		}
	}
	return nil
}

// dated returns the verdict by the dates alone, or "".
func (r *Report) dated() Verdict {
	switch until, from := r.Check(CheckValidUntil), r.Check(CheckValidFrom); {
	case until.Outcome == Failed && until.Reason == ReasonExpired:
		return Expired
	case from.Outcome == Failed && from.Reason == ReasonNotYetValid:
		return NotYetValid
	}
	return ""
}

// controllerOpen reports whether it is unknown who controls the keys: the issuer of
// a credential, the holder of a presentation or key binding.
func (r *Report) controllerOpen(p Policy) bool {
	looked := false
	for _, id := range []CheckID{CheckIssuer, CheckHolder} {
		switch c := r.Check(id); {
		case c.Outcome == Skipped && c.Reason == ReasonNotStated: // a presentation need not name its holder
			looked = true
		case c.Outcome == Skipped:
		case c.Outcome == Passed, c.Outcome == Unknown && p.UnsafeUnknownIssuer:
			looked = true
		default:
			return true
		}
	}
	return !looked
}

// undetermined reports whether an essential check could not be made. Checks that do
// not apply, such as the status of a badge without one, are not essential; proof
// and controller always are.
func (r *Report) undetermined(p Policy) bool {
	if r.Check(CheckProof).Outcome != Passed {
		return true
	}
	if r.controllerOpen(p) {
		return true
	}
	switch r.Check(CheckRevocation).Outcome {
	case Passed, Skipped:
	default: // includes an invalid list or entry
		if !p.UnsafeUnknownStatus {
			return true
		}
	}
	for _, c := range []Check{r.Check(CheckFormat), r.Check(CheckTerms), r.Check(CheckSubject), r.date(CheckValidUntil), r.date(CheckValidFrom)} {
		if c.Outcome == Unknown {
			return true
		}
	}
	return false
}

// date returns a date check. A failure for another reason than the clock counts as
// Unknown.
func (r *Report) date(id CheckID) Check {
	c, told := r.Check(id), ReasonExpired
	if id == CheckValidFrom {
		told = ReasonNotYetValid
	}
	if c.Outcome == Failed && c.Reason != told {
		c.Outcome = Unknown
	}
	return c
}

// Deciding returns the check that decides the strictest Verdict, else the recipient
// check if it failed or is unknown. It is nil if nothing speaks against the badge.
func (r *Report) Deciding() *Check {
	if r == nil {
		return nil
	}
	if c := r.firstOf(r.proving(), Failed); c != nil {
		return c
	}
	taken := r.Check(CheckRevocation)
	if taken.Outcome == Failed && taken.Reason != ReasonRevoked && taken.Reason != ReasonSuspended {
		taken.Outcome = Unknown
	}
	if taken.Outcome == Failed {
		return &taken
	}
	until, from := r.date(CheckValidUntil), r.date(CheckValidFrom)
	if c := r.firstOf([]Check{until, from}, Failed); c != nil {
		return c
	}
	open := []Check{r.Check(CheckFormat), r.Check(CheckTerms), r.Check(CheckSubject), r.Check(CheckProof), r.Check(CheckIssuer),
		r.Check(CheckHolder), taken, until, from}
	if c := r.firstOf(open, Unknown); c != nil {
		return c
	}
	if c := r.Check(CheckProof); c.Outcome != Passed { // unsigned
		return &c
	}
	for _, c := range []*Check{r.firstOf(r.forming(), Failed), r.withheld()} {
		if c != nil {
			return c
		}
	}
	if c := r.Check(CheckRecipient); c.Outcome == Failed || c.Outcome == Unknown {
		return &c
	}
	return nil
}
