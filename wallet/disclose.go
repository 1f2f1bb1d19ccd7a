package wallet

import (
	"context"

	"backpack/vc"
	"backpack/wallet/inspect"
)

// disclosed parses a badge for people other than the learner. A base proof of
// selective disclosure never leaves the backpack: disclosed replaces the badge
// with a derived one that discloses everything. If nothing can be derived, ok is
// false and the badge's bytes must not be disclosed.
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

// derive returns a derived document that contains no base proof, or nil if no
// suite can make one.
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

// omitPrivate marks private material in s as omitted and drops its bytes, such
// as a newer version with a base proof.
func omitPrivate(s *snapshot) {
	for i := range s.Material {
		m := &s.Material[i]
		if inspect.HoldsPrivate(m.Body) {
			m.Omitted, m.Body = true, nil
		}
	}
}
