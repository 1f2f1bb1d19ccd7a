package vc_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/mr-tron/base58"

	"backpack/vc"
)

func TestBase58(t *testing.T) {
	for name, x := range map[string]struct{ hex, text string }{
		"nothing":    {"", ""},
		"zero":       {"00", "1"},
		"zeros":      {"000000", "111"},
		"one":        {"01", "2"},
		"58":         {"3a", "21"},
		"leading":    {"0000287fb4cd", "11233QC4"},
		"a word":     {"ffffffffffffffff", "jpXCZedGfVQ"},
		"words":      {"010000000000000000", "jpXCZedGfVR"},
		"draft text": {hex.EncodeToString([]byte("Hello World!")), "2NEpo7TZRRrLZSi2U"},
	} {
		t.Run(name, func(t *testing.T) {
			want, _ := hex.DecodeString(x.hex)
			got, err := vc.DecodeBase58(x.text)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("decode: %x, %v, want %x", got, err, want)
			}
			if text := vc.EncodeBase58(want); text != x.text {
				t.Errorf("encode: %q, want %q", text, x.text)
			}
		})
	}
}

func TestBase58Refused(t *testing.T) {
	for _, s := range []string{"0", "O", "I", "l", "a b", "2\n", "+", "\x00", "é", "2="} {
		if b, err := vc.DecodeBase58(s); !errors.Is(err, vc.ErrMalformed) {
			t.Errorf("%q: %x, %v", s, b, err)
		}
	}
	if _, err := vc.DecodeBase58(strings.Repeat("z", 2049)); !errors.Is(err, vc.ErrTooLarge) {
		t.Errorf("too long: %v", err)
	}
}

// FuzzBase58 compares with another implementation and checks that decoding and
// encoding round-trip.
func FuzzBase58(f *testing.F) {
	for _, s := range []string{"", "1", "11z", "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQXJPt4swbTQ2", "jpXCZedGfVQ", "0"} {
		f.Add(s, []byte(s))
	}
	f.Fuzz(func(t *testing.T, s string, b []byte) {
		if got, err := vc.DecodeBase58(s); err == nil && vc.EncodeBase58(got) != s {
			t.Errorf("%q decodes to %x, which encodes to %q", s, got, vc.EncodeBase58(got))
		}
		if len(b) > 1000 {
			return
		}
		text := vc.EncodeBase58(b)
		if want := base58.Encode(b); text != want {
			t.Errorf("encode %x: %q, want %q", b, text, want)
		}
		if got, err := vc.DecodeBase58(text); err != nil || !bytes.Equal(got, b) {
			t.Errorf("encode %x: %q decodes to %x, %v", b, text, got, err)
		}
	})
}

func BenchmarkDecodeBase58(b *testing.B) {
	text := vc.EncodeBase58(bytes.Repeat([]byte{0xa7}, 64))
	for b.Loop() {
		_, _ = vc.DecodeBase58(text)
	}
}
