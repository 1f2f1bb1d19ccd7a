package wallet

import (
	"path"
	"strings"

	"backpack/vc"
)

// rawName names the file of a document's own bytes (specs A11.1).
func rawName(form vc.Form) string {
	switch form {
	case vc.JWT, vc.JOSEVC, vc.SDJWTVCDM, vc.SDJWTVC, vc.Signed:
		return "badge.jwt"
	case vc.COSEVC:
		return "badge.cose"
	}
	return "badge.json"
}

// DownloadName returns a file name for a badge's own bytes and their media type.
func (b *Badge) DownloadName() (name, mediaType string) {
	name = slug(b.Entry.Summary.Title) + path.Ext(rawName(b.Document.Form))
	return name, b.Document.MediaType()
}

func extension(file []byte) string {
	switch {
	case strings.HasPrefix(string(file[:min(len(file), 8)]), "\x89PNG"):
		return ".png"
	case looksLikeXML(file):
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

// slug makes a short safe file name of a title.
func slug(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 40 {
			break
		}
	}
	return orSame(strings.Trim(b.String(), "-"), "badge")
}
