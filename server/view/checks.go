package view

import (
	"strings"

	"backpack/ui"
	"backpack/vc"
)

// sure returns the rows of the five facts.
func (w wording) sure(facts []vc.Fact) []ui.CheckRow {
	var out []ui.CheckRow
	for _, f := range facts {
		out = append(out, w.fact(f))
	}
	return out
}

func (w wording) fact(f vc.Fact) ui.CheckRow {
	return w.texts.Fact(w.lang, finding(f))
}

// rowsOf returns the rows of a report, in its order and in the words that tell
// returns. Checks that say nothing of their own have no row.
func (w wording) rowsOf(r *vc.Report, tell func(lang, id, outcome, reason, detail string) ui.CheckRow) []ui.CheckRow {
	var out []ui.CheckRow
	for _, c := range r.Checks {
		if silent(c) {
			continue
		}
		if c.ID == vc.CheckIssuer && c.Outcome == vc.Passed && r.Suite == "hosted" {
			c.Reason = vc.ReasonHostedFetched // no key is involved: the issuer's address serves the badge
		}
		out = append(out, tell(w.lang, string(c.ID), string(c.Outcome), string(c.Reason), c.Detail))
	}
	return out
}

// silent reports whether a check has no line of its own: a fact says the same,
// or the check was skipped because it does not apply.
func silent(c vc.Check) bool {
	switch {
	case c.ID == vc.CheckRecipient, c.ID == vc.CheckKnown: // shown as facts
		return true
	case c.Outcome != vc.Skipped:
		return false
	case c.ID == vc.CheckTerms, c.ID == vc.CheckRefresh, c.ID == vc.CheckEndorsement, c.ID == vc.CheckResources,
		c.ID == vc.CheckSchema && c.Reason != vc.ReasonUnsupported:
		return true
	}
	return c.Reason == vc.ReasonNobodyAsked || c.Reason == ""
}

// remarks returns the warnings of a report.
func remarks(r *vc.Report) []string {
	var out []string
	for _, p := range r.Warnings {
		out = append(out, strings.TrimSpace(string(p.Reason)+" "+p.Detail))
	}
	return out
}

// because returns a sentence about the check that decided the verdict; "" if
// every check passed.
func (w wording) because(r *vc.Report) string {
	c := r.Deciding()
	if c == nil {
		return ""
	}
	return w.texts.Check(w.lang, string(c.ID), string(c.Outcome), string(c.Reason), "").Text
}

func finding(f vc.Fact) ui.Finding {
	return ui.Finding{ID: string(f.ID), Outcome: string(f.Outcome), Reason: string(f.Reason), Value: f.Value, Name: f.Name, At: f.At}
}
