package wallet_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/bake"
	"backpack/vc/vctest"
	unpacks "backpack/vc/vctest/bomb"
	"backpack/wallet"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

// A gallery is an account that imports badges with pictures.
type gallery struct {
	e *wallettest.Env
	a storage.AccountID
	i *vctest.Issuer
}

func newGallery(t testing.TB) *gallery {
	e := wallettest.New(t, wallettest.Options{})
	return &gallery{e, e.Learner(t, "Alma").ID, issuer(t, e)}
}

func (g *gallery) show(t testing.TB, mediaType string, picture []byte) ([]byte, string) {
	t.Helper()
	uri := "data:" + mediaType + ";base64," + base64.StdEncoding.EncodeToString(picture)
	imp := imported(t, g.e, g.a, text(g.i.Issue(t, vctest.As(vctest.JWT),
		vctest.With("credentialSubject.achievement.image", vctest.Object{"id": uri, "type": "Image"}))))
	if imp.Items[0].Entry == nil || imp.Items[0].Entry.Verdict != vc.Valid {
		t.Fatalf("item %+v", imp.Items[0])
	}
	body, got, err := g.e.ImportImage(t.Context(), g.a, imp.ID, 1)
	if err != nil {
		wallettest.Refused(t, err, wallet.Missing, "no_picture")
	}
	return body, got
}

func drawing(w, h int) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		for y := range h {
			m.Set(x, y, color.NRGBA{uint8(x), uint8(y), 99, 255})
		}
	}
	return m
}

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func jpegOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func gifOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := gif.Encode(&out, m, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// withChunk inserts a chunk behind the header of a PNG.
func withChunk(b []byte, kind, content string) []byte {
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(content)))
	chunk = append(append(chunk, kind...), content...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return append(append(append([]byte{}, b[:33]...), chunk...), b[33:]...)
}

// withEXIF inserts an application segment at the start of a JPEG.
func withEXIF(b []byte, content string) []byte {
	content = "Exif\x00\x00" + content
	seg := append([]byte{0xff, 0xe1, byte((len(content) + 2) >> 8), byte(len(content) + 2)}, content...)
	return append(append(append([]byte{}, b[:2]...), seg...), b[2:]...)
}

// TestThreat37PicturesCarryNothing asserts that rasters are encoded anew: only
// the pixels remain, and the media type follows the content, not the
// declaration.
func TestThreat37PicturesCarryNothing(t *testing.T) {
	g := newGallery(t)
	const secret = "GPS 47.0 8.0 <script>alert(1)</script>"
	plain := pngOf(t, drawing(40, 30))
	for name, tt := range map[string]struct {
		said string
		body []byte
		want string
		w, h int
	}{
		"PNG":                    {"image/png", plain, "image/png", 40, 30},
		"PNG said to be SVG":     {"image/svg+xml", plain, "image/png", 40, 30},
		"PNG with text":          {"image/png", withChunk(plain, "tEXt", "Comment\x00"+secret), "image/png", 40, 30},
		"PNG with EXIF":          {"image/png", withChunk(plain, "eXIf", secret), "image/png", 40, 30},
		"PNG with unknown chunk": {"image/png", withChunk(plain, "raCk", secret), "image/png", 40, 30},
		"PNG followed by HTML":   {"image/png", append(bytes.Clone(plain), secret...), "image/png", 40, 30},
		"JPEG with EXIF":         {"image/jpeg", withEXIF(jpegOf(t, drawing(40, 30)), secret), "image/jpeg", 40, 30},
		"JPEG followed by HTML":  {"text/html", append(jpegOf(t, drawing(40, 30)), secret...), "image/jpeg", 40, 30},
		"GIF":                    {"image/gif", append(gifOf(t, drawing(40, 30)), secret...), "image/png", 40, 30},
		"large PNG":              {"image/png", pngOf(t, drawing(1280, 320)), "image/png", 640, 160},
		"large JPEG":             {"image/jpeg", jpegOf(t, drawing(700, 1400)), "image/jpeg", 320, 640},
		"PNG, one pixel high":    {"image/png", pngOf(t, drawing(2000, 1)), "image/png", 640, 1},
	} {
		t.Run(name, func(t *testing.T) {
			body, mediaType := g.show(t, tt.said, tt.body)
			cfg, _, err := image.DecodeConfig(bytes.NewReader(body))
			if err != nil || mediaType != tt.want || cfg.Width != tt.w || cfg.Height != tt.h {
				t.Errorf("%s of %d by %d, %v", mediaType, cfg.Width, cfg.Height, err)
			}
			if more := beyondPixels(t, body); len(more) > 0 {
				t.Errorf("it contains %q", more)
			}
			for _, s := range []string{"GPS", "script", "Exif", "tEXt"} {
				if bytes.Contains(body, []byte(s)) {
					t.Errorf("it still contains %q", s)
				}
			}
		})
	}
}

