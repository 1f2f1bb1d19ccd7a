package vc

// covered returns the contexts of d that its proofs cover. A proof over JCS may
// name the contexts that it was made over, with which the document's begin: what
// stands behind them is anybody's (EdDSA Cryptosuites 1.0, 3.3.2). Of several
// proofs the one that covers least counts; one over RDF, a proof without contexts
// or no proof at all leaves nothing out.
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
