package inspect

import (
	"bytes"
	"encoding/base64"
	"errors"
	"image"
	"image/color"
	_ "image/gif" // a format of pictures
	"image/jpeg"
	"image/png"
	"net/url"
	"strings"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"
)

// Limits of pictures.
const (
	maxPictureBytes  = 8 << 20
	maxPictureMemory = 64 << 20 // while it is decoded
	pictureSide      = 640      // pixels; larger pictures are scaled down
)

var errPicture = errors.New("not a picture that can be shown")

// dataURI decodes the content of a data URI (RFC 2397).
func dataURI(s string) ([]byte, error) {
	head, body, ok := strings.Cut(strings.TrimPrefix(s, "data:"), ",")
	if !ok || len(body) > 2*maxPictureBytes {
		return nil, errPicture
	}
	if strings.HasSuffix(head, ";base64") {
		return base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(body), "="))
	}
	text, err := url.PathUnescape(body)
	return []byte(text), err
}

// affordable reports whether decoding the image takes at most
// maxPictureMemory. A progressive JPEG keeps all its coefficients.
func affordable(cfg image.Config, format string) bool {
	bytes := 4
	switch m := cfg.ColorModel; {
	case format == "jpeg":
		bytes = 15
	case m == color.RGBA64Model, m == color.NRGBA64Model:
		bytes = 8
	}
	// The order of the comparisons keeps the product from overflowing.
	return cfg.Width > 0 && cfg.Height > 0 && cfg.Width <= maxPictureMemory && cfg.Height <= maxPictureMemory/bytes/cfg.Width
}

// redraw encodes the pixels of an image again: without metadata, scaled down if
// it is large.
func redraw(b []byte, format string) (body []byte, mediaType string, err error) {
	m, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, "", errPicture
	}
	m = scaleDown(m)
	var out bytes.Buffer
	if format == "jpeg" {
		err = jpeg.Encode(&out, m, &jpeg.Options{Quality: 88})
		return out.Bytes(), "image/jpeg", err
	}
	err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, m)
	return out.Bytes(), "image/png", err
}

func scaleDown(m image.Image) image.Image {
	b := m.Bounds()
	side := max(b.Dx(), b.Dy())
	if side <= pictureSide {
		return m
	}
	to := image.Rect(0, 0, max(1, b.Dx()*pictureSide/side), max(1, b.Dy()*pictureSide/side))
	out := image.NewNRGBA(to)
	draw.ApproxBiLinear.Scale(out, to, m, b, draw.Src, nil)
	return out
}
