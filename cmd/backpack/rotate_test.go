package main

import (
	"path/filepath"
	"strings"
	"testing"

	"backpack/wallet/postgres/pgtest"
)

// TestRotateKeyCommand rotates beside a running server and without one, with
// the key in a file; older backups need the older key.
func TestRotateKeyCommand(t *testing.T) {
	s := withBackups(t)
	data := t.TempDir()
	server := s.start(t, on(data)...)
	first := read(t, filepath.Join(data, "master.key"))
	backup := filepath.Join(t.TempDir(), "before.age")
	s.ok(t, "backup", "--data", data, "--to", backup)
	has(t, s.ok(t, "rotate-key", "--data", data), "Master key:  the one with fingerprint", "replaces", "Sealed anew:", "Kept:", "master.key.until-")
	second := read(t, filepath.Join(data, "master.key"))
	if got := get(t, server.url+"/readyz"); got != 200 || second == first {
		t.Errorf("the server answers %d; the key is another one: %v", got, second != first)
	}
	server.stop()
	s.start(t, on(data)...).stop()
	s.ok(t, "rotate-key", "--data", data)
	third := read(t, filepath.Join(data, "master.key"))
	if third == second {
		t.Error("the key was not changed")
	}
	for _, old := range []string{first, second} {
		has(t, s.with("BACKPACK_MASTER_KEY", strings.TrimSpace(old)).run(t, on(data)...).err, "another master key")
	}
	if kept, _ := filepath.Glob(filepath.Join(data, "master.key.until-*")); len(kept) != 2 {
		t.Errorf("kept are %v", kept)
	}
	fresh := t.TempDir()
	copyKey(t, data, fresh)
	has(t, s.run(t, "restore", backup, "--data", fresh).err, "another master key")
	s.with("BACKPACK_MASTER_KEY", strings.TrimSpace(first)).ok(t, "restore", backup, "--data", fresh)
}

// TestRotateKeyOfManyServers: if several servers use one database, all of them
// know both keys before anything changes.
func TestRotateKeyOfManyServers(t *testing.T) {
	old, next := strings.Repeat("ab", 32), strings.Repeat("cd", 32)
	s := setup{}.with("BACKPACK_DATABASE", pgtest.Start(t).Database(t)).with("BACKPACK_MASTER_KEY", old)
	s.start(t, on(t.TempDir())...).stop()
	has(t, s.run(t, "rotate-key", "--data", t.TempDir()).err, "set BACKPACK_MASTER_KEY_NEXT", "for every server")
	has(t, s.with("BACKPACK_MASTER_KEY_NEXT", old).run(t, "rotate-key", "--data", t.TempDir()).err, "BACKPACK_MASTER_KEY_NEXT: must differ")
	both := s.with("BACKPACK_MASTER_KEY_NEXT", next)
	one, two := both.start(t, on(t.TempDir())...), both.start(t, on(t.TempDir())...)
	has(t, both.ok(t, "rotate-key", "--data", t.TempDir()), "Sealed anew:", "set BACKPACK_MASTER_KEY to the value of BACKPACK_MASTER_KEY_NEXT")
	for _, server := range []running{one, two} {
		if got := get(t, server.url+"/readyz"); got != 200 {
			t.Errorf("a server answers %d", got)
		}
		server.stop()
	}
	has(t, s.run(t, on(t.TempDir())...).err, "another master key")
	s.with("BACKPACK_MASTER_KEY", next).start(t, on(t.TempDir())...).stop()
}
