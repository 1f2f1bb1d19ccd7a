package vc

import "net/url"

// Verdict returns what p makes of the report. A nil report is Undetermined.
func (r *Report) Verdict(p Policy) Verdict {
	if r == nil || len(r.Checks) == 0 {
		return Undetermined
	}
	for _, id := range []CheckID{CheckFormat, CheckTerms, CheckSubject, CheckProof, CheckIssuer, CheckHolder} {
		if r.Check(id).Outcome == Failed {
			return Invalid
		}
	}
	if v := r.statusVerdict(); v != "" {
		return v
	}
	if r.Check(CheckProof).Outcome == Passed {
		if v := r.datedVerdict(); v != "" {
			return v
		}
	}
	if r.undetermined(p) {
		return Undetermined
	}
	return Valid
}

// statusVerdict is what the issuer says now. It was asked only after the proof
// held, or is itself the answer of a hosted badge's address.
func (r *Report) statusVerdict() Verdict {
	status := r.Check(CheckRevocation)
	switch {
	case status.Outcome == Failed && status.Reason == ReasonRevoked:
		return Revoked
	case status.Outcome == Failed && status.Reason == ReasonSuspended:
		return Suspended
	case status.Outcome == Failed:
		return Invalid
	}
	return ""
}

// datedVerdict is what the dates make of a document whose proof holds.
func (r *Report) datedVerdict() Verdict {
	if c := r.Check(CheckValidUntil); c.Outcome == Failed {
		return ifElse(c.Reason == ReasonExpired, Expired, Invalid)
	}
	if c := r.Check(CheckValidFrom); c.Outcome == Failed {
		return ifElse(c.Reason == ReasonNotYetValid, NotYetValid, Invalid)
	}
	return ""
}

func ifElse(b bool, yes, no Verdict) Verdict {
	if b {
		return yes
	}
	return no
}

// undetermined reports whether something that matters could not be checked.
// What does not apply, such as the status of a badge that has none, does not
// matter; but nothing is valid whose proof and issuer were not looked at.
func (r *Report) undetermined(p Policy) bool {
	if r.Check(CheckProof).Outcome != Passed {
		return true
	}
	controller := r.Check(CheckIssuer)
	if holder := r.Check(CheckHolder); holder.Outcome != Skipped {
		controller = holder
	}
	if controller.Outcome != Passed && !p.UnsafeUnknownIssuer {
		return true
	}
	if r.Check(CheckRevocation).Outcome == Unknown && !p.UnsafeUnknownStatus {
		return true
	}
	for _, id := range []CheckID{CheckFormat, CheckTerms, CheckSubject} {
		if r.Check(id).Outcome == Unknown {
			return true
		}
	}
	return false
}

func unescape(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}
