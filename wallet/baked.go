package wallet

import (
	"context"
	"strings"

	"backpack/vc"
	"backpack/vc/bake"
	"backpack/wallet/storage"
)

// Baked returns the badge's picture with the badge baked in. If the badge came
// in a baked picture, that is the original file. Otherwise Baked embeds the
// original bytes under the keyword of the badge's generation (specs A11.2,
// B3.3). If that is impossible, the error is Conflict, cannot_bake.
func (w *Wallet) Baked(ctx context.Context, a storage.AccountID, id string) (body []byte, contentType, name string, err error) {
	b, err := w.Badge(ctx, a, id)
	if err != nil {
		return nil, "", "", err
	}
	if b.Body.File != nil && extension(b.Body.File) != ".bin" {
		ext := extension(b.Body.File)
		return b.Body.File, typeOfExtension(ext), orSame(b.Body.FileName, slug(b.Entry.Summary.Title)+ext), nil
	}
	if b.Entry.Summary.Form == vc.COSEVC { // binary; a picture carries text only
		return nil, "", "", fail(Conflict, "cannot_bake", vc.ErrUnsupported)
	}
	image, contentType, err := w.Image(ctx, a, b.Entry.Summary.Image)
	if err != nil {
		return nil, "", "", err
	}
	keyword := "openbadgecredential"
	if b.Entry.Summary.Form.Legacy() {
		keyword = "openbadges"
	}
	if body, err = bake.Embed(image, keyword, b.Body.Raw); err != nil {
		return nil, "", "", fail(Conflict, "cannot_bake", err)
	}
	return body, contentType, slug(b.Entry.Summary.Title) + pictureExtension(contentType), nil
}

func typeOfExtension(ext string) string {
	return map[string]string{"png": "image/png", "svg": "image/svg+xml"}[strings.TrimPrefix(ext, ".")]
}
