package vc

import "slices"

// Inside returns the verdicts on the credentials inside a presentation or CLR, in
// order. Each is the worst of the credential's own verdict and those inside it. A
// credential that is only vouched for has none: "".
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

// GravestInside returns the worst verdict of Inside, or "" if there is none.
func (r *Report) GravestInside(p Policy) Verdict {
	all := slices.DeleteFunc(r.Inside(p), func(v Verdict) bool { return v == "" })
	if len(all) == 0 {
		return ""
	}
	return Gravest(all...)
}
