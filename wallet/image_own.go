package wallet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"backpack/vc"
	"backpack/vc/bake"
	"backpack/wallet/storage"
)

// Where a picture that is shown with a badge comes from. Only a sealed and a
// fetched one are the badge's own; what a badge kept before this was noted has
// none of these, and counts as brought.
const (
	PictureSealed  = "sealed"  // the badge holds it, or gives its digest
	PictureFetched = "fetched" // the address that the badge names served it
	PictureOpen    = "open"    // the badge holds it, and nobody could check its seal
	PictureBrought = "brought" // it came around or beside the badge: anyone could have chosen it
)

// OwnPicture reports whether the picture is the badge's own: part of what was
// signed, or what the address there serves.
func (s *Summary) OwnPicture() bool { return s.Picture == PictureSealed || s.Picture == PictureFetched }

// pictureOf returns the picture to show for a credential: its own, else the one
// that it was baked into, which is marked as brought. Nil when there is none
// that can be had. Where nobody looks at pictures, it says no more than whether
// the badge came in one.
func (ch *Checker) pictureOf(ctx context.Context, baked []byte, c *vc.Credential, r *vc.Report) *picture {
	if ch.NoPictures && len(c.Resources) == 0 { // else one that the credential seals is looked at all the same
		if baked == nil {
			return nil
		}
		return &picture{from: PictureBrought}
	}
	if p := ch.ownPicture(ctx, baked, c, r); p != nil {
		return p
	}
	p, err := pictureInTurn(ctx, baked)
	if err != nil {
		return nil
	}
	p.from = PictureBrought
	return p
}

// ownPicture returns the picture that a credential holds or names, unless that
// is another than the credential seals, which r notes. Nobody is asked for the
// picture of a badge that does not hold.
func (ch *Checker) ownPicture(ctx context.Context, baked []byte, c *vc.Credential, r *vc.Report) *picture {
	for _, im := range imagesOf(c) {
		body, from := ch.ownImage(ctx, im.ID, baked, c, r)
		if from == "" {
			continue
		}
		if p, err := pictureInTurn(ctx, body); err == nil {
			p.from = from
			return p
		}
	}
	return nil
}

// ownImage returns the bytes of an image of a credential's, and where they come
// from; "" when they cannot be had.
func (ch *Checker) ownImage(ctx context.Context, id string, baked []byte, c *vc.Credential, r *vc.Report) (body []byte, from string) {
	if strings.HasPrefix(id, "data:") {
		body, err := dataURI(id)
		if err != nil {
			return nil, ""
		}
		return body, inside(r)
	}
	if !genuine(r) {
		return nil, ""
	}
	digest := slices.IndexFunc(c.Resources, func(x vc.RelatedResource) bool { return x.ID == id })
	if digest >= 0 {
		if b := asSealed(&c.Resources[digest], baked); b != nil {
			r.CompareResource(c, id, b)
			return b, PictureSealed
		}
	}
	body, err := ch.imageBytes(ctx, id)
	if err != nil || !r.CompareResource(c, id, body) {
		return nil, ""
	}
	if digest >= 0 && c.Resources[digest].Compare(body) == vc.Passed {
		return body, PictureSealed
	}
	return body, PictureFetched
}

// asSealed returns the picture that a badge was baked into, as it is or without
// the badge, if that has the digest that the badge gives; else nil.
func asSealed(x *vc.RelatedResource, baked []byte) []byte {
	if len(baked) == 0 {
		return nil
	}
	if x.Compare(baked) == vc.Passed {
		return baked
	}
	if bare, err := bake.Remove(baked); err == nil && x.Compare(bare) == vc.Passed {
		return bare
	}
	return nil
}

// looksLike reports whether a file shows the very picture that is kept under id.
func looksLike(ctx context.Context, file []byte, id string) bool {
	p, err := pictureInTurn(ctx, file)
	return err == nil && p.id == id
}

