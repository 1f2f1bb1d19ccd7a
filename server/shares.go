package server

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"backpack/server/view"
	"backpack/ui"
	"backpack/wallet"
)

// shares serves the shares of a learner.
type shares struct {
	*pages
	wallet *wallet.Wallet
}

func (s *shares) register(r *router) {
	l := r.learner()
	l.Get("/shares", s.list)
	l.Get("/shares/new", s.start)
	l.Post("/shares/preview", r.work, s.preview)
	l.Post("/shares", r.work, s.create)
	l.Get("/shares/:id", s.show)
	l.Get("/shares/:id/qr.png", s.png)
	l.Get("/shares/:id/qr.svg", s.svg)
	l.Post("/shares/:id/revoke", s.revoke)
	l.Post("/shares/:id/remove", s.remove)
}

// The proposed and the longest life of a share, in days from today.
const (
	presetDays = 30
	mostDays   = 365
)

func (s *shares) list(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), visitorOf(c).id()
	list, err := s.wallet.Shares(ctx, a)
	if err != nil {
		return err
	}
	n, err := s.wallet.CountBadges(ctx, a)
	if err != nil {
		return err
	}
	page := &ui.SharesPage{Chrome: s.chrome(c, ui.NavShares), Badges: n}
	for _, sh := range list {
		page.Shares = append(page.Shares, view.ShareCard(sh, s.now()))
	}
	return s.page(c, page)
}

func (s *shares) start(c *fiber.Ctx) error {
	f := ui.ShareForm{Expires: s.now().UTC().AddDate(0, 0, presetDays).Format(time.DateOnly)}
	return s.askPage(c, f, queries(c, "badge"), nil)
}

func (s *shares) askPage(c *fiber.Ctx, f ui.ShareForm, chosen []string, problems []ui.FieldError) error {
	l, err := s.wallet.Entries(c.UserContext(), visitorOf(c).id(), wallet.Query{Limit: 5000})
	if err != nil {
		return err
	}
	today := s.now().UTC()
	page := &ui.ShareNewPage{Chrome: s.chrome(c, ui.NavShares), Form: f, Earliest: today.Format(time.DateOnly),
		Latest: today.AddDate(0, 0, mostDays).Format(time.DateOnly)}
	page.Problems = problems
	for _, e := range l.Entries {
		b := view.OwnCard(e)
		b.Chosen = slices.Contains(chosen, e.ID)
		page.Badges = append(page.Badges, b)
	}
	return s.page(c, page)
}

// shareFields maps errors to the fields of the form.
var shareFields = map[string]string{"no_badges_chosen": "badge", "too_many_badges_chosen": "badge", "title_too_long": "title",
	"expiry_missing": "expires", "expiry_invalid": "expires", "expiry_in_past": "expires", "expiry_too_far": "expires",
	"view_limit": "max_views", "passcode_length": "passcode", "too_many_shares": ""}

// request parses the form of a share.
func (s *shares) request(c *fiber.Ctx) (f ui.ShareForm, r wallet.ShareRequest, err error) {
	f = ui.ShareForm{Title: form(c, "title"), Audience: form(c, "audience"), Expires: form(c, "expires"),
		Passcode: form(c, "passcode"), MaxViews: form(c, "max_views")}
	r = wallet.ShareRequest{Entries: forms(c, "badge"), Title: f.Title, Audience: f.Audience, Passcode: f.Passcode}
	if f.MaxViews != "" {
		if r.MaxViews, err = strconv.Atoi(f.MaxViews); err != nil {
			return f, r, &wallet.Error{Kind: wallet.BadInput, Code: "view_limit"}
		}
	}
	if f.Expires == "" {
		return f, r, &wallet.Error{Kind: wallet.BadInput, Code: "expiry_missing"}
	}
	day, err := time.Parse(time.DateOnly, f.Expires)
	if err != nil {
		return f, r, &wallet.Error{Kind: wallet.BadInput, Code: "expiry_invalid"}
	}
	r.ExpiresAt = day.AddDate(0, 0, 1).Add(-time.Second) // the end of the last day
	return f, r, nil
}

