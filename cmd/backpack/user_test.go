package main

import (
	"path/filepath"
	"testing"

	"backpack/wallet/bolt"
)

// signUp creates an account as a person does with a browser, and returns its
// id.
func signUp(t *testing.T, s setup, data, name string) string {
	t.Helper()
	c, _, err := s.program(nil, nil).commandLine("serve", []string{"--data", data}, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	op, err := openOperator(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer op.store.Close()
	w, err := op.wallet(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	session, _, _, err := w.SignUpWithKey(t.Context(), name, "en", "a test")
	if err != nil {
		t.Fatal(err)
	}
	return string(session.Account)
}

// TestUser: the commands do the same beside a running server and without one.
func TestUser(t *testing.T) {
	s, data := setup{}, t.TempDir()
	s.start(t, on(data)...).stop()
	ada, bob := signUp(t, s, data, "Ada"), signUp(t, s, data, "Bob")
	server := s.start(t, on(data)...)
	has(t, s.ok(t, "user", "list", "--data", data), "0 of 5000 badges")
	has(t, s.ok(t, "user", "disable", "Bob", "--data", data), bob, "disabled", "Bob")
	has(t, s.ok(t, "user", "quota", bob, "--badges", "7", "--bytes", "2MiB", "--data", data), "0 of 7 badges", "of 2 MiB (its own quota)")
	has(t, s.run(t, "user", "delete", "Ada", "--data", data).err, "cannot be undone")
	server.stop()
	has(t, s.ok(t, "user", "enable", bob, "--data", data), bob)
	has(t, s.ok(t, "user", "quota", bob, "--data", data), "0 of 5000 badges")
	has(t, s.ok(t, "user", "delete", bob, "--yes", "--data", data), "deleted: "+bob)
	list := s.ok(t, "user", "list", "--data", data)
	has(t, list, ada)
	lacks(t, list, bob)
	has(t, s.run(t, "user", "disable", "Bob", "--data", data).err, `there is no account "Bob"`)
	for _, wrong := range [][]string{{"user"}, {"user", "ban", "Bob"}, {"user", "disable"}, {"user", "list", "Bob"}, {"user", "quota", bob, "--badges", "none"}} {
		if got := s.run(t, append(wrong, "--data", data)...); got.code != exitUsage {
			t.Errorf("%v: code %d", wrong, got.code)
		}
	}
	file, err := bolt.Open(filepath.Join(data, "backpack.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := file.Check(t.Context()); err != nil {
		t.Error(err)
	}
}
