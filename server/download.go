package server

import (
	"net/url"
	"strings"
	"unicode"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/unicode/norm"
)

// download sends bytes as a file.
func download(c *fiber.Ctx, body []byte, name, mediaType string) error {
	attach(c, name, mediaType)
	return c.Send(body)
}

func attach(c *fiber.Ctx, name, mediaType string) {
	c.Set(fiber.HeaderContentType, mediaType)
	c.Set(fiber.HeaderContentDisposition, attachment(name))
}

// attachment returns the header that makes a browser save a file: its name in ASCII
// and, if that differs, its full name (RFC 6266, RFC 8187).
func attachment(name string) string {
	name = fileName(name)
	header := `attachment; filename="` + safeName(name) + `"`
	if safeName(name) != name {
		header += "; filename*=UTF-8''" + url.PathEscape(name)
	}
	return header
}

// fileName removes invisible characters and those that systems do not allow in the
// name of a file.
func fileName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r == '\u200c', r == '\u200d', r == '-', r == '_', r == '.', unicode.IsLetter(r), unicode.IsMark(r), unicode.IsDigit(r):
			return r
		}
		return '-'
	}, strings.ToValidUTF8(name, ""))
	if name = strings.TrimLeft(name, ".-"); name == "" {
		return "badge"
	}
	r := []rune(name)
	return string(r[max(0, len(r)-100):]) // keep the ending
}

// safeName is fileName limited to ASCII.
func safeName(name string) string {
	out := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.", r):
			return r
		case unicode.IsMark(r), r == '\u200c', r == '\u200d':
			return -1
		}
		return '-'
	}, norm.NFD.String(name))
	for strings.Contains(out, "--") {
		out = strings.ReplaceAll(out, "--", "-")
	}
	if out = strings.TrimLeft(out, "-"); strings.HasPrefix(out, ".") && !strings.HasPrefix(name, ".") {
		out = "badge" + out // only the ending was in ASCII
	}
	if out = strings.Trim(out, ".-"); out == "" {
		return "badge"
	}
	out = strings.ReplaceAll(out, "-.", ".")
	return out[max(0, len(out)-100):]
}

// pictureNames lists the media types of pictures that are served.
var pictureNames = map[string]string{"image/png": "badge.png", "image/jpeg": "badge.jpg", "image/gif": "badge.gif",
	"image/webp": "badge.webp", "image/svg+xml": "badge.svg"}

// picture sends a picture that strangers made. It can only be shown, even if it is
// opened as a page.
func picture(c *fiber.Ctx, body []byte, mediaType string) error {
	name, ok := pictureNames[mediaType]
	if !ok {
		return fiber.ErrNotFound
	}
	c.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox")
	c.Set(fiber.HeaderContentType, mediaType)
	c.Set(fiber.HeaderContentDisposition, `inline; filename="`+name+`"`)
	return c.Send(body)
}

// ownPicture is picture for the learner's own pages, which may cache it.
func ownPicture(c *fiber.Ctx, body []byte, mediaType string) error {
	c.Set(fiber.HeaderCacheControl, "private, max-age=300")
	return picture(c, body, mediaType)
}