// preview shows exactly what viewers will see, or the form with its errors.
func (s *shares) preview(c *fiber.Ctx) error {
	f, r, err := s.request(c)
	if form(c, "edit") != "" {
		return s.askPage(c, f, r.Entries, nil)
	}
	var shown *wallet.SharedView
	if err == nil {
		shown, err = s.wallet.PreviewShare(c.UserContext(), visitorOf(c).id(), r)
	}
	if err == nil && len(shown.Items) == 0 {
		err = &wallet.Error{Kind: wallet.BadInput, Code: "no_badges_chosen"} // they were removed in the meantime
	}
	if p, ok := fieldError(err, shareFields); ok {
		c.Status(fiber.StatusBadRequest)
		return s.askPage(c, f, r.Entries, []ui.FieldError{p})
	}
	if err != nil {
		return err
	}
	page := &ui.SharePreviewPage{Chrome: s.chrome(c, ui.NavShares), Form: f, Chosen: r.Entries}
	page.Show = s.view(c, page.Lang).Shared(shown, view.OwnImage)
	return s.page(c, page)
}

func (s *shares) create(c *fiber.Ctx) error {
	f, r, err := s.request(c)
	var sh *wallet.Share
	if err == nil {
		sh, err = s.wallet.CreateShare(c.UserContext(), visitorOf(c).id(), r)
	}
	if p, ok := fieldError(err, shareFields); ok {
		c.Status(fiber.StatusBadRequest)
		return s.askPage(c, f, r.Entries, []ui.FieldError{p})
	}
	if err != nil {
		return err
	}
	return go303(c, "/shares/"+url.PathEscape(sh.ID)+"?made=1")
}

func (s *shares) show(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), visitorOf(c).id()
	sh, err := s.wallet.Share(ctx, a, param(c, "id"))
	if err != nil {
		return err
	}
	entries, err := s.wallet.EntriesOf(ctx, a, sh.Entries)
	if err != nil {
		return err
	}
	page := &ui.SharePage{Chrome: s.chrome(c, ui.NavShares), Share: view.ShareCard(sh, s.now()), URL: s.link(sh), Made: query(c, "made") != "",
		Max: sh.MaxViews, Days: view.DayCounts(sh.Days)}
	for _, e := range entries {
		page.Items = append(page.Items, view.OwnCard(e))
	}
	return s.page(c, page)
}

func (s *shares) link(sh *wallet.Share) string { return s.origin.String() + "/s/" + sh.Token }

// qrModule is the width in pixels of one module of a downloaded QR code.
const qrModule = 10

func (s *shares) png(c *fiber.Ctx) error {
	sh, err := s.wallet.Share(c.UserContext(), visitorOf(c).id(), param(c, "id"))
	if err != nil {
		return err
	}
	body, err := ui.QRPNG(s.link(sh), qrModule)
	if err != nil {
		return err
	}
	return download(c, body, "badges-qr.png", "image/png")
}

func (s *shares) svg(c *fiber.Ctx) error {
	sh, err := s.wallet.Share(c.UserContext(), visitorOf(c).id(), param(c, "id"))
	if err != nil {
		return err
	}
	body, err := ui.QRSVGFile(s.link(sh))
	if err != nil {
		return err
	}
	return download(c, body, "badges-qr.svg", "image/svg+xml")
}

func (s *shares) revoke(c *fiber.Ctx) error {
	id := param(c, "id")
	if err := s.wallet.RevokeShare(c.UserContext(), visitorOf(c).id(), id); err != nil {
		return err
	}
	s.notice(c, "share_revoked", 0, "")
	return go303(c, "/shares/"+url.PathEscape(id))
}

func (s *shares) remove(c *fiber.Ctx) error {
	if err := s.wallet.RemoveShare(c.UserContext(), visitorOf(c).id(), param(c, "id")); err != nil {
		return err
	}
	s.notice(c, "share_removed", 0, "")
	return go303(c, "/shares")
}
