package bake

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color/palette"
	"image/png"
	"strings"
	"testing"
)

func smallPNG(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewPaletted(image.Rect(0, 0, 4, 4), palette.Plan9)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func part(kind string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// TestThreat44LeanPictures adds unrelated parts to a picture and checks that Lean
// removes them and changes nothing else.
func TestThreat44LeanPictures(t *testing.T) {
	plain := smallPNG(t)
	secret := []byte(strings.Repeat("a file of another kind ", 4000))
	badge := []byte(`{"id":"https://issuer.example/1"}`)
	baked, err := Embed(plain, "openbadges", badge)
	if err != nil {
		t.Fatal(err)
	}
	const header = len(pngSignature) + 25
	for name, parts := range map[string][][]byte{
		"an unknown chunk": {part("juNk", secret)}, "a private chunk": {part("prVt", secret)}, "a comment": {part("tEXt", append([]byte("Comment\x00"), secret...))},
		"camera data": {part("eXIf", secret)}, "a large profile": {part("iCCP", secret)}, "a long gamma": {part("gAMA", secret)},
		"frames without an animation": {part("fdAT", secret), part("fdAT", secret)}, "an unknown critical chunk": {part("JUNK", secret)},
		"an unknown keyword": {part("iTXt", append([]byte("openbadge\x00\x00\x00\x00\x00"), secret...))},
		"repeated chunks":    {part("gAMA", make([]byte, 4)), part("pHYs", make([]byte, 9))},
	} {
		twice := name == "repeated chunks"
		all := bytes.Join(parts, nil)
		full := append(append(append([]byte{}, baked[:header]...), all...), baked[header:]...)
		want := baked
		if twice {
			want = full
			full = append(append(append([]byte{}, baked[:header]...), append(all, all...)...), baked[header:]...)
		}
		full = append(full, secret...)
		lean := Lean(full)
		if !bytes.Equal(lean, want) || bytes.Contains(lean, secret[:60]) {
			t.Errorf("%s: %d bytes, want %d", name, len(lean), len(want))
		}
		if again := Lean(lean); !bytes.Equal(again, lean) {
			t.Errorf("%s: Lean is not idempotent", name)
		}
		got, err := Extract(lean)
		if err != nil || len(got) != 1 || !bytes.Equal(got[0].Text, badge) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if _, err := png.Decode(bytes.NewReader(lean)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	moving := append(append(append([]byte{}, baked[:header]...),
		bytes.Join([][]byte{part("acTL", make([]byte, 8)), part("fcTL", make([]byte, 26)), part("fdAT", secret)}, nil)...), baked[header:]...)
	for name, b := range map[string][]byte{"plain": plain, "baked": baked, "moving": moving, "a drawing": []byte("<svg/>"), "nothing": nil,
		"damaged": append(baked[:len(baked)-6:len(baked)-6], secret...)} {
		if !bytes.Equal(Lean(b), b) {
			t.Errorf("%s was changed", name)
		}
	}
}
