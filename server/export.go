package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gofiber/fiber/v2"

	"backpack/server/view"
	"backpack/ui"
	"backpack/wallet"
	"backpack/wallet/storage"
)

// exportTime is how long an archive may take on its way: a large one, over a
// slow line.
const exportTime = time.Hour

// room is how much the learner's backpack holds and may hold.
func (s *Server) room(c *fiber.Ctx) (ui.Room, error) {
	u, err := s.Wallet.Usage(c.UserContext(), visitorOf(c).id())
	if err != nil {
		return ui.Room{}, err
	}
	return view.Room(u), nil
}

func (s *Server) exportForm(c *fiber.Ctx) error { return s.exportPage(c, nil) }

func (s *Server) exportPage(c *fiber.Ctx, problems []ui.FieldError) error {
	n, err := s.Wallet.CountBadges(c.UserContext(), visitorOf(c).id())
	if err != nil {
		return err
	}
	page := &ui.ExportPage{Chrome: s.chrome(c, ui.NavSettings), Badges: n}
	page.Problems = problems
	if page.Suggested, err = s.Wallet.SuggestPassphrase(); err != nil {
		return err
	}
	parts, err := s.Wallet.ExportParts(c.UserContext(), visitorOf(c).id())
	if err != nil {
		return err
	}
	for n := 1; parts > 1 && n <= parts; n++ {
		page.Parts = append(page.Parts, n)
	}
	return s.page(c, page)
}

// exportZIP sends everything that the learner has, or a part of it.
func (s *Server) exportZIP(c *fiber.Ctx) error {
	n, of, name, err := s.part(c, query(c, "part"))
	if err != nil {
		return err
	}
	return s.sendArchive(c, name+".zip", func(ctx context.Context, a storage.AccountID, page wallet.ExportPage, out io.Writer) error {
		return s.Wallet.ExportPart(ctx, a, page, out, n, of)
	})
}

// part reads which part of how many is asked for; "" asks for all in one.
func (s *Server) part(c *fiber.Ctx, asked string) (n, of int, name string, err error) {
	if asked == "" {
		return 1, 1, "", nil
	}
	if of, err = s.Wallet.ExportParts(c.UserContext(), visitorOf(c).id()); err != nil {
		return 0, 0, "", err
	}
	if n = atoi(asked); n < 1 || n > of {
		return 0, 0, "", fiber.ErrNotFound
	}
	return n, of, fmt.Sprintf("-part-%d-of-%d", n, of), nil
}

// exportLocked is exportZIP with a passphrase.
func (s *Server) exportLocked(c *fiber.Ctx) error {
	passphrase := form(c, "passphrase")
	if p, ok := fieldError(wallet.CheckPassphrase(passphrase), map[string]string{"passphrase_weak": "passphrase"}); ok {
		c.Status(fiber.StatusBadRequest)
		return s.exportPage(c, []ui.FieldError{p})
	}
	n, of, name, err := s.part(c, form(c, "part"))
	if err != nil {
		return err
	}
	return s.sendArchive(c, name+"-locked.zip", func(ctx context.Context, a storage.AccountID, page wallet.ExportPage, out io.Writer) error {
		return s.Wallet.ExportLocked(ctx, a, page, out, n, of, passphrase)
	})
}

// sendArchive sends an archive as it is made: it may be far more than memory
// should hold, and take longer than other answers may, if only it is taken. When
// that fails half-way, the connection breaks off, so that nobody takes the half
// for the whole.
func (s *Server) sendArchive(c *fiber.Ctx, ending string, export func(context.Context, storage.AccountID, wallet.ExportPage, io.Writer) error) error {
	attach(c, "backpack-"+s.Now().UTC().Format(time.DateOnly)+ending, "application/zip")
	if c.Method() == fiber.MethodHead {
		return nil // a stream would be sent even so
	}
	a, page, conn := visitorOf(c).id(), s.archivePage(s.lang(c)), c.Context().Conn()
	r, w := io.Pipe()
	done := make(chan struct{})
	// It has no time by which it must be written: that is set when the answer
	// begins, before the first Read.
	out := &taken{PipeReader: r, begin: func() { _ = conn.SetWriteDeadline(time.Time{}) }}
	go s.watch(out, done, func() { _ = conn.Close() })
	go func() {
		defer close(done)
		err := export(s.base, a, page, w)
		if err != nil && !errors.Is(err, io.ErrClosedPipe) {
			s.Log.Error("export failed", "error", err)
		}
		w.CloseWithError(err)
	}()
	return c.SendStream(out)
}

// archivePage renders the page inside an archive.
func (s *Server) archivePage(lang string) wallet.ExportPage {
	return func(name string, at time.Time, badges []wallet.ExportedBadge) ([]byte, error) {
		var out bytes.Buffer
		err := s.UI.Render(&out, view.Archive(lang, name, at, badges))
		return out.Bytes(), err
	}
}
