package vc

import (
	"context"
	"slices"
)

// A Fitter is a Suite that can tell from the proof alone whether a key may have
// made it. Nothing is fetched for a proof that its key cannot have made.
type Fitter interface {
	Suite
	// Fits returns nil if key may have made p.
	Fits(p *Proof, key *Key) error
}

// WantedContexts returns the URLs of the contexts needed to verify d and the
// documents in it. Only RDF proofs need contexts, and only if their suite is
// supported and their key was found and fits. It resolves keys for documents with a
// context for which unknown returns true.
func (v *Verifier) WantedContexts(ctx context.Context, d *Document, opt Options, unknown func(url string) bool) []string {
	if opt.Offline {
		ctx = WithOffline(ctx)
	}
	w := &wanted{v: v, ctx: withShared(ctx), opt: opt, unknown: unknown}
	w.document(d, false)
	return w.urls
}

type wanted struct {
	v       *Verifier
	ctx     context.Context
	opt     Options
	unknown func(url string) bool
	urls    []string
}

// document collects the contexts of d and of the documents in it. within reports
// that d is part of the statements of a document whose contexts are wanted.
func (w *wanted) document(d *Document, within bool) {
	if d.Form.Legacy() || d.Credential == nil && d.Presentation == nil {
		return
	}
	urls, inner := d.named()
	statements := d.Form == Embedded || d.Form == Unsigned
	within = within && statements || statements && slices.ContainsFunc(append(urls, w.nested(inner)...), w.unknown) && w.worth(d)
	if within {
		w.urls = append(w.urls, urls...)
	}
	for _, x := range inner { // parsing limits count and depth
		w.document(x, within)
	}
}

// named returns the contexts that d names, and the documents in it.
func (d *Document) named() (urls []string, inner []*Document) {
	if p := d.Presentation; p != nil {
		return p.Context, p.Documents
	}
	return d.Credential.Context, append(AllEndorsements(d.Credential), d.Credential.Contained...)
}

// nested returns the contexts of documents and of the documents in them.
func (w *wanted) nested(docs []*Document) (out []string) {
	for _, d := range docs {
		if d.Credential == nil && d.Presentation == nil {
			continue
		}
		urls, inner := d.named()
		out = append(append(out, urls...), w.nested(inner)...)
	}
	return out
}

// worth reports whether a proof of d may be valid once its contexts are available.
func (w *wanted) worth(d *Document) bool {
	c := &check{v: w.v, d: d, opt: w.opt, r: newReport(w.v.Now())}
	purpose, controller := AssertionMethod, ""
	if p := d.Presentation; p != nil {
		purpose, controller = Authentication, p.Holder
	} else {
		controller = d.Credential.Issuer.ID
	}
	if len(d.Proofs) > maxProofs || !spend(w.ctx, "asked", c.asking(), maxAllAsked) {
		return false
	}
	return slices.ContainsFunc(d.Proofs, func(p Proof) bool {
		if p.JOSE != nil || coversText(&p) {
			return false
		}
		found, suite := c.prepare(w.ctx, &p, purpose, controller)
		if found.key == nil || found.key.Outcome == Failed {
			return false
		}
		fitter, ok := suite.(Fitter)
		return !ok || fitter.Fits(&p, found.key) == nil
	})
}
