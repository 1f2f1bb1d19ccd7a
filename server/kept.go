package server

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"backpack/ui"
	"backpack/vc"
	"backpack/wallet"
	"backpack/wallet/inspect"
)

// then adds to the view of a badge that it held once, where the verdict of now
// leaves that open or is not the badge's fault.
func (w viewer) then(b *ui.BadgeView, g *inspect.LastGood) {
	if g == nil {
		return
	}
	changed := g.Why == inspect.WhyKey && b.Verdict == string(vc.Invalid)
	if b.Verdict != string(vc.Undetermined) && !changed {
		return
	}
	b.Then = &ui.ThenView{Box: w.texts.Then(w.lang, g.Why, g.At), At: g.At, Aside: changed}
	if g.Report != nil {
		b.Then.Sure = w.sure(g.Report.Facts())
	}
}

// Box says in words what a thing turned out to be. What was checked with kept
// material is said of the past alone.
func Box(texts *ui.Renderer, lang string, c *inspect.Checked) ui.VerdictBox {
	if c.LastGood != nil && c.Verdict == vc.Undetermined {
		return texts.Then(lang, c.LastGood.Why, c.LastGood.At)
	}
	box := boxOf(texts, lang, c.Verdict, c.Report)
	if c.Document != nil && c.Document.Presentation != nil {
		box = collection(texts, lang, c)
	}
	if said := asOf(texts, lang, c); said != "" {
		box.Text += " " + said
	}
	return box
}

// asOf says that a thing was checked with kept material, and by whose word; ""
// where it was not.
func asOf(texts *ui.Renderer, lang string, c *inspect.Checked) string {
	key := "then.asof"
	switch {
	case c.AsOf.IsZero():
		return ""
	case c.OwnWord:
		key = "then.ownword"
	}
	return texts.Text(lang, key, "date", c.AsOf.UTC().Format(time.DateOnly))
}

// boxOf says in words what a badge turned out to be; a record, which holds
// others, has words of its own.
func boxOf(texts *ui.Renderer, lang string, verdict vc.Verdict, r *vc.Report) ui.VerdictBox {
	inside := r.Inside(vc.Policy{})
	if len(inside) == 0 {
		box := texts.Verdict(lang, string(verdict))
		switch c := r.Deciding(); {
		case c == nil:
		case verdict == vc.Undetermined:
			box = texts.Obstacle(lang, box, string(c.Reason), c.Detail)
		case verdict == vc.Irregular:
			box.Text = strings.TrimSpace(box.Text + " " + viewer{texts: texts, lang: lang}.because(r))
		}
		return box
	}
	var all []string
	for _, v := range inside {
		all = append(all, string(v))
	}
	return texts.Record(lang, string(verdict), all)
}

// collection says in words what a presentation turned out to be.
func collection(texts *ui.Renderer, lang string, c *inspect.Checked) ui.VerdictBox {
	badges, _ := inside(c)
	var all []string
	for _, x := range badges {
		all = append(all, string(stateOf(x)))
	}
	return texts.Collection(lang, string(c.Own), c.Together, all)
}

// stateOf is the gravest of what was found of a badge and of what it holds.
func stateOf(c *inspect.Checked) vc.Verdict {
	if c.Summary.Inside != "" {
		return vc.Gravest(c.Verdict, c.Summary.Inside)
	}
	return c.Verdict
}

const evidenceType = "application/zip"

// badgeEvidence gives out what the check of a badge was given by its issuer.
func (s *Server) badgeEvidence(c *fiber.Ctx) error {
	body, err := s.Wallet.Evidence(c.UserContext(), visitorOf(c).id(), param(c, "id"))
	if err != nil {
		return err
	}
	return download(c, body, "evidence.zip", evidenceType)
}

// sharedEvidence is badgeEvidence for all badges of a show, or one of them.
func (s *Server) sharedEvidence(c *fiber.Ctx) error {
	body, err := s.Wallet.SharedEvidence(c.UserContext(), param(c, "token"), grant(c), param(c, "id"))
	if err != nil {
		return err
	}
	return download(c, body, "evidence.zip", evidenceType)
}

// noticesOf are the notices not seen yet, about one badge or, when entry is "",
// about any.
func noticesOf(events []*wallet.Event, entry string) []ui.EventView {
	var out []*wallet.Event
	for _, e := range events {
		if isNotice(e) && !e.Seen && (entry == "" || e.Entry == entry) && len(out) < newsCount {
			out = append(out, e)
		}
	}
	return eventViews(out)
}

func isNotice(e *wallet.Event) bool { return slices.Contains(wallet.Notices(), e.Code) }

// noticesSeen marks all notices as seen, and goes back to where that was said.
func (s *Server) noticesSeen(c *fiber.Ctx) error {
	if err := s.Wallet.SeeNotices(c.UserContext(), visitorOf(c).id()); err != nil {
		return err
	}
	s.notice(c, "seen", 0, "")
	page := s.formPage(c)
	if u, err := url.Parse(page); err != nil || u.Path == "/" {
		page = "/backpack"
	}
	return go303(c, s.nextPath(page))
}

// settingsMail says where news is mailed to.
func (s *Server) settingsMail(c *fiber.Ctx) error {
	if err := s.Wallet.SetMailTo(c.UserContext(), visitorOf(c).id(), form(c, "to")); err != nil {
		return err
	}
	s.notice(c, "mail_saved", 0, "")
	return go303(c, "/settings")
}

// mailStopForm asks whoever follows the link in a mail: programs that look at
// links in mails must not end them.
func (s *Server) mailStopForm(c *fiber.Ctx) error { return s.mailStopPage(c, false) }

func (s *Server) mailStop(c *fiber.Ctx) error {
	if err := s.Wallet.StopMail(c.UserContext(), param(c, "token")); err != nil {
		return err
	}
	return s.mailStopPage(c, true)
}

func (s *Server) mailStopPage(c *fiber.Ctx, stopped bool) error {
	return s.page(c, &ui.MailStopPage{Chrome: s.chrome(c, ""), Path: "/mail/stop/" + url.PathEscape(param(c, "token")), Stopped: stopped})
}
