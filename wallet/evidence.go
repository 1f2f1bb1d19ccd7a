package wallet

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"

	"backpack/vc"
	"backpack/vc/kept"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// maxEvidence is the maximum amount of material, in bytes, in one evidence file.
// The file lists material beyond this limit by digest only.
const maxEvidence = 64 << 20

// Evidence returns the check record of a badge as a ZIP file in the format of
// package vc/kept. It is the record of the latest conclusive check or, if the
// badge is in doubt since, of the latest good check. If there is none, the error
// is Missing, no_evidence.
func (w *Wallet) Evidence(ctx context.Context, a storage.AccountID, id string) ([]byte, error) {
	return w.evidence(ctx, a, []string{id}, false)
}

// SharedEvidence is Evidence for a viewer with a grant to a share. An empty
// entry selects all badges of the share.
func (w *Wallet) SharedEvidence(ctx context.Context, token, grant, entry string) ([]byte, error) {
	a, s, err := w.admitted(ctx, token, grant)
	switch {
	case err != nil:
		return nil, err
	case entry == "":
		return w.evidence(ctx, a, s.Entries, true)
	case !slices.Contains(s.Entries, entry):
		return nil, errShareGone()
	}
	return w.evidence(ctx, a, []string{entry}, true)
}

// evidence returns the check records of badges in one ZIP file. With others, it
// is for people other than the learner: private material is omitted.
func (w *Wallet) evidence(ctx context.Context, a storage.AccountID, ids []string, others bool) ([]byte, error) {
	out := &kept.Evidence{MadeAt: w.now(), Maker: w.cfg.PublicURL.String(), Mark: w.evidenceMarks}
	left := maxEvidence
	for _, id := range ids { // one transaction per badge; see exportBadge
		var b *Badge
		var s *snapshot
		err := w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) (err error) {
			if b, err = loadBadge(tx, v, id); err != nil {
				return err
			}
			s, err = w.loadEvidence(tx, v, b.Entry, &left)
			return err
		})
		switch {
		case errors.Is(err, storage.ErrNotFound): // the learner removed it
			continue
		case err != nil:
			return nil, err
		case s == nil, others && s.Maker != "":
			continue
		}
		if s.Maker != "" { // imported from an archive: another service's claim
			out.Maker, out.Mark = s.Maker, nil
		}
		if others {
			ok, err := w.disclosed(ctx, b)
			if err != nil {
				return nil, err
			} else if !ok {
				continue
			}
			omitPrivate(s)
		} else if err := b.parse(ctx); err != nil {
			return nil, err
		}
		_, mediaType := b.DownloadName()
		out.Badges = append(out.Badges, kept.Badge{
			Title: b.Entry.Summary.Title, Raw: b.Body.Raw, MediaType: mediaType,
			URL: b.Body.URL, CheckedAt: s.At, Verdict: s.Verdict, Material: withContexts(s, b.Body),
		})
	}
	if len(out.Badges) == 0 {
		return nil, fail(Missing, "no_evidence", nil)
	}
	var file bytes.Buffer
	err := kept.Write(&file, out)
	return file.Bytes(), err
}

// evidenceMarks returns the marks by which this service recognises its own
// evidence files: one from the store's root and one for each master key.
func (w *Wallet) evidenceMarks(manifest []byte) []string {
	sum := sha256Hex(manifest)
	return append([]string{w.cfg.Sealer.Lookup("evidence", sum)}, w.cfg.Sealer.Vouchers("evidence/"+sum)...)
}

// evidenceOf returns the snapshot behind the verdict that an entry shows, or nil.
func (k *keptRecord) evidenceOf(e *Entry) *snapshot {
	switch {
	case e.LastGood != nil && k.good() != nil:
		return k.good()
	case k.Latest == nil:
		return k.Brought
	}
	return k.Latest
}

// loadEvidence returns the snapshot of evidenceOf with its material, or nil. It
// takes the size of the material from left, in bytes; material that does not fit
// is marked as omitted.
func (w *Wallet) loadEvidence(tx storage.Tx, v *vault.Vault, e *Entry, left *int) (*snapshot, error) {
	k, _, err := loadKept(tx, v, e.ID)
	if err != nil {
		return nil, err
	}
	s := k.evidenceOf(e)
	for i := range s.materials() {
		m := &s.Material[i]
		if m.Omitted = m.Omitted || m.Size > *left; m.Omitted {
			continue
		}
		b, _, err := vault.Load[blob](tx, v, storage.KindKept, "b/"+w.blobID(v, m.SHA256))
		if err != nil {
			return nil, err
		}
		m.Body = b.Body
		*left -= m.Size
	}
	return s, nil
}

// withContexts returns the material of s and the badge's stored contexts that s
// lacks, such as those from before check records existed.
func withContexts(s *snapshot, b *Body) []kept.Material {
	out := s.Material
	for _, url := range slices.Sorted(maps.Keys(b.Contexts)) {
		if slices.ContainsFunc(out, func(m kept.Material) bool { return m.URL == url && !m.Omitted }) {
			continue
		}
		body := b.Contexts[url]
		out = append(out, kept.Material{Role: vc.RoleContext, URL: url, Status: 200, MediaType: "application/ld+json",
			SHA256: kept.Digest(body), Size: len(body), FetchedAt: s.At, ConfirmedAt: s.At, Body: body})
	}
	return out
}
