package server

import (
	"errors"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"backpack/ui"
	"backpack/wallet"
)

// grantCookie lets who was let in look again for a while. It belongs to the
// path of one show.
const grantCookie = "show"

// mediaPresentation is the media type of a W3C verifiable presentation.
const mediaPresentation = "application/vp"

// shown sets what every answer about a show carries: nobody keeps it, indexes
// it, or learns from a link in it where the reader was.
func (s *Server) shown(c *fiber.Ctx) error {
	c.Set("Referrer-Policy", "no-referrer")
	c.Set("X-Robots-Tag", "noindex, noarchive")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Vary(fiber.HeaderAccept)
	return c.Next()
}

func base(c *fiber.Ctx) string { return "/s/" + param(c, "token") }

// sharedShow opens a show: a page for people, the presentation for programs
// that ask for one.
func (s *Server) sharedShow(c *fiber.Ctx) error {
	switch {
	case strings.HasPrefix(c.Get("Sec-Purpose"), "prefetch"):
		return c.SendStatus(fiber.StatusServiceUnavailable) // the browser asks again once somebody wants to see it
	case looksAhead(c):
		return s.home(c)
	}
	return s.open(c, wallet.OpenShareOptions{Grant: grant(c)})
}

// previewers are the names by which programs go that fetch a link to draw a
// card of it, or to index it.
var previewers = []string{"slackbot", "twitterbot", "discordbot", "telegrambot", "linkedinbot", "googlebot", "bingbot", "applebot",
	"redditbot", "pinterestbot", "bitlybot", "duckduckbot", "yandexbot", "facebookexternalhit", "facebookcatalog", "meta-external",
	"whatsapp/", "skypeuripreview", "microsoftpreview", "google-pagerenderer", "vkshare", "embedly", "iframely", "mastodon/"}

// looksAhead reports whether nobody is about to read the answer: a preview
// must not use up a view, and learns nothing but whose website this is.
func looksAhead(c *fiber.Ctx) bool {
	agent := strings.ToLower(c.Get(fiber.HeaderUserAgent))
	return c.Method() == fiber.MethodHead || slices.ContainsFunc(previewers, func(p string) bool { return strings.Contains(agent, p) })
}

// sharedEnter opens a show with its passcode.
func (s *Server) sharedEnter(c *fiber.Ctx) error {
	return s.open(c, wallet.OpenShareOptions{Passcode: form(c, "passcode")})
}

// sharedCheck checks everything again, with answers that no cache gave.
func (s *Server) sharedCheck(c *fiber.Ctx) error {
	return s.open(c, wallet.OpenShareOptions{Grant: grant(c), Fresh: true})
}

func grant(c *fiber.Ctx) string { return strings.Clone(c.Cookies(grantCookie)) }

// open shows what is behind a link. Who sent a form is sent on to the page, so
// that loading it again repeats nothing and its address is the link.
func (s *Server) open(c *fiber.Ctx, o wallet.OpenShareOptions) error {
	shown, err := s.Wallet.OpenShare(c.UserContext(), param(c, "token"), o)
	if asks, code := passcodeAsked(err); asks && !wantsJSON(c) {
		return s.askPasscode(c, code)
	}
	if err != nil {
		return err
	}
	c.Cookie(s.newCookie(grantCookie, shown.Grant, base(c), s.Now().Add(grantLife)))
	switch {
	case dataAsked(c) != "":
		return s.presentation(c, shown.Grant)
	case !reads(c):
		return go303(c, base(c))
	}
	page := &ui.SharedPage{Chrome: s.chrome(c, ""), Base: base(c), URL: s.PublicURL.String() + base(c)}
	page.Show = s.view(c, page.Lang).Shared(shown, func(badge string) string { return base(c) + "/pictures/" + badge })
	return s.page(c, page)
}

func passcodeAsked(err error) (asks bool, code string) {
	var e *wallet.Error
	if errors.As(err, &e) && strings.HasPrefix(e.Code, "passcode_") {
		return true, e.Code
	}
	return false, ""
}

// askPasscode asks for the passcode; a first visit is no mistake.
func (s *Server) askPasscode(c *fiber.Ctx, code string) error {
	page := &ui.SharedPasscodePage{Chrome: s.chrome(c, ""), Base: base(c)}
	c.Status(fiber.StatusUnauthorized)
	if !reads(c) {
		page.Problems = []ui.FieldError{{Field: "passcode", Code: code}}
		c.Status(fiber.StatusForbidden)
	}
	if code == "passcode_tries" {
		c.Status(fiber.StatusTooManyRequests).Set(fiber.HeaderRetryAfter, "900")
	}
	return s.page(c, page)
}

func (s *Server) sharedPresentation(c *fiber.Ctx) error { return s.presentation(c, grant(c)) }

func (s *Server) presentation(c *fiber.Ctx, grant string) error {
	body, err := s.Wallet.SharedPresentation(c.UserContext(), param(c, "token"), grant)
	if err != nil {
		return err
	}
	mediaType := mediaPresentation
	switch t := dataAsked(c); t {
	case fiber.MIMEApplicationJSON, "application/ld+json":
		mediaType = t
	}
	return download(c, body, "badges.vp.json", mediaType)
}

func (s *Server) sharedBadge(c *fiber.Ctx) error {
	b, err := s.Wallet.SharedBadge(c.UserContext(), param(c, "token"), grant(c), param(c, "id"))
	if err != nil {
		return err
	}
	name, mediaType := b.DownloadName()
	return download(c, b.Body.Raw, name, mediaType)
}

func (s *Server) sharedPicture(c *fiber.Ctx) error {
	body, mediaType, err := s.Wallet.SharedImage(c.UserContext(), param(c, "token"), grant(c), param(c, "id"))
	if err != nil {
		return err
	}
	return picture(c, body, mediaType)
}
