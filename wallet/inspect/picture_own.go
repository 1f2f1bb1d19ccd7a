package inspect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"backpack/vc"
	"backpack/vc/bake"
)

// pictureOf returns the picture to show for a credential: its own, else the
// file that it was baked into, marked as brought. It returns nil if there is
// none. With NoPictures, it reports no more than that the badge came in a
// picture.
func (ch *Checker) pictureOf(ctx context.Context, baked []byte, c *vc.Credential, r *vc.Report) *Picture {
	if ch.NoPictures && len(c.Resources) == 0 { // a picture with a digest is part of the check
		if baked == nil {
			return nil
		}
		return &Picture{From: PictureBrought}
	}
	if p := ch.OwnPicture(ctx, baked, c, r); p != nil {
		return p
	}
	p, err := pictureInTurn(ctx, baked)
	if err != nil {
		return nil
	}
	p.From = PictureBrought
	return p
}

// OwnPicture returns the picture that a credential contains or names, or nil.
// baked is the file that the credential came in, if any. A picture that differs
// from the digest in the credential is noted in r and not returned. No request
// is sent for a badge that does not hold.
func (ch *Checker) OwnPicture(ctx context.Context, baked []byte, c *vc.Credential, r *vc.Report) *Picture {
	for _, im := range imagesOf(c) {
		body, from := ch.ownImage(ctx, im.ID, baked, c, r)
		if from == "" {
			continue
		}
		if p, err := pictureInTurn(ctx, body); err == nil {
			p.From = from
			return p
		}
	}
	return nil
}

// ownImage returns the bytes of an image of a credential, and where they come
// from; "" if there are none.
func (ch *Checker) ownImage(ctx context.Context, id string, baked []byte, c *vc.Credential, r *vc.Report) (body []byte, from string) {
	if strings.HasPrefix(id, "data:") {
		body, err := dataURI(id)
		if err != nil {
			return nil, ""
		}
		return body, inside(r)
	}
	if !r.Confirmed() {
		return nil, ""
	}
	digest := slices.IndexFunc(c.Resources, func(x vc.RelatedResource) bool { return x.ID == id })
	if digest >= 0 {
		if b := asSealed(&c.Resources[digest], baked); b != nil {
			r.CompareResource(c, id, b)
			return b, PictureSealed
		}
	}
	body, err := ch.fetchImage(ctx, id)
	if err != nil || !r.CompareResource(c, id, body) {
		return nil, ""
	}
	if digest >= 0 && c.Resources[digest].Compare(body) == vc.Passed {
		return body, PictureSealed
	}
	return body, PictureFetched
}

// asSealed returns the baked picture, with or without the badge in it, if it has
// the digest in the credential; else nil.
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

// inside returns the origin of a picture inside a badge.
func inside(r *vc.Report) string {
	switch {
	case r.Confirmed():
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

// SameImages reports whether two documents name the same images.
func SameImages(a, b *vc.Document) bool {
	if a.Credential == nil || b.Credential == nil {
		return false
	}
	return slices.EqualFunc(imagesOf(a.Credential), imagesOf(b.Credential), func(x, y *vc.Image) bool { return x.ID == y.ID })
}

// fetchImage fetches a picture. If an http address fails, it tries https.
func (ch *Checker) fetchImage(ctx context.Context, id string) ([]byte, error) {
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
