package vc

import (
	"fmt"
	"slices"
)

// Previous returns the proofs that p names as previousProof, in document order; nil
// if p names none. The error wraps ErrMalformed if a name matches no proof of the
// document (Data Integrity 1.0, 4.5; specs D3.8).
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
			return nil, fmt.Errorf("%w: previousProof names %.80s, which is not a proof of the document", ErrMalformed, id.Raw())
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

// chain returns all proofs on which p depends, directly or indirectly. The error
// wraps ErrMalformed if p depends on itself.
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
				return nil, fmt.Errorf("%w: the proof depends on itself", ErrMalformed)
			case !slices.Contains(all, x):
				all, next = append(all, x), append(next, x)
			}
		}
	}
	return all, nil
}

// chains applies proof chains to found, the document's proofs in order, each
// checked separately: a proof is only valid if all proofs it depends on are (specs
// D3.8).
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
			detail := fmt.Sprintf("previous proof: %s %s", p.reason, p.detail)
			if p.outcome == Failed {
				found[i] = found[i].with(Failed, ReasonProofChain, detail)
				break
			}
			found[i] = found[i].with(p.outcome, p.reason, detail)
		}
	}
}
