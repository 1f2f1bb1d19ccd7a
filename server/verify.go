package server

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"backpack/ui"
	"backpack/vc"
	"backpack/wallet"
	"backpack/wallet/inspect"
)

func (s *Server) verifyForm(c *fiber.Ctx) error {
	l, err := s.queriedList(c)
	if err != nil {
		return err
	}
	return s.verifyPage(c, l, "", nil)
}

func (s *Server) verifyPage(c *fiber.Ctx, l *carried, text string, problems []ui.FieldError) error {
	page := &ui.VerifyPage{Chrome: s.chrome(c, ui.NavVerify), Text: text, MaxMB: bodyLimit >> 20, List: l.view()}
	page.Problems = problems
	return s.page(c, page)
}

// verifySubmit checks what anyone brings, and stores nothing.
func (s *Server) verifySubmit(c *fiber.Ctx) error {
	in, err := brought(c)
	l := &carried{}
	if err == nil {
		n := len(in)
		if l, in, err = s.broughtList(c, in); err != nil {
			return err
		}
		if n > 0 && len(in) == 0 {
			return go303(c, "/verify?"+l.view().Query()) // only the list was brought
		}
	}
	page := &ui.VerifyReportPage{Chrome: s.chrome(c, ui.NavVerify), CheckedAt: s.Now(), List: l.view()}
	l.form = page.FormToken
	var found []*inspect.Checked
	if err == nil {
		found, err = s.checkBy(c, l, page.Lang, in)
	}
	if p, ok := fieldError(err, broughtFields); ok {
		c.Status(fiber.StatusBadRequest)
		return s.verifyPage(c, l, form(c, "text"), []ui.FieldError{p})
	}
	if err != nil {
		return err
	}
	w := s.viewer(c, page.Lang)
	for _, x := range found {
		item := w.verified(x, l)
		if x.Receipt != nil {
			item.Receipt = w.receipt(x, found, s.Wallet.ServiceDID())
		}
		page.Items = append(page.Items, item)
	}
	if err := s.table(page, found); err != nil {
		return err
	}
	thin(page.Items)
	number(page.Items)
	return s.page(c, page)
}

func (s *Server) checkBy(c *fiber.Ctx, l *carried, lang string, in []inspect.Input) ([]*inspect.Checked, error) {
	checker, err := s.checker(l, lang)
	if err != nil {
		return nil, err
	}
	return checker.Check(c.UserContext(), in)
}

// number names the badges of a report apart: nothing of it is stored, so they
// have no ids.
func number(items []ui.VerifiedItem) {
	for i := range items {
		items[i].Part = "p-" + itoa(i+1)
		if items[i].Badge != nil {
			items[i].Badge.ID = itoa(i + 1)
		}
		for k := range items[i].Contained {
			items[i].Contained[k].ID = fmt.Sprintf("%d-%d", i+1, k+1)
		}
	}
}

// pictureRoom is how much of a page the pictures of what was checked may fill.
const pictureRoom = 3 << 20

// thin takes pictures out of a report of very many badges.
func thin(items []ui.VerifiedItem) {
	left := pictureRoom
	fit := func(b *ui.BadgeView) {
		if left -= len(b.Image); left < 0 {
			b.Image = ""
		}
	}
	for i := range items {
		if items[i].Badge != nil {
			fit(items[i].Badge)
		}
		for k := range items[i].Contained {
			fit(&items[i].Contained[k])
		}
	}
}

func (w viewer) verified(x *inspect.Checked, l *carried) ui.VerifiedItem {
	out := ui.VerifiedItem{Name: x.Name, Problem: x.Problem, Detail: x.Detail}
	if x.Problem != "" || x.Receipt != nil {
		return out
	}
	out.Verdict = Box(w.texts, w.lang, x)
	if x.Document.Presentation == nil {
		b := w.checkedBadge(x, l)
		out.Badge = &b
		return out
	}
	out.Set, out.Holder, out.Checks = true, x.Holder, w.rowsOf(x.Report, w.texts.CollectionCheck)
	out.Form, out.Technical, out.Warnings = x.Summary.Version, w.technical(x.Document, x.Report), remarks(x.Report)
	if x.Report.Check(vc.CheckProof).Outcome != vc.Passed {
		out.Holder = ""
	}
	badges, _ := inside(x)
	for _, y := range badges {
		out.Contained = append(out.Contained, w.checkedBadge(y, l))
	}
	return out
}

func (w viewer) checkedBadge(x *inspect.Checked, l *carried) ui.BadgeView {
	e := &wallet.Entry{Summary: x.Summary, Verdict: x.Verdict}
	b := card(e.Listed(), "")
	b.Image, b.ImageMark = dataImage(x.Image, x.Summary.ImageType), imageMark(x.Summary.Picture)
	r := x.Report
	if r == nil {
		r = &vc.Report{}
	}
	out := w.badge(b, &e.Summary, x.Document, r, x.Verdict)
	if !x.AsOf.IsZero() {
		out.Box = Box(w.texts, w.lang, x)
	}
	offerListing(&out, x, l)
	return out
}
