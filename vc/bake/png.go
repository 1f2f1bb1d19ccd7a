package bake

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"

	"backpack/vc"
)

const pngSignature = "\x89PNG\r\n\x1a\n"

// IsPNG reports whether b begins like a PNG. It compares only the start of the
// signature, to recognize a PNG whose line ends were converted.
func IsPNG(b []byte) bool { return bytes.HasPrefix(b, []byte(pngSignature[:4])) }

// A pngImage is a PNG as received.
type pngImage []byte

func (p pngImage) limit() int { return MaxImage }

// A chunk is a part of a PNG: length, kind, data and checksum (PNG 3rd edition, 5.3).
type chunk struct {
	kind       string
	data       []byte
	start, end int // of the whole chunk in the file
	sum        uint32
}

// intact reports whether the checksum is correct.
func (c *chunk) intact() bool {
	return crc32.Update(crc32.ChecksumIEEE([]byte(c.kind)), crc32.IEEETable, c.data) == c.sum
}

// critical reports whether the picture cannot be displayed without the chunk.
func (c *chunk) critical() bool { return c.kind[0]&0x20 == 0 }

// chunks calls fn for each chunk up to and including IEND. A wrong checksum of a
// critical chunk is an error, as the picture is damaged. Bytes after IEND are ignored.
func (p pngImage) chunks(fn func(c *chunk) error) error {
	if !bytes.HasPrefix(p, []byte(pngSignature)) {
		return damaged("the signature of the PNG is damaged")
	}
	for i := len(pngSignature); ; {
		c, err := p.chunk(i)
		if err != nil {
			return err
		}
		if first := i == len(pngSignature); first != (c.kind == "IHDR") {
			return damaged("the header of the PNG is missing or misplaced")
		}
		if c.critical() && !c.intact() {
			return damaged("a chunk of the PNG has a wrong checksum")
		}
		if err := fn(c); err != nil {
			return err
		}
		if c.kind == "IEND" {
			return nil
		}
		i = c.end
	}
}

// chunk parses the chunk at i.
func (p pngImage) chunk(i int) (*chunk, error) {
	if len(p)-i < 12 {
		return nil, damaged("the PNG is truncated")
	}
	n := int64(binary.BigEndian.Uint32(p[i:]))
	if n > int64(len(p)-i-12) {
		return nil, damaged("the PNG is truncated")
	}
	end := i + 12 + int(n)
	c := &chunk{kind: string(p[i+4 : i+8]), data: p[i+8 : end-4], start: i, end: end, sum: binary.BigEndian.Uint32(p[end-4:])}
	for _, b := range []byte(c.kind) {
		if b|0x20 < 'a' || b|0x20 > 'z' {
			return nil, damaged("a chunk of the PNG has an invalid name")
		}
	}
	return c, nil
}

func (p pngImage) extract() (finds, error) {
	found := finds{}
	err := p.chunks(func(c *chunk) error {
		keyword, ok := c.badge()
		if !ok || found.full(keyword) {
			return nil
		}
		b, err := c.text()
		switch {
		case err == nil && c.intact():
			found.add(keyword, b)
		case len(found[keyword]) > 0: // a damaged badge does not affect the others
			found[keyword][0].warn("the picture contains another, damaged badge")
		case err == nil:
			return damaged("the chunk of the badge has a wrong checksum")
		}
		if len(found[keyword]) == 0 {
			return err
		}
		return nil
	})
	return found, err
}

func (p pngImage) embed(keyword string, text []byte) ([]byte, error) {
	return p.rewrite(func(k string) bool { return k == keyword }, textChunk(keyword, text))
}

func (p pngImage) remove() ([]byte, error) {
	return p.rewrite(func(string) bool { return true }, nil)
}

// rewrite copies the picture without the badges to drop. It inserts added after the
// header, before the image data (specs A11.2).
func (p pngImage) rewrite(drop func(keyword string) bool, added []byte) ([]byte, error) {
	out := make([]byte, 0, len(p)+len(added))
	out = append(out, pngSignature...)
	last := len(pngSignature)
	err := p.chunks(func(c *chunk) error {
		if keyword, ok := c.badge(); !ok || !drop(keyword) {
			out = append(out, p[c.start:c.end]...)
		}
		if c.kind == "IHDR" {
			out = append(out, added...)
		}
		last = c.end
		return nil
	})
	if err != nil {
		return nil, err
	}
	return append(out, p[last:]...), nil
}

// badge returns the keyword of a text chunk with a badge.
func (c *chunk) badge() (string, bool) {
	if c.kind != "iTXt" && c.kind != "tEXt" && c.kind != "zTXt" {
		return "", false
	}
	keyword, _, ok := bytes.Cut(c.data[:min(len(c.data), 80)], []byte{0})
	return string(keyword), ok && slices.Contains(preference[:], string(keyword))
}

// textChunk returns the chunk of specs I1: without compression, language or translated
// keyword.
func textChunk(keyword string, text []byte) []byte {
	n := len(keyword) + 5 + len(text)
	b := binary.BigEndian.AppendUint32(make([]byte, 0, n+12), uint32(n))
	b = append(b, "iTXt"+keyword+"\x00\x00\x00\x00\x00"...)
	b = append(b, text...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

func damaged(what string) error { return fmt.Errorf("%w: %s", vc.ErrMalformed, what) }
