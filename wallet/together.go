package wallet

import (
	"strings"

	"backpack/vc"
)

// Who put a collection of badges together, by its signature and by whom its
// badges name.
const (
	TogetherNobody = "nobody"  // nobody signed it
	TogetherNamed  = "named"   // the person whom its badges name
	TogetherSome   = "some"    // the person whom some of its badges name; the others name no key or id
	TogetherOther  = "other"   // a key that at least one of its badges does not name, though it names another
	TogetherKey    = "key"     // a key, and none of its badges names one to compare with
	TogetherBroken = "broken"  // its signature does not hold
	TogetherOpen   = "unknown" // its signature could not be checked
)

// Together says who put a presentation together: the signer's id is compared
// with the id of the subject of each badge in it.
func Together(p *vc.Presentation, r *vc.Report) string {
	proof, holder := r.Check(vc.CheckProof), r.Check(vc.CheckHolder)
	switch {
	case proof.Outcome == vc.Failed, holder.Outcome == vc.Failed, r.Check(vc.CheckTerms).Outcome == vc.Failed:
		return TogetherBroken
	case proof.Outcome == vc.Skipped:
		return TogetherNobody
	case proof.Outcome == vc.Unknown, holder.Outcome == vc.Unknown:
		return TogetherOpen
	}
	signer := p.Holder
	if signer == "" {
		signer = r.Method
	}
	named, others, open := 0, 0, 0
	for _, d := range p.Documents {
		switch ids := subjectIDs(d); {
		case len(ids) == 0:
			open++
		case sameParty(signer, ids):
			named++
		default:
			others++
		}
	}
	switch {
	case others > 0:
		return TogetherOther
	case named > 0 && open > 0:
		return TogetherSome
	case named > 0:
		return TogetherNamed
	}
	return TogetherKey
}

// subjectIDs are the ids by which a document names the person it is about.
func subjectIDs(d *vc.Document) []string {
	if d.Credential == nil {
		return nil
	}
	var out []string
	for _, s := range d.Credential.Value.Get("credentialSubject").List() {
		if id := s.Get("id").Str(); id != "" {
			out = append(out, id)
		}
	}
	for _, id := range []string{d.Credential.Subject.ID, d.Claims.Get("cnf").Get("kid").Str()} {
		if id != "" {
			out = append(out, id)
		}
	}
	return out
}

// sameParty reports whether all ids are the signer's: as they stand, or but for
// the fragment that names a key of it. A badge about several people is none of
// one person's alone.
func sameParty(signer string, ids []string) bool {
	bare := func(s string) string { s, _, _ = strings.Cut(s, "#"); return s }
	for _, id := range ids {
		if bare(id) != bare(signer) {
			return false
		}
	}
	return true
}
