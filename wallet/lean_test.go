package wallet_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"testing"

	"backpack/vc"
	"backpack/vc/bake"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

// TestThreat44PicturesAreNoFileShare keeps a picture that contains a badge and
// a file of another kind: the file is not stored, and the downloaded picture
// contains the same valid badge.
func TestThreat44PicturesAreNoFileShare(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	var baked inspect.Input
	for _, in := range e.Samples {
		if bake.IsPNG(in.Bytes) {
			baked = in
			break
		}
	}
	secret := bytes.Repeat([]byte("another file "), 5000)
	part := binary.BigEndian.AppendUint32(nil, uint32(len(secret)))
	part = append(append(part, "prVt"...), secret...)
	part = binary.BigEndian.AppendUint32(part, crc32.ChecksumIEEE(part[4:]))
	const header = 8 + 25
	heavy := bytes.Join([][]byte{baked.Bytes[:header], part, baked.Bytes[header:], secret}, nil)
	entries := kept(t, e, a, inspect.Input{Name: "heavy.png", Bytes: heavy})
	if len(entries) != 1 {
		t.Fatalf("%d badges", len(entries))
	}
	out, kind, _, err := e.Baked(t.Context(), a, entries[0].ID)
	if err != nil || kind != "image/png" || !bytes.Equal(out, baked.Bytes) {
		t.Errorf("%d bytes of %s, want the %d without the file: %v", len(out), kind, len(baked.Bytes), err)
	}
	checked, err := e.Check(t.Context(), []inspect.Input{{Name: "again.png", Bytes: out}})
	if err != nil || len(checked) != 1 || checked[0].Verdict != entries[0].Verdict || checked[0].Verdict == vc.Invalid {
		t.Errorf("%+v, %v", checked, err)
	}
	b := e.Learner(t, "Bela").ID
	kept(t, e, b, baked)
	if with, without := usage(t, e, a).Bytes, usage(t, e, b).Bytes; with > without+int64(len(secret))/10 {
		t.Errorf("%d bytes are stored, and %d without the file", with, without)
	}
}
