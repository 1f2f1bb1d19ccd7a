package server

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"backpack/ui"
	"backpack/wallet"
	"backpack/wallet/storage"
)

func (s *Server) importForm(c *fiber.Ctx) error {
	return s.importPage(c, "", nil)
}

func (s *Server) importPage(c *fiber.Ctx, text string, problems []ui.FieldError) error {
	room, err := s.room(c)
	if err != nil {
		return err
	}
	page := &ui.ImportPage{Chrome: s.chrome(c, ui.NavImport), Text: text, MaxMB: bodyLimit >> 20, FirstTime: room.Badges == 0, Room: room}
	page.Problems = problems
	return s.page(c, page)
}

// brought reads what a form brings: files, a photo, text.
func brought(c *fiber.Ctx) ([]wallet.Input, error) {
	in, err := inputs(c, "files", "text")
	if err != nil {
		return nil, err
	}
	folder, err := inputs(c, "folder", "")
	if err != nil {
		return nil, err
	}
	photos, err := inputs(c, "photo", "")
	return append(append(in, folder...), photos...), err
}

var broughtFields = map[string]string{"nothing_brought": "text", "too_many_files": "files", "backpack_full": "files", "backpack_new": "files", "too_many_badges": "files",
	"passphrase_missing": "passphrase", "passphrase_wrong": "passphrase", "lock_damaged": "files"}

func (s *Server) importSubmit(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), visitorOf(c).id()
	in, err := brought(c)
	id := ""
	if err == nil {
		in, err = s.Wallet.Unlock(in, form(c, "passphrase"))
	}
	if err == nil {
		id, err = s.Wallet.StartImport(ctx, a, in)
	}
	if p, ok := fieldError(err, broughtFields); ok {
		c.Status(fiber.StatusBadRequest)
		return s.importPage(c, form(c, "text"), []ui.FieldError{p})
	}
	if err != nil {
		return err
	}
	return s.lookAtImport(c, id)
}

// lookAtImport works on an import and leads to it: most are done in a moment,
// and only a longer one shows its progress.
func (s *Server) lookAtImport(c *fiber.Ctx, id string) error {
	short, cancel := context.WithTimeout(c.UserContext(), s.ImportTime)
	defer cancel()
	if err := s.Wallet.WorkImport(short, visitorOf(c).id(), id); err != nil && short.Err() == nil {
		return err
	}
	return go303(c, "/imports/"+url.PathEscape(id))
}

func (s *Server) importShow(c *fiber.Ctx) error {
	imp, err := s.Wallet.Import(c.UserContext(), visitorOf(c).id(), param(c, "id"))
	if err != nil {
		return err
	}
	chrome := s.chrome(c, ui.NavImport)
	items := s.view(c, chrome.Lang).Import(imp)
	if !imp.Finished {
		return s.page(c, &ui.ImportProgressPage{Chrome: chrome, ID: imp.ID, Done: imp.Done, Total: imp.Total, Items: items})
	}
	return s.previewPage(c, &ui.ImportPreviewPage{Chrome: chrome, ID: imp.ID, Items: items})
}

// previewPage shows what an import found, with no more ticked than there is room for.
func (s *Server) previewPage(c *fiber.Ctx, page *ui.ImportPreviewPage) (err error) {
	if page.Room, err = s.room(c); err != nil {
		return err
	}
	left := page.Room.Left()
	for i := range page.Items {
		if it := &page.Items[i]; it.Chosen {
			it.Chosen = left > 0
			left--
		}
	}
	return s.page(c, page)
}

// leftOut shows what is left of an import when there was no room for all of it.
func (s *Server) leftOut(c *fiber.Ctx, id string, kept int, p ui.FieldError) error {
	imp, err := s.Wallet.Import(c.UserContext(), visitorOf(c).id(), id)
	if err != nil {
		return err
	}
	chrome := s.chrome(c, ui.NavImport)
	chrome.Problems = []ui.FieldError{p}
	c.Status(fiber.StatusConflict)
	return s.previewPage(c, &ui.ImportPreviewPage{Chrome: chrome, ID: imp.ID, Items: s.view(c, chrome.Lang).Import(imp), Kept: kept})
}

func (s *Server) importPicture(c *fiber.Ctx) error {
	body, mediaType, err := s.Wallet.ImportImage(c.UserContext(), visitorOf(c).id(), param(c, "id"), atoi(param(c, "n")))
	if err != nil {
		return err
	}
	return ownPicture(c, body, mediaType)
}

// A progress is one event of an import's stream.
type progress struct {
	Done     int  `json:"done"`
	Total    int  `json:"total"`
	Finished bool `json:"finished"`
}

// importEvents streams the progress of an import until it is finished, the
// browser goes away, or the request's time is up; the browser then asks again.
func (s *Server) importEvents(c *fiber.Ctx) error {
	a, id := visitorOf(c).id(), param(c, "id")
	if _, err := s.Wallet.Import(c.UserContext(), a, id); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Set("X-Accel-Buffering", "no")
	if c.Method() == fiber.MethodHead {
		return nil // a stream would be sent even so
	}
	c.Context().SetBodyStreamWriter(fasthttp.StreamWriter(func(w *bufio.Writer) {
		ctx, cancel := context.WithTimeout(s.serving, requestTime)
		defer cancel()
		for s.sendProgress(ctx, w, a, id) {
			select {
			case <-ctx.Done():
				return
			case <-s.After(progressPause):
			}
		}
	}))
	return nil
}

// sendProgress sends one event and reports whether there is more to come.
func (s *Server) sendProgress(ctx context.Context, w *bufio.Writer, a storage.AccountID, id string) bool {
	imp, err := s.Wallet.Import(ctx, a, id)
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

func (s *Server) importKeep(c *fiber.Ctx) error {
	var items []int
	for _, n := range forms(c, "item") {
		items = append(items, atoi(n))
	}
	kept, err := s.Wallet.Keep(c.UserContext(), visitorOf(c).id(), param(c, "id"), items)
	if p, ok := fieldError(err, map[string]string{"too_many_badges": "", "backpack_full": "", "backpack_new": ""}); ok {
		return s.leftOut(c, param(c, "id"), len(kept), p)
	}
	if err != nil {
		return err
	}
	s.notice(c, "kept", len(kept), "")
	return go303(c, "/backpack")
}

func (s *Server) importDrop(c *fiber.Ctx) error {
	if err := s.Wallet.DropImport(c.UserContext(), visitorOf(c).id(), param(c, "id")); err != nil {
		return err
	}
	s.notice(c, "dropped", 0, "")
	return go303(c, "/import")
}
