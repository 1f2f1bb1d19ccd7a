package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"backpack/wallet/bolt"
	"backpack/wallet/storage"
)

func TestDoctor(t *testing.T) {
	s, data := setup{}, t.TempDir()
	if err := os.Chmod(data, 0o700); err != nil {
		t.Fatal(err)
	}
	server := s.start(t, on(data)...)
	got := s.run(t, "doctor", "--data", data) // beside the server, with its settings
	if got.code != exitUndetermined {
		t.Errorf("code %d: %s", got.code, got.err)
	}
	has(t, got.out, "advice  settings", "advice  files     the master key is in the same folder", "fine    store     intact", "fine    key", "all are consistent")
	server.stop()

	file, err := bolt.Open(filepath.Join(data, "backpack.db"))
	if err != nil {
		t.Fatal(err)
	}
	err = file.Update(t.Context(), func(tx storage.Tx) error {
		return tx.Create(&storage.Record{Key: storage.Key{Account: "ghost", Kind: storage.KindEvent, ID: "1"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	file.Close()
	if err := os.Chmod(filepath.Join(data, "master.key"), 0o644); err != nil {
		t.Fatal(err)
	}
	bad := s.with("BACKPACK_PUBLIC_URL", "http://backpack.example").with("BACKPACK_SMTP", "mail.example:25").with("BACKPACK_SMTP_FROM", "a@b.example").
		with("BACKPACK_SMTP_TLS", "none").with("BACKPACK_BACKUP_DIR", filepath.Join(data, "backups")).with("BACKPACK_BACKUP_PASSPHRASE", "a long passphrase")
	got = bad.run(t, "doctor", "--data", data, "--json")
	if got.code != exitInvalid {
		t.Errorf("code %d: %s", got.code, got.err)
	}
	var report struct{ Findings []finding }
	if err := json.Unmarshal([]byte(got.out), &report); err != nil {
		t.Fatal(err)
	}
	var faults []string
	for _, f := range report.Findings {
		if f.Level == levelFault {
			faults = append(faults, f.Text)
		}
	}
	has(t, strings.Join(faults, "\n"), "begins with http", "BACKPACK_SMTP_TLS is none", "has mode 644", "no backups in", "the key of the account is missing")
	wrong := s.with("BACKPACK_MASTER_KEY", strings.Repeat("ab", 32)).run(t, "doctor", "--data", data)
	has(t, wrong.out, "fault   key       the data was sealed with another master key than this one")
	lacks(t, wrong.out+got.out, "%!", strings.Repeat("ab", 32), "a long passphrase")
	has(t, s.run(t, "doctor", "--data", t.TempDir()).err, "no backpack here")
}
