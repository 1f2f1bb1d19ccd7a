package vc

import (
	"context"
	"slices"
)

// A Fitter is a Suite that can tell, before it reads a document, whether a key
// can have made a proof: nothing is fetched for one that it cannot have made.
type Fitter interface {
	Suite
	// Fits returns nil when key may have made p, as far as the proof alone shows.
	Fits(p *Proof, key *Key) error
}

// WantedContexts lists the addresses of the contexts that checking d takes, and
// those of the documents in it: of documents whose proof is over RDF statements
// alone, for other proofs cover the text itself; and of those only where the
// proof's suite is known, its key was found and fits. It may ask for keys, of
// documents that name a context for which unknown returns true.
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

// document looks at d and what is in it. within says that d stands in the
// statements of a document whose own contexts are wanted.
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
	for _, x := range inner { // parsing bounds how many and how deep
		w.document(x, within)
	}
}

// named lists the contexts that d names, and the documents in it.
func (d *Document) named() (urls []string, inner []*Document) {
	if p := d.Presentation; p != nil {
		return p.Context, p.Documents
	}
	return d.Credential.Context, append(AllEndorsements(d.Credential), d.Credential.Contained...)
}

// nested lists the contexts of documents inside another.
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

// worth reports whether a proof of d may hold once its contexts are there.
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
