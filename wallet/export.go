package wallet

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"backpack/vc"
	"backpack/wallet/inspect"
)

// rawName returns the file name for a document's original bytes (specs A11.1).
func rawName(form vc.Form) string {
	switch form {
	case vc.JWT, vc.JOSEVC, vc.SDJWTVCDM, vc.SDJWTVC, vc.Signed:
		return "badge.jwt"
	case vc.COSEVC:
		return "badge.cose"
	}
	return "badge.json"
}

// DownloadName returns a file name for a badge's original bytes, and their media
// type.
func (b *Badge) DownloadName() (name, mediaType string) {
	name = slug(b.Entry.Summary.Title) + path.Ext(rawName(b.Document.Form))
	return name, b.Document.MediaType()
}

func extension(file []byte) string {
	switch {
	case strings.HasPrefix(string(file[:min(len(file), 8)]), "\x89PNG"):
		return ".png"
	case inspect.LooksLikeXML(file):
		return ".svg"
	}
	return ".bin"
}

func pictureExtension(mediaType string) string {
	switch mediaType {
	case "image/svg+xml":
		return ".svg"
	case "image/jpeg":
		return ".jpg"
	}
	return ".png"
}

// fileName returns the last element of name, reduced to characters that are safe in a
// ZIP file and a download, and to 80 bytes.
func fileName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case inName(r), r == '.', r == '-', r == '_':
			return r
		case r == ' ':
			return '-'
		}
		return -1
	}, name)
	name = strings.Trim(name, ".-\u200c\u200d")
	for len(name) > 80 { // cuts whole characters, even of the extension
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return name
}

// slug returns a short, safe file name for a title, in the title's own script;
// "badge" if nothing is left.
func slug(title string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.ToLower(title) {
		switch {
		case inName(r):
			b.WriteRune(r)
			n++
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
			n++
		}
		if n >= 40 || b.Len() >= maxFileName {
			break
		}
	}
	name := strings.Trim(b.String(), "-")
	if reserved[name] { // Windows rejects such a file name
		name += "-badge"
	}
	return orSame(name, "badge")
}

// maxFileName bounds a file name in bytes. A letter may take three or four.
const maxFileName = 120

// inName reports whether r is safe in a file name on every system: a letter or mark
// of any script, a digit, or a zero-width joiner or non-joiner, which only changes
// the shape of letters.
func inName(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || r == '\u200c' || r == '\u200d'
}

// reserved are device names on Windows.
var reserved = map[string]bool{
	"con": true, "prn": true, "aux": true, "nul": true,
	"com1": true, "com2": true, "com3": true, "com4": true,
	"lpt1": true, "lpt2": true, "lpt3": true,
}
