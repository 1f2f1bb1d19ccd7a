package ui

import (
	"slices"
	"strings"
)

// gravest returns the gravest of the verdicts, or valid if there are none. It
// skips "", which stands for a part without a verdict, and counts an unknown
// verdict as undetermined.
func gravest(all ...string) string {
	worst := len(verdicts) - 1
	for _, v := range all {
		if v == "" {
			continue
		}
		i := slices.Index(verdicts[:], v)
		if i < 0 {
			i = slices.Index(verdicts[:], "undetermined")
		}
		worst = min(worst, i)
	}
	return verdicts[worst]
}

// Collection returns the verdict on a collection of badges in words: its content
// and, by together, who assembled it (named, some, other, key, nobody, broken or
// unknown). own is the verdict on the collection's signature, inside are the
// verdicts on its badges. The gravest of them all sets the tone.
func (r *Renderer) Collection(lang, own, together string, inside []string) VerdictBox {
	kind := gravest(append([]string{own}, inside...)...)
	if !r.Has("together." + together) {
		together = "unknown"
	}
	return VerdictBox{Kind: kind, Tone: tone(kind),
		Title: r.Text(lang, "inside.collection", "n", len(inside)) + r.inside(lang, inside) + ".", Text: r.Text(lang, "together."+together)}
}

// CollectionCheck is Check for a collection of badges. The texts differ, because
// a person signs a collection and an issuer seals a badge.
func (r *Renderer) CollectionCheck(lang, id, outcome, reason, detail string) CheckRow {
	row, key := r.Check(lang, id, outcome, reason, detail), "together.check."+id
	if !r.Has(key + ".title") {
		return row
	}
	row.Title, row.Text = r.Text(lang, key+".title"), r.Text(lang, key+"."+outcome)
	if reason != "" && r.Has(key+"."+reason) {
		row.Text = r.Text(lang, key+"."+reason)
	}
	return row
}

// Record is Collection for a record sealed by its issuer. own is the verdict on
// the record; "" in inside stands for a part that the record's seal vouches for.
func (r *Renderer) Record(lang, own string, inside []string) VerdictBox {
	if !slices.Contains(verdicts[:], own) {
		own = "undetermined"
	}
	kind := gravest(append([]string{own}, inside...)...)
	return VerdictBox{Kind: kind, Tone: tone(kind),
		Title: r.Text(lang, "inside.record", "n", len(inside)) + r.inside(lang, inside) + ".", Text: r.Text(lang, "inside.own."+own)}
}

// inside returns the counts of the verdicts: ": 2 check out, 1 has expired".
func (r *Renderer) inside(lang string, all []string) string {
	counts := map[string]int{}
	for _, v := range all {
		if v == "" {
			v = "vouched"
		} else {
			v = gravest(v)
		}
		counts[v]++
	}
	var parts []string
	for i := len(verdicts) - 1; i >= 0; i-- {
		if n := counts[verdicts[i]]; n > 0 {
			parts = append(parts, r.Text(lang, "inside."+verdicts[i], "n", n))
		}
		if n := counts["vouched"]; n > 0 && verdicts[i] == "valid" {
			parts = append(parts, r.Text(lang, "inside.vouched", "n", n))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts, ", ")
}

// NoBetter returns box with its tone and title lowered to the gravest verdict in
// beside. n is the number of badges that the box counts, good the number of
// valid ones.
func (r *Renderer) NoBetter(lang string, box VerdictBox, n, good int, beside ...string) VerdictBox {
	kind := gravest(append([]string{box.Kind}, beside...)...)
	if len(beside) == 0 || !slices.Contains(verdicts[:], box.Kind) || kind == box.Kind {
		return box
	}
	box.Kind, box.Tone, box.Title = kind, tone(kind), r.Text(lang, "bundle.beside.title", "n", n, "good", good)
	return box
}

// State returns the verdict for a card: the gravest verdict on the content of a
// record if it is graver than the verdict on the record, else the card's own.
func (b BadgeCard) State() string {
	if b.Inside != "" {
		return gravest(b.Verdict, b.Inside)
	}
	return b.Verdict
}
