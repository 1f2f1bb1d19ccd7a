package wallet

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // decoders of what badges use
	"image/jpeg"
	"image/png"
	"net/url"
	"strings"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"

	"backpack/vc"
)

// A picture is an image that is safe to serve: its type was found from its
// content, a raster image was drawn anew from its pixels and carries nothing
// else, and an SVG has nothing in it that acts (see checkSVG) or that does not
// draw (see cleanSVG).
type picture struct {
	id        string // digest of body
	body      []byte
	mediaType string
}

// Limits of pictures.
const (
	maxPictureBytes  = 8 << 20
	maxPictureMemory = 64 << 20 // while it is decoded
	pictureSide      = 640      // larger ones are scaled down to this
)

var errPicture = errors.New("not a picture that can be shown")

// pictureOf returns the picture to show for a credential: the one it was baked
// into, else the one that it names, unless that is another than the credential
// seals, which r notes. Nil when there is none that can be had.
func (ch *Checker) pictureOf(ctx context.Context, baked []byte, c *vc.Credential, r *vc.Report) *picture {
	if ch.NoPictures && len(c.Resources) == 0 { // else one that the credential seals is looked at all the same
		return nil
	}
	if p, err := pictureInTurn(ctx, baked); err == nil {
		return p
	}
	if !sealHolds(r) {
		ctx = vc.WithOffline(ctx)
	}
	for _, im := range imagesOf(c) {
		body, err := ch.imageBytes(ctx, im.ID)
		if err != nil || r != nil && !r.CompareResource(c, im.ID, body) {
			continue
		}
		if p, err := pictureInTurn(ctx, body); err == nil {
			return p
		}
	}
	return nil
}

// sealHolds reports whether a badge is as it was made, as far as is known: what
// somebody wrote who could not seal it leads nowhere. A badge inside a record
// may have no seal of its own.
func sealHolds(r *vc.Report) bool {
	if r == nil {
		return true
	}
	p := r.Check(vc.CheckProof)
	holds := p.Outcome == vc.Passed || p.Outcome == vc.Skipped && p.Reason == vc.ReasonVouched
	return holds && r.Check(vc.CheckIssuer).Outcome != vc.Failed && r.Check(vc.CheckTerms).Outcome != vc.Failed
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

func (ch *Checker) imageBytes(ctx context.Context, id string) ([]byte, error) {
	if strings.HasPrefix(id, "data:") {
		return dataURI(id)
	}
	res, err := ch.Fetcher.Fetch(ctx, vc.FetchRequest{URL: id, Accept: "image/png, image/svg+xml, image/*;q=0.8", MaxBytes: maxPictureBytes, Role: vc.RoleImage})
	if err != nil {
		return nil, err
	}
	if !res.OK() {
		return nil, fmt.Errorf("status %d: %w", res.Status, errPicture)
	}
	return res.Body, nil
}

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

// pictureInTurn is newPicture when there is room to draw.
func pictureInTurn(ctx context.Context, b []byte) (p *picture, err error) {
	if waited := inTurn(ctx, func(context.Context) { p, err = newPicture(b) }); waited != nil {
		return nil, waited
	}
	return p, err
}

// newPicture makes a picture of an image's bytes, whatever they claim to be.
func newPicture(b []byte) (*picture, error) {
	if len(b) == 0 || len(b) > maxPictureBytes {
		return nil, errPicture
	}
	if looksLikeXML(b) {
		if err := checkSVG(b); err != nil {
			return nil, err
		}
		if holdsPrivate(b) { // others see the picture as it is
			return nil, errPicture
		}
		out, err := cleanSVG(b)
		if err != nil || checkSVG(out) != nil {
			return nil, errPicture
		}
		return &picture{id: digest(out), body: out, mediaType: "image/svg+xml"}, nil
	}
	cfg, format, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil || !affordable(cfg, format) {
		return nil, errPicture
	}
	out, mediaType, err := redraw(b, format)
	if err != nil {
		return nil, err
	}
	return &picture{id: digest(out), body: out, mediaType: mediaType}, nil
}

// affordable reports whether decoding the image takes no more memory than
// maxPictureMemory. A progressive JPEG keeps all its coefficients.
func affordable(cfg image.Config, format string) bool {
	bytes := 4
	switch m := cfg.ColorModel; {
	case format == "jpeg":
		bytes = 15
	case m == color.RGBA64Model, m == color.NRGBA64Model:
		bytes = 8
	}
	// The order keeps the product from overflowing.
	return cfg.Width > 0 && cfg.Height > 0 && cfg.Width <= maxPictureMemory && cfg.Height <= maxPictureMemory/bytes/cfg.Width
}

func looksLikeXML(b []byte) bool {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	return bytes.HasPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte("<"))
}

// redraw draws the image anew: without metadata, scaled down when it is large.
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
