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

// attachment returns the header for a file to be saved: its name for browsers
// that know only ASCII, and where that is not all of it the name itself
// (RFC 6266, RFC 8187).
func attachment(name string) string {
	name = fileName(name)
	header := `attachment; filename="` + safeName(name) + `"`
	if safeName(name) != name {
		header += "; filename*=UTF-8''" + url.PathEscape(name)
	}
	return header
}

// fileName drops of a name what no system allows in one or what nobody sees.
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
	return string(r[max(0, len(r)-100):]) // its end tells what kind of file it is
}

// safeName is fileName within ASCII.
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
		out = "badge" + out // all but its end was in another script
	}
	if out = strings.Trim(out, ".-"); out == "" {
		return "badge"
	}
	out = strings.ReplaceAll(out, "-.", ".")
	return out[max(0, len(out)-100):]
}

// pictureNames are the media types in which pictures are given out.
var pictureNames = map[string]string{"image/png": "badge.png", "image/jpeg": "badge.jpg", "image/gif": "badge.gif",
	"image/webp": "badge.webp", "image/svg+xml": "badge.svg"}

// picture sends an image that strangers made: it may be shown as an image and
// do nothing else, even when somebody opens it as a page.
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

// ownPicture is picture for the learner's own pages, which show many of them
// again and again.
func ownPicture(c *fiber.Ctx, body []byte, mediaType string) error {
	c.Set(fiber.HeaderCacheControl, "private, max-age=300")
	return picture(c, body, mediaType)
}