// inside says what a picture is that lies in the badge itself.
func inside(r *vc.Report) string {
	switch {
	case genuine(r):
		return PictureSealed
	case r.Verdict(vc.Policy{}) == vc.Undetermined:
		return PictureOpen
	}
	return PictureBrought
}

// imagesOf lists a credential's images, the most specific first (specs A2.2).
func imagesOf(c *vc.Credential) []*vc.Image {
	all := []*vc.Image{c.Subject.Image, nil, c.Image}
	if a := c.Subject.Achievement; a != nil {
		all[1] = a.Image
	}
	var out []*vc.Image
	for _, im := range all {
		if im != nil && im.ID != "" {
			out = append(out, im)
		}
	}
	return out
}

// imageBytes asks an address for a picture: one of the time before https by
// https, too.
func (ch *Checker) imageBytes(ctx context.Context, id string) ([]byte, error) {
	req := vc.FetchRequest{URL: id, Accept: "image/png, image/svg+xml, image/*;q=0.8", MaxBytes: maxPictureBytes, Role: vc.RoleImage}
	res, err := ch.Fetcher.Fetch(ctx, req)
	if rest, old := strings.CutPrefix(id, "http://"); err != nil && old && !errors.Is(err, vc.ErrTooLarge) {
		req.URL = "https://" + rest
		res, err = ch.Fetcher.Fetch(ctx, req)
	}
	if err != nil {
		return nil, err
	}
	if !res.OK() {
		return nil, fmt.Errorf("status %d: %w", res.Status, errPicture)
	}
	return res.Body, nil
}

// renewedPicture looks for a badge's own picture where the one that is kept is
// not known to be that, or is an older version's. Nil: there is nothing new.
func (w *Wallet) renewedPicture(ctx context.Context, b *Badge, r *vc.Report, fresh bool) *picture {
	doc, s := b.Document, &b.Entry.Summary
	changed := r.Current != nil && r.Current.Credential != nil && whole(r.Current) && !sameImages(r.Current, doc)
	if changed {
		doc = r.Current
	}
	if doc.Credential == nil || !changed && (s.OwnPicture() || s.Image == "" && !fresh) {
		return nil
	}
	if p := w.ownPicture(ctx, b.Body.File, doc.Credential, r); p != nil && p.from != PictureBrought {
		return p
	}
	if changed && s.Image != "" {
		return &picture{id: s.Image, mediaType: s.ImageType, from: PictureBrought}
	}
	return nil
}

func sameImages(a, b *vc.Document) bool {
	if a.Credential == nil || b.Credential == nil {
		return false
	}
	return slices.EqualFunc(imagesOf(a.Credential), imagesOf(b.Credential), func(x, y *vc.Image) bool { return x.ID == y.ID })
}

// notePicture puts a picture in place of the one that is kept. Where there is
// no room for it, the old one stays, with its mark.
func (w *Wallet) notePicture(tx storage.Tx, v *vault, e *Entry, p *picture) error {
	if p == nil {
		return nil
	}
	if p.id != e.Summary.Image {
		err := w.take(tx, v, 0, len(p.body)*4/3)
		if noRoom(err) {
			return nil
		}
		if err != nil {
			return err
		}
		s := Summary{Image: p.id, ImageType: p.mediaType}
		if err := putImage(tx, v, s, p.body); err != nil {
			return err
		}
	}
	e.Summary.Image, e.Summary.ImageType, e.Summary.Picture = p.id, p.mediaType, p.from
	return nil
}

// fillPicture takes the picture of an archive where the badge's own could not be
// had. Only of an archive that this service made, and nobody changed, is it
// believed where the picture was from.
func (r *restored) fillPicture(it *itemRecord) {
	s, from := &it.Entry.Summary, PictureBrought
	if r.Was != nil && r.Was.Summary.OwnPicture() {
		from = r.Was.Summary.Picture
	}
	if it.Image != nil && (s.Picture != PictureBrought || from == PictureBrought) {
		return
	}
	if p, err := newPicture(r.Picture); err == nil {
		it.Image, s.Image, s.ImageType, s.Picture = p.body, p.id, p.mediaType, from
	}
}
