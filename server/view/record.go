package view

import (
	"fmt"
	"strings"

	"backpack/ui"
	"backpack/vc"
	"backpack/wallet/inspect"
)

// record fills the view of a CLR: the tree of its achievements and its credentials.
func (w wording) record(out *ui.BadgeView, c *vc.Credential, r *vc.Report) {
	out.Record, out.Partial = true, c.Partial
	subs := r.Check(vc.CheckProof).Sub
	for i, d := range c.Contained {
		var sub *vc.Report
		if i < len(subs) {
			sub = subs[i]
		}
		v := w.contained(d, sub)
		v.N, v.Anchor = i, fmt.Sprintf("c-%s-%d", out.ID, i+1)
		out.Contained = append(out.Contained, v)
	}
	top, _ := c.Tree()
	if len(c.Subject.Associations) > 0 || len(c.Subject.Achievements) > 0 {
		out.Tree = w.branches(top, out.Contained)
	}
}

func (w wording) branches(list []*vc.Branch, contained []ui.ContainedView) []ui.BranchView {
	var out []ui.BranchView
	for _, b := range list {
		v := ui.BranchView{Title: w.words(b.Achievement.Name), Kind: w.kind("achievement", b.Achievement.AchievementType), Elsewhere: b.Elsewhere}
		if v.Title.Text == "" {
			v.Title = ui.Plain(b.Achievement.ID)
		}
		if b.Contained >= 0 && b.Contained < len(contained) {
			v.Anchor, v.State = contained[b.Contained].Anchor, contained[b.Contained].State
		}
		for _, r := range b.Relations {
			name := r.Target.Name.In(w.reads...)
			if name == "" {
				name = r.Target.ID
			}
			v.Relations = append(v.Relations, ui.RelationView{Kind: r.Type, Name: name})
		}
		v.Parts = w.branches(b.Parts, contained)
		out = append(out, v)
	}
	return out
}

// contained returns the view of one credential in a CLR. If the CLR's proof
// vouches for it, a missing proof of its own counts nothing against it (specs C4).
func (w wording) contained(d *vc.Document, r *vc.Report) ui.ContainedView {
	w = w.of(r)
	verdict := r.Verdict(vc.Policy{})
	v := ui.ContainedView{State: string(verdict), Why: w.because(r), Inside: strings.TrimPrefix(inspect.KeptInside(d), "inside_")}
	if verdict == vc.Undetermined && r.Check(vc.CheckProof).Reason == vc.ReasonVouched {
		v.State = "vouched"
	}
	c := d.Credential
	if c == nil {
		v.Statements = w.teller().rest(d.Claims)
		return v
	}
	sum := inspect.Summarise(d, w.named)
	v.Title, v.Kind, v.Issuer, v.Domain = ui.Plain(sum.Title), sum.Version, c.Issuer.Name.In(w.reads...), asciiHost(hostOf(c.Issuer.ID))
	v.Awarded, v.Expires = c.Awarded().Time, c.ValidUntil.Time
	a := c.Subject.Achievement
	if a == nil {
		v.Statements = w.claims(c)
		return v
	}
	if a.Name.String() != "" {
		v.Title = w.words(a.Name)
	}
	if v.Description = w.words(a.Description); v.Description.Text == "" {
		v.Description = w.words(c.Description)
	}
	v.Statements = append(w.teller().rest(c.Subject.Value, "id", "identifier", "achievement", "image"),
		w.teller().rest(a.Value, "id", "name", "description", "image")...)
	return v
}

// claims makes statements of all claims in a credential that is not a badge.
func (w wording) claims(c *vc.Credential) []ui.Statement {
	t := w.teller()
	if c.VCT != "" {
		return t.rest(c.Value, "iss", "iat", "nbf", "exp", "cnf", "status", "vct", "vct#integrity", "jti", "aud", "nonce")
	}
	subjects := c.Value.Get("credentialSubject").List()
	if len(subjects) == 1 {
		return t.rest(subjects[0], "verifiableCredential", "association")
	}
	var out []ui.Statement
	for _, s := range subjects {
		out = append(out, ui.Statement{Label: w.texts.Text(w.lang, "statement.subject"), Parts: t.rest(s)})
	}
	return out
}
