package vc

// covered returns the contexts of d that its proofs cover. A JCS proof may name its
// own contexts, which must be a prefix of the document's; anyone can append to the
// rest (EdDSA Cryptosuites 1.0, 3.3.2). With several proofs, the shortest prefix
// counts. An RDF proof, a proof without contexts and an unsigned document cover all
// contexts.
func (d *Document) covered() []string {
	all := d.Claims.Get("@context").List()
	n := len(all)
	for i := range d.Proofs {
		p := &d.Proofs[i]
		own := p.Value.Get("@context")
		if p.JOSE != nil || !coversText(p) || own == nil {
			return urlsOf(all)
		}
		n = min(n, len(own.List()))
	}
	if n < len(all) {
		d.remark(ReasonContextOpen, "the proof covers %d of %d contexts", n, len(all))
	}
	return urlsOf(all[:n])
}
