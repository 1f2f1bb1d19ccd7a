package vc

import (
	"strings"
	"time"
)

// A FactID names one of the five separate questions about a badge. Never merge
// their answers (specs 0.3).
type FactID string

// The facts, in display order.
const (
	FactAuthentic FactID = "authentic" // unchanged since it was signed
	FactControl   FactID = "control"   // the named issuer controls the key, or serves the badge
	FactKnown     FactID = "known"     // a registry lists that issuer
	FactCurrent   FactID = "current"   // within its dates, not revoked, latest version
	FactAwarded   FactID = "awarded"   // awarded to the person asked about
)

// A Fact is the report's answer to one of the five questions.
type Fact struct {
	ID      FactID  `json:"id"`
	Outcome Outcome `json:"outcome"`
	Reason  Reason  `json:"reason,omitempty"`
	// Value is set when Passed. For FactControl it is a Binding, ControlKey or
	// ControlHosted; for FactKnown the registry's name.
	Value string `json:"value,omitempty"`
	// Name is the issuer's name in the registry for FactKnown, or the imitated
	// domain of a look-alike.
	Name string `json:"name,omitempty"`
	// At is the time of the check for FactCurrent, or the time the registry was
	// read for FactKnown.
	At time.Time `json:"at,omitzero"`
}

// Values of FactControl in addition to the bindings.
const (
	ControlKey    = "key"    // the issuer's id is a key: only the badge itself says whose
	ControlHosted = "hosted" // no key: the issuer's own URL serves the badge
)

// Facts returns all five facts of a credential's report, in a fixed order. Each
// takes the worst outcome among its checks. For a presentation only authentic and
// control, of its holder, are set; the other facts belong to its credentials.
func (r *Report) Facts() []Fact {
	return []Fact{r.authentic(), r.control(), r.known(), r.current(), r.awarded()}
}

// Fact returns the fact called id.
func (r *Report) Fact(id FactID) Fact {
	for _, f := range r.Facts() {
		if f.ID == id {
			return f
		}
	}
	return Fact{ID: id, Outcome: Skipped, Reason: ReasonNotRun}
}

func fact(id FactID, c Check) Fact { return Fact{ID: id, Outcome: c.Outcome, Reason: c.Reason} }

// authentic covers the proof and whether it protects every member. Faults of form
// do not affect it.
func (r *Report) authentic() Fact {
	out := r.Check(CheckProof)
	if c := r.Check(CheckTerms); worse(c.Outcome, out.Outcome) {
		out = c
	}
	return fact(FactAuthentic, out)
}

// awarded covers the recipient. A person who presents a badge bound to a key and
// cannot prove possession of the key is not shown to be the recipient.
func (r *Report) awarded() Fact {
	out := r.Check(CheckRecipient)
	if c := r.Check(CheckHolder); c.Outcome == Failed && out.Outcome != Failed && r.Check(CheckIssuer).Outcome != Skipped {
		out = Check{Outcome: Failed, Reason: ReasonHolderNotShown}
	}
	return fact(FactAwarded, out)
}

// worse reports whether a outranks b when several checks make one fact: Failed,
// then Unknown, then the rest.
func worse(a, b Outcome) bool {
	rank := map[Outcome]int{Failed: 2, Unknown: 1}
	return rank[a] > rank[b]
}

// controller returns the check of who controls the signing key: the issuer, or the
// holder of a presentation.
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

// known requires a registry and a controlled key. Otherwise any badge could name a
// listed issuer and count as known.
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

// current is the worst of dates, status and refresh. Without a status, the badge
// may have been revoked: the answer is "not stated", even within its dates.
func (r *Report) current() Fact {
	out := r.Check(CheckRevocation)
	if out.Outcome == Failed && out.Reason != ReasonRevoked && out.Reason != ReasonSuspended {
		out.Outcome = Unknown // the list is wrong, not the badge
	}
	for _, id := range []CheckID{CheckValidUntil, CheckValidFrom, CheckRefresh} {
		c := r.date(id)
		if id == CheckRefresh && c.Outcome == Failed {
			c.Outcome = Unknown // a missing newer version does not prove this one wrong
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
