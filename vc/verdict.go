package vc

import "slices"

// Verdict returns what p makes of the report: the gravest verdict that a check
// gives cause for. A nil or empty report is Undetermined. Neither endorsements,
// contained credentials, what lies outside the credential, a refresh nor the
// recipient make a difference, nor does a schema of the credential's own choice
// that cannot be had.
func (r *Report) Verdict(p Policy) Verdict {
	if r == nil || len(r.Checks) == 0 {
		return Undetermined
	}
	for _, id := range []CheckID{CheckFormat, CheckTerms, CheckSubject, CheckProof, CheckIssuer, CheckHolder, CheckSchema} {
		if r.Check(id).Outcome == Failed {
			return Invalid
		}
	}
	switch c := r.Check(CheckRevocation); {
	case c.Outcome == Failed && c.Reason == ReasonRevoked:
		return Revoked
	case c.Outcome == Failed && c.Reason == ReasonSuspended:
		return Suspended
	}
	if v := r.dated(); v != "" {
		return v
	}
	if r.undetermined(p) {
		return Undetermined
	}
	return Valid
}

// dated is what the dates say. A date that cannot be read is no date.
func (r *Report) dated() Verdict {
	switch until, from := r.Check(CheckValidUntil), r.Check(CheckValidFrom); {
	case until.Outcome == Failed && until.Reason == ReasonExpired:
		return Expired
	case from.Outcome == Failed && from.Reason == ReasonNotYetValid:
		return NotYetValid
	case until.Outcome == Failed || from.Outcome == Failed:
		return Invalid
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
	for _, id := range []CheckID{CheckFormat, CheckTerms, CheckSubject} {
		if r.Check(id).Outcome == Unknown {
			return true
		}
	}
	return false
}

// Deciding returns the check that decides the strictest Verdict, else one that
// says that the badge is somebody else's; nil when nothing speaks against it.
func (r *Report) Deciding() *Check {
	if r == nil {
		return nil
	}
	taken := r.Check(CheckRevocation)
	if taken.Outcome == Failed && taken.Reason != ReasonRevoked && taken.Reason != ReasonSuspended {
		taken.Outcome = Unknown
	}
	schema := r.Check(CheckSchema)
	if schema.Outcome == Unknown { // which decides nothing
		schema.Outcome = Skipped
	}
	all := []Check{r.Check(CheckFormat), r.Check(CheckTerms), r.Check(CheckSubject), r.Check(CheckProof), r.Check(CheckIssuer),
		r.Check(CheckHolder), schema, taken, r.Check(CheckValidUntil), r.Check(CheckValidFrom), r.Check(CheckRecipient)}
	for _, o := range []Outcome{Failed, Unknown} {
		if i := slices.IndexFunc(all, func(c Check) bool { return c.Outcome == o }); i >= 0 {
			return &all[i]
		}
	}
	if c := r.Check(CheckProof); c.Outcome != Passed { // nobody signed it
		return &c
	}
	return nil
}
