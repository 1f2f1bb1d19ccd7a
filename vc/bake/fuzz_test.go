package bake

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"testing"
	"unicode/utf8"

	"backpack/vc"
)

// FuzzEmbed checks that an embedded badge can be extracted and that other parts of the
// picture do not change.
func FuzzEmbed(f *testing.F) {
	p := plainPNG(f)
	for _, text := range []string{credential, assertion, jws, "https://issuer.example/a?b&c", "{\"a\":\"]]>\r\n]]\r>\"}", "\u0085{}"} {
		for i := range preference {
			f.Add(p, text, i)
			f.Add([]byte(drawn), text, i)
		}
	}
	f.Fuzz(func(t *testing.T, image []byte, text string, which int) {
		keyword := preference[uint(which)%uint(len(preference))]
		baked, err := Embed(image, keyword, []byte(text))
		if err != nil {
			known(t, err)
			return
		}
		found, err := Extract(baked)
		if err != nil {
			t.Fatalf("cannot extract the badge: %v", err)
		}
		var got []byte
		for _, b := range found {
			if b.Keyword == keyword {
				got = b.Text
			}
		}
		if want := bytes.TrimSpace([]byte(text)); !bytes.Equal(got, want) {
			t.Fatalf("got %q, want %q", got, want)
		}
		twice, err := Embed(baked, keyword, []byte(text))
		if err != nil || !bytes.Equal(twice, baked) {
			t.Fatalf("embedding the badge again changes the picture: %v", err)
		}
		if IsSVG(image) {
			return
		}
		before, err1 := Remove(image)
		after, err2 := Remove(baked)
		if err1 != nil || err2 != nil || !bytes.Equal(before, after) {
			t.Fatalf("other parts changed: %v, %v", err1, err2)
		}
	})
}

// FuzzExtract checks that arbitrary input gives a known error or a text within the
// limits, and that removal keeps an SVG well formed.
func FuzzExtract(f *testing.F) {
	p := plainPNG(f)
	f.Add(p)
	f.Add(p[:4])
	f.Add(insert(p, makeChunk("zTXt", "openbadges\x00\x00"+deflate(f, assertion))))
	f.Add(insert(p, makeChunk("iTXt", "openbadgecredential\x00\x01\x00\x00\x00"+deflate(f, credential))))
	f.Add([]byte(drawn))
	f.Add([]byte(`<svg xmlns:o="http://openbadges.org"><o:assertion verify="x"><![CDATA[{}]]></o:assertion></svg>`))
	f.Fuzz(func(t *testing.T, image []byte) {
		found, err := Extract(image)
		if err != nil {
			known(t, err)
		}
		for _, b := range found {
			if len(b.Text) == 0 || len(b.Text) > 2*MaxText || !utf8.Valid(b.Text) {
				t.Fatalf("invalid text of %d bytes", len(b.Text))
			}
		}
		without, err := Remove(image)
		if err != nil {
			known(t, err)
			return
		}
		if found, err := Extract(without); err == nil {
			t.Fatalf("badge left after removal: %+v", found)
		}
		if IsSVG(image) && wellFormed(image) && !wellFormed(without) {
			t.Fatalf("the SVG is not well formed after removal: %q", without)
		}
	})
}

func known(t *testing.T, err error) {
	t.Helper()
	for _, e := range []error{vc.ErrMalformed, vc.ErrTooLarge, vc.ErrUnsupported, vc.ErrNotFound} {
		if errors.Is(err, e) {
			return
		}
	}
	t.Fatalf("unknown error: %v", err)
}

func wellFormed(b []byte) bool {
	d := xml.NewDecoder(bytes.NewReader(b))
	for {
		if _, err := d.Token(); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}
