package wallet

import (
	"context"

	"backpack/vc"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// renewedPicture looks for a badge's own picture if the kept one may be another
// picture or belongs to an older version. It returns nil if nothing changes.
func (w *Wallet) renewedPicture(ctx context.Context, b *Badge, r *vc.Report, fresh bool) *inspect.Picture {
	doc, s := b.Document, &b.Entry.Summary
	changed := r.Current != nil && r.Current.Credential != nil && inspect.Whole(r.Current) && !inspect.SameImages(r.Current, doc)
	if changed {
		doc = r.Current
	}
	if doc.Credential == nil || !changed && (s.OwnPicture() || s.Image == "" && !fresh) {
		return nil
	}
	if p := w.OwnPicture(ctx, b.Body.File, doc.Credential, r); p != nil && p.From != inspect.PictureBrought {
		return p
	}
	if changed && s.Image != "" {
		return &inspect.Picture{ID: s.Image, MediaType: s.ImageType, From: inspect.PictureBrought}
	}
	return nil
}

// notePicture replaces the kept picture. If there is no room for the new one, the
// old one stays with its recorded origin.
func (w *Wallet) notePicture(tx storage.Tx, v *vault.Vault, e *Entry, p *inspect.Picture) error {
	if p == nil {
		return nil
	}
	if p.ID != e.Summary.Image {
		err := w.take(tx, v, 0, len(p.Body)*4/3)
		if noRoom(err) {
			return nil
		}
		if err != nil {
			return err
		}
		s := inspect.Summary{Image: p.ID, ImageType: p.MediaType}
		if err := putImage(tx, v, s, p.Body); err != nil {
			return err
		}
	}
	e.Summary.Image, e.Summary.ImageType, e.Summary.Picture = p.ID, p.MediaType, p.From
	return nil
}
