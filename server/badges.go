package server

import (
	"bytes"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"backpack/server/view"
	"backpack/ui"
	"backpack/wallet"
)

// badges serves the badges in a backpack.
type badges struct {
	*pages
	wallet *wallet.Wallet
}

func (s *badges) register(r *router) {
	l := r.learner()
	l.Get("/badges/:id", s.show)
	l.Get("/badges/:id/image", s.image)
	l.Get("/badges/:id/original", s.original)
	l.Get("/badges/:id/json", s.signed)
	l.Get("/badges/:id/evidence", s.evidence)
	l.Get("/badges/:id/picture", s.baked)
	l.Post("/badges/:id/check", r.work, s.check)
	l.Post("/badges/:id/receipt", r.work, s.receipt)
	l.Post("/badges/:id/note", s.note)
	l.Get("/badges/:id/versions/:n", s.earlier)
	l.Get("/badges/:id/remove", s.removeForm)
	l.Post("/badges/:id/remove", s.remove)
}

func (s *badges) show(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), visitorOf(c).id()
	b, err := s.wallet.Badge(ctx, a, param(c, "id"))
	if err != nil {
		return err
	}
	shares, err := s.wallet.Shares(ctx, a)
	if err != nil {
		return err
	}
	events, err := s.wallet.Events(ctx, a, noticesRead)
	if err != nil {
		return err
	}
	e := b.Entry
	page := &ui.BadgePage{Chrome: s.chrome(c, ui.NavBackpack), Mine: e.Mine, Note: e.Note, Source: e.Source.Kind, FileName: e.Source.Name,
		Added: e.AddedAt, News: view.Notices(events, e.ID), Original: originalName(b), Baked: e.Summary.Image != ""}
	page.Badge = s.view(c, page.Lang).Badge(b)
	for _, h := range e.History {
		page.History = append(page.History, ui.ChangeView{At: h.At, From: string(h.From), To: string(h.To)})
	}
	page.Versions = view.Versions(b)
	for _, sh := range shares {
		if sh.Live(s.now()) && slices.Contains(sh.Entries, e.ID) {
			page.Shares = append(page.Shares, view.ShareCard(sh, s.now()))
		}
	}
	return s.page(c, page)
}

// earlier sends one version of a badge, byte for byte.
func (s *badges) earlier(c *fiber.Ctx) error {
	b, err := s.wallet.Badge(c.UserContext(), visitorOf(c).id(), param(c, "id"))
	if err != nil {
		return err
	}
	n, history := atoi(param(c, "n")), b.History()
	if len(history) == 0 {
		history = []wallet.Version{{Raw: b.Body.Raw}}
	}
	if n < 1 || n > len(history) {
		return fiber.ErrNotFound
	}
	name, _ := b.DownloadName()
	name = strings.TrimSuffix(name, path.Ext(name)) + "-" + itoa(n)
	if bytes.HasPrefix(history[n-1].Raw, []byte("{")) {
		return download(c, history[n-1].Raw, name+".json", "application/vc")
	}
	return download(c, history[n-1].Raw, name+".jwt", "application/vc+jwt")
}

func originalName(b *wallet.Badge) string {
	if b.Body.File != nil && b.Body.FileName != "" {
		return b.Body.FileName
	}
	name, _ := b.DownloadName()
	return name
}

func (s *badges) image(c *fiber.Ctx) error {
	body, mediaType, err := s.wallet.BadgeImage(c.UserContext(), visitorOf(c).id(), param(c, "id"))
	if err != nil {
		return err
	}
	return ownPicture(c, body, mediaType)
}

// original sends the file exactly as it was imported.
func (s *badges) original(c *fiber.Ctx) error {
	b, err := s.wallet.Badge(c.UserContext(), visitorOf(c).id(), param(c, "id"))
	if err != nil {
		return err
	}
	if b.Body.File != nil {
		return download(c, b.Body.File, originalName(b), "application/octet-stream")
	}
	name, mediaType := b.DownloadName()
	return download(c, b.Body.Raw, name, mediaType)
}

// signed sends the signed document.
func (s *badges) signed(c *fiber.Ctx) error {
	b, err := s.wallet.Badge(c.UserContext(), visitorOf(c).id(), param(c, "id"))
	if err != nil {
		return err
	}
	name, mediaType := b.DownloadName()
	return download(c, b.Body.Raw, name, mediaType)
}

func (s *badges) baked(c *fiber.Ctx) error {
	body, mediaType, name, err := s.wallet.Baked(c.UserContext(), visitorOf(c).id(), param(c, "id"))
	if err != nil {
		return err
	}
	return download(c, body, name, mediaType)
}

func (s *badges) check(c *fiber.Ctx) error {
	id := param(c, "id")
	if _, err := s.wallet.Recheck(c.UserContext(), visitorOf(c).id(), id); err != nil {
		return err
	}
	s.notice(c, "checked", 0, "")
	return go303(c, "/badges/"+url.PathEscape(id))
}

func (s *badges) note(c *fiber.Ctx) error {
	id := param(c, "id")
	if err := s.wallet.SetNote(c.UserContext(), visitorOf(c).id(), id, form(c, "note")); err != nil {
		return err
	}
	s.notice(c, "note_saved", 0, "")
	return go303(c, "/badges/"+url.PathEscape(id))
}

func (s *badges) removeForm(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), visitorOf(c).id()
	b, err := s.wallet.Badge(ctx, a, param(c, "id"))
	if err != nil {
		return err
	}
	shares, err := s.wallet.Shares(ctx, a)
	if err != nil {
		return err
	}
	page := &ui.BadgeRemovePage{Chrome: s.chrome(c, ui.NavBackpack), Badge: view.OwnCard(b.Entry.Listed())}
	for _, sh := range shares {
		if sh.Live(s.now()) && slices.Contains(sh.Entries, b.Entry.ID) {
			page.Shares++
		}
	}
	return s.page(c, page)
}

func (s *badges) remove(c *fiber.Ctx) error {
	ctx, a, id := c.UserContext(), visitorOf(c).id(), param(c, "id")
	b, err := s.wallet.Badge(ctx, a, id)
	if err != nil {
		return err
	}
	if err := s.wallet.Remove(ctx, a, id); err != nil {
		return err
	}
	s.notice(c, "removed", 0, b.Entry.Summary.Title)
	return go303(c, "/backpack")
}

// receipt checks a badge again and sends the receipt of the check.
func (s *badges) receipt(c *fiber.Ctx) error {
	body, err := s.wallet.BadgeReceipt(c.UserContext(), visitorOf(c).id(), param(c, "id"))
	if err != nil {
		return err
	}
	return download(c, body, "receipt.json", mediaCredential)
}

// evidence sends the material of the badge's last check: what its issuer served.
func (s *badges) evidence(c *fiber.Ctx) error {
	body, err := s.wallet.Evidence(c.UserContext(), visitorOf(c).id(), param(c, "id"))
	if err != nil {
		return err
	}
	return download(c, body, "evidence.zip", evidenceType)
}
