package wallet

import (
	"context"

	"backpack/vc"
	"backpack/wallet/inspect"
)

// disclosed reads a badge for somebody else than the learner. A base proof of
// selective disclosure stays in the backpack: what is shown in its place is
// derived from it and discloses everything. It is not ok when the badge holds
// one that nothing can be derived from; then its bytes are for nobody else.
func (w *Wallet) disclosed(ctx context.Context, b *Badge) (ok bool, err error) {
	if err := b.parse(ctx); err != nil {
		return false, err
	}
	original, err := b.original(ctx)
	if err != nil {
		return false, err
	}
	shown := vc.HoldsBase(b.Document.Claims)
	if !shown && !vc.HoldsBase(original.Claims) {
		return true, nil
	}
	body := *b.Body
	body.Raw, body.Current, body.File, body.FileName = b.Document.Raw, nil, nil, ""
	if shown {
		if body.Raw = w.derive(ctx, b.Document); body.Raw == nil {
			return false, nil
		}
	}
	b.Body = &body
	return true, b.parse(ctx)
}

// derive returns the document without anything that is its holder's alone; nil
// when that cannot be made of it.
func (w *Wallet) derive(ctx context.Context, d *vc.Document) []byte {
	for _, s := range w.cfg.Suites {
		deriving, ok := s.(vc.DerivingSuite)
		if !ok {
			continue
		}
		text, err := deriving.Derive(ctx, d, []string{""})
		if err != nil {
			continue
		}
		if v, err := vc.ParseJSON(text); err == nil && !vc.HoldsBase(v) {
			return text
		}
	}
	return nil
}

// omitPrivate leaves out what an issuer gave that is the learner's alone, such
// as a newer version with a base proof.
func omitPrivate(s *snapshot) {
	for i := range s.Material {
		m := &s.Material[i]
		if inspect.HoldsPrivate(m.Body) {
			m.Omitted, m.Body = true, nil
		}
	}
}
