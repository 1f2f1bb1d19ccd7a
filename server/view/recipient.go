package view

import (
	"slices"
	"strings"

	"backpack/ui"
	"backpack/vc"
)

// A Recipient is the person that a badge names, as far as it can be read.
type Recipient struct {
	Name    string // stated by the badge, not proved
	Only    bool   // the badge has the name alone
	Address string
	Hidden  bool // the address is hashed
	Key     bool // the badge names a key of the holder
}

// RecipientOf returns the person that a badge names. A name that the proof does
// not cover is left out: anyone could have written it.
func RecipientOf(s *vc.Subject, r *vc.Report) Recipient {
	out := Recipient{Name: clip(strings.TrimSpace(s.Name.String()))}
	if r.Check(vc.CheckTerms).Outcome == vc.Failed {
		out.Name = ""
	}
	out.Only = out.Name != "" && s.ID == "" && !slices.ContainsFunc(s.Identifiers, func(id vc.Identity) bool { return !isName(id) })
	out.Address, out.Hidden, out.Key = addressOf(s)
	if out.Address == out.Name {
		out.Address = ""
	}
	return out
}

// Line returns the name and the address in one line; "" if there is neither.
func (r Recipient) Line() string { return strings.Trim(r.Name+", "+r.Address, ", ") }

// isName reports whether an identity is a person's name.
func isName(id vc.Identity) bool { return id.Type == "name" || id.Type == "ext:name" }

// addressOf returns the address by which a badge names its recipient.
func addressOf(s *vc.Subject) (address string, hidden, key bool) {
	for _, id := range s.Identifiers {
		if isName(id) {
			continue
		}
		if !strings.Contains(id.Hash, "$") {
			return id.Hash, false, false
		}
		hidden = true
	}
	switch {
	case strings.HasPrefix(s.ID, "mailto:"):
		return strings.TrimPrefix(s.ID, "mailto:"), false, false
	case strings.HasPrefix(s.ID, "did:"):
		return "", false, !hidden
	}
	return "", hidden, false
}

// recipient fills the view with the person that the badge names.
func (w wording) recipient(out *ui.BadgeView, s *vc.Subject, r *vc.Report) {
	who := RecipientOf(s, r)
	out.Recipient, out.RecipientHidden, out.RecipientKey, out.RecipientOnly = who.Address, who.Hidden, who.Key, who.Only
	if who.Name != "" {
		out.RecipientName = w.words(s.Name)
		out.RecipientName.Text = clip(out.RecipientName.Text)
	}
}
