package ob2

import (
	"encoding/json"
	"strings"

	"backpack/vc"
)

// onChain reports whether the badge is a Blockcerts certificate, sealed on a
// blockchain: it may be anywhere, and no address of the issuer confirms it. A badge
// that claims to be hosted or signed is verified as such.
func onChain(v *vc.Value) bool {
	if way, _ := methodOf(verification(v)); way != "" {
		return false
	}
	seals := []*vc.Value{verification(v)}
	for _, name := range []string{"signature", "proof", "receipt"} {
		seals = append(seals, v.Get(name).List()...)
	}
	for _, seal := range seals {
		for _, t := range member(seal, "type").Strs() {
			if t = strings.ToLower(localName(t)); strings.HasPrefix(t, "merkleproof") || strings.HasPrefix(t, "chainpoint") {
				return true
			}
		}
	}
	return false
}

// asAssertion returns a Blockcerts 1 certificate in the shape of an assertion, and any
// other value unchanged. In 1.1 the members assertion, certificate and recipient are
// side by side; in 1.2 they are inside document, with the seal next to it.
func asAssertion(v *vc.Value) *vc.Value {
	doc := v
	if d := v.Get("document"); d.Is(vc.Object) {
		doc = d
	}
	award, class, to := doc.Get("assertion"), doc.Get("certificate"), doc.Get("recipient")
	if !award.Is(vc.Object) || !class.Is(vc.Object) || !to.Is(vc.Object) {
		return v
	}
	id := nonEmpty(identifier(award), identifier(doc), identifier(v), award.Get("uid").Str())
	flat := map[string]json.RawMessage{
		"@context": json.RawMessage(`"` + blockcerts + `"`), "type": json.RawMessage(`"Assertion"`),
		"verification": json.RawMessage(`{"type":"MerkleProof2016"}`), "recipient": json.RawMessage(to.Raw()), "badge": json.RawMessage(class.Raw()),
	}
	for _, name := range []string{"issuedOn", "expires", "evidence", "uid"} {
		if m := award.Get(name); m != nil {
			flat[name] = json.RawMessage(m.Raw())
		}
	}
	if b, err := json.Marshal(id); err == nil && id != "" {
		flat["id"] = b
	}
	b, err := json.Marshal(flat)
	if err != nil {
		return v
	}
	out, err := vc.ParseJSON(b)
	if err != nil {
		return v
	}
	return out
}

const blockcerts = "https://w3id.org/blockcerts/v1"

// reportOnChain fills the report of a badge on a blockchain with what the badge states
// itself.
func (r *run) reportOnChain(d *vc.Document) {
	r.facts(d)
	r.report.Method = ""
	r.report.Suite = "blockcerts"
	r.set(vc.CheckTerms, vc.Skipped, vc.ReasonNotRun, "")
	r.set(vc.CheckProof, vc.Unknown, vc.ReasonOnChain, "Blockcerts")
	r.set(vc.CheckIssuer, vc.Unknown, vc.ReasonNotRun, "")
	r.set(vc.CheckRevocation, vc.Unknown, vc.ReasonNotRun, "")
}
