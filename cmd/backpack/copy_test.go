package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"backpack/wallet/bolt"
	"backpack/wallet/postgres"
	"backpack/wallet/postgres/pgtest"
	"backpack/wallet/storage"
)

// stuff adds accounts with many records to a data folder without a server.
func stuff(t testing.TB, data string, accounts, records int) {
	t.Helper()
	s, err := bolt.Open(filepath.Join(data, "backpack.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for a := range accounts {
		err := s.Update(t.Context(), func(tx storage.Tx) error {
			for i := range records {
				k := storage.Key{Account: storage.AccountID(fmt.Sprintf("account-%04d", a)), Kind: storage.KindBody, ID: fmt.Sprintf("%04d", i)}
				r := &storage.Record{Key: k, Lookups: []string{fmt.Sprint(a, "-", i)}, Data: []byte(strings.Repeat("sealed ", 100))}
				if err := tx.Create(r); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestCopyAndBack copies into a database, is killed on the way and continues,
// and copies back into a file; a server starts on either.
func TestCopyAndBack(t *testing.T) {
	pg := pgtest.Start(t)
	s, data, back := setup{}, t.TempDir(), t.TempDir()
	s.start(t, on(data)...).stop()
	stuff(t, data, 30, 30)
	database := pg.Database(t)
	killCopy(t, data, database)
	half := s.with("BACKPACK_DATABASE", database)
	copyKey(t, data, back)
	has(t, half.run(t, on(back)...).err, "the data is incomplete")
	has(t, half.run(t, "copy", "--from", data, "--to", "database", "--verify").err, "stores differ")

	got := half.run(t, "copy", "--from", data, "--to", "database")
	if got.code != exitOK {
		t.Fatal(got.err)
	}
	has(t, got.err, "continuing an earlier attempt", "records were already there")
	has(t, got.out, "Copied:", "30 accounts and 905 records", "every account was read back")
	has(t, half.ok(t, "copy", "--from", data, "--to", database, "--verify"), "both stores contain the same")
	has(t, half.ok(t, "copy", "--from", database, "--to", back), "Copied:")
	has(t, half.ok(t, "copy", "--from", back, "--to", data, "--verify"), "both stores contain the same")
	s.start(t, on(back)...).stop()
	half.start(t, on(back)...).stop()

	change(t, back)
	has(t, s.run(t, "copy", "--from", data, "--to", back, "--verify").out, "account account-0007: 30 records here, 29 there")
}

// change deletes one record.
func change(t testing.TB, data string) {
	t.Helper()
	s, err := bolt.Open(filepath.Join(data, "backpack.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.Update(t.Context(), func(tx storage.Tx) error {
		return tx.Delete(storage.Key{Account: "account-0007", Kind: storage.KindBody, ID: "0003"})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// killCopy starts a copy in its own process, blocks it halfway on a record that
// another transaction is about to write, and kills it there.
func killCopy(t *testing.T, data, database string) {
	t.Helper()
	name := built(t)
	target, err := postgres.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	given := errors.New("given up")
	err = target.Update(t.Context(), func(tx storage.Tx) error {
		if err := tx.Create(&storage.Record{Key: storage.Key{Account: "account-0020", Kind: storage.KindBody, ID: "0015"}}); err != nil {
			return err
		}
		child := exec.Command(name, "copy", "--from", data, "--to", database)
		if err := child.Start(); err != nil {
			return err
		}
		for accountsIn(t, target) < 15 && t.Context().Err() == nil {
		}
		err := child.Process.Kill()
		_ = child.Wait()
		return errors.Join(err, given)
	})
	if !errors.Is(err, given) {
		t.Fatal(err)
	}
	if n := accountsIn(t, target); n >= 30 {
		t.Fatalf("it had copied all %d accounts", n)
	}
}

func accountsIn(t *testing.T, s storage.Store) (n int) {
	t.Helper()
	err := s.View(context.Background(), func(tx storage.Tx) error {
		list, err := tx.Accounts("", 1000)
		n = len(list)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestCopyRefuses(t *testing.T) {
	pg := pgtest.Start(t)
	s, data := setup{}, t.TempDir()
	s.start(t, on(data)...).stop()
	database := pg.Database(t)
	s.ok(t, "copy", "--from", data, "--to", database)
	other, err := postgres.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	busy := t.TempDir()
	s.start(t, on(busy)...)
	for name, tt := range map[string]struct {
		args []string
		want string
	}{
		"no source":            {[]string{"--to", data}, "--from must be a data folder"},
		"no backpack":          {[]string{"--from", t.TempDir(), "--to", database}, "no such file"},
		"an empty database":    {[]string{"--from", pg.Database(t), "--to", t.TempDir()}, "no backpack there"},
		"a password":           {[]string{"--from", data, "--to", "postgres://me:geheim@host/name"}, "other users of this machine can read the password"},
		"the same":             {[]string{"--from", data, "--to", data}, "the same"},
		"no setting":           {[]string{"--from", data, "--to", "database"}, "BACKPACK_DATABASE is not set"},
		"a full target":        {[]string{"--from", data, "--to", database}, "already contains a backpack"},
		"a full folder":        {[]string{"--from", database, "--anyway", "--to", data}, "already contains a backpack"},
		"a running server":     {[]string{"--from", busy, "--to", database}, "stop the server first"},
		"a connected server":   {[]string{"--from", database, "--to", t.TempDir()}, "1 other connection"},
		"another address":      {[]string{"--from", data, "--to", "mysql://host/name"}, "--to must be a data folder"},
		"an argument too many": {[]string{"--from", data, database}, "takes no argument"},
	} {
		t.Run(name, func(t *testing.T) {
			got := s.run(t, append([]string{"copy"}, tt.args...)...)
			if got.code == exitOK {
				t.Errorf("it succeeded: %s", got.out)
			}
			has(t, got.err, tt.want)
			lacks(t, got.err, "geheim")
		})
	}
}
