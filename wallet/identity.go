package wallet

import (
	"bytes"
	"errors"
	"slices"

	"backpack/vc"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// lookups are what an item's badge is found by once it is kept: its identity,
// and its bytes, which is what badges that were kept long ago have.
func (w *Wallet) lookups(a storage.AccountID, it *itemRecord) []string {
	out := []string{w.digestLookup(a, it.Digest)}
	if it.RawDigest != "" && it.RawDigest != it.Digest {
		out = append(out, w.digestLookup(a, it.RawDigest))
	}
	return out
}

// noteIdentity lets a kept badge be found by the identity that a check has found.
// One that was kept long ago is known by its bytes alone, and one of an issuer
// that did not answer then by what its JSON says. When another writing of the
// badge is kept as well, that one stays the one that is found. Of a newer version
// of the badge, doc, nothing is noted: what was brought may be brought again.
func (w *Wallet) noteIdentity(tx storage.Tx, v *vault.Vault, rec *storage.Record, b *Badge, doc *vc.Document, r *vc.Report) error {
	lookup := w.digestLookup(v.Account, inspect.Identity(doc, r))
	if !bytes.Equal(doc.Raw, b.Body.Raw) || slices.Contains(rec.Lookups, lookup) {
		return nil
	}
	_, err := tx.Find(storage.KindEntry, lookup)
	if errors.Is(err, storage.ErrNotFound) {
		rec.Lookups, err = append(slices.Clip(rec.Lookups), lookup), nil
	}
	return err
}

// keptAlready returns the id of the entry that is the badge of an item, or "".
func (w *Wallet) keptAlready(tx storage.Tx, v *vault.Vault, it *itemRecord) (string, error) {
	for _, lookup := range w.lookups(v.Account, it) {
		rec, err := tx.Find(storage.KindEntry, lookup)
		if err == nil {
			return rec.ID, nil
		}
		if !errors.Is(err, storage.ErrNotFound) {
			return "", err
		}
	}
	return "", nil
}

// richness orders what one badge may come in: a picture that it is baked into,
// then with a picture, then text alone.
func (it *itemRecord) richness() int {
	switch {
	case it.Body != nil && it.Body.File != nil:
		return 2
	case it.Image != nil:
		return 1
	}
	return 0
}
