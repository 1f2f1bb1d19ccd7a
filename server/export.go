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

// exports serves archives of a backpack.
type exports struct {
	*pages
	wallet *wallet.Wallet
}

func (s *exports) register(r *router) {
	recent, l := r.sessions.recent("/settings/export"), r.learner()
	l.Get("/settings/export", recent, s.ask)
	l.Post("/settings/export", recent, r.work, s.locked)
	l.Get("/settings/export.zip", recent, r.work, s.unlocked)
}

func (s *exports) ask(c *fiber.Ctx) error { return s.askPage(c, nil) }

func (s *exports) askPage(c *fiber.Ctx, problems []ui.FieldError) error {
	n, err := s.wallet.CountBadges(c.UserContext(), visitorOf(c).id())
	if err != nil {
		return err
	}
	page := &ui.ExportPage{Chrome: s.chrome(c, ui.NavSettings), Badges: n}
	page.Problems = problems
	if page.Suggested, err = s.wallet.SuggestPassphrase(); err != nil {
		return err
	}
	parts, err := s.wallet.ExportParts(c.UserContext(), visitorOf(c).id())
	if err != nil {
		return err
	}
	for n := 1; parts > 1 && n <= parts; n++ {
		page.Parts = append(page.Parts, n)
	}
	return s.page(c, page)
}

// unlocked sends an archive of the backpack, or a part of it, without a passphrase.
func (s *exports) unlocked(c *fiber.Ctx) error {
	n, of, name, err := s.part(c, query(c, "part"))
	if err != nil {
		return err
	}
	return s.send(c, name+".zip", func(ctx context.Context, a storage.AccountID, page wallet.ExportPage, out io.Writer) error {
		return s.wallet.ExportPart(ctx, a, page, out, n, of)
	})
}

// part parses the number of a part; "" stands for the whole archive.
func (s *exports) part(c *fiber.Ctx, asked string) (n, of int, name string, err error) {
	if asked == "" {
		return 1, 1, "", nil
	}
	if of, err = s.wallet.ExportParts(c.UserContext(), visitorOf(c).id()); err != nil {
		return 0, 0, "", err
	}
	if n = atoi(asked); n < 1 || n > of {
		return 0, 0, "", fiber.ErrNotFound
	}
	return n, of, fmt.Sprintf("-part-%d-of-%d", n, of), nil
}

// locked sends an archive that a passphrase protects.
func (s *exports) locked(c *fiber.Ctx) error {
	passphrase := form(c, "passphrase")
	if p, ok := fieldError(wallet.CheckPassphrase(passphrase), map[string]string{"passphrase_weak": "passphrase"}); ok {
		c.Status(fiber.StatusBadRequest)
		return s.askPage(c, []ui.FieldError{p})
	}
	n, of, name, err := s.part(c, form(c, "part"))
	if err != nil {
		return err
	}
	return s.send(c, name+"-locked.zip", func(ctx context.Context, a storage.AccountID, page wallet.ExportPage, out io.Writer) error {
		return s.wallet.ExportLocked(ctx, a, page, out, n, of, passphrase)
	})
}

// send streams an archive (see edge.Stream).
func (s *exports) send(c *fiber.Ctx, ending string, export func(context.Context, storage.AccountID, wallet.ExportPage, io.Writer) error) error {
	attach(c, "backpack-"+s.now().UTC().Format(time.DateOnly)+ending, "application/zip")
	if c.Method() == fiber.MethodHead {
		return nil // a stream would be sent nevertheless
	}
	a, page := visitorOf(c).id(), s.archivePage(s.lang(c))
	return s.edge.Stream(c, func(ctx context.Context, out io.Writer) error { return export(ctx, a, page, out) }, func(err error) {
		if !errors.Is(err, io.ErrClosedPipe) {
			s.log.Error("export failed", "error", err)
		}
	})
}

// archivePage renders the page inside an archive.
func (s *exports) archivePage(lang string) wallet.ExportPage {
	return func(name string, at time.Time, badges []wallet.ExportedBadge) ([]byte, error) {
		var out bytes.Buffer
		err := s.texts.Render(&out, view.Archive(lang, name, at, badges))
		return out.Bytes(), err
	}
}
