package wallet

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // decoders of what badges use
	"image/jpeg"
	"image/png"
	"io"
	"net/url"
	"strings"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"

	"backpack/vc"
)

// A picture is an image that is safe to serve: its type was found from its
// content, and a raster image carries nothing but pixels.
type picture struct {
	id        string // digest of body
	body      []byte
	mediaType string
}

// Limits of pictures.
const (
	maxPictureBytes  = 8 << 20
	maxPicturePixels = 25_000_000
	pictureSide      = 640 // larger ones are scaled down to this
	maxSVGBytes      = 2 << 20
)

var errPicture = errors.New("not a picture that can be shown")

// pictureOf returns the picture to show for a credential: the one it was baked
// into, else the one that it names. Nil when there is none that can be had.
func (ch *Checker) pictureOf(ctx context.Context, baked []byte, c *vc.Credential) *picture {
	if p, err := newPicture(baked); err == nil {
		return p
	}
	for _, im := range imagesOf(c) {
		body, err := ch.imageBytes(ctx, im.ID)
		if err != nil {
			continue
		}
		if p, err := newPicture(body); err == nil {
			return p
		}
	}
	return nil
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
	res, err := ch.Fetcher.Fetch(ctx, vc.FetchRequest{URL: id, Accept: "image/png, image/svg+xml, image/*;q=0.8", MaxBytes: maxPictureBytes})
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

// newPicture makes a picture of an image's bytes, whatever they claim to be.
func newPicture(b []byte) (*picture, error) {
	if len(b) == 0 || len(b) > maxPictureBytes {
		return nil, errPicture
	}
	if looksLikeXML(b) {
		if err := checkSVG(b); err != nil {
			return nil, err
		}
		return &picture{id: digest(b), body: b, mediaType: "image/svg+xml"}, nil
	}
	cfg, format, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil || cfg.Width <= 0 || cfg.Height <= 0 || cfg.Width*cfg.Height > maxPicturePixels {
		return nil, errPicture
	}
	out, mediaType, err := cleanRaster(b, cfg, format)
	if err != nil {
		return nil, err
	}
	return &picture{id: digest(out), body: out, mediaType: mediaType}, nil
}

func looksLikeXML(b []byte) bool {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	return bytes.HasPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte("<"))
}

// checkSVG accepts a well-formed document whose root is svg. It is served
// only as an image under a policy that runs and loads nothing.
func checkSVG(b []byte) error {
	if len(b) > maxSVGBytes {
		return errPicture
	}
	d := xml.NewDecoder(bytes.NewReader(b))
	root := false
	for {
		t, err := d.Token()
		if err == io.EOF && root {
			return nil
		}
		if err != nil {
			return errPicture
		}
		switch t := t.(type) {
		case xml.StartElement:
			if !root && t.Name.Local != "svg" {
				return errPicture
			}
			root = true
		case xml.Directive:
			if bytes.Contains(t, []byte("ENTITY")) {
				return errPicture
			}
		}
	}
}

// cleanRaster returns the image without metadata, scaled down when it is large.
func cleanRaster(b []byte, cfg image.Config, format string) (body []byte, mediaType string, err error) {
	small := max(cfg.Width, cfg.Height) <= 2*pictureSide
	if format == "png" && small && len(b) <= 1<<20 {
		if out, err := stripPNG(b); err == nil {
			return out, "image/png", nil
		}
	}
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

// stripPNG copies the chunks that make the picture and leaves out the rest:
// text, dates, EXIF and the badge itself. It fails on a damaged file.
func stripPNG(b []byte) ([]byte, error) {
	const signature = "\x89PNG\r\n\x1a\n"
	if !bytes.HasPrefix(b, []byte(signature)) {
		return nil, errPicture
	}
	out := append(make([]byte, 0, len(b)), signature...)
	for rest := b[len(signature):]; len(rest) >= 12; {
		n := int(binary.BigEndian.Uint32(rest))
		if n < 0 || n > len(rest)-12 {
			return nil, errPicture
		}
		kind := string(rest[4:8])
		if strings.Contains("IHDR PLTE tRNS IDAT gAMA cHRM sRGB IEND", kind) {
			out = append(out, rest[:12+n]...)
		}
		if kind == "IEND" {
			return out, nil
		}
		rest = rest[12+n:]
	}
	return nil, errPicture
}
