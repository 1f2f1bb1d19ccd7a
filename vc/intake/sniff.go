package intake

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"

	"backpack/vc/bake"
	"backpack/vc/cose"
)

// A kind is what a piece is by its content, in words for an error.
type kind string

const (
	kindEmpty  kind = "nothing"
	kindPNG    kind = "a PNG picture"
	kindSVG    kind = "an SVG picture"
	kindPhoto  kind = "a picture"
	kindZIP    kind = "a ZIP file"
	kindJSON   kind = "JSON"
	kindHTML   kind = "a web page"
	kindXML    kind = "an XML file"
	kindCOSE   kind = "COSE"
	kindText   kind = "text"
	kindBinary kind = "a file of an unknown kind"
)

// magics are the first bytes of other kinds of file.
var magics = []struct {
	at    int
	magic string
	kind  kind
}{
	{0, "\xff\xd8\xff", kindPhoto}, {0, "GIF8", kindPhoto}, {8, "WEBP", kindPhoto},
	{0, "PK\x03\x04", kindZIP}, {0, "PK\x05\x06", kindZIP}, {0, "PK\x07\x08", kindZIP},
	{0, "%PDF", "a PDF document"}, {4, "ftyp", "a HEIC or AVIF photo, or a video"}, {0, "BM", "a BMP picture"},
	{0, "II*\x00", "a TIFF picture"}, {0, "MM\x00*", "a TIFF picture"}, {0, "\x1f\x8b", "a gzip file"},
	{0, "7z\xbc\xaf", "a 7z archive"}, {0, "Rar!", "a RAR archive"}, {0, "\xd0\xcf\x11\xe0", "an old office document"},
}

// sniff decides by content (specs A11.1).
func sniff(b []byte) kind {
	trimmed := bytes.TrimSpace(withoutMark(b))
	switch {
	case len(trimmed) == 0:
		return kindEmpty
	case bake.IsPNG(b):
		return kindPNG
	case cose.Looks(b):
		return kindCOSE
	case trimmed[0] == '<':
		return markup(trimmed)
	case trimmed[0] == '{' || trimmed[0] == '[' || trimmed[0] == '"':
		return kindJSON
	}
	for _, m := range magics {
		if len(b) > m.at && bytes.HasPrefix(b[m.at:], []byte(m.magic)) && (m.magic != "BM" || !utf8.Valid(b)) {
			return m.kind
		}
	}
	if _, ok := decodeText(b); ok {
		return kindText
	}
	return kindBinary
}

func markup(b []byte) kind {
	if bake.IsSVG(b) {
		return kindSVG
	}
	head := bytes.ToLower(b[:min(len(b), 4<<10)])
	if bytes.HasPrefix(head, []byte("<?xml")) && !bytes.Contains(head, []byte("<html")) {
		return kindXML
	}
	return kindHTML
}

// decodeText returns b as UTF-8, also from the UTF-16 that spreadsheets and
// editors write with a byte order mark.
func decodeText(b []byte) (string, bool) {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		order = binary.LittleEndian
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		order = binary.BigEndian
	default:
		b = withoutMark(b)
		return string(b), utf8.Valid(b) && bytes.IndexByte(b, 0) < 0
	}
	units := make([]uint16, 0, len(b)/2)
	for b = b[2:]; len(b) >= 2; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	s := string(utf16.Decode(units))
	return s, bytes.IndexByte([]byte(s), 0) < 0
}
