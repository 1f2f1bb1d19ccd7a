package inspect

import (
	"encoding/json"
	"slices"
	"strings"

	"backpack/vc"
)

// Identity returns the digest that two copies of one badge share, however they
// are written: of the address, for a hosted badge that holds; of the issuer, the
// id and the proof, for a sealed badge; else of the JSON, in any order of
// members. A badge that holds never shares it with one that does not: a holder
// can put another badge around the proof of his own.
func Identity(doc *vc.Document, r *vc.Report) string {
	switch {
	case doc.Form == vc.Hosted && r.Check(vc.CheckProof).Outcome == vc.Passed:
		return Digest([]byte("hosted\x00" + r.Method))
	case doc.Form == vc.Embedded && sealed(r) && doc.Credential != nil:
		if seals := sealsOf(doc); seals != "" {
			return Digest([]byte("sealed\x00" + doc.Credential.Issuer.ID + "\x00" + doc.Credential.ID + "\x00" + seals))
		}
	}
	switch doc.Form {
	case vc.Embedded, vc.Unsigned, vc.Hosted:
		if doc.Claims.Is(vc.Object) {
			return Digest(append([]byte("json\x00"), sorted(nil, doc.Claims)...))
		}
	}
	return Digest(doc.Raw)
}

// sealsOf returns the values of a document's proofs, or "" if one has none.
func sealsOf(doc *vc.Document) string {
	var out []string
	for i := range doc.Proofs {
		value := doc.Proofs[i].ProofValue + doc.Proofs[i].JWS
		if value == "" {
			return ""
		}
		out = append(out, value)
	}
	slices.Sort(out)
	return strings.Join(out, "\x00")
}

// sorted appends JSON to b with the members of each object in order, and every
// string escaped in the same way.
func sorted(b []byte, v *vc.Value) []byte {
	switch {
	case v.Is(vc.Object):
		items := v.Items()
		order := make([]int, len(items))
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(i, j int) int { return strings.Compare(items[i].Name(), items[j].Name()) })
		b = append(b, '{')
		for _, i := range order {
			b = append(quoted(b, items[i].Name()), ':')
			b = append(sorted(b, &items[i]), ',')
		}
		return append(b, '}')
	case v.Is(vc.Array):
		b = append(b, '[')
		items := v.Items()
		for i := range items {
			b = append(sorted(b, &items[i]), ',')
		}
		return append(b, ']')
	case v.Is(vc.String):
		return quoted(b, v.Text())
	}
	return append(b, v.Raw()...)
}

func quoted(b []byte, s string) []byte {
	q, _ := json.Marshal(s) // cannot fail for a string
	return append(b, q...)
}
