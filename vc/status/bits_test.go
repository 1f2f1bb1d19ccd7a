package status

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/vctest/bomb"
)

func TestBitOrder(t *testing.T) {
	bits := make([]byte, 4)
	Set(bits, 0, true)
	Set(bits, 9, true)
	Set(bits, 31, true)
	Set(bits, 10, true)
	Set(bits, 10, false)
	if want := []byte{0x80, 0x40, 0x00, 0x01}; !bytes.Equal(bits, want) {
		t.Fatalf("got bits %x, want %x", bits, want)
	}
	for i := range uint64(32) {
		v, ok := value(bits, i, 1)
		if set := i == 0 || i == 9 || i == 31; !ok || (v == 1) != set {
			t.Errorf("entry %d: got %d", i, v)
		}
	}
	for _, x := range []struct{ index, size, want uint64 }{
		{0, 4, 8}, {2, 4, 4}, {7, 4, 1}, {0, 3, 4}, {3, 3, 4}, {1, 16, 1}, {0, 2, 2}, {15, 2, 1},
	} {
		if v, ok := value(bits, x.index, x.size); !ok || v != x.want {
			t.Errorf("entry %d of %d bits: got %d, want %d", x.index, x.size, v, x.want)
		}
	}
	for _, x := range [][2]uint64{{32, 1}, {10, 3}, {2, 16}, {1 << 53, 16}, {1<<53 - 1, 1}} {
		if _, ok := value(bits, x[0], x[1]); ok {
			t.Errorf("got an entry %d of %d bits after the end", x[0], x[1])
		}
	}
}

// TestKnownBit decodes the output of another program, as Encode and decode could
// share an error: 16 KiB of zeros except for bit 94567, gzip -9.
func TestKnownBit(t *testing.T) {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	raw := make([]byte, 16<<10)
	raw[11820] = 0x01 // 94567 = 11820·8 + 7: the least significant bit
	z.Write(raw)
	z.Close()
	text := base64.URLEncoding.EncodeToString(b.Bytes())
	for name, s := range map[string]string{
		"bitstring": "u" + strings.TrimRight(text, "="), "2021": strings.TrimRight(text, "="), "padded": text,
		"standard alphabet": base64.StdEncoding.EncodeToString(b.Bytes()),
	} {
		bits, err := decode(s)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		v, ok := value(bits, 94567, 1)
		before, _ := value(bits, 94566, 1)
		mirrored, _ := value(bits, 94560, 1)
		if !ok || v != 1 || before+mirrored != 0 {
			t.Errorf("%s: got bit 94567 = %d", name, v)
		}
	}
}

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(b)
	z.Close()
	return out.Bytes()
}

func TestDecodeRefuses(t *testing.T) {
	good := gzipped(make([]byte, MinBits/8))
	change := func(at int, x byte) []byte { b := bytes.Clone(good); b[(len(b)+at)%len(b)] ^= x; return b }
	code := func(b []byte) string { return "u" + base64.RawURLEncoding.EncodeToString(b) }
	lie := bytes.Clone(good)
	binary.LittleEndian.PutUint32(lie[len(lie)-4:], 1<<31)
	for name, x := range map[string]struct {
		text string
		want error
	}{
		"empty":            {"", vc.ErrMalformed},
		"prefix only":      {"u", vc.ErrMalformed},
		"other multibase":  {"z" + Encode2021(nil), vc.ErrMalformed},
		"not gzip":         {code(make([]byte, 64)), vc.ErrMalformed},
		"zlib":             {"ueJwDAAAAAAE", vc.ErrMalformed},
		"cut off":          {code(good[:len(good)-9]), vc.ErrMalformed},
		"header only":      {code(good[:10]), vc.ErrMalformed},
		"wrong checksum":   {code(change(-8, 1)), vc.ErrMalformed},
		"wrong size":       {code(change(-4, 1)), vc.ErrMalformed},
		"false small size": {code(lie), vc.ErrMalformed},
		"damaged":          {code(change(20, 0xff)), vc.ErrMalformed},
		"trailing byte":    {code(append(bytes.Clone(good), 0)), vc.ErrMalformed},
		"two streams":      {code(append(bytes.Clone(good), good...)), vc.ErrMalformed},
		"empty, then one":  {code(append(gzipped(nil), good...)), vc.ErrMalformed},
		"line break":       {code(good)[:40] + "\n" + code(good)[40:], vc.ErrMalformed},
		"bad digit":        {code(good)[:40] + "*" + code(good)[41:], vc.ErrMalformed},
		"non-zero padding": {"uH4sIAAAAAAAA_2IAAAAA__8DAI4PC9ABAAAB", vc.ErrMalformed},
	} {
		if _, err := decode(x.text); !errors.Is(err, x.want) {
			t.Errorf("%s: got error %v, want %v", name, err, x.want)
		}
	}
}

// TestThreat06StatusListBombs asserts that a list that expands to a gigabyte is
// refused without expanding it.
func TestThreat06StatusListBombs(t *testing.T) {
	honest := bomb.Gzip()
	liar := bytes.Clone(honest) // a gigabyte that states a small size
	binary.LittleEndian.PutUint32(liar[len(liar)-4:], 1<<20)
	for name, packed := range map[string][]byte{"honest": honest, "liar": liar, "two": append(bytes.Clone(liar), liar...)} {
		text := "u" + base64.RawURLEncoding.EncodeToString(packed)
		bomb.Contained(t, name, func() {
			if _, err := decode(text); err == nil {
				t.Errorf("%s: got no error", name)
			}
		})
	}
	packed := bomb.Zlib()
	bomb.Contained(t, "a token status list", func() {
		if _, err := inflate(packed); !errors.Is(err, vc.ErrTooLarge) {
			t.Errorf("a token status list: got error %v", err)
		}
	})
}

func TestLargestList(t *testing.T) {
	if bits, err := decode(Encode(make([]byte, maxBytes))); err != nil || len(bits) != maxBytes {
		t.Errorf("got %d bytes, error %v", len(bits), err)
	}
	if _, err := decode(Encode(make([]byte, maxBytes+1))); !errors.Is(err, vc.ErrTooLarge) {
		t.Errorf("one byte more: got error %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, n := range []int{0, 1, 100, MinBits / 8} {
		f.Add(Encode(make([]byte, n)))
		f.Add(Encode2021(bytes.Repeat([]byte{0xa5}, n)))
	}
	f.Add("uH4sI")
	f.Add("H4sIAAAAAAAA_w")
	f.Fuzz(func(t *testing.T, text string) {
		bits, err := decode(text)
		if err != nil {
			if !errors.Is(err, vc.ErrMalformed) && !errors.Is(err, vc.ErrTooLarge) {
				t.Errorf("unclassified error: %v", err)
			}
			return
		}
		if len(bits) > maxBytes || len(bits) > gzipRatio*len(text) {
			t.Errorf("got %d bytes from %d", len(bits), len(text))
		}
		again, err := decode(Encode(bits))
		if err != nil || !bytes.Equal(again, bits) {
			t.Errorf("decoding the encoded list: got error %v or another list", err)
		}
	})
}
