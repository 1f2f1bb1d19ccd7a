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

// newsCount is how many notices a page shows, out of noticesRead events.
const (
	noticesRead = 200
)

func (s *Server) backpack(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), visitorOf(c).id()
	f := ui.Filter{Text: query(c, "q"), Issuer: query(c, "issuer"), Skill: query(c, "skill"), State: query(c, "state"),
		Sort: query(c, "sort"), After: query(c, "after")}
	l, err := s.Wallet.Entries(ctx, a, wallet.Query{Text: f.Text, Issuer: f.Issuer, Skill: f.Skill, State: f.State, Sort: f.Sort, After: f.After})
	if err != nil {
		return err
	}
	events, err := s.Wallet.Events(ctx, a, noticesRead)
	if err != nil {
		return err
	}
	page := &ui.BackpackPage{Chrome: s.chrome(c, ui.NavBackpack), All: l.All, Total: l.Total, Next: l.Next, Filter: f,
		Issuers: l.Issuers, Skills: l.Skills, Select: query(c, "select") != "", News: view.Notices(events, "")}
	for _, v := range l.States {
		page.States = append(page.States, string(v))
	}
	for _, e := range l.Entries {
		page.Badges = append(page.Badges, view.OwnCard(e))
	}
	return s.page(c, page)
}

func (s *Server) samples(c *fiber.Ctx) error {
	kept, err := s.Wallet.AddSamples(c.UserContext(), visitorOf(c).id())
	if err != nil {
		return err
	}
	s.notice(c, "samples", len(kept), "")
	return go303(c, "/backpack")
}

func (s *Server) badgeShow(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), visitorOf(c).id()
	b, err := s.Wallet.Badge(ctx, a, param(c, "id"))
	if err != nil {
		return err
	}
	shares, err := s.Wallet.Shares(ctx, a)
	if err != nil {
		return err
	}
	events, err := s.Wallet.Events(ctx, a, noticesRead)
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
		if sh.Live(s.Now()) && slices.Contains(sh.Entries, e.ID) {
			page.Shares = append(page.Shares, view.ShareCard(sh, s.Now()))
		}
	}
	return s.page(c, page)
}

// badgeVersion gives back one version of a badge, byte for byte.
func (s *Server) badgeVersion(c *fiber.Ctx) error {
	b, err := s.Wallet.Badge(c.UserContext(), visitorOf(c).id(), param(c, "id"))
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

// badgeTakeOut begins to keep a credential in a record as a badge of its own.
func (s *Server) badgeTakeOut(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), visitorOf(c).id()
	id, err := s.Wallet.TakeOut(ctx, a, param(c, "id"), atoi(param(c, "n"))-1)
	if err != nil {
		return err
	}
	return s.lookAtImport(c, id)
}

func originalName(b *wallet.Badge) string {
	if b.Body.File != nil && b.Body.FileName != "" {
		return b.Body.FileName
	}
	name, _ := b.DownloadName()
	return name
}

func (s *Server) badgeImage(c *fiber.Ctx) error {
	body, mediaType, err := s.Wallet.BadgeImage(c.UserContext(), visitorOf(c).id(), param(c, "id"))
	if err != nil {
		return err
	}
	return ownPicture(c, body, mediaType)
}

// badgeOriginal gives back the file exactly as it came.
func (s *Server) badgeOriginal(c *fiber.Ctx) error {
	b, err := s.Wallet.Badge(c.UserContext(), visitorOf(c).id(), param(c, "id"))
	if err != nil {
		return err
	}
	if b.Body.File != nil {
		return download(c, b.Body.File, originalName(b), "application/octet-stream")
	}
	name, mediaType := b.DownloadName()
	return download(c, b.Body.Raw, name, mediaType)
}

// badgeJSON gives out what was signed.
func (s *Server) badgeJSON(c *fiber.Ctx) error {
	b, err := s.Wallet.Badge(c.UserContext(), visitorOf(c).id(), param(c, "id"))
	if err != nil {
		return err
	}
	name, mediaType := b.DownloadName()
	return download(c, b.Body.Raw, name, mediaType)
}

func (s *Server) badgePicture(c *fiber.Ctx) error {
	body, mediaType, name, err := s.Wallet.Baked(c.UserContext(), visitorOf(c).id(), param(c, "id"))
	if err != nil {
		return err
	}
	return download(c, body, name, mediaType)
}

func (s *Server) badgeCheck(c *fiber.Ctx) error {
	id := param(c, "id")
	if _, err := s.Wallet.Recheck(c.UserContext(), visitorOf(c).id(), id); err != nil {
		return err
	}
	s.notice(c, "checked", 0, "")
	return go303(c, "/badges/"+url.PathEscape(id))
}

func (s *Server) badgeNote(c *fiber.Ctx) error {
	id := param(c, "id")
	if err := s.Wallet.SetNote(c.UserContext(), visitorOf(c).id(), id, form(c, "note")); err != nil {
		return err
	}
	s.notice(c, "note_saved", 0, "")
	return go303(c, "/badges/"+url.PathEscape(id))
}

func (s *Server) badgeRemoveForm(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), visitorOf(c).id()
	b, err := s.Wallet.Badge(ctx, a, param(c, "id"))
	if err != nil {
		return err
	}
	shares, err := s.Wallet.Shares(ctx, a)
	if err != nil {
		return err
	}
	page := &ui.BadgeRemovePage{Chrome: s.chrome(c, ui.NavBackpack), Badge: view.OwnCard(b.Entry.Listed())}
	for _, sh := range shares {
		if sh.Live(s.Now()) && slices.Contains(sh.Entries, b.Entry.ID) {
			page.Shares++
		}
	}
	return s.page(c, page)
}

func (s *Server) badgeRemove(c *fiber.Ctx) error {
	ctx, a, id := c.UserContext(), visitorOf(c).id(), param(c, "id")
	b, err := s.Wallet.Badge(ctx, a, id)
	if err != nil {
		return err
	}
	if err := s.Wallet.Remove(ctx, a, id); err != nil {
		return err
	}
	s.notice(c, "removed", 0, b.Entry.Summary.Title)
	return go303(c, "/backpack")
}
