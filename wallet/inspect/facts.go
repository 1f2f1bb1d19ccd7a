package inspect

import "backpack/vc"

// ReasonSample is the reason why control of a sample issuer's key proves
// nothing: the key is public.
const ReasonSample vc.Reason = "sample"

// Facts returns the five facts about a badge. The facts of a sample never say
// who made it.
func Facts(s *Summary, r *vc.Report) []vc.Fact {
	facts := r.Facts()
	for i, f := range facts {
		if (s.Sample || r != nil && r.Sample) && f.Outcome != vc.Failed && (f.ID == vc.FactControl || f.ID == vc.FactKnown) {
			facts[i] = vc.Fact{ID: f.ID, Outcome: vc.Skipped, Reason: ReasonSample}
		}
	}
	return facts
}

// sealed reports whether the proof holds over everything that the badge says.
func sealed(r *vc.Report) bool { return r.Fact(vc.FactAuthentic).Outcome == vc.Passed }

// GraverInside returns the gravest verdict on the credentials inside a record
// if it is graver than the record's own verdict, else "".
func GraverInside(r *vc.Report, own vc.Verdict) vc.Verdict {
	if v := r.GravestInside(vc.Policy{}); v != "" && vc.Gravest(v, own) != own {
		return v
	}
	return ""
}

// Values of KeptInside: why a credential cannot be taken out of a CLR.
const (
	InsideUnsigned   = "inside_unsigned"   // it has no proof of its own (specs C6)
	InsideUnreadable = "inside_unreadable" // it is not a credential that can be read
)

// KeptInside says why a credential in a CLR cannot stand alone, "" if it can: a
// credential with a proof of its own can (specs C6).
func KeptInside(d *vc.Document) string {
	switch {
	case d.Credential == nil:
		return InsideUnreadable
	case d.Form == vc.Unsigned:
		return InsideUnsigned
	}
	return ""
}
