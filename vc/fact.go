package vc

import (
	"strings"
	"time"
)

// A FactID names one of the five things to know about a badge that must never
// be taken for each other (specs 0.3).
type FactID string

// The facts, in the order in which they are told.
const (
	FactAuthentic FactID = "authentic" // exactly as it was sealed
	FactControl   FactID = "control"   // the issuer it names controls the key, or serves it
	FactKnown     FactID = "known"     // a registry knows that issuer
	FactCurrent   FactID = "current"   // within its dates, not taken back, the latest version
	FactAwarded   FactID = "awarded"   // to the person asked about
)

// A Fact is what the checks of a report say about one of the five.
type Fact struct {
	ID      FactID  `json:"id"`
	Outcome Outcome `json:"outcome"`
	Reason  Reason  `json:"reason,omitempty"`
	// Value says how or by whom: of FactControl a Binding, ControlKey or
	// ControlHosted, of FactKnown the registry's name. Only when passed.
	Value string `json:"value,omitempty"`
	// Name is, of FactKnown, the issuer's name in the registry; of a look-alike
	// the domain that it looks like.
	Name string `json:"name,omitempty"`
	// At is, of FactCurrent, the moment it was found out; of FactKnown, when
	// the registry was read.
	At time.Time `json:"at,omitzero"`
}

// Values of FactControl beside the bindings.
const (
	ControlKey    = "key"    // the issuer's id is itself a key: nothing outside the badge tells whose
	ControlHosted = "hosted" // no key: the issuer's own address serves the badge
)

// Facts returns the five facts of a credential's report, always all five and
// in one order. They are read off the checks: each outcome is that of the
// gravest check that belongs to the fact. Of a presentation's report only
// authentic and control, of its holder, are told; the others belong to the
// credentials in it.
func (r *Report) Facts() []Fact {
	return []Fact{r.authentic(), r.control(), r.known(), r.current(), r.awarded()}
}

// Fact returns one of Facts.
func (r *Report) Fact(id FactID) Fact {
	for _, f := range r.Facts() {
		if f.ID == id {
			return f
		}
	}
	return Fact{ID: id, Outcome: Skipped, Reason: ReasonNotRun}
}

func fact(id FactID, c Check) Fact { return Fact{ID: id, Outcome: c.Outcome, Reason: c.Reason} }

// authentic is the seal, and that it covers everything. How well the badge is
// written says nothing of that.
func (r *Report) authentic() Fact {
	out := r.Check(CheckProof)
	if c := r.Check(CheckTerms); worse(c.Outcome, out.Outcome) {
		out = c
	}
	return fact(FactAuthentic, out)
}

// awarded is to whom. Whoever shows a badge that is bound to a key, and fails to
// show that they hold it, has not shown to be the person.
func (r *Report) awarded() Fact {
	out := r.Check(CheckRecipient)
	if c := r.Check(CheckHolder); c.Outcome == Failed && out.Outcome != Failed && r.Check(CheckIssuer).Outcome != Skipped {
		out = Check{Outcome: Failed, Reason: ReasonHolderNotShown}
	}
	return fact(FactAwarded, out)
}

// worse orders outcomes for a fact that several checks make: proven wrong,
// not known, and the rest.
func worse(a, b Outcome) bool {
	rank := map[Outcome]int{Failed: 2, Unknown: 1}
	return rank[a] > rank[b]
}

// controller is who controls the key of the seal: the issuer, and of a
// presentation, which has none, the holder.
func (r *Report) controller() Check {
	issuer, holder := r.Check(CheckIssuer), r.Check(CheckHolder)
	if issuer.Outcome == Skipped && (holder.Outcome != Skipped || holder.Reason == ReasonNotStated) {
		return holder
	}
	return issuer
}

func (r *Report) control() Fact {
	c := r.controller()
	out := fact(FactControl, c)
	if c.Outcome != Passed {
		return out
	}
	switch out.Value = string(r.Binding); {
	case r.Suite == "hosted":
		out.Value = ControlHosted
	case r.Binding == BindingDID && (strings.HasPrefix(r.Method, "did:key:") || strings.HasPrefix(r.Method, "did:jwk:")):
		out.Value = ControlKey
	}
	return out
}

// known needs a registry and a controlled key: else whoever writes a name that
// is listed would be known by it.
func (r *Report) known() Fact {
	c := r.Check(CheckKnown)
	switch {
	case c.Reason == ReasonNotRun && r.controller().Outcome == Passed:
		return Fact{ID: FactKnown, Outcome: Skipped, Reason: ReasonNoRegistry}
	case r.controller().Outcome != Passed:
		return Fact{ID: FactKnown, Outcome: Skipped, Reason: ReasonNotRun}
	}
	out := fact(FactKnown, c)
	if c.Reason == ReasonLookAlike {
		out.Name = c.Detail
	}
	if c.Outcome == Passed && len(r.Known) > 0 {
		out.Value, out.Name, out.At = r.Known[0].Registry, r.Known[0].Name, r.Known[0].At
	}
	return out
}

// current is the gravest of what the dates, the status and the refresh say.
// Without a status nobody can tell whether it still stands: that is "not
// stated", however well the dates look.
func (r *Report) current() Fact {
	out := r.Check(CheckRevocation)
	if out.Outcome == Failed && out.Reason != ReasonRevoked && out.Reason != ReasonSuspended {
		out.Outcome = Unknown // the list is at fault, not the badge
	}
	for _, id := range []CheckID{CheckValidUntil, CheckValidFrom, CheckRefresh} {
		c := r.date(id)
		if id == CheckRefresh && c.Outcome == Failed {
			c.Outcome = Unknown // no newer version proves this one wrong
		}
		if worse(c.Outcome, out.Outcome) {
			out = c
		}
	}
	if until := r.Check(CheckValidUntil); out.Outcome == Passed && until.Reason == ReasonNotDisclosed {
		out = until // it may have ended
	}
	if out.Outcome == Passed && r.Check(CheckRefresh).Reason == ReasonRefreshed {
		out.Reason = ReasonRefreshed
	}
	f := fact(FactCurrent, out)
	if r != nil {
		f.At = r.At
	}
	return f
}
