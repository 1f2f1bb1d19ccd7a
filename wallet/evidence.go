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

// maxEvidence bounds the bytes of one evidence file; what is beyond it is named
// with its digest alone.
const maxEvidence = 64 << 20

// Evidence returns the evidence of the latest check of a badge that came to a
// verdict, or, when that is in doubt since, of the latest one that it held in:
// a ZIP file as package vc/kept describes it.
func (w *Wallet) Evidence(ctx context.Context, a storage.AccountID, id string) ([]byte, error) {
	return w.evidence(ctx, a, []string{id}, false)
}

// SharedEvidence is Evidence for one badge of a show that was opened, or for
// all when entry is "".
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

// evidence writes the evidence of badges; for others nothing in it is the
// learner's alone.
func (w *Wallet) evidence(ctx context.Context, a storage.AccountID, ids []string, others bool) ([]byte, error) {
	out := &kept.Evidence{MadeAt: w.now(), Maker: w.cfg.PublicURL.String(), Mark: w.evidenceMarks}
	left := maxEvidence
	for _, id := range ids { // each in a transaction of its own: see exportBadge
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
		if s.Maker != "" { // an archive brought it: it is not our word
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
		out.Badges = append(out.Badges, kept.Badge{Title: b.Entry.Summary.Title, Raw: b.Body.Raw, MediaType: mediaType,
			URL: b.Body.URL, CheckedAt: s.At, Verdict: s.Verdict, Material: withContexts(s, b.Body)})
	}
	if len(out.Badges) == 0 {
		return nil, fail(Missing, "no_evidence", nil)
	}
	var file bytes.Buffer
	err := kept.Write(&file, out)
	return file.Bytes(), err
}

// evidenceMarks are those of this service: by the store, and for each master
// key that is known by that key alone.
func (w *Wallet) evidenceMarks(manifest []byte) []string {
	sum := sha256Hex(manifest)
	return append([]string{w.cfg.Sealer.Lookup("evidence", sum)}, w.cfg.Sealer.Vouchers("evidence/"+sum)...)
}

// evidenceOf returns the snapshot that speaks for an entry as it is shown.
func (k *keptRecord) evidenceOf(e *Entry) *snapshot {
	switch {
	case e.LastGood != nil && k.good() != nil:
		return k.good()
	case k.Latest == nil:
		return k.Brought
	}
	return k.Latest
}

// loadEvidence reads a snapshot with its bytes, as far as there is room.
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

// withContexts adds the contexts that were kept with the badge before
// everything else was.
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
