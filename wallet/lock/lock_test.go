package lock_test

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"backpack/wallet/lock"
)

const passphrase = "sieben Zwerge hinter sieben Bergen dort"

// locked locks content, written in parts of uneven size.
func locked(t testing.TB, content []byte, passphrase string) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := lock.Create(&out, "backpack.zip", passphrase, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; len(content) > 0; n = n*3 + 1 {
		part := content[:min(n, len(content))]
		if _, err := w.Write(part); err != nil {
			t.Fatal(err)
		}
		content = content[len(part):]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestLockAndOpen(t *testing.T) {
	for _, size := range []int{0, 1, 15, 16, 17, 32 << 10, 100_001} {
		content := make([]byte, size)
		rand.Read(content)
		b := locked(t, content, passphrase)
		if !lock.Is(b) || size > 15 && bytes.Contains(b, content) {
			t.Fatalf("%d bytes: the result is not a locked file", size)
		}
		got, err := lock.Open(b, passphrase, int64(size))
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d bytes: got %d bytes, error %v", size, len(got), err)
		}
		if got, err := lock.Open(b, passphrase+" ", int64(size)); !errors.Is(err, lock.ErrPassphrase) && !errors.Is(err, lock.ErrDamaged) || got != nil {
			t.Errorf("another passphrase: got %d bytes, error %v", len(got), err)
		}
		if size > 0 {
			if _, err := lock.Open(b, passphrase, int64(size)-1); !errors.Is(err, lock.ErrTooLarge) {
				t.Errorf("over the limit: got error %v", err)
			}
		}
	}
	if bytes.Equal(locked(t, []byte("x"), passphrase), locked(t, []byte("x"), passphrase)) {
		t.Error("got no error without random bytes")
	}
}

// TestTampered changes every byte of a locked file and asserts that no altered
// content is returned.
func TestTampered(t *testing.T) {
	content := []byte(strings.Repeat("a badge ", 20))
	b := locked(t, content, passphrase)
	refused := 0
	for i := range b {
		c := bytes.Clone(b)
		c[i] ^= 0x10
		got, err := lock.Open(c, passphrase, 1<<20)
		if err == nil && !bytes.Equal(got, content) {
			t.Fatalf("byte %d changed: got %q", i, got)
		}
		if err != nil {
			refused++
		}
	}
	if refused < len(content) {
		t.Errorf("only %d changes are detected", refused)
	}
	for n := range b {
		if got, err := lock.Open(b[:n], passphrase, 1<<20); err == nil {
			t.Fatalf("the first %d bytes: got %q", n, got)
		}
	}
}

func TestNotLocked(t *testing.T) {
	var plain bytes.Buffer
	z := zip.NewWriter(&plain)
	z.Create("a.txt")
	z.Close()
	for _, b := range [][]byte{nil, []byte("PK"), []byte("hello"), plain.Bytes()} {
		if _, err := lock.Open(b, passphrase, 100); lock.Is(b) || !errors.Is(err, lock.ErrUnsupported) {
			t.Errorf("%.20q: %v", b, err)
		}
	}
}

func TestPassphrases(t *testing.T) {
	for p, good := range map[string]bool{
		"": false, "geheim": false, "correct horse battery": true, "one two three four five": true, "a b c d e f g h": true, "a b a b a b a b": false,
		"aaaaaaaaaaaaaaaaaaaaaaaaa": false, "12345678901234567890": true, "Größe und Übermaß": false, "abcdefghijklmnopqrs": false, "abcdefghijklmnopqrs\xff": false,
	} {
		if err := lock.Check(p); (err == nil) != good {
			t.Errorf("%q: %v", p, err)
		}
	}
	seen := map[string]bool{}
	for range 100 {
		p, err := lock.Suggest(rand.Reader)
		if err != nil || seen[p] || lock.Check(p) != nil || len(p) != 24 {
			t.Fatalf("%q, %v", p, err)
		}
		seen[p] = true
	}
	if _, err := lock.Suggest(strings.NewReader("short")); err == nil {
		t.Error("got no error with too few random bytes")
	}
}

// sevenZip returns the path of 7-Zip, an independent implementation. It skips the
// test without it, or fails with CI set.
func sevenZip(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"7z", "7zz", "7za"} {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("7-Zip is missing")
	}
	t.Skip("7-Zip is not installed")
	return ""
}

// TestSevenZip opens our locked file with 7-Zip, and files that 7-Zip locked, stored
// and compressed.
func TestSevenZip(t *testing.T) {
	tool, dir := sevenZip(t), t.TempDir()
	content := bytes.Repeat([]byte("what a learner learnt, "), 5000)
	file := filepath.Join(dir, "locked.zip")
	if err := os.WriteFile(file, locked(t, content, passphrase), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), tool, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := run("l", "-slt", "locked.zip"); err != nil || !strings.Contains(out, "AES-256") {
		t.Errorf("%v:\n%s", err, out)
	}
	if out, err := run("t", "-pwrong", "locked.zip"); err == nil {
		t.Errorf("7-Zip opens it with a wrong passphrase:\n%s", out)
	}
	if out, err := run("x", "-y", "-p"+passphrase, "locked.zip"); err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "backpack.zip")); err != nil || !bytes.Equal(got, content) {
		t.Errorf("7-Zip: got %d bytes, error %v", len(got), err)
	}
	for _, method := range []string{"Copy", "Deflate"} {
		name := method + ".zip"
		if out, err := run("a", "-tzip", "-mem=AES256", "-mm="+method, "-p"+passphrase, name, "backpack.zip"); err != nil {
			t.Fatalf("%v:\n%s", err, out)
		}
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := lock.Open(b, passphrase, 1<<20); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: got %d bytes, error %v", method, len(got), err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	b := locked(f, []byte("a badge"), passphrase)
	f.Add(b)
	f.Add(b[:60])
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := lock.Open(b, passphrase, 1000)
		if err == nil && (len(got) > 1000 || !lock.Is(b)) {
			t.Errorf("%d bytes", len(got))
		}
	})
}