// TestThreat06Pictures asserts that a picture with too many pixels is not
// decoded, and that other content is not shown as a picture.
func TestThreat06Pictures(t *testing.T) {
	g := newGallery(t)
	big := pngOf(t, drawing(10, 10))
	binary.BigEndian.PutUint32(big[16:], 60_000)
	binary.BigEndian.PutUint32(big[20:], 60_000)
	binary.BigEndian.PutUint32(big[29:], crc32.ChecksumIEEE(big[12:29]))
	huge := bytes.Clone(big)
	binary.BigEndian.PutUint32(huge[16:], 1<<31-1)
	binary.BigEndian.PutUint32(huge[20:], 1<<31-1)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	for name, b := range map[string][]byte{
		"many pixels":       big,
		"very many pixels":  huge,
		"JPEG, many pixels": jpegOf(t, image.NewGray(image.Rect(0, 0, 2200, 2100))),
		"truncated":         pngOf(t, drawing(40, 30))[:90],
		"text":              []byte("hello"),
		"a page":            []byte("<html><svg></svg></html>"),
		"PDF":               []byte("%PDF-1.7"),
		"icon":              {0, 0, 1, 0, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if body, mediaType := g.show(t, "image/png", b); body != nil {
				t.Errorf("%d bytes of %s", len(body), mediaType)
			}
		})
	}
	const address = "https://issuer.example/packed.png"
	g.e.Web.Put(address, "image/png", packedPixels(t))
	badge := g.i.Issue(t, vctest.With("credentialSubject.achievement.image", vctest.Object{"id": address, "type": "Image"}))
	unpacks.Contained(t, "packed pixels", func() {
		imp := imported(t, g.e, g.a, text(badge))
		if _, _, err := g.e.ImportImage(t.Context(), g.a, imp.ID, 1); err == nil {
			t.Error("the picture is shown")
		}
	})
}

func TestThreat11Drawings(t *testing.T) {
	g := newGallery(t)
	const open = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">`
	svg := func(inside string) string { return open + inside + `</svg>` }
	for name, tt := range map[string]struct {
		svg  string
		good bool
	}{
		"plain": {svg(`<rect width="9" height="9" fill="url(#a)"/>`), true},
		"declaration": {`<?xml version="1.0" encoding="UTF-8"?>` +
			`<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" ` +
			`"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">` + svg(``), true},
		"local reference":    {svg(`<use xlink:href="#a"/>`), true},
		"no raster":          {svg(`<image xlink:href="data:image/png;base64,AAAA"/>`), false},
		"style":              {svg(`<style>.a{fill:red}</style>`), true},
		"word script":        {svg(`<text>on script</text>`), true},
		"script":             {svg(`<script>alert(1)</script>`), false},
		"script, other name": {open + `<x:script xmlns:x="http://www.w3.org/2000/svg">1</x:script></svg>`, false},
		"capitals":           {svg(`<SCRIPT>1</SCRIPT>`), false},
		"handler":            {svg(`<rect onload="alert(1)"/>`), false},
		"handler at root":    {`<svg xmlns="http://www.w3.org/2000/svg" ONLOAD="alert(1)"/>`, false},
		"javascript":         {svg(`<a xlink:href=" java&#115;cript:alert(1)"><rect/></a>`), false},
		"elsewhere":          {svg(`<image href="https://tracker.example/1.png"/>`), false},
		"embedded SVG":       {svg(`<image href="data:image/svg+xml;base64,AAAA"/>`), false},
		"animated address":   {svg(`<a><animate attributeName="xlink:href" to="javascript:1"/></a>`), false},
		"foreign":            {svg(`<foreignObject><p/></foreignObject>`), false},
		"style sheet":        {`<?xml-stylesheet href="https://x.example/a.xsl" type="text/xsl"?>` + svg(``), false},
		"entities":           {`<!DOCTYPE svg [<!ENTITY a "b">]>` + svg(`&a;`), false},
		"unknown entity":     {svg(`&nbsp;`), false},
		"not well-formed":    {open + `<g></svg>`, false},
		"truncated":          {open, false},
		"two roots":          {svg(``) + svg(``), false},
		"another root":       {`<html><svg/></html>`, false},
		"large":              {svg(`<!--` + strings.Repeat("a", 2<<20) + `-->`), false},
	} {
		t.Run(name, func(t *testing.T) {
			body, mediaType := g.show(t, "image/svg+xml", []byte(tt.svg))
			if (body != nil) != tt.good || tt.good && (mediaType != "image/svg+xml" || string(body) != tt.svg) {
				t.Errorf("%d bytes of %q", len(body), mediaType)
			}
		})
	}
}

