package vc

import (
	"fmt"
	"slices"
)

// Previous returns the proofs of the document that p names as previousProof,
// in the document's order; none for a proof that ends no chain. What names no
// proof of the document is an error that wraps ErrMalformed (Data Integrity
// 1.0, 4.5; specs D3.8).
func (d *Document) Previous(p *Proof) ([]*Proof, error) {
	ids := p.Value.Get("previousProof").List()
	switch {
	case len(ids) == 0:
		return nil, nil
	case len(ids) > maxProofs:
		return nil, fmt.Errorf("%w: previousProof names %d proofs", ErrMalformed, len(ids))
	}
	named := make([]bool, len(d.Proofs))
	for _, id := range ids {
		known := false
		for i := range d.Proofs {
			if id.Is(String) && id.Text() != "" && d.Proofs[i].ID == id.Text() {
				named[i], known = true, true
			}
		}
		if !known {
			return nil, fmt.Errorf("%w: previousProof names %.80s, which is no proof of the document", ErrMalformed, id.Raw())
		}
	}
	var out []*Proof
	for i := range d.Proofs {
		if named[i] {
			out = append(out, &d.Proofs[i])
		}
	}
	return out, nil
}

// chain returns all proofs that p, one of the document's own, follows directly
// or through others. A proof that would follow itself is an error that wraps
// ErrMalformed.
func (d *Document) chain(p *Proof) ([]*Proof, error) {
	var all []*Proof
	for next := []*Proof{p}; len(next) > 0; next = next[1:] {
		previous, err := d.Previous(next[0])
		if err != nil {
			return nil, err
		}
		for _, x := range previous {
			switch {
			case x == p:
				return nil, fmt.Errorf("%w: the proof follows itself", ErrMalformed)
			case !slices.Contains(all, x):
				all, next = append(all, x), append(next, x)
			}
		}
	}
	return all, nil
}

// chains lets a proof hold only when every proof that it follows does (specs
// D3.8): found has the document's proofs in their order, each checked alone.
func (c *check) chains(found []proved) {
	for i := range found {
		if found[i].outcome != Passed || found[i].proof.Value.Get("previousProof") == nil {
			continue
		}
		earlier, err := c.d.chain(found[i].proof)
		if err != nil {
			found[i] = found[i].with(Failed, ReasonProofChain, err.Error())
		}
		for _, p := range found {
			if p.outcome == Passed || !slices.Contains(earlier, p.proof) {
				continue
			}
			detail := fmt.Sprintf("an earlier proof: %s %s", p.reason, p.detail)
			if p.outcome == Failed {
				found[i] = found[i].with(Failed, ReasonProofChain, detail)
				break
			}
			found[i] = found[i].with(p.outcome, p.reason, detail)
		}
	}
}
