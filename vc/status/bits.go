package status

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"backpack/vc"
)

const (
	// MinBits is the minimum number of entries in a list (specs E1.3): fewer
	// would reveal which credential is looked up.
	MinBits = 131_072
	// maxBytes is the largest decoded list (specs E1.9): 128 million entries.
	maxBytes = 16 << 20
	// gzipRatio is the highest compression ratio of gzip, rounded up.
	gzipRatio = 1032
	// gzipStart begins every gzip stream in base64 of any alphabet.
	gzipStart = "H4sI"
)

// Encode returns encodedList of a BitstringStatusList: multibase base64url over
// gzip (specs E1.3). The bits are numbered from the most significant of the
// first byte. Equal bits give equal text.
func Encode(bits []byte) string { return "u" + Encode2021(bits) }

// Encode2021 returns encodedList of a StatusList2021 or RevocationList2020,
// which has no multibase prefix (specs E2.2).
func Encode2021(bits []byte) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(bits) // a bytes.Buffer never fails
	z.Close()
	return base64.RawURLEncoding.EncodeToString(b.Bytes())
}

// Set sets or clears the bit at index, which must be within bits (specs E1.4).
func Set(bits []byte, index int, on bool) {
	mask := byte(0x80) >> (index % 8)
	if bits[index/8] &^= mask; on {
		bits[index/8] |= mask
	}
}

// decode decodes encodedList in either encoding: exactly one complete gzip stream.
// Errors wrap vc.ErrMalformed or vc.ErrTooLarge.
func decode(text string) ([]byte, error) {
	if rest, ok := strings.CutPrefix(text, "u"); ok && strings.HasPrefix(rest, gzipStart) {
		text = rest
	}
	if !strings.HasPrefix(text, gzipStart) {
		return nil, fmt.Errorf("%w: the list is not gzip in base64url", vc.ErrMalformed)
	}
	text = strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(text, "="))
	packed, err := vc.DecodeBase64(text)
	if err != nil {
		return nil, err
	}
	return gunzip(packed)
}

// gunzip expands one gzip stream. It allocates exactly the size that the trailer
// states, then verifies that the size is right.
func gunzip(packed []byte) ([]byte, error) {
	if len(packed) < 18 {
		return nil, fmt.Errorf("%w: the gzip stream is cut off", vc.ErrMalformed)
	}
	size := binary.LittleEndian.Uint32(packed[len(packed)-4:]) // RFC 1952 2.3.1, ISIZE
	if uint64(size) > gzipRatio*uint64(len(packed)) {
		return nil, fmt.Errorf("%w: the gzip stream states a wrong size", vc.ErrMalformed)
	}
	if size > maxBytes {
		return nil, fmt.Errorf("%w: the list exceeds %d bytes", vc.ErrTooLarge, maxBytes)
	}
	in := bytes.NewReader(packed)
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("%w: the list is not gzip: %v", vc.ErrMalformed, err)
	}
	z.Multistream(false)
	out := make([]byte, size)
	if _, err := io.ReadFull(z, out); err != nil {
		return nil, fmt.Errorf("%w: the gzip stream is damaged: %v", vc.ErrMalformed, err)
	}
	// The stream must end here; the reader compares the checksum at the end.
	if n, err := z.Read(make([]byte, 1)); n > 0 || err != io.EOF {
		return nil, fmt.Errorf("%w: the gzip stream states a wrong size or checksum", vc.ErrMalformed)
	}
	if in.Len() > 0 {
		return nil, fmt.Errorf("%w: there are bytes after the gzip stream", vc.ErrMalformed)
	}
	return out, nil
}

// value returns the entry at index, size bits wide, most significant bit first
// (specs E1.4), and whether the list has it.
func value(bits []byte, index, size uint64) (uint64, bool) {
	entries := uint64(len(bits)) * 8 / size
	if index >= entries {
		return 0, false
	}
	var v uint64
	for i := index * size; i < (index+1)*size; i++ {
		v = v<<1 | uint64(bits[i>>3]>>(7-(i&7))&1)
	}
	return v, true
}
