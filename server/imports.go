package server

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"backpack/server/edge"
	"backpack/server/view"
	"backpack/ui"
	"backpack/wallet"
	"backpack/wallet/storage"
)

// imports serves the import of badges.
type imports struct {
	*pages
	wallet *wallet.Wallet
	after  func(time.Duration) <-chan time.Time
	wait   time.Duration // for an import before its progress is shown
}

func (s *imports) register(r *router) {
	l := r.learner()
	l.Get("/import", s.ask)
	l.Post("/import", r.work, s.submit)
	l.Post("/badges/:id/contained/:n", r.work, s.takeOut)
	l.Get("/imports/:id", s.show)
	l.Get("/imports/:id/events", s.events)
	l.Get("/imports/:id/pictures/:n", s.picture)
	l.Post("/imports/:id/keep", s.keep)
	l.Post("/imports/:id/drop", s.drop)
}

func (s *imports) ask(c *fiber.Ctx) error {
	return s.askPage(c, "", nil)
}

func (s *imports) askPage(c *fiber.Ctx, text string, problems []ui.FieldError) error {
	u, err := s.wallet.Usage(c.UserContext(), visitorOf(c).id())
	if err != nil {
		return err
	}
	page := &ui.ImportPage{Chrome: s.chrome(c, ui.NavImport), Text: text, MaxMB: edge.BodyLimit >> 20, FirstTime: u.Badges == 0, Room: view.Room(u)}
	page.Problems = problems
	return s.page(c, page)
}

func (s *imports) submit(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), visitorOf(c).id()
	in, err := brought(c)
	id := ""
	if err == nil {
		in, err = s.wallet.Unlock(in, form(c, "passphrase"))
	}
	if err == nil {
		id, err = s.wallet.StartImport(ctx, a, in)
	}
	if p, ok := fieldError(err, broughtFields); ok {
		c.Status(fiber.StatusBadRequest)
		return s.askPage(c, form(c, "text"), []ui.FieldError{p})
	}
	if err != nil {
		return err
	}
	return s.work(c, id)
}

// work works on an import for a moment and redirects to it. Only a longer one shows
// its progress.
func (s *imports) work(c *fiber.Ctx, id string) error {
	short, cancel := context.WithTimeout(c.UserContext(), s.wait)
	defer cancel()
	if err := s.wallet.WorkImport(short, visitorOf(c).id(), id); err != nil && short.Err() == nil {
		return err
	}
	return go303(c, "/imports/"+url.PathEscape(id))
}

func (s *imports) show(c *fiber.Ctx) error {
	imp, err := s.wallet.Import(c.UserContext(), visitorOf(c).id(), param(c, "id"))
	if err != nil {
		return err
	}
	chrome := s.chrome(c, ui.NavImport)
	items := s.view(c, chrome.Lang).Import(imp)
	if !imp.Finished {
		return s.page(c, &ui.ImportProgressPage{Chrome: chrome, ID: imp.ID, Done: imp.Done, Total: imp.Total, Items: items})
	}
	return s.preview(c, &ui.ImportPreviewPage{Chrome: chrome, ID: imp.ID, Items: items})
}

// preview shows the items of an import. It ticks as many as the backpack has room for.
func (s *imports) preview(c *fiber.Ctx, page *ui.ImportPreviewPage) error {
	u, err := s.wallet.Usage(c.UserContext(), visitorOf(c).id())
	if err != nil {
		return err
	}
	page.Room = view.Room(u)
	left := page.Room.Left()
	for i := range page.Items {
		if it := &page.Items[i]; it.Chosen {
			it.Chosen = left > 0
			left--
		}
	}
	return s.page(c, page)
}

// leftOut shows the rest of an import after the backpack became full.
func (s *imports) leftOut(c *fiber.Ctx, id string, kept int, p ui.FieldError) error {
	imp, err := s.wallet.Import(c.UserContext(), visitorOf(c).id(), id)
	if err != nil {
		return err
	}
	chrome := s.chrome(c, ui.NavImport)
	chrome.Problems = []ui.FieldError{p}
	c.Status(fiber.StatusConflict)
	return s.preview(c, &ui.ImportPreviewPage{Chrome: chrome, ID: imp.ID, Items: s.view(c, chrome.Lang).Import(imp), Kept: kept})
}

func (s *imports) picture(c *fiber.Ctx) error {
	body, mediaType, err := s.wallet.ImportImage(c.UserContext(), visitorOf(c).id(), param(c, "id"), atoi(param(c, "n")))
	if err != nil {
		return err
	}
	return ownPicture(c, body, mediaType)
}

// progressPause is the time between two events of a stream.
const progressPause = 400 * time.Millisecond

// A progress is an event in the stream of an import.
type progress struct {
	Done     int  `json:"done"`
	Total    int  `json:"total"`
	Finished bool `json:"finished"`
}

// events streams the progress of an import until it is finished, the browser is
// gone, or RequestTime is over; the browser then asks again.
func (s *imports) events(c *fiber.Ctx) error {
	a, id := visitorOf(c).id(), param(c, "id")
	if _, err := s.wallet.Import(c.UserContext(), a, id); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Set("X-Accel-Buffering", "no")
	if c.Method() == fiber.MethodHead {
		return nil // a stream would be sent nevertheless
	}
	c.Context().SetBodyStreamWriter(fasthttp.StreamWriter(func(w *bufio.Writer) {
		ctx, cancel := context.WithTimeout(s.edge.Serving(), edge.RequestTime)
		defer cancel()
		for s.sendProgress(ctx, w, a, id) {
			select {
			case <-ctx.Done():
				return
			case <-s.after(progressPause):
			}
		}
	}))
	return nil
}

// sendProgress sends one event and reports whether more follow.
func (s *imports) sendProgress(ctx context.Context, w *bufio.Writer, a storage.AccountID, id string) bool {
	imp, err := s.wallet.Import(ctx, a, id)
	if err != nil {
		return false
	}
	data, err := json.Marshal(progress{imp.Done, imp.Total, imp.Finished})
	if err != nil {
		return false
	}
	if _, err := fmt.Fprintf(w, "data: %s\n\n", data); err != nil {
		return false
	}
	return w.Flush() == nil && !imp.Finished
}

func (s *imports) keep(c *fiber.Ctx) error {
	var items []int
	for _, n := range forms(c, "item") {
		items = append(items, atoi(n))
	}
	kept, err := s.wallet.Keep(c.UserContext(), visitorOf(c).id(), param(c, "id"), items)
	if p, ok := fieldError(err, map[string]string{"too_many_badges": "", "backpack_full": "", "backpack_new": ""}); ok {
		return s.leftOut(c, param(c, "id"), len(kept), p)
	}
	if err != nil {
		return err
	}
	s.notice(c, "kept", len(kept), "")
	return go303(c, "/backpack")
}

func (s *imports) drop(c *fiber.Ctx) error {
	if err := s.wallet.DropImport(c.UserContext(), visitorOf(c).id(), param(c, "id")); err != nil {
		return err
	}
	s.notice(c, "dropped", 0, "")
	return go303(c, "/import")
}

// takeOut starts an import of one credential in a record.
func (s *imports) takeOut(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), visitorOf(c).id()
	id, err := s.wallet.TakeOut(ctx, a, param(c, "id"), atoi(param(c, "n"))-1)
	if err != nil {
		return err
	}
	return s.work(c, id)
}
