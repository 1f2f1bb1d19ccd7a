package mail_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"backpack/wallet/mail"
)

func TestFile(t *testing.T) {
	dir := t.TempDir()
	var log bytes.Buffer
	m := mail.File(dir, slog.New(slog.NewTextHandler(&log, nil)))
	for range 2 {
		if err := m.Send(t.Context(), "ada@example.org", "Your code", "123456\n"); err != nil {
			t.Fatal(err)
		}
	}
	names, err := filepath.Glob(filepath.Join(dir, "mail", "*.txt"))
	if err != nil || len(names) != 2 {
		t.Fatalf("got files %v, error %v", names, err)
	}
	body, err := os.ReadFile(names[0])
	if err != nil || string(body) != "To: ada@example.org\nSubject: Your code\n\n123456\n" {
		t.Errorf("%q: %v", body, err)
	}
	for _, name := range append(names, filepath.Join(dir, "mail")) {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: got mode %v, error %v", name, info.Mode(), err)
		}
		if name != filepath.Join(dir, "mail") && !strings.Contains(log.String(), name) {
			t.Errorf("the log does not contain %s:\n%s", name, &log)
		}
	}
	if strings.Contains(log.String(), "123456") || strings.Contains(log.String(), "ada@") {
		t.Errorf("the log contains the mail:\n%s", &log)
	}
}

func TestFileRefuses(t *testing.T) {
	dir := t.TempDir()
	m := mail.File(dir, slog.New(slog.DiscardHandler))
	if m.Send(t.Context(), "ada@example.org\nBcc: all@example.org", "s", "t") == nil {
		t.Error("got no error for a header in the address")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if m.Send(ctx, "ada@example.org", "s", "t") == nil {
		t.Error("got no error with a cancelled context")
	}
	blocked := filepath.Join(dir, "blocked")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if mail.File(blocked, slog.New(slog.DiscardHandler)).Send(t.Context(), "ada@example.org", "s", "t") == nil {
		t.Error("got no error for a directory that is a file")
	}
}
