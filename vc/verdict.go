package vc

import "slices"

// Verdict returns what p makes of the report: the gravest verdict that a check
// gives cause for. A nil or empty report is Undetermined. Neither endorsements,
// contained credentials, what lies outside the credential, a refresh nor the
// recipient make a difference, nor does a schema of the credential's own choice
// that cannot be had.
//
// Invalid is only what is proven false: the seal, what it covers, or who made
// it. How a badge is written proves nothing false, so that a fault of form makes
// it Irregular at worst, and weighs less than what its issuer says of it.
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

// Stands reports whether nothing speaks against what was checked: its seal
// holds, and as far as can be seen it is in force. A sample stands, though it
// proves nothing.
func (v Verdict) Stands() bool {
	switch v {
	case Valid, AsShown, Irregular, Sample:
		return true
	}
	return false
}

// Genuine reports whether v stands and is a real issuer's word, however it is
// written: what may be relied upon, if what may have been left out is no matter.
func (v Verdict) Genuine() bool { return v.Stands() && v != Sample }

// order is that of the verdicts, the gravest first.
var order = [...]Verdict{Invalid, Revoked, Suspended, Expired, NotYetValid, Undetermined, Sample, Irregular, AsShown, Valid}

// Verdicts lists the verdicts, the gravest first.
func Verdicts() []Verdict { return order[:] }

// Gravest returns the gravest of verdicts, Valid for none. One that is not known
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

// firstOf returns the first of the checks with that outcome, or nil.
func (r *Report) firstOf(checks []Check, o Outcome) *Check {
	if i := slices.IndexFunc(checks, func(c Check) bool { return c.Outcome == o }); i >= 0 {
		return &checks[i]
	}
	return nil
}

// proving are the checks that can prove a credential false: its seal, what that
// covers, and who made it. One that stands in a record about somebody else is
// no part of that.
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

// forming are the checks of how a credential is written.
func (r *Report) forming() []Check {
	return []Check{r.Check(CheckFormat), r.Check(CheckSubject), r.Check(CheckSchema)}
}

// withheld returns the check of what the holder may have left out so that
// nobody sees it, of what decides a verdict: the status, or the end of validity.
func (r *Report) withheld() *Check {
	for _, c := range []Check{r.Check(CheckRevocation), r.Check(CheckValidUntil)} {
		if c.Reason == ReasonNotDisclosed {
			return &c
		}
	}
	return nil
}

// dated is what the clock says to the dates.
func (r *Report) dated() Verdict {
	switch until, from := r.Check(CheckValidUntil), r.Check(CheckValidFrom); {
	case until.Outcome == Failed && until.Reason == ReasonExpired:
		return Expired
	case from.Outcome == Failed && from.Reason == ReasonNotYetValid:
		return NotYetValid
	}
	return ""
}

// controllerOpen reports whether it is open who controls the keys: the issuer's
// of a credential, the holder's of a presentation and of a key binding.
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

// undetermined reports whether something that matters could not be checked.
// What does not apply, such as the status of a badge that has none, does not
// matter; but nothing is valid whose proof and controller were not looked at.
func (r *Report) undetermined(p Policy) bool {
	if r.Check(CheckProof).Outcome != Passed {
		return true
	}
	if r.controllerOpen(p) {
		return true
	}
	switch r.Check(CheckRevocation).Outcome {
	case Passed, Skipped:
	default: // also a list or an entry that is not as it should be
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

// date returns one of the checks of dates. What fails it otherwise than by the
// clock leaves open what the clock would say.
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

// Deciding returns the check that decides the strictest Verdict, else one that
// says that the badge is somebody else's; nil when nothing speaks against it.
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
	if c := r.Check(CheckProof); c.Outcome != Passed { // nobody signed it
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
