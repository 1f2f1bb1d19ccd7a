package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"backpack/wallet/postgres/pgtest"
)

// withBackups returns a setup with a new identity, which backups are encrypted
// for.
func withBackups(t testing.TB) setup {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return setup{env: map[string]string{"BACKPACK_BACKUP_RECIPIENT": id.Recipient().String(), "BACKPACK_BACKUP_IDENTITY": id.String()}}
}

func (s setup) with(name, value string) setup {
	env := map[string]string{name: value}
	for k, v := range s.env {
		if k != name {
			env[k] = v
		}
	}
	s.env = env
	return s
}

// ok runs a command that must succeed, and returns its output.
func (s setup) ok(t testing.TB, args ...string) string {
	t.Helper()
	got := s.run(t, args...)
	if got.code != exitOK {
		t.Fatalf("%v: code %d\n%s%s", args, got.code, got.out, got.err)
	}
	return got.out
}

// copyKey copies the master key of a data folder into another.
func copyKey(t testing.TB, from, to string) {
	t.Helper()
	write(t, to, "master.key", []byte(read(t, filepath.Join(from, "master.key"))))
}

// TestBackupCommand: the command works beside a running server and without one,
// and a server starts on what a restore makes of either backup.
func TestBackupCommand(t *testing.T) {
	s := withBackups(t)
	deep := filepath.Join(t.TempDir(), strings.Repeat("a", 120)) // longer than a socket's name may be
	server := s.start(t, on(deep)...)
	to := t.TempDir()
	has(t, s.ok(t, "backup", "--to", to, "--data", deep), "Backup:", to, "0 accounts", "Verified:", "secret that a restore needs",
		"Master key:  not included", "fingerprint")
	names, err := ownBackups(to)
	if err != nil || len(names) != 1 {
		t.Fatalf("%v, %v", names, err)
	}
	server.stop()
	if left, _ := filepath.Glob(filepath.Join(deep, "*.sock")); left != nil {
		t.Errorf("left over: %v", left)
	}
	alone := filepath.Join(to, "alone.age")
	has(t, s.with("BACKPACK_BACKUP_IDENTITY", "").ok(t, "backup", "--data", deep, "--to", alone), "Not tested: the recipient's identity")
	for _, backup := range []string{filepath.Join(to, names[0]), alone} {
		fresh := t.TempDir()
		copyKey(t, deep, fresh)
		has(t, s.ok(t, "restore", "--verify", backup), "nothing was written")
		has(t, s.ok(t, "restore", backup, "--data", fresh), "Backup:", "Master key:", "Restored:", "0 accounts and 5 records")
		s.start(t, on(fresh)...).stop()
	}
}

func TestBackupRefuses(t *testing.T) {
	s := withBackups(t)
	data := t.TempDir()
	s.start(t, on(data)...).stop()
	backup := filepath.Join(t.TempDir(), "b.age")
	s.ok(t, "backup", "--data", data, "--to", backup)
	whole := []byte(read(t, backup))
	cut := write(t, t.TempDir(), "cut.age", whole[:len(whole)-30])
	fresh := t.TempDir()
	copyKey(t, data, fresh)
	other := strings.Repeat("ab", 32)
	for name, tt := range map[string]struct {
		s    setup
		args []string
		want []string
	}{
		"no place":             {s, []string{"backup", "--data", data}, []string{"no destination"}},
		"no secret":            {setup{}, []string{"backup", "--data", data, "--to", backup + "x"}, []string{"backups are encrypted", "BACKPACK_BACKUP_RECIPIENT"}},
		"a file that is there": {s, []string{"backup", "--data", data, "--to", backup}, []string{"already exists"}},
		"no backpack":          {s, []string{"backup", "--data", t.TempDir(), "--to", backup + "x"}, []string{"no backpack here"}},
		"another master key":   {s.with("BACKPACK_MASTER_KEY", other), []string{"backup", "--data", data, "--to", backup + "x"}, []string{"does not open the data"}},
		"no file":              {s, []string{"restore"}, []string{"no backup named"}},
		"two files":            {s, []string{"restore", backup, backup}, []string{"takes no argument"}},
		"a folder in use":      {s, []string{"restore", backup, "--data", data}, []string{"already contains a backpack", "backpack.db"}},
		"no identity":          {setup{}, []string{"restore", backup, "--data", fresh}, []string{"an identity or a passphrase"}},
		"another identity":     {withBackups(t), []string{"restore", backup, "--data", fresh}, []string{"cannot be decrypted", "BACKPACK_BACKUP_IDENTITY_FILE"}},
		"a cut backup":         {s, []string{"restore", cut, "--data", fresh}, []string{"damaged or incomplete"}},
		"another file":         {s, []string{"restore", filepath.Join(data, "backpack.db"), "--data", fresh}, []string{"not an encrypted backup"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := tt.s.run(t, tt.args...)
			if got.code == exitOK {
				t.Errorf("it succeeded: %s", got.out)
			}
			has(t, got.err, append([]string{"backpack: "}, tt.want...)...)
			lacks(t, got.err+got.out, "goroutine", "%!", other, "AGE-SECRET")
		})
	}
	if left, _ := filepath.Glob(filepath.Join(fresh, "backpack.db")); left != nil {
		t.Errorf("it left a data file: %v", left)
	}
}

