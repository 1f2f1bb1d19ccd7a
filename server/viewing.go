package server

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"backpack/ui"
	"backpack/wallet"
)

// viewing serves shares to their viewers.
type viewing struct {
	*pages
	wallet *wallet.Wallet
}

// register registers routes that look for no session. The pictures of a page are
// not counted on their own.
func (s *viewing) register(r *router) {
	g := r.Group("/s/:token", s.headers, r.read)
	g.Get("/", r.view, s.show)
	g.Post("/", r.view, s.enter)
	g.Post("/check", r.recheck, s.check)
	g.Get("/presentation", r.view, s.signed)
	g.Get("/receipt", r.view, s.receipt)
	g.Get("/badges/:id", r.view, s.badge)
	g.Get("/badges/:id/evidence", r.view, s.evidence)
	g.Get("/evidence", r.view, s.evidence)
	g.Get("/pictures/:id", s.picture)
}

// grantCookie is the name of the cookie that lets a viewer look again. Its path is
// that of the share.
const grantCookie = "show"

// grantLife is how long a viewer may look again without another view.
const grantLife = 30 * time.Minute

// headers sets the headers of every answer about a share: it is not cached, not
// indexed, and links in it do not tell where the viewer was.
func (s *viewing) headers(c *fiber.Ctx) error {
	c.Set("Referrer-Policy", "no-referrer")
	c.Set("X-Robots-Tag", "noindex, noarchive")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Vary(fiber.HeaderAccept)
	return c.Next()
}

func base(c *fiber.Ctx) string { return "/s/" + param(c, "token") }

// show sends a share: the page to people, the presentation to programs that ask for
// it.
func (s *viewing) show(c *fiber.Ctx) error {
	switch {
	case strings.HasPrefix(c.Get("Sec-Purpose"), "prefetch"):
		return c.SendStatus(fiber.StatusServiceUnavailable) // the browser asks again when the viewer follows the link
	case looksAhead(c):
		return s.page(c, &ui.HomePage{Chrome: s.chrome(c, "")})
	}
	return s.open(c, wallet.OpenShareOptions{Grant: grant(c)})
}

// previewers lists parts of the User-Agent of programs that preview or index links.
var previewers = []string{"slackbot", "twitterbot", "discordbot", "telegrambot", "linkedinbot", "googlebot", "bingbot", "applebot",
	"redditbot", "pinterestbot", "bitlybot", "duckduckbot", "yandexbot", "facebookexternalhit", "facebookcatalog", "meta-external",
	"whatsapp/", "skypeuripreview", "microsoftpreview", "google-pagerenderer", "vkshare", "embedly", "iframely", "mastodon/"}

// looksAhead reports whether a program prepares a preview. A preview must not use up
// a view, and shows only the website.
func looksAhead(c *fiber.Ctx) bool {
	agent := strings.ToLower(c.Get(fiber.HeaderUserAgent))
	return c.Method() == fiber.MethodHead || slices.ContainsFunc(previewers, func(p string) bool { return strings.Contains(agent, p) })
}

// enter opens a share with its passcode.
func (s *viewing) enter(c *fiber.Ctx) error {
	return s.open(c, wallet.OpenShareOptions{Passcode: form(c, "passcode")})
}

// check checks every badge again, without caches.
func (s *viewing) check(c *fiber.Ctx) error {
	return s.open(c, wallet.OpenShareOptions{Grant: grant(c), Fresh: true})
}

func grant(c *fiber.Ctx) string { return strings.Clone(c.Cookies(grantCookie)) }

// open sends the page of a share. A form is answered with a redirect to the page, so
// that reloading repeats nothing and the address is the link.
func (s *viewing) open(c *fiber.Ctx, o wallet.OpenShareOptions) error {
	shown, err := s.wallet.OpenShare(c.UserContext(), param(c, "token"), o)
	if asks, code := passcodeAsked(err); asks && !wantsJSON(c) {
		return s.askPasscode(c, code)
	}
	if err != nil {
		return err
	}
	c.Cookie(s.newCookie(grantCookie, shown.Grant, base(c), s.now().Add(grantLife)))
	switch {
	case dataAsked(c) != "":
		return s.presentation(c, shown.Grant)
	case !reads(c):
		return go303(c, base(c))
	}
	page := &ui.SharedPage{Chrome: s.chrome(c, ""), Base: base(c), URL: s.origin.String() + base(c)}
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

// askPasscode asks for the passcode. A first visit shows no error.
func (s *viewing) askPasscode(c *fiber.Ctx, code string) error {
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

func (s *viewing) signed(c *fiber.Ctx) error { return s.presentation(c, grant(c)) }

func (s *viewing) presentation(c *fiber.Ctx, grant string) error {
	body, err := s.wallet.SharedPresentation(c.UserContext(), param(c, "token"), grant)
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

func (s *viewing) badge(c *fiber.Ctx) error {
	b, err := s.wallet.SharedBadge(c.UserContext(), param(c, "token"), grant(c), param(c, "id"))
	if err != nil {
		return err
	}
	name, mediaType := b.DownloadName()
	return download(c, b.Body.Raw, name, mediaType)
}

func (s *viewing) picture(c *fiber.Ctx) error {
	body, mediaType, err := s.wallet.SharedImage(c.UserContext(), param(c, "token"), grant(c), param(c, "id"))
	if err != nil {
		return err
	}
	return picture(c, body, mediaType)
}

// receipt checks the share now and sends the receipt to a viewer who was let in.
func (s *viewing) receipt(c *fiber.Ctx) error {
	body, err := s.wallet.SharedReceipt(c.UserContext(), param(c, "token"), grant(c))
	if err != nil {
		return err
	}
	return download(c, body, "receipt.json", mediaCredential)
}

// evidence sends the check material of all badges of a share, or of one.
func (s *viewing) evidence(c *fiber.Ctx) error {
	body, err := s.wallet.SharedEvidence(c.UserContext(), param(c, "token"), grant(c), param(c, "id"))
	if err != nil {
		return err
	}
	return download(c, body, "evidence.zip", evidenceType)
}
