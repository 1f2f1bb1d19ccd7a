package inspect

import (
	"strings"

	"backpack/vc"
)

// The signer of a presentation, compared with the subjects of its badges.
const (
	TogetherNobody = "nobody"  // it is not signed
	TogetherNamed  = "named"   // the subject of all badges
	TogetherSome   = "some"    // the subject of some badges; the others name no key or id
	TogetherOther  = "other"   // not the subject of at least one badge that names a key or id
	TogetherKey    = "key"     // a key; no badge names one to compare with
	TogetherBroken = "broken"  // the signature does not hold
	TogetherOpen   = "unknown" // the signature could not be checked
)

// Together says who signed a presentation: it compares the signer's id with the
// subject's id of each badge in it, and returns one of the Together constants.
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

// subjectIDs returns the ids by which a document names its subject.
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

// sameParty reports whether all ids are the signer's, apart from the fragment
// that names a key. So a badge about several people is not the signer's.
func sameParty(signer string, ids []string) bool {
	bare := func(s string) string { s, _, _ = strings.Cut(s, "#"); return s }
	for _, id := range ids {
		if bare(id) != bare(signer) {
			return false
		}
	}
	return true
}
