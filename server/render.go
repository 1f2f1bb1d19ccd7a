package server

import (
	"bytes"
	"encoding/base64"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/unicode/norm"

	"backpack/server/view"
	"backpack/ui"
)

const (
	themeCookie  = "theme"
	noticeCookie = "notice"
)

// chrome fills what every page has around its content.
func (s *Server) chrome(c *fiber.Ctx, active string) ui.Chrome {
	v := visitorOf(c)
	out := ui.Chrome{Lang: s.lang(c), Theme: themeOf(c), Path: bounded(address(c), 500), Active: active,
		FormToken: formToken(v.token), Version: s.Version, Now: s.Now(), Notice: s.takeNotice(c)}
	if !reads(c) {
		out.Path = bounded(s.formPage(c), 500)
	}
	if rest, ok := strings.CutPrefix(out.Path, "/s/"); ok {
		out.Path = "/s/" + rest[:strings.IndexAny(rest+"/", "/?")]
	}
	out.DiskFull = !strings.HasPrefix(out.Path, "/s/") && s.Wallet.Full() // which is no concern of who looks at a show
	if v.session != nil {
		out.SignedIn, out.Name = true, v.account.Name
	}
	return out
}

// formPage is the page on which a form was sent, "/" when the browser does not
// say: where the form itself went may be no page.
func (s *Server) formPage(c *fiber.Ctx) string {
	if strings.HasPrefix(c.Path(), "/s/") {
		return c.Path()
	}
	if u, err := url.Parse(c.Get(fiber.HeaderReferer)); err == nil && s.hosts[strings.ToLower(u.Host)] {
		return u.RequestURI()
	}
	return "/"
}

func (s *Server) lang(c *fiber.Ctx) string {
	return s.UI.Lang(bounded(c.Get(fiber.HeaderAcceptLanguage), 200))
}

func themeOf(c *fiber.Ctx) string {
	switch t := c.Cookies(themeCookie); t {
	case ui.ThemeLight, ui.ThemeDark:
		return strings.Clone(t)
	}
	return ui.ThemeAuto
}

// page renders a page as a whole, or not at all.
func (s *Server) page(c *fiber.Ctx, p ui.Page) error {
	var b bytes.Buffer
	if err := s.UI.Render(&b, p); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
	return c.Send(b.Bytes())
}

// go303 sends the browser on with a GET.
func go303(c *fiber.Ctx, path string) error { return c.Redirect(path, fiber.StatusSeeOther) }

// notice leaves a word for the next page: a code of the catalogue with what
// fills its placeholders.
func (s *Server) notice(c *fiber.Ctx, code string, n int, name string) {
	value := code + "." + itoa(n) + "." + base64.RawURLEncoding.EncodeToString([]byte(strings.ToValidUTF8(name[:min(len(name), 200)], "")))
	c.Cookie(s.newCookie(noticeCookie, value, "/", s.Now().Add(noticeLife)))
}

// takeNotice reads the notice, and forgets it once a page shows it.
func (s *Server) takeNotice(c *fiber.Ctx) *ui.Notice {
	parts := strings.Split(c.Cookies(noticeCookie), ".")
	if len(parts) != 3 || c.Method() != fiber.MethodGet {
		return nil
	}
	c.Cookie(s.newCookie(noticeCookie, "", "/", time.Unix(1, 0)))
	name, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || !s.UI.Has("notice."+parts[0]) {
		return nil
	}
	return &ui.Notice{Code: strings.Clone(parts[0]), N: atoi(parts[1]), Name: string(name)}
}

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

// view returns the mapper for a page in a language, which chooses texts in
// badges by what the browser asks for.
func (s *Server) view(c *fiber.Ctx, lang string) view.Mapper {
	return view.New(s.UI, lang, bounded(c.Get(fiber.HeaderAcceptLanguage), 200))
}
