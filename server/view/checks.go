package view

import (
	"strings"

	"backpack/ui"
	"backpack/vc"
)

// sure makes the rows of the five facts.
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
			c.Reason = vc.ReasonHostedFetched // no key is involved: the issuer's own address has it
		}
		out = append(out, tell(w.lang, string(c.ID), string(c.Outcome), string(c.Reason), c.Detail))
	}
	return out
}

// silent reports whether a check is not worth a line: another says the same, or
// it does not apply because nobody asked or there is nothing of the kind.
func silent(c vc.Check) bool {
	switch {
	case c.ID == vc.CheckRecipient, c.ID == vc.CheckKnown: // each is a fact of its own, told above
		return true
	case c.Outcome != vc.Skipped:
		return false
	case c.ID == vc.CheckTerms, c.ID == vc.CheckRefresh, c.ID == vc.CheckEndorsement, c.ID == vc.CheckResources, c.ID == vc.CheckSchema && c.Reason != vc.ReasonUnsupported:
		return true
	}
	return c.Reason == vc.ReasonNobodyAsked || c.Reason == ""
}

// remarks are a report's warnings.
func remarks(r *vc.Report) []string {
	var out []string
	for _, p := range r.Warnings {
		out = append(out, strings.TrimSpace(string(p.Reason)+" "+p.Detail))
	}
	return out
}

// because says in a sentence what decided the verdict, "" where nothing speaks
// against the badge.
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
