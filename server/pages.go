package server

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"backpack/server/edge"
	"backpack/server/view"
	"backpack/ui"
)

// pages renders pages. Each area has one.
type pages struct {
	edge    *edge.Edge
	texts   *ui.Renderer
	origin  *url.URL // the public address
	now     func() time.Time
	log     *slog.Logger
	version string          // of the program
	full    func() bool     // the disk is full: nothing can be saved
	first   map[string]bool // the first path segments of all pages
}

const (
	themeCookie  = "theme"
	noticeCookie = "notice"
)

// chrome returns the frame around the content of a page.
func (s *pages) chrome(c *fiber.Ctx, active string) ui.Chrome {
	v := visitorOf(c)
	out := ui.Chrome{Lang: s.lang(c), Theme: themeOf(c), Path: bounded(address(c), 500), Active: active,
		FormToken: formToken(v.token), Version: s.version, Now: s.now(), Notice: s.takeNotice(c)}
	if !reads(c) {
		out.Path = bounded(s.formPage(c), 500)
	}
	if rest, ok := strings.CutPrefix(out.Path, "/s/"); ok {
		out.Path = "/s/" + rest[:strings.IndexAny(rest+"/", "/?")]
	}
	out.DiskFull = !strings.HasPrefix(out.Path, "/s/") && s.full() // a viewer of a share is not told
	if v.session != nil {
		out.SignedIn, out.Name = true, v.account.Name
	}
	return out
}

// formPage returns the page of the form in a request; "/" if the browser does not
// state it. The path of the request itself may have no page.
func (s *pages) formPage(c *fiber.Ctx) string {
	if strings.HasPrefix(c.Path(), "/s/") {
		return c.Path()
	}
	if u, err := url.Parse(c.Get(fiber.HeaderReferer)); err == nil && s.edge.Serves(u.Host) {
		return u.RequestURI()
	}
	return "/"
}

func (s *pages) lang(c *fiber.Ctx) string {
	return s.texts.Lang(bounded(c.Get(fiber.HeaderAcceptLanguage), 200))
}

func themeOf(c *fiber.Ctx) string {
	switch t := c.Cookies(themeCookie); t {
	case ui.ThemeLight, ui.ThemeDark:
		return strings.Clone(t)
	}
	return ui.ThemeAuto
}

// page sends a page. It renders all of it before.
func (s *pages) page(c *fiber.Ctx, p ui.Page) error {
	var b bytes.Buffer
	if err := s.texts.Render(&b, p); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
	return c.Send(b.Bytes())
}

// go303 redirects the browser to a path, with GET.
func go303(c *fiber.Ctx, path string) error { return c.Redirect(path, fiber.StatusSeeOther) }

const noticeLife = time.Minute

// notice sets the notice of the next page: a code of the catalogue and the values of
// its placeholders.
func (s *pages) notice(c *fiber.Ctx, code string, n int, name string) {
	value := code + "." + itoa(n) + "." + base64.RawURLEncoding.EncodeToString([]byte(strings.ToValidUTF8(name[:min(len(name), 200)], "")))
	c.Cookie(s.newCookie(noticeCookie, value, "/", s.now().Add(noticeLife)))
}

// takeNotice returns the notice and removes it, on a GET.
func (s *pages) takeNotice(c *fiber.Ctx) *ui.Notice {
	parts := strings.Split(c.Cookies(noticeCookie), ".")
	if len(parts) != 3 || c.Method() != fiber.MethodGet {
		return nil
	}
	c.Cookie(s.newCookie(noticeCookie, "", "/", time.Unix(1, 0)))
	name, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || !s.texts.Has("notice."+parts[0]) {
		return nil
	}
	return &ui.Notice{Code: strings.Clone(parts[0]), N: atoi(parts[1]), Name: string(name)}
}

// view returns the mapper for a page in a language. It chooses texts in badges by
// the browser's languages.
func (s *pages) view(c *fiber.Ctx, lang string) view.Mapper {
	return view.New(s.texts, lang, bounded(c.Get(fiber.HeaderAcceptLanguage), 200))
}

// newCookie returns a cookie that lasts until expires. The browser gets a duration,
// since its clock may be wrong. A time in the past removes the cookie.
func (s *pages) newCookie(name, value, path string, expires time.Time) *fiber.Cookie {
	out := &fiber.Cookie{Name: name, Value: value, Path: path, HTTPOnly: true, Secure: s.edge.Secure(), SameSite: fiber.CookieSameSiteLaxMode}
	if out.MaxAge = int(expires.Sub(s.now()) / time.Second); out.MaxAge <= 0 {
		out.MaxAge, out.Expires = 0, time.Unix(1, 0)
	}
	return out
}

// nextPath returns the path to go to after signing in: next if it is the path of a
// page here, otherwise the backpack. It refuses what a browser could read as another
// site, and what it would rewrite.
func (s *pages) nextPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || len(next) > 500 ||
		strings.ContainsFunc(next, unfitForURL) || u.RawPath != "" || u.Path != path.Clean("/"+u.Path) {
		return "/backpack"
	}
	if first, _, _ := strings.Cut(u.Path[1:], "/"); !s.first[first] {
		return "/backpack"
	}
	return next
}

// unfitForURL reports whether a browser would rewrite the character.
func unfitForURL(r rune) bool { return r <= ' ' || r == '\\' || r >= 0x7f }

func (s *pages) json(c *fiber.Ctx, status int, mediaType string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, mediaType)
	return c.Status(status).Send(b)
}
