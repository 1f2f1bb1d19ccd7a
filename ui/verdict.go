package ui

import (
	"regexp"
	"slices"
	"strings"
)

// verdicts are the verdicts of package vc, the gravest first.
var verdicts = [...]string{
	"invalid", "revoked", "suspended", "expired", "not_yet_valid", "undetermined", "sample", "irregular", "valid_as_shown", "valid",
}

// Verdicts returns the verdicts, the gravest first. They are those of package vc,
// which this package does not import.
func Verdicts() []string { return slices.Clone(verdicts[:]) }

// tone returns the tone of a verdict: bad (red) for a proven failure, warn (amber)
// for a badge that is over, irregular or could not be checked in full, calm
// (grey) for one that proves nothing.
func tone(verdict string) string {
	switch verdict {
	case "valid":
		return "good"
	case "invalid", "revoked":
		return "bad"
	case "suspended", "expired", "not_yet_valid", "undetermined", "irregular", "valid_as_shown":
		return "warn"
	}
	return "calm"
}

// Verdict returns a verdict on one badge in words. It treats an unknown verdict
// as undetermined.
func (r *Renderer) Verdict(lang, verdict string) VerdictBox {
	if !slices.Contains(verdicts[:], verdict) {
		verdict = "undetermined"
	}
	return VerdictBox{Kind: verdict, Tone: tone(verdict),
		Title: r.Text(lang, "verdict."+verdict+".title"), Text: r.Text(lang, "verdict."+verdict+".text")}
}

// Obstacle returns box with the obstacle to a verdict as its text, if the verdict
// is undetermined and asking again does not help. reason and detail are those of
// the check that decided.
func (r *Renderer) Obstacle(lang string, box VerdictBox, reason, detail string) VerdictBox {
	if box.Kind != "undetermined" || reason == "" || !r.Has("obstacle."+reason) {
		return box
	}
	port := r.Text(lang, "obstacle.port.other")
	if m := portNamed.FindStringSubmatch(detail); m != nil {
		port = r.Text(lang, "obstacle.port", "port", m[1])
	}
	box.Text = r.Text(lang, "obstacle."+reason, "port", port)
	return box
}

var portNamed = regexp.MustCompile(`not port ([0-9]{1,5})`)

// ReceiptBox returns the verdict on a receipt of a check in words.
func (r *Renderer) ReceiptBox(lang, verdict string) VerdictBox {
	kind := verdict
	if verdict != "valid" && verdict != "invalid" {
		kind = "undetermined"
	}
	key := "table.receipt." + kind
	return VerdictBox{Kind: kind, Tone: tone(kind), Title: r.Text(lang, key+".title"), Text: r.Text(lang, key+".text")}
}

// ReceiptPast returns box for a receipt that is valid but states a better verdict
// than a check made now.
func (r *Renderer) ReceiptPast(lang string, box VerdictBox) VerdictBox {
	if box.Kind == "valid" {
		box.Tone, box.Text = "warn", r.Text(lang, "table.receipt.past")
	}
	return box
}

// Bundle returns one verdict on several badges in words. The gravest one decides;
// the text counts all of them.
func (r *Renderer) Bundle(lang string, all []string) VerdictBox {
	if len(all) == 0 {
		return VerdictBox{Kind: "empty", Tone: "calm", Title: r.Text(lang, "bundle.empty.title"), Text: r.Text(lang, "bundle.empty.text")}
	}
	counts := map[string]int{}
	for _, v := range all {
		if !slices.Contains(verdicts[:], v) {
			v = "undetermined"
		}
		counts[v]++
	}
	var worst string
	var parts []string
	for _, v := range verdicts {
		if n := counts[v]; n > 0 {
			if worst == "" {
				worst = v
			}
			parts = append(parts, r.Text(lang, "bundle.count."+v, "n", n))
		}
	}
	if len(parts) == 1 {
		return VerdictBox{Kind: worst, Tone: tone(worst),
			Title: r.Text(lang, "bundle."+worst+".title", "n", len(all)), Text: r.Text(lang, "bundle."+worst+".text", "n", len(all))}
	}
	return VerdictBox{Kind: worst, Tone: tone(worst),
		Title: r.Text(lang, "bundle.mixed.title", "n", len(all), "good", counts["valid"]),
		Text:  strings.Join(parts, " ") + " " + r.Text(lang, "bundle.mixed.text")}
}

// softReasons are the reasons of failures that prove nothing false, such as the
// passage of time.
var softReasons = []string{
	"expired", "not_yet_valid", "suspended", "refresh_due", "status_message", "no_match", "proof_expired", "weak_hash", "private_copy",
}

// ofForm are the checks of a badge's form. Their failure proves nothing false,
// except for the reasons in amiss.
var (
	ofForm = []string{"format", "subject", "schema"}
	amiss  = []string{"subject_differs", "not_an_endorsement"}
)

// Check returns a check in words. id, outcome (passed, failed, unknown or skipped),
// reason and detail are those of the report.
func (r *Renderer) Check(lang, id, outcome, reason, detail string) CheckRow {
	row := r.row(lang, outcome, reason)
	row.ID, row.Detail, row.Title = id, detail, r.Text(lang, "check."+id+".title")
	if row.Tone == "bad" && slices.Contains(ofForm, id) && !slices.Contains(amiss, reason) {
		row.Tone = "warn"
	}
	row.Text = r.telling(lang, "check."+id, outcome, reason)
	return row
}

// Fact returns one of the five facts in words.
func (r *Renderer) Fact(lang string, f Finding) CheckRow {
	row := r.row(lang, f.Outcome, f.Reason)
	row.ID, row.Title = f.ID, r.Text(lang, "sure."+f.ID+".title")
	row.More = true
	reason := f.Reason
	if how := "passed." + f.Value; reason == "" && f.Outcome == "passed" && r.Has("sure."+f.ID+"."+how) {
		reason = how
	}
	date := r.catalogs[r.Lang(lang)].date(f.At)
	row.Text = r.telling(lang, "sure."+f.ID, f.Outcome, reason, "registry", f.Value, "name", f.Name, "date", date)
	return row
}

// notKnown are the reasons of registries that do not list the issuer.
var notKnown = []string{"not_listed", "look_alike", "mixed_script"}

// row returns the outcome, answer and tone of a check.
func (r *Renderer) row(lang, outcome, reason string) CheckRow {
	row, answer := CheckRow{More: reason != ""}, ""
	switch outcome {
	case "passed":
		row.Outcome, row.Tone, answer = Yes, "good", "yes"
	case "failed":
		row.Outcome, row.Tone, answer = No, "bad", "no"
		if slices.Contains(softReasons, reason) {
			row.Tone = "warn"
		}
	case "skipped":
		row.Outcome, row.Tone, answer = NotStated, "calm", "not_stated"
		if r.Has("answer." + reason) {
			answer = reason
		}
	default:
		row.Outcome, row.Tone, answer = CantTell, "warn", "unknown"
		if slices.Contains(notKnown, reason) {
			answer = "not_listed"
		}
	}
	row.Answer = r.Text(lang, "answer."+answer)
	return row
}

// telling returns the most specific text for key: that of the reason, of the
// reason in general, or of the outcome; "" if there is none.
func (r *Renderer) telling(lang, key, outcome, reason string, args ...any) string {
	keys := []string{key + "." + outcome}
	if reason != "" {
		keys = []string{key + "." + reason, "reason." + reason, keys[0]}
	}
	for _, k := range keys {
		if r.Has(k) {
			return r.Text(lang, k, args...)
		}
	}
	return ""
}
