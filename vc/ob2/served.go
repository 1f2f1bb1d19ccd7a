package ob2

import (
	"bytes"
	"encoding/binary"
	"mime"
	"strings"
	"unicode/utf16"

	"backpack/vc"
)

// utf8Body returns the body of a response as UTF-8, without byte order mark and
// surrounding white space.
func utf8Body(res *vc.Resource) []byte {
	b := res.Body
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		order = binary.LittleEndian
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		order = binary.BigEndian
	default:
		return bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(b), []byte("\xef\xbb\xbf")))
	}
	units := make([]uint16, 0, len(b)/2)
	for b = b[2:]; len(b) >= 2; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	return bytes.TrimSpace([]byte(string(utf16.Decode(units))))
}

// declaredJSON reports whether a response is declared as JSON, or has no media type.
func declaredJSON(res *vc.Resource) bool {
	kind := mediaType(res)
	return kind == "" || kind == "application/json" || kind == "text/json" || kind == "application/x-json" ||
		strings.HasPrefix(kind, "application/") && strings.HasSuffix(kind, "+json")
}

// isTextOrPicture reports whether a response is declared as a text or a picture, which
// visitors can upload on many websites.
func isTextOrPicture(res *vc.Resource) bool {
	kind := mediaType(res)
	return !declaredJSON(res) && (strings.HasPrefix(kind, "text/") || strings.HasPrefix(kind, "image/"))
}

func mediaType(res *vc.Resource) string {
	if strings.TrimSpace(res.ContentType) == "" {
		return ""
	}
	if kind, _, err := mime.ParseMediaType(res.ContentType); err == nil {
		return kind
	}
	kind, _, _ := strings.Cut(res.ContentType, ";")
	return nonEmpty(strings.ToLower(strings.TrimSpace(kind)), "unknown")
}