// TestThreat26RestoreWithoutMasterKey: without the right master key a restore
// fails, names the missing key, and leaves nothing that looks complete.
func TestThreat26RestoreWithoutMasterKey(t *testing.T) {
	s := withBackups(t)
	data := t.TempDir()
	s.start(t, on(data)...).stop()
	backup := filepath.Join(t.TempDir(), "b.age")
	_, key, _ := strings.Cut(s.ok(t, "backup", "--data", data, "--to", backup), "fingerprint ")
	fingerprint := key[:16]
	fresh := t.TempDir()

	none := s.run(t, "restore", backup, "--data", fresh)
	has(t, none.out, "Master key:  the key with fingerprint "+fingerprint)
	has(t, none.err, "the master key is missing", "master.key", "Restore your copy")
	wrong := s.with("BACKPACK_MASTER_KEY", strings.Repeat("ab", 32)).run(t, "restore", backup, "--data", fresh)
	has(t, wrong.err, "the data was sealed with another master key than this one", "the backup needs the key with fingerprint "+fingerprint)
	if none.code == exitOK || wrong.code == exitOK {
		t.Errorf("codes %d and %d", none.code, wrong.code)
	}
	if _, err := os.Stat(filepath.Join(fresh, "backpack.db")); !os.IsNotExist(err) {
		t.Errorf("there is a data file: %v", err)
	}
	copyKey(t, data, fresh) // with the right key the same command continues
	s.ok(t, "restore", backup, "--data", fresh)
	s.start(t, on(fresh)...).stop()
}

// TestRestoreIntoDatabase: a server refuses to start on an unfinished restore,
// which continues when it is run again.
func TestRestoreIntoDatabase(t *testing.T) {
	server := pgtest.Start(t)
	s := withBackups(t)
	data := t.TempDir()
	s.start(t, on(data)...).stop()
	backup := filepath.Join(t.TempDir(), "b.age")
	s.ok(t, "backup", "--data", data, "--to", backup)
	s = s.with("BACKPACK_DATABASE", server.Database(t))
	has(t, s.with("BACKPACK_MASTER_KEY", strings.Repeat("ab", 32)).run(t, "restore", backup, "--data", data).err, "the data was sealed with another master key")
	has(t, s.run(t, on(data)...).err, "the data is incomplete")
	has(t, s.run(t, "backup", "--data", data, "--to", backup+"x").err, "is incomplete")
	has(t, s.ok(t, "restore", backup, "--data", data), "Restored:")
	has(t, s.run(t, "restore", backup, "--data", data).err, "already contains a backpack")
	s.ok(t, "backup", "--data", data, "--to", backup+"x")
	s.start(t, on(data)...).stop()
}

// TestScheduledBackups: the server makes backups when the newest one is old
// enough, and deletes its own oldest ones only after a new one.
func TestScheduledBackups(t *testing.T) {
	s := withBackups(t)
	data, to := t.TempDir(), t.TempDir()
	s.start(t, on(data)...).stop()
	at := time.Now().UTC()
	for age := range 5 {
		write(t, to, backupName(at.AddDate(0, 0, -age-1)), []byte("older"))
	}
	write(t, to, "backpack-other.age", []byte("somebody else's"))
	write(t, to, "backpack-20261301T000000Z.age", []byte("no time"))
	c, _, err := s.program(io.Discard, io.Discard).commandLine("serve", []string{"--data", data, "--backup-dir", to, "--backup-keep", "3"}, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	op, err := openOperator(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer op.store.Close()
	waits := make(chan time.Duration)
	turn := make(chan time.Time)
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	var logged strings.Builder
	go func() {
		defer close(over)
		s.program(io.Discard, io.Discard).scheduleBackups(ctx, op, slog.New(slog.NewTextHandler(&logged, nil)), func(d time.Duration) <-chan time.Time {
			waits <- d
			return turn
		})
	}()
	if d := <-waits; d > time.Second { // the newest is a day old
		t.Errorf("it waits for %v", d)
	}
	turn <- at
	if d := <-waits; d != 24*time.Hour {
		t.Errorf("then it waits for %v", d)
	}
	names, err := ownBackups(to)
	if err != nil || len(names) != 3 {
		t.Fatalf("%v, %v", names, err)
	}
	s.ok(t, "restore", "--verify", filepath.Join(to, names[2]))
	if all, _ := os.ReadDir(to); len(all) != 5 {
		t.Errorf("there are %d files", len(all))
	}

	if err := os.Rename(to, to+"-away"); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Dir(to), filepath.Base(to), []byte("a file in its place"))
	turn <- at
	if d := <-waits; d != retryBackup {
		t.Errorf("after a failure it waits for %v", d)
	}
	cancel()
	<-over
	has(t, logged.String(), "a backup was made and verified", "no backup could be made")
	if left, _ := ownBackups(to + "-away"); !slices.Equal(left, names) {
		t.Errorf("left are %v", left)
	}
}

func TestBackupNames(t *testing.T) {
	at := time.Date(2026, 11, 26, 8, 0, 1, 5, time.FixedZone("", 3600))
	name := backupName(at)
	if got, ok := backupMade(name); name != "backpack-20261126T070001Z.age" || !ok || !got.Equal(at.Truncate(time.Second)) {
		t.Errorf("%s, %v, %v", name, got, ok)
	}
	for _, n := range []string{"", "backpack-.age", name + ".new-1", "x" + name} {
		if _, ok := backupMade(n); ok {
			t.Errorf("%q is a backup", n)
		}
	}
	if got := inBytes(5) + ", " + inBytes(1536) + ", " + inBytes(3<<20); got != "5 bytes, 1.5 KiB, 3 MiB" {
		t.Error(got)
	}
}
