package bolt_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"backpack/wallet/bolt"
	"backpack/wallet/storage"
	"backpack/wallet/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Open {
		path := filepath.Join(t.TempDir(), "data.db")
		return func(t *testing.T) storage.Store { return openAt(t, path) }
	})
}

func openAt(t *testing.T, path string) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func record(id string) *storage.Record {
	return &storage.Record{Key: storage.Key{Account: "acc", Kind: "k", ID: id}, Lookups: []string{"look-" + id}, Data: []byte(id)}
}

func create(s storage.Store, r *storage.Record) error {
	return s.Update(context.Background(), func(tx storage.Tx) error { return tx.Create(r) })
}

func TestOpenMakesAPrivateFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "data.db")
	openAt(t, path)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v: %v", info.Mode(), err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("left beside the file: %v, %v", left, err)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, c := range map[string]struct {
		path, want string
	}{
		"no folder":    {filepath.Join(dir, "none", "data.db"), "create"},
		"another file": {write("text", strings.Repeat("not a database ", 1000)), "invalid database"},
		"empty file":   {write("empty", ""), "no data file of a backpack"},
		"a folder":     {dir, "open"},
	} {
		s, err := bolt.Open(c.path)
		if err == nil {
			s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestThreat28SecondProcessIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	openAt(t, path)
	start := time.Now()
	_, err := bolt.Open(path)
	if !errors.Is(err, bolt.ErrInUse) || !strings.Contains(err.Error(), "another backpack uses this file") {
		t.Errorf("got %v", err)
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("it took %v to say so", took)
	}
}

// TestFirstStartRace has many open a file that does not exist: one wins, the
// others are told that it is in use, and the winner's data stays.
func TestFirstStartRace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	results := make(chan error)
	var winner *bolt.Store
	for range 4 {
		go func() {
			s, err := bolt.Open(path)
			if err == nil {
				err = create(s, record("mine"))
				winner = s
			}
			results <- err
		}()
	}
	won := 0
	for range 4 {
		if err := <-results; err == nil {
			won++
		} else if !errors.Is(err, bolt.ErrInUse) {
			t.Error(err)
		}
	}
	if won != 1 {
		t.Fatalf("%d opened the file", won)
	}
	if err := winner.Close(); err != nil {
		t.Fatal(err)
	}
	if err := create(openAt(t, path), record("mine")); !errors.Is(err, storage.ErrExists) {
		t.Errorf("the winner's record is gone: %v", err)
	}
}

func TestBackupWhileInUse(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, filepath.Join(dir, "data.db"))
	if err := create(s, record("before")); err != nil {
		t.Fatal(err)
	}
	var copied bytes.Buffer
	if n, err := s.WriteTo(&copied); err != nil || n != int64(copied.Len()) {
		t.Fatalf("%d bytes: %v", n, err)
	}
	if err := create(s, record("after")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "copy.db")
	if err := os.WriteFile(path, copied.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	b := openAt(t, path)
	if err := b.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if err := create(b, record("before")); !errors.Is(err, storage.ErrExists) {
		t.Errorf("the copy lacks a record: %v", err)
	}
	if err := create(b, record("after")); err != nil {
		t.Errorf("the copy holds a later record: %v", err)
	}
}

func TestWaitingForTheTurnEndsWithTheContext(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "data.db"))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err := s.Update(t.Context(), func(storage.Tx) error {
		done := make(chan error)
		go func() { done <- s.Update(ctx, func(storage.Tx) error { return nil }) }()
		return <-done
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestOpenKeepsTheMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	if err := openAt(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o640); err != nil { // an operator's backup group
		t.Fatal(err)
	}
	openAt(t, path)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != fs.FileMode(0o640) {
		t.Errorf("mode %v: %v", info.Mode(), err)
	}
}
