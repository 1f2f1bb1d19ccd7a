package wallet

import (
	"context"
	"errors"
	"maps"
	"slices"

	"backpack/vc"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// SharedPresentation returns the badges of a share as one W3C verifiable
// presentation (data model 2.0), signed with the learner's key for the purpose
// authentication. The viewer must hold a grant. JWT badges are enveloped; this
// backpack's signed record stands for a badge older than Open Badges 3.0.
func (w *Wallet) SharedPresentation(ctx context.Context, token, grant string) ([]byte, error) {
	a, s, err := w.admitted(ctx, token, grant)
	if err != nil {
		return nil, err
	}
	return w.present(ctx, a, s)
}

// Present returns the presentation of one of the account's own shares.
func (w *Wallet) Present(ctx context.Context, a storage.AccountID, id string) ([]byte, error) {
	s, err := w.Share(ctx, a, id)
	if err != nil {
		return nil, err
	}
	return w.present(ctx, a, s)
}

func (w *Wallet) present(ctx context.Context, a storage.AccountID, s *Share) ([]byte, error) {
	var badges []*Badge
	var acc *accountRecord
	err := w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		var err error
		if acc, err = w.account(tx, v); err != nil {
			return err
		}
		badges, err = loadShared(tx, v, s.Entries)
		return err
	})
	if err != nil {
		return nil, err
	}
	docs, contexts, err := w.presentable(ctx, badges)
	if err != nil {
		return nil, err
	}
	if len(docs) == 0 {
		return nil, fail(Conflict, "nothing_to_present", nil)
	}
	signer, err := w.cfg.Keys.Signer(ctx, a, acc.KeyID)
	if err != nil {
		return nil, err
	}
	id := "urn:backpack:show:" + s.ID
	if err := w.bind(ctx, docs, acc, id, signer); err != nil {
		return nil, err
	}
	unsigned, err := vc.NewPresentation(acc.Holder, docs, id)
	if err != nil {
		return nil, err
	}
	return w.cfg.Suite.Sign(ctx, unsigned, vc.SignOptions{VerificationMethod: acc.HolderKey, Purpose: vc.Authentication,
		Created: w.now(), Expires: s.ExpiresAt, Domain: w.cfg.PublicURL.String(), Contexts: contexts}, signer)
}

// bind adds a key binding to each SD-JWT that its issuer bound to the learner's
// key. No verifier sends a nonce here, so the share's name serves as one.
func (w *Wallet) bind(ctx context.Context, docs []*vc.Document, acc *accountRecord, show string, signer vc.Signer) error {
	i := slices.IndexFunc(w.cfg.Suites, func(s vc.SigningSuite) bool { _, ok := s.(vc.KeyBinder); return ok })
	if i < 0 {
		return nil
	}
	binding := vc.KeyBinding{Audience: w.cfg.PublicURL.String(), Nonce: show, At: w.now()}
	for n, d := range docs {
		if d.SD == nil || d.Claims.Get("cnf").Get("jwk") == nil && d.Claims.Get("cnf").Get("kid").Str() != acc.HolderKey {
			continue
		}
		bound, err := w.cfg.Suites[i].(vc.KeyBinder).Bind(ctx, d, binding, signer)
		switch {
		case errors.Is(err, vc.ErrMalformed), errors.Is(err, vc.ErrUnsupported): // bound to another key
			continue
		case err != nil:
			return err
		}
		if docs[n], err = vc.Parse(bound); err != nil {
			return err
		}
	}
	return nil
}

// presentable returns the documents that a presentation can carry, and the
// contexts kept with them.
func (w *Wallet) presentable(ctx context.Context, badges []*Badge) ([]*vc.Document, map[string][]byte, error) {
	var docs []*vc.Document
	contexts := map[string][]byte{}
	for _, b := range badges {
		ok, err := w.disclosed(ctx, b)
		if err != nil {
			return nil, nil, err
		}
		switch {
		case !ok: // it stays in the backpack
		case b.Body.Record != nil:
			doc, err := vc.Parse(b.Body.Record)
			if err != nil {
				return nil, nil, err
			}
			docs = append(docs, doc)
		case !b.Entry.Summary.Form.Legacy() && b.Document.Form != vc.Unsigned:
			docs = append(docs, b.Document)
			maps.Copy(contexts, b.Body.Contexts)
		}
	}
	return docs, contexts, nil
}
