package server

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"github.com/gofiber/fiber/v2"

	"backpack/ui"
	"backpack/wallet"
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
	return ui.Room{Badges: u.Badges, MostBadges: u.Most.Badges, Bytes: u.Bytes, MostBytes: u.Most.Bytes}, nil
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
	return s.page(c, page)
}

// exportZIP sends everything that the learner has.
func (s *Server) exportZIP(c *fiber.Ctx) error {
	return s.sendArchive(c, ".zip", s.Wallet.Export)
}

// exportLocked is exportZIP with a passphrase.
func (s *Server) exportLocked(c *fiber.Ctx) error {
	passphrase := form(c, "passphrase")
	if p, ok := fieldError(wallet.CheckPassphrase(passphrase), map[string]string{"passphrase_weak": "passphrase"}); ok {
		c.Status(fiber.StatusBadRequest)
		return s.exportPage(c, []ui.FieldError{p})
	}
	return s.sendArchive(c, "-locked.zip", func(ctx context.Context, a wallet.AccountID, page wallet.ExportPage, out io.Writer) error {
		return s.Wallet.ExportLocked(ctx, a, page, out, passphrase)
	})
}

// sendArchive sends an archive as it is made: it may be far more than memory
// should hold, and take longer than other answers may. When that fails half-way,
// the connection breaks off, so that nobody takes the half for the whole.
func (s *Server) sendArchive(c *fiber.Ctx, ending string, export func(context.Context, wallet.AccountID, wallet.ExportPage, io.Writer) error) error {
	attach(c, "backpack-"+s.Now().UTC().Format(time.DateOnly)+ending, "application/zip")
	if c.Method() == fiber.MethodHead {
		return nil // a stream would be sent even so
	}
	a, page, conn := visitorOf(c).id(), s.archivePage(s.lang(c)), c.Context().Conn()
	r, w := io.Pipe()
	done := make(chan struct{})
	go func() {
		select {
		case <-s.After(exportTime):
			conn.Close()
		case <-done:
		}
	}()
	go func() {
		defer close(done)
		err := export(s.base, a, page, w)
		if err != nil && !errors.Is(err, io.ErrClosedPipe) {
			s.Log.Error("export failed", "error", err)
		}
		w.CloseWithError(err)
	}()
	return c.SendStream(&unhurried{r, func() { _ = conn.SetWriteDeadline(time.Time{}) }})
}

// unhurried is what is read for an answer that has no time by which it must be
// written: that is set when the answer begins, before the first Read.
type unhurried struct {
	*io.PipeReader
	begin func()
}

// Read implements io.Reader.
func (u *unhurried) Read(b []byte) (int, error) {
	u.begin()
	return u.PipeReader.Read(b)
}

// archivePage renders the page inside an export.
func (s *Server) archivePage(lang string) wallet.ExportPage {
	return func(name string, at time.Time, badges []wallet.ExportedBadge) ([]byte, error) {
		page := &ui.ArchivePage{Chrome: ui.Chrome{Lang: lang, Name: name}, At: at}
		for _, b := range badges {
			image := ""
			if b.Picture != "" {
				image = b.Folder + "/" + b.Picture
			}
			page.Badges = append(page.Badges, ui.ArchivedBadge{BadgeCard: card(b.Entry, image), Description: b.Entry.Summary.Description,
				Folder: b.Folder, Files: b.Files, Checked: b.Entry.CheckedAt, Note: b.Entry.Note, Added: b.Entry.AddedAt})
		}
		var out bytes.Buffer
		err := s.UI.Render(&out, page)
		return out.Bytes(), err
	}
}
