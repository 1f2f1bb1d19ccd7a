package wallet_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"backpack/vc/bake"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/wallettest"
)

// parts lists the chunks of a PNG or the segments of a JPEG by their formats'
// layout, independent of decoders, and any bytes after the end.
func parts(t testing.TB, b []byte) (out []string) {
	t.Helper()
	if rest, ok := bytes.CutPrefix(b, []byte("\x89PNG\r\n\x1a\n")); ok {
		for len(rest) >= 12 && !slices.Contains(out, "IEND") {
			n := int(binary.BigEndian.Uint32(rest))
			name := string(rest[4:8])
			if name == "iTXt" {
				keyword, _, _ := bytes.Cut(rest[8:8+n], []byte{0})
				name += " " + string(keyword)
			}
			out, rest = append(out, name), rest[12+n:]
		}
		return append(out, behind(rest)...)
	}
	rest, ok := bytes.CutPrefix(b, []byte("\xff\xd8"))
	if !ok {
		t.Fatalf("neither PNG nor JPEG: %.20q", b)
	}
	for len(rest) >= 4 && rest[0] == 0xff && rest[1] != 0xda {
		out, rest = append(out, fmt.Sprintf("%x", rest[1])), rest[2+int(binary.BigEndian.Uint16(rest[2:])):]
	}
	_, rest, _ = bytes.Cut(rest, []byte("\xff\xd9"))
	return append(out, behind(rest)...)
}

func behind(rest []byte) []string {
	if len(rest) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d bytes behind the end", len(rest))}
}

// beyondPixels lists the parts that are not needed to draw a picture: all but
// the critical chunks and transparency of a PNG, all but the tables and frame
// of a JPEG.
func beyondPixels(t testing.TB, b []byte) []string {
	t.Helper()
	return slices.DeleteFunc(parts(t, b), func(name string) bool {
		return slices.Contains([]string{"IHDR", "PLTE", "tRNS", "IDAT", "IEND", "db", "c0", "c4"}, name)
	})
}

// TestThreat37OriginalIsTheOwnersAlone keeps a badge baked into a photograph
// with location data. The owner gets it back without the parts that no picture
// needs (bake.Lean); a viewer gets the pixels, or the newly baked picture with
// the badge.
func TestThreat37OriginalIsTheOwnersAlone(t *testing.T) {
	t.Parallel()
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	file := sampleNamed(t, e, "museum-guide.png")
	file.Bytes = withChunk(withChunk(file.Bytes, "eXIf", "GPS 47.0 8.0"), "tEXt", "Author\x00Alma at home")
	if more := beyondPixels(t, file.Bytes); len(more) < 3 {
		t.Fatalf("the photograph contains only %q", more)
	}
	baked := kept(t, e, a, file)[0]
	if got, _, _, err := e.Baked(t.Context(), a, baked.ID); err != nil || !bytes.Equal(got, bake.Lean(file.Bytes)) {
		t.Errorf("the owner gets %d bytes of %d, %v", len(got), len(file.Bytes), err)
	}
	e.Web.Put("https://issuer.example/photo.png", "image/png", withChunk(pngOf(t, drawing(40, 30)), "eXIf", "GPS 47.0 8.0"))
	plain := kept(t, e, a, text(issuer(t, e).Issue(t,
		vctest.With("credentialSubject.achievement.image", vctest.Object{"id": "https://issuer.example/photo.png", "type": "Image"}))))[0]
	again, _, _, err := e.Baked(t.Context(), a, plain.ID)
	if more := beyondPixels(t, again); err != nil || !slices.Equal(more, []string{"iTXt openbadgecredential"}) {
		t.Errorf("baked again it contains %q, %v", more, err)
	}
	s, err := e.CreateShare(t.Context(), a, wallet.ShareRequest{Entries: []string{baked.ID, plain.ID}})
	if err != nil {
		t.Fatal(err)
	}
	view, err := e.OpenShare(t.Context(), s.Token, wallet.OpenShareOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range []string{baked.ID, plain.ID} {
		shown, _, err := e.SharedImage(t.Context(), s.Token, view.Grant, entry)
		if err != nil {
			t.Fatal(err)
		}
		if more := beyondPixels(t, shown); len(more) > 0 {
			t.Errorf("others get %q with the picture", more)
		}
	}
}

// TestThreat37SVG asserts that vector pictures are shown without the metadata
// that drawing programs, or the cameras of embedded photographs, added.
func TestThreat37SVG(t *testing.T) {
	t.Parallel()
	g := newGallery(t)
	photo := func(body []byte) string { return "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(body) }
	located, clean := photo(withEXIF(jpegOf(t, drawing(40, 30)), "GPS 47.0 8.0")), `<rect width="9" height="9"/><use x:href="#a"/>`
	const head = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink" ` +
		`xmlns:i="http://www.inkscape.org/namespaces/inkscape" ` +
		`xmlns:b="https://purl.imsglobal.org/ob/v3p0" viewBox="0 0 9 9"`
	for name, x := range map[string]struct{ given, want string }{
		"nothing to leave out": {head + ` id="a">` + clean + `</svg>`, head + ` id="a">` + clean + `</svg>`},
		"a comment":            {head + `><!-- made by alma -->` + clean + `</svg>`, head + `>` + clean + `</svg>`},
		"metadata":             {head + `><metadata><g>alma</g></metadata>` + clean + `</svg>`, head + `>` + clean + `</svg>`},
		"a program's element":  {head + `><i:view a="1"/>` + clean + `<i:x><rect/></i:x></svg>`, head + `>` + clean + `</svg>`},
		"a program's attribute": {head + ` i:path="/home/alma/badge.svg" id='b' i:n='2'>` + clean + `<g i:label = "alma"/></svg>`,
			head + ` id='b'>` + clean + `<g/></svg>`},
		"the badge itself": {head + `><b:credential>{"a": 1}</b:credential>` + clean + `</svg>`, head + `>` + clean + `</svg>`},
	} {
		body, mediaType := g.show(t, "image/svg+xml", []byte(x.given))
		if string(body) != x.want || mediaType != "image/svg+xml" {
			t.Errorf("%s: %s\n%s, want\n%s", name, mediaType, body, x.want)
		}
	}
	for name, where := range map[string]string{
		"an image":       `<image x:href="` + located + `"/>`,
		"split data URL": `<image href="` + located[:60] + "&#10;" + located[60:120] + "\n" + located[120:] + `"/>`,
		"a style":        `<style>g{fill:url(` + located + `)}</style>`} {
		body, _ := g.show(t, "image/svg+xml", []byte(head+`>`+where+`</svg>`))
		_, rest, ok := bytes.Cut(body, []byte(";base64,"))
		inside, err := base64.StdEncoding.DecodeString(string(rest[:max(0, bytes.IndexAny(rest, `")`))]))
		if !ok || err != nil || len(beyondPixels(t, inside)) > 0 {
			t.Errorf("%s: %q is in the photograph, %v", name, beyondPixels(t, inside), err)
		}
	}
	if body, _ := g.show(t, "image/svg+xml", []byte(head+`>`+strings.Repeat(`<image href="`+located+`"/>`, 9)+`</svg>`)); body != nil {
		t.Error("a picture with nine rasters is shown")
	}
}
