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

// TestThreat44LeanPictures puts into a picture what does not belong there: it
// goes, and the picture and its badge stay, byte for byte.
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
		"an unknown part": {part("juNk", secret)}, "a private one": {part("prVt", secret)}, "a comment": {part("tEXt", append([]byte("Comment\x00"), secret...))},
		"a camera's": {part("eXIf", secret)}, "a profile of great size": {part("iCCP", secret)}, "a long gamma": {part("gAMA", secret)},
		"frames of a picture that stands still": {part("fdAT", secret), part("fdAT", secret)}, "an unknown critical one": {part("JUNK", secret)},
		"a keyword that is none": {part("iTXt", append([]byte("openbadge\x00\x00\x00\x00\x00"), secret...))},
		"the same twice":         {part("gAMA", make([]byte, 4)), part("pHYs", make([]byte, 9))},
	} {
		twice := name == "the same twice"
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
			t.Errorf("%s: lean twice is another picture", name)
		}
		got, err := Extract(lean)
		if err != nil || len(got) != 1 || !bytes.Equal(got[0].Text, badge) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if _, err := png.Decode(bytes.NewReader(lean)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	moving := append(append(append([]byte{}, baked[:header]...), bytes.Join([][]byte{part("acTL", make([]byte, 8)), part("fcTL", make([]byte, 26)), part("fdAT", secret)}, nil)...), baked[header:]...)
	for name, b := range map[string][]byte{"plain": plain, "baked": baked, "moving": moving, "a drawing": []byte("<svg/>"), "nothing": nil, "damaged": append(baked[:len(baked)-6:len(baked)-6], secret...)} {
		if !bytes.Equal(Lean(b), b) {
			t.Errorf("%s was changed", name)
		}
	}
}
