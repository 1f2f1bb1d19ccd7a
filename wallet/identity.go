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

// lookups returns the lookups of the entry made from the item: one for the badge's
// identity and, if different, one for its bytes. Old entries have only the latter.
func (w *Wallet) lookups(a storage.AccountID, it *itemRecord) []string {
	out := []string{w.digestLookup(a, it.Digest)}
	if it.RawDigest != "" && it.RawDigest != it.Digest {
		out = append(out, w.digestLookup(a, it.RawDigest))
	}
	return out
}

// noteIdentity adds a lookup to rec for the identity that a check found. An old entry
// has a lookup for its bytes only, and an entry whose issuer did not answer has one
// for its unconfirmed JSON. It adds nothing if another entry already has that
// identity, or if doc is a newer version of the badge: an import of the original must
// still find its entry.
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

// keptAlready returns the id of the entry that already holds the item's badge, or "".
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

// richness ranks items with the same badge: 2 for one baked into a picture, 1 for one
// with a picture beside it, 0 for text alone.
func (it *itemRecord) richness() int {
	switch {
	case it.Body != nil && it.Body.File != nil:
		return 2
	case it.Image != nil:
		return 1
	}
	return 0
}
