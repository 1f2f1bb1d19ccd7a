package inspect

import (
	"bytes"
	"context"
	"image"
)

// A Picture is an image that is safe to serve. Its type follows from its
// content. A raster image is encoded anew from its pixels; an SVG contains
// nothing that acts (see checkSVG) or does not draw (see cleanSVG).
type Picture struct {
	ID        string // digest of Body
	Body      []byte // nil if pictures are skipped (see Checker.NoPictures)
	MediaType string
	From      string // one of the Picture constants
}

// NewPicture makes a picture of the bytes of a PNG, JPEG, GIF, WebP or SVG.
func NewPicture(b []byte) (*Picture, error) {
	if len(b) == 0 || len(b) > maxPictureBytes {
		return nil, errPicture
	}
	if LooksLikeXML(b) {
		return newSVG(b)
	}
	cfg, format, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil || !affordable(cfg, format) {
		return nil, errPicture
	}
	out, mediaType, err := redraw(b, format)
	if err != nil {
		return nil, err
	}
	return &Picture{ID: Digest(out), Body: out, MediaType: mediaType}, nil
}

func newSVG(b []byte) (*Picture, error) {
	if err := checkSVG(b); err != nil {
		return nil, err
	}
	if HoldsPrivate(b) { // others get the picture as it is
		return nil, errPicture
	}
	out, err := cleanSVG(b)
	if err != nil || checkSVG(out) != nil {
		return nil, errPicture
	}
	return &Picture{ID: Digest(out), Body: out, MediaType: "image/svg+xml"}, nil
}

// pictureInTurn calls NewPicture once there is a free turn.
func pictureInTurn(ctx context.Context, b []byte) (p *Picture, err error) {
	if waited := inTurn(ctx, func(context.Context) { p, err = NewPicture(b) }); waited != nil {
		return nil, waited
	}
	return p, err
}

// LooksLike reports whether a file shows the picture with the digest id.
func LooksLike(ctx context.Context, file []byte, id string) bool {
	p, err := pictureInTurn(ctx, file)
	return err == nil && p.ID == id
}

// LooksLikeXML reports whether a file begins like an XML document, such as an
// SVG.
func LooksLikeXML(b []byte) bool {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	return bytes.HasPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte("<"))
}

// HoldsPrivate reports whether a file, JSON or a picture with a badge in it,
// contains text that begins like a base proof of selective disclosure (see
// vc.HoldsBase), which is its holder's alone.
func HoldsPrivate(b []byte) bool {
	for {
		i := bytes.Index(b, []byte("u2V0"))
		if i < 0 {
			return false
		}
		quoted := i > 0 && (b[i-1] == '"' || b[i-1] == ';') // a quote, or an entity of XML
		if b = b[i+4:]; quoted && len(b) > 0 && bytes.IndexByte([]byte("ACEGI"), b[0]) >= 0 {
			return true
		}
	}
}
