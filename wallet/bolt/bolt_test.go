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

func TestOpenCreatesAPrivateFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "data.db")
	openAt(t, path)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got mode %v, error %v", info.Mode(), err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("got other files %v, error %v", left, err)
	}
}

func TestOpenErrors(t *testing.T) {
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
		"no directory": {filepath.Join(dir, "none", "data.db"), "create"},
		"another file": {write("text", strings.Repeat("not a database ", 1000)), "invalid database"},
		"empty file":   {write("empty", ""), "not a backpack data file"},
		"a folder":     {dir, "open"},
	} {
		s, err := bolt.Open(c.path)
		if err == nil {
			s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want %q", name, err, c.want)
		}
	}
}

func TestThreat28SecondProcessIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	openAt(t, path)
	start := time.Now()
	_, err := bolt.Open(path)
	if !errors.Is(err, bolt.ErrInUse) || !strings.Contains(err.Error(), "another backpack uses this file") {
		t.Errorf("got error %v", err)
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("the refusal took %v", took)
	}
}

// TestFirstStartRace opens a missing file concurrently: one caller wins, the others
// get ErrInUse, and the winner's data stays.
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
		t.Fatalf("%d callers opened the file", won)
	}
	if err := winner.Close(); err != nil {
		t.Fatal(err)
	}
	if err := create(openAt(t, path), record("mine")); !errors.Is(err, storage.ErrExists) {
		t.Errorf("the winner's record: got error %v", err)
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
		t.Fatalf("got %d bytes, error %v", n, err)
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
		t.Errorf("the earlier record in the copy: got error %v", err)
	}
	if err := create(b, record("after")); err != nil {
		t.Errorf("the later record in the copy: got error %v", err)
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "data.db"))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err := s.Update(t.Context(), func(storage.Tx) error {
		done := make(chan error)
		go func() { done <- s.Update(ctx, func(storage.Tx) error { return nil }) }()
		return <-done
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got error %v", err)
	}
}

func TestOpenKeepsTheMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	if err := openAt(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o640); err != nil { // for the group of an operator's backups
		t.Fatal(err)
	}
	openAt(t, path)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != fs.FileMode(0o640) {
		t.Errorf("got mode %v, error %v", info.Mode(), err)
	}
}