// TestSharedPicture asserts that a picture is stored until the last badge that
// uses it is removed.
func TestSharedPicture(t *testing.T) {
	g := newGallery(t)
	uri := "data:image/png;base64," + base64.StdEncoding.EncodeToString(pngOf(t, drawing(9, 9)))
	badge := func(id string) inspect.Input {
		return text(g.i.Issue(t, vctest.With("id", "https://issuer.example/badges/"+id),
			vctest.With("credentialSubject.achievement.image", vctest.Object{"id": uri, "type": "Image"})))
	}
	entries := kept(t, g.e, g.a, badge("1"), badge("2"))
	picture := entries[0].Summary.Image
	if picture == "" || entries[1].Summary.Image != picture || count(t, g.e, g.a, storage.KindImage) != 1 {
		t.Fatalf("pictures %q and %q", picture, entries[1].Summary.Image)
	}
	for n, entry := range entries {
		if _, _, err := g.e.Image(t.Context(), g.a, picture); err != nil {
			t.Errorf("%d badges removed: %v", n, err)
		}
		if err := g.e.Remove(t.Context(), g.a, entry.ID); err != nil {
			t.Fatal(err)
		}
	}
	if n := count(t, g.e, g.a, storage.KindImage); n != 0 {
		t.Errorf("%d pictures remain", n)
	}
}

// TestBaked downloads each sample as a picture with the badge in it.
func TestBaked(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	for _, entry := range kept(t, e, a, e.Samples...) {
		if !genuine(entry.Verdict) {
			continue
		}
		t.Run(entry.Summary.Title, func(t *testing.T) {
			body, mediaType, name, err := e.Baked(t.Context(), a, entry.ID)
			if err != nil {
				t.Fatal(err)
			}
			found, err := bake.Extract(body)
			if err != nil || len(found) != 1 || string(found[0].Text) != string(bodyOf(t, e, a, entry.ID).Raw) {
				t.Errorf("%s, %s: %d badges, %v", name, mediaType, len(found), err)
			}
			if !strings.HasPrefix(mediaType, "image/") || !strings.HasSuffix(name, ".png") && !strings.HasSuffix(name, ".svg") {
				t.Errorf("%s, %s", name, mediaType)
			}
			again := imported(t, e, a, inspect.Input{Name: name, Bytes: body})
			if again.Items[0].Duplicate != entry.ID {
				t.Errorf("imported again it is %+v", *again.Items[0])
			}
		})
	}
}

// packedPixels returns a picture of few pixels with data that decompresses to a
// gigabyte.
func packedPixels(t *testing.T) []byte {
	t.Helper()
	b := pngOf(t, drawing(10, 10))
	at := bytes.Index(b, []byte("IDAT")) - 4
	data := append([]byte("IDAT"), unpacks.Zlib()...)
	out := binary.BigEndian.AppendUint32(bytes.Clone(b[:at]), uint32(len(data)-4))
	out = binary.BigEndian.AppendUint32(append(out, data...), crc32.ChecksumIEEE(data))
	return append(out, b[len(b)-12:]...)
}
