package mail

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"backpack/wallet"
)

// File returns a mailer that writes each mail to a new file in the directory mail
// of dir, readable only by its owner, and logs the path. It is for trials and for
// installations without a mail server, where the operator passes on the codes.
func File(dir string, log *slog.Logger) wallet.Mailer {
	return &file{dir: filepath.Join(dir, "mail"), log: log}
}

type file struct {
	dir string
	log *slog.Logger
}

// Send implements wallet.Mailer.
func (f *file) Send(ctx context.Context, to, subject, text string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if strings.ContainsAny(to+subject, "\r\n\x00") {
		return errors.New("a header of the mail contains a line break")
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return fmt.Errorf("mail to a file: %w", err)
	}
	out, err := os.CreateTemp(f.dir, "mail-*.txt") // mode 0600
	if err != nil {
		return fmt.Errorf("mail to a file: %w", err)
	}
	_, err = fmt.Fprintf(out, "To: %s\nSubject: %s\n\n%s", to, subject, text)
	if err := errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("mail to a file: %w", err)
	}
	f.log.Info("no mail server is configured; the mail is in a file", "file", out.Name())
	return nil
}
