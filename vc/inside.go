package vc

import "slices"

// Inside returns the verdicts on what stands inside a presentation or a record,
// in its order: on each the gravest of its own and of what is inside that. One
// that the document around it vouches for has none, and is "".
func (r *Report) Inside(p Policy) []Verdict {
	var out []Verdict
	for _, sub := range r.Check(CheckProof).Sub {
		v := sub.Verdict(p)
		if v == Undetermined && sub.Check(CheckProof).Reason == ReasonVouched {
			v = ""
		}
		for _, x := range sub.Inside(p) {
			if x != "" && v != "" {
				v = Gravest(v, x)
			} else if x != "" && x != Valid {
				v = x
			}
		}
		out = append(out, v)
	}
	return out
}

// GravestInside returns the gravest of Inside; "" when there is nothing inside
// that has a verdict of its own.
func (r *Report) GravestInside(p Policy) Verdict {
	all := slices.DeleteFunc(r.Inside(p), func(v Verdict) bool { return v == "" })
	if len(all) == 0 {
		return ""
	}
	return Gravest(all...)
}
