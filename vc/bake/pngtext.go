package bake

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"unicode/utf8"

	"backpack/vc"
)

// text returns the text of a badge's chunk. The rules require an uncompressed iTXt
// chunk (specs A11.2, B3.1); others cause a warning.
func (c *chunk) text() (*Baked, error) {
	_, rest, _ := bytes.Cut(c.data, []byte{0})
	b := &Baked{}
	var err error
	switch c.kind {
	case "tEXt":
		// The rules for the oldest badges require tEXt.
		b.Text, err = plain(rest, b)
	case "zTXt":
		b.warn("the badge is in a compressed zTXt chunk instead of iTXt")
		b.Text, err = deflated(rest)
		if err == nil {
			b.Text, err = plain(b.Text, b)
		}
	default:
		err = international(rest, b)
	}
	b.Text = bytes.Clone(bytes.TrimSpace(b.Text))
	return b, err
}

func (b *Baked) warn(s string) { b.Warnings = append(b.Warnings, s) }

// international parses an iTXt chunk after its keyword: flag, method, language tag,
// translated keyword, text (PNG 3rd edition, 11.3.3.4).
func international(rest []byte, b *Baked) (err error) {
	if len(rest) < 2 {
		return damaged("the chunk of the badge is too short")
	}
	flag, method := rest[0], rest[1]
	language, rest, ok := bytes.Cut(rest[2:], []byte{0})
	if !ok {
		return damaged("the chunk of the badge is too short")
	}
	translated, text, ok := bytes.Cut(rest, []byte{0})
	if !ok {
		return damaged("the chunk of the badge is too short")
	}
	if len(language) > 0 || len(translated) > 0 {
		b.warn("the chunk of the badge states a language")
	}
	if flag != 0 {
		b.warn("the text of the badge is compressed")
		if text, err = deflated(append([]byte{method}, text...)); err != nil {
			return err
		}
	}
	b.Text = text
	return checkSizeAndUTF8(text)
}

// plain reads the text of a tEXt or zTXt chunk: Latin-1 by the rules, but UTF-8 from
// many programs.
func plain(text []byte, b *Baked) ([]byte, error) {
	if len(text) > MaxText {
		return nil, tooLong()
	}
	if utf8.Valid(text) {
		return text, nil
	}
	b.warn("the text of the badge is in Latin-1")
	out := make([]rune, len(text))
	for i, c := range text {
		out[i] = rune(c)
	}
	return []byte(string(out)), nil
}

// deflated inflates text after its compression method, which must be zlib, up to
// MaxText bytes.
func deflated(b []byte) ([]byte, error) {
	if len(b) == 0 || b[0] != 0 {
		return nil, fmt.Errorf("%w: the text of the badge has an unknown compression method", vc.ErrUnsupported)
	}
	r, err := zlib.NewReader(bytes.NewReader(b[1:]))
	if err != nil {
		return nil, damaged("the compressed text of the badge is damaged")
	}
	var out bytes.Buffer
	n, err := io.Copy(&out, io.LimitReader(r, MaxText+1))
	switch {
	case n > MaxText:
		return nil, tooLong()
	case err != nil:
		return nil, damaged("the compressed text of the badge is damaged")
	}
	return out.Bytes(), nil
}

func checkSizeAndUTF8(text []byte) error {
	if len(text) > MaxText {
		return tooLong()
	}
	return checkUTF8(text)
}

func checkUTF8(text []byte) error {
	if !utf8.Valid(text) {
		return damaged("the text of the badge is not valid UTF-8")
	}
	return nil
}

func tooLong() error { return fmt.Errorf("%w: the badge exceeds %d MiB", vc.ErrTooLarge, MaxText>>20) }
