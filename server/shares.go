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

// How long a show may last, counted in days from today, and what is proposed.
const (
	presetDays = 30
	mostDays   = 365
)

func (s *Server) shares(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), visitorOf(c).id()
	list, err := s.Wallet.Shares(ctx, a)
	if err != nil {
		return err
	}
	n, err := s.Wallet.CountBadges(ctx, a)
	if err != nil {
		return err
	}
	page := &ui.SharesPage{Chrome: s.chrome(c, ui.NavShares), Badges: n}
	for _, sh := range list {
		page.Shares = append(page.Shares, view.ShareCard(sh, s.Now()))
	}
	return s.page(c, page)
}

func (s *Server) shareNew(c *fiber.Ctx) error {
	f := ui.ShareForm{Expires: s.Now().UTC().AddDate(0, 0, presetDays).Format(time.DateOnly)}
	return s.shareFormPage(c, f, queries(c, "badge"), nil)
}

func (s *Server) shareFormPage(c *fiber.Ctx, f ui.ShareForm, chosen []string, problems []ui.FieldError) error {
	l, err := s.Wallet.Entries(c.UserContext(), visitorOf(c).id(), wallet.Query{Limit: 5000})
	if err != nil {
		return err
	}
	today := s.Now().UTC()
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

// shareFields says at which field of the form a mistake is shown.
var shareFields = map[string]string{"no_badges_chosen": "badge", "too_many_badges_chosen": "badge", "title_too_long": "title",
	"expiry_missing": "expires", "expiry_invalid": "expires", "expiry_in_past": "expires", "expiry_too_far": "expires",
	"view_limit": "max_views", "passcode_length": "passcode", "too_many_shares": ""}

// shareRequest reads the form of a show.
func (s *Server) shareRequest(c *fiber.Ctx) (f ui.ShareForm, r wallet.ShareRequest, err error) {
	f = ui.ShareForm{Title: form(c, "title"), Audience: form(c, "audience"), Expires: form(c, "expires"), Passcode: form(c, "passcode"), MaxViews: form(c, "max_views")}
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
	r.ExpiresAt = day.AddDate(0, 0, 1).Add(-time.Second) // the last day counts to its end
	return f, r, nil
}

// sharePreview shows exactly what they will see, or the form with its mistakes.
func (s *Server) sharePreview(c *fiber.Ctx) error {
	f, r, err := s.shareRequest(c)
	if form(c, "edit") != "" {
		return s.shareFormPage(c, f, r.Entries, nil)
	}
	var shown *wallet.SharedView
	if err == nil {
		shown, err = s.Wallet.PreviewShare(c.UserContext(), visitorOf(c).id(), r)
	}
	if err == nil && len(shown.Items) == 0 {
		err = &wallet.Error{Kind: wallet.BadInput, Code: "no_badges_chosen"} // they were removed meanwhile
	}
	if p, ok := fieldError(err, shareFields); ok {
		c.Status(fiber.StatusBadRequest)
		return s.shareFormPage(c, f, r.Entries, []ui.FieldError{p})
	}
	if err != nil {
		return err
	}
	page := &ui.SharePreviewPage{Chrome: s.chrome(c, ui.NavShares), Form: f, Chosen: r.Entries}
	page.Show = s.view(c, page.Lang).Shared(shown, view.OwnImage)
	return s.page(c, page)
}

func (s *Server) shareCreate(c *fiber.Ctx) error {
	f, r, err := s.shareRequest(c)
	var sh *wallet.Share
	if err == nil {
		sh, err = s.Wallet.CreateShare(c.UserContext(), visitorOf(c).id(), r)
	}
	if p, ok := fieldError(err, shareFields); ok {
		c.Status(fiber.StatusBadRequest)
		return s.shareFormPage(c, f, r.Entries, []ui.FieldError{p})
	}
	if err != nil {
		return err
	}
	return go303(c, "/shares/"+url.PathEscape(sh.ID)+"?made=1")
}

func (s *Server) shareShow(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), visitorOf(c).id()
	sh, err := s.Wallet.Share(ctx, a, param(c, "id"))
	if err != nil {
		return err
	}
	entries, err := s.Wallet.EntriesOf(ctx, a, sh.Entries)
	if err != nil {
		return err
	}
	page := &ui.SharePage{Chrome: s.chrome(c, ui.NavShares), Share: view.ShareCard(sh, s.Now()), URL: s.shareURL(sh), Made: query(c, "made") != "",
		Max: sh.MaxViews, Days: view.DayCounts(sh.Days)}
	for _, e := range entries {
		page.Items = append(page.Items, view.OwnCard(e))
	}
	return s.page(c, page)
}

func (s *Server) shareURL(sh *wallet.Share) string { return s.PublicURL.String() + "/s/" + sh.Token }

// qrModule is the width of one module of a downloaded QR code in pixels.
const qrModule = 10

func (s *Server) shareQRPNG(c *fiber.Ctx) error {
	sh, err := s.Wallet.Share(c.UserContext(), visitorOf(c).id(), param(c, "id"))
	if err != nil {
		return err
	}
	body, err := ui.QRPNG(s.shareURL(sh), qrModule)
	if err != nil {
		return err
	}
	return download(c, body, "badges-qr.png", "image/png")
}

func (s *Server) shareQRSVG(c *fiber.Ctx) error {
	sh, err := s.Wallet.Share(c.UserContext(), visitorOf(c).id(), param(c, "id"))
	if err != nil {
		return err
	}
	body, err := ui.QRSVGFile(s.shareURL(sh))
	if err != nil {
		return err
	}
	return download(c, body, "badges-qr.svg", "image/svg+xml")
}

func (s *Server) shareRevoke(c *fiber.Ctx) error {
	id := param(c, "id")
	if err := s.Wallet.RevokeShare(c.UserContext(), visitorOf(c).id(), id); err != nil {
		return err
	}
	s.notice(c, "share_revoked", 0, "")
	return go303(c, "/shares/"+url.PathEscape(id))
}

func (s *Server) shareRemove(c *fiber.Ctx) error {
	if err := s.Wallet.RemoveShare(c.UserContext(), visitorOf(c).id(), param(c, "id")); err != nil {
		return err
	}
	s.notice(c, "share_removed", 0, "")
	return go303(c, "/shares")
}
