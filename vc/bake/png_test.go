package bake

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"backpack/vc"
)

const (
	credential = `{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],"name":"Über ]]> & <b>"}`
	assertion  = `{"@context":"https://w3id.org/openbadges/v2","id":"https://issuer.example/a/1?x=1&y=2","type":"Assertion"}`
	jws        = "eyJhbGciOiJFUzI1NiJ9.eyJhIjoxfQ.c2ln"
)

func plainPNG(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func makeChunk(kind, data string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(b, kind+data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// insert inserts chunks after the header of a PNG.
func insert(p []byte, chunks ...[]byte) []byte {
	return slices.Concat(p[:33], slices.Concat(chunks...), p[33:])
}

func deflate(t testing.TB, s string) string {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
	w.Close()
	return b.String()
}

func TestEmbedPNGBytes(t *testing.T) {
	p := plainPNG(t)
	got, err := Embed(p, OpenBadge3, []byte("\n"+jws+" "))
	if err != nil {
		t.Fatal(err)
	}
	// Specs I1: 19 bytes of keyword, five zeros, the text.
	want := insert(p, makeChunk("iTXt", "openbadgecredential\x00\x00\x00\x00\x00"+jws))
	if !bytes.Equal(got, want) {
		t.Fatalf("got %q\nwant %q", got, want)
	}
	if _, err := png.Decode(bytes.NewReader(got)); err != nil {
		t.Errorf("cannot decode the picture: %v", err)
	}
}

func TestExtractPNG(t *testing.T) {
	p := plainPNG(t)
	zipped := deflate(t, credential)
	wrongSum := makeChunk("iTXt", "openbadges\x00\x00\x00\x00\x00"+jws)
	wrongSum[len(wrongSum)-1] ^= 1
	notOurs := makeChunk("tEXt", "Comment\x00hello")
	notOurs[len(notOurs)-1] ^= 1
	for _, tc := range []struct {
		name string
		in   []byte
		want []Baked
		err  error
	}{
		{"nothing", p, nil, vc.ErrNotFound},
		{"iTXt", insert(p, makeChunk("iTXt", "openbadgecredential\x00\x00\x00\x00\x00"+credential)),
			[]Baked{{Keyword: OpenBadge3, Text: []byte(credential)}}, nil},
		{"iTXt compressed", insert(p, makeChunk("iTXt", "openbadgecredential\x00\x01\x00\x00\x00"+zipped)),
			[]Baked{{Keyword: OpenBadge3, Text: []byte(credential), Warnings: []string{"the text of the badge is compressed"}}}, nil},
		{"iTXt with a language", insert(p, makeChunk("iTXt", "clrcredential\x00\x00\x00en\x00badge\x00"+jws)),
			[]Baked{{Keyword: CLR2, Text: []byte(jws), Warnings: []string{"the chunk of the badge states a language"}}}, nil},
		{"tEXt with an address", insert(p, makeChunk("tEXt", "openbadges\x00https://issuer.example/a/1")),
			[]Baked{{Keyword: OpenBadge2, Text: []byte("https://issuer.example/a/1"), Legacy: true}}, nil},
		{"tEXt in Latin-1", insert(p, makeChunk("tEXt", "openbadges\x00{\"n\":\"\xfc\"}")),
			[]Baked{{Keyword: OpenBadge2, Text: []byte(`{"n":"ü"}`), Legacy: true, Warnings: []string{"the text of the badge is in Latin-1"}}}, nil},
		{"zTXt", insert(p, makeChunk("zTXt", "openbadgecredential\x00\x00"+zipped)),
			[]Baked{{Keyword: OpenBadge3, Text: []byte(credential), Warnings: []string{"the badge is in a compressed zTXt chunk instead of iTXt"}}}, nil},
		{"two", insert(p, textChunk(OpenBadge3, []byte("first")), textChunk(OpenBadge3, []byte("second"))),
			[]Baked{{Keyword: OpenBadge3, Text: []byte("first")},
				{Keyword: OpenBadge3, Text: []byte("second"), Warnings: []string{"the picture contains several badges of one kind"}}}, nil},
		{"two in different kinds of chunk", insert(p, makeChunk("tEXt", "openbadges\x00first"), textChunk(OpenBadge2, []byte("second"))),
			[]Baked{{Keyword: OpenBadge2, Legacy: true, Text: []byte("first")},
				{Keyword: OpenBadge2, Legacy: true, Text: []byte("second"), Warnings: []string{"the picture contains several badges of one kind"}}}, nil},
		{"one twice", insert(p, makeChunk("tEXt", "openbadges\x00one"), textChunk(OpenBadge2, []byte(" one\n"))),
			[]Baked{{Keyword: OpenBadge2, Legacy: true, Text: []byte("one"), Warnings: []string{"the picture contains the badge more than once"}}}, nil},
		{"the second is damaged", insert(p, textChunk(OpenBadge3, []byte("first")), makeChunk("iTXt", "openbadgecredential\x00")),
			[]Baked{{Keyword: OpenBadge3, Text: []byte("first"), Warnings: []string{"the picture contains another, damaged badge"}}}, nil},
		{"both generations, the newer first", insert(p, textChunk(OpenBadge2, []byte("old")), textChunk(OpenBadge3, []byte("new"))),
			[]Baked{{Keyword: OpenBadge3, Text: []byte("new")}, {Keyword: OpenBadge2, Text: []byte("old"), Legacy: true}}, nil},
		{"before the end", slices.Concat(p[:len(p)-12], textChunk(OpenBadge3, []byte("late")), p[len(p)-12:]),
			[]Baked{{Keyword: OpenBadge3, Text: []byte("late")}}, nil},
		{"after the end", append(bytes.Clone(p), textChunk(OpenBadge3, []byte("never"))...), nil, vc.ErrNotFound},
		{"unrelated damaged comment", insert(p, notOurs, textChunk(OpenBadge3, []byte("ok"))),
			[]Baked{{Keyword: OpenBadge3, Text: []byte("ok")}}, nil},
		{"keyword in other case", insert(p, makeChunk("iTXt", "OpenBadges\x00\x00\x00\x00\x00x")), nil, vc.ErrNotFound},
		{"empty text", insert(p, textChunk(OpenBadge3, nil)), nil, vc.ErrNotFound},
		{"wrong checksum", insert(p, wrongSum), nil, vc.ErrMalformed},
		{"not UTF-8", insert(p, textChunk(OpenBadge3, []byte("\xff\xfe"))), nil, vc.ErrMalformed},
		{"unknown compression method", insert(p, makeChunk("zTXt", "openbadges\x00\x07"+zipped)), nil, vc.ErrUnsupported},
		{"compressed and damaged", insert(p, makeChunk("zTXt", "openbadges\x00\x00"+zipped[:len(zipped)-9])), nil, vc.ErrMalformed},
		{"iTXt too short", insert(p, makeChunk("iTXt", "openbadges\x00\x00")), nil, vc.ErrMalformed},
		{"iTXt without its zeros", insert(p, makeChunk("iTXt", "openbadges\x00\x00\x00en")), nil, vc.ErrMalformed},
		{"cut off", p[:len(p)-5], nil, vc.ErrMalformed},
		{"signature only", p[:8], nil, vc.ErrMalformed},
		{"line ends changed", bytes.Replace(p, []byte("\r\n"), []byte("\n"), 1), nil, vc.ErrMalformed},
		{"header twice", slices.Concat(p[:33], p[8:33], p[33:]), nil, vc.ErrMalformed},
		{"endless chunk", slices.Concat(p[:33], []byte("\xff\xff\xff\xffiTXt")), nil, vc.ErrMalformed},
		{"a bomb", insert(p, makeChunk("zTXt", "openbadges\x00\x00"+deflate(t, strings.Repeat("\x00", 64<<20)))), nil, vc.ErrTooLarge},
		{"a JPEG", []byte("\xff\xd8\xff\xe0"), nil, vc.ErrUnsupported},
		{"empty input", nil, nil, vc.ErrUnsupported},
		{"too large", append(bytes.Clone(p), make([]byte, MaxImage)...), nil, vc.ErrTooLarge},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := Extract(tc.in)
			if !errors.Is(err, tc.err) {
				t.Fatalf("error %v, want %v", err, tc.err)
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestOtherChunks embeds badges in an animated PNG with private chunks and bytes after
// its end, and checks that all of them stay (specs A11.6).
func TestOtherChunks(t *testing.T) {
	p := insert(plainPNG(t), makeChunk("acTL", "\x00\x00\x00\x01\x00\x00\x00\x00"), makeChunk("eXIf", "MM\x00*"), makeChunk("prVt", "anything"))
	p = append(p, "bytes after the end"...)
	old, err := Embed(p, OpenBadge2, []byte(assertion))
	if err != nil {
		t.Fatal(err)
	}
	both, err := Embed(old, OpenBadge3, []byte(jws))
	if err != nil {
		t.Fatal(err)
	}
	again, err := Embed(both, OpenBadge3, []byte(credential))
	if err != nil {
		t.Fatal(err)
	}
	want := []Baked{{Keyword: OpenBadge3, Text: []byte(credential)}, {Keyword: OpenBadge2, Text: []byte(assertion), Legacy: true}}
	got, err := Extract(again)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	without, err := Remove(again)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(without, p) {
		t.Error("the picture without badges differs from the original")
	}
}

func TestEmbedRefuses(t *testing.T) {
	p := plainPNG(t)
	for _, tc := range []struct {
		name, keyword string
		image, text   []byte
		err           error
	}{
		{"another keyword", "Comment", p, []byte("x"), vc.ErrUnsupported},
		{"nothing", OpenBadge3, p, []byte(" \n"), vc.ErrMalformed},
		{"too long", OpenBadge3, p, make([]byte, MaxText+1), vc.ErrTooLarge},
		{"not UTF-8", OpenBadge3, p, []byte("\xff"), vc.ErrMalformed},
		{"not a PNG or SVG", OpenBadge3, []byte("GIF89a"), []byte("x"), vc.ErrUnsupported},
		{"truncated signature", OpenBadge3, p[:4], []byte("x"), vc.ErrMalformed},
		{"damaged", OpenBadge3, p[:40], []byte("x"), vc.ErrMalformed},
		{"would be too large", OpenBadge3, append(bytes.Clone(p), make([]byte, MaxImage-len(p)-8)...), []byte("x"), vc.ErrTooLarge},
		{"a control character in an SVG", OpenBadge3, []byte("<svg/>"), []byte("{\x01}"), vc.ErrMalformed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := Embed(tc.image, tc.keyword, tc.text); !errors.Is(err, tc.err) {
				t.Errorf("error %v, want %v", err, tc.err)
			}
		})
	}
}
