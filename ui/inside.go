package ui

import (
	"slices"
	"strings"
)

// gravest returns the gravest of verdicts, valid for none; "", which stands for
// what has no verdict of its own, is passed over.
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

// Collection returns in words what a collection of badges turned out to be:
// what is in it, and who put it together (named, some, other, key, nobody,
// broken or unknown). own is the verdict on its signature, inside are those on
// what it holds. The tone is that of the gravest of them all.
func (r *Renderer) Collection(lang, own, together string, inside []string) VerdictBox {
	kind := gravest(append([]string{own}, inside...)...)
	if !r.Has("together." + together) {
		together = "unknown"
	}
	return VerdictBox{Kind: kind, Tone: tone(kind),
		Title: r.Text(lang, "inside.collection", "n", len(inside)) + r.inside(lang, inside) + ".", Text: r.Text(lang, "together."+together)}
}

// CollectionCheck is Check for a collection of badges. What is found of one is
// told in its own words alone: it is signed by a person where a badge is sealed
// by an issuer.
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

// Record is Collection for a record that its issuer sealed: own is the verdict
// on the record, and "" in inside stands for what the record's seal vouches for.
func (r *Renderer) Record(lang, own string, inside []string) VerdictBox {
	if !slices.Contains(verdicts[:], own) {
		own = "undetermined"
	}
	kind := gravest(append([]string{own}, inside...)...)
	return VerdictBox{Kind: kind, Tone: tone(kind),
		Title: r.Text(lang, "inside.record", "n", len(inside)) + r.inside(lang, inside) + ".", Text: r.Text(lang, "inside.own."+own)}
}

// inside counts what was found of the parts: ": 2 check out, 1 has expired".
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

// NoBetter returns the box with a tone and a title that are no better than
// other verdicts on what stands beside the badges that it counts. n is how many
// badges it counts, good how many of them check out.
func (r *Renderer) NoBetter(lang string, box VerdictBox, n, good int, beside ...string) VerdictBox {
	kind := gravest(append([]string{box.Kind}, beside...)...)
	if len(beside) == 0 || !slices.Contains(verdicts[:], box.Kind) || kind == box.Kind {
		return box
	}
	box.Kind, box.Tone, box.Title = kind, tone(kind), r.Text(lang, "bundle.beside.title", "n", n, "good", good)
	return box
}

// State is the verdict that a card tells: the gravest of what a record holds,
// where that is graver than the record's own.
func (b BadgeCard) State() string {
	if b.Inside != "" {
		return gravest(b.Verdict, b.Inside)
	}
	return b.Verdict
}
