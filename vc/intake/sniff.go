package intake

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"backpack/vc/bake"
	"backpack/vc/cose"
)

// A kind is the kind of a piece, worded for an error.
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

// magics are the first bytes of other file formats.
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

// sniff returns the kind of b by its content (specs A11.1).
func sniff(b []byte) kind {
	trimmed := trimmed(b)
	switch {
	case len(trimmed) == 0:
		return kindEmpty
	case bake.IsPNG(b):
		return kindPNG
	case cose.Looks(b):
		return kindCOSE
	case trimmed[0] == '<' && !bracketedLead(trimmed):
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

// bracketedLead reports whether b begins with an address or a token in angle brackets,
// as e-mail programs write it, not with a tag.
func bracketedLead(b []byte) bool {
	head := strings.TrimSpace(string(b[1:min(len(b), 40)]))
	for _, lead := range []string{"https://", "http://", "url:", "eyJ", "www."} {
		if hasPrefixFold(head, lead) {
			return true
		}
	}
	return false
}

// trimmed returns b without blanks around it.
func trimmed(b []byte) []byte { return bytes.Trim(b, blanks) }

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

// decodeText returns b as UTF-8. Bytes that are neither UTF-8 nor control characters
// are read as Latin-1, which older programs write.
func decodeText(b []byte) (string, bool) {
	b = withoutMark(b)
	switch {
	case bytes.IndexByte(b, 0) >= 0:
		return "", false
	case utf8.Valid(b):
		return string(b), true
	}
	out := make([]rune, len(b))
	for i, c := range b {
		switch {
		case c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f', c == 0x7f:
			return "", false
		case c >= 0x80 && c < 0xa0: // quotes and dashes of Windows-1252
			c = ' '
		}
		out[i] = rune(c)
	}
	return string(out), true
}

// fromUTF16 converts UTF-16, which spreadsheets and editors write with or without a
// byte order mark, to UTF-8. It adapts an XML declaration. ok is false for other
// input.
func fromUTF16(b []byte) ([]byte, bool) {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		order = binary.LittleEndian
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		order = binary.BigEndian
	case len(b) < 4 || len(b)%2 != 0:
		return nil, false
	case asciiText(b[0]) && b[1] == 0 && asciiText(b[2]) && b[3] == 0:
		order = binary.LittleEndian
	case b[0] == 0 && asciiText(b[1]) && b[2] == 0 && asciiText(b[3]):
		order = binary.BigEndian
	default:
		return nil, false
	}
	units := make([]uint16, 0, len(b)/2)
	for ; len(b) >= 2; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	out := []byte(string(utf16.Decode(units)))
	if out = withoutMark(out); bytes.IndexByte(out, 0) >= 0 {
		return nil, false
	}
	return utf16Declared.ReplaceAll(out, []byte("${1}UTF-8$2")), true
}

func asciiText(c byte) bool {
	return c > ' ' && c < 0x7f || c == ' ' || c == '\t' || c == '\r' || c == '\n'
}

var utf16Declared = regexp.MustCompile(`(?i)^(<\?xml[^>]{0,100}encoding=["'])utf-16(?:le|be)?(["'])`)
