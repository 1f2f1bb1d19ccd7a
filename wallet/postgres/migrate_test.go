package postgres_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"backpack/wallet/postgres"
	"backpack/wallet/postgres/pgtest"
	"backpack/wallet/storage"
)

// TestOpenAtOnce: processes that open an empty database concurrently all succeed.
func TestOpenAtOnce(t *testing.T) {
	server := pgtest.Start(t)
	for range 3 {
		address := server.Schema(t)
		errs := make([]error, 6)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				s, err := postgres.Open(t.Context(), address)
				if err == nil {
					err = errors.Join(s.Ping(t.Context()), s.Close())
				}
				errs[i] = err
			})
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
	}
}

// TestMigrations migrates the database of every earlier version, with its records.
// testdata has a dump of each version.
func TestMigrations(t *testing.T) {
	server := pgtest.Start(t)
	fixtures, err := filepath.Glob("testdata/*.sql")
	if err != nil || len(fixtures) == 0 {
		t.Fatal("no fixtures", err)
	}
	for _, name := range fixtures {
		t.Run(filepath.Base(name), func(t *testing.T) {
			fixture, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			address := server.Database(t)
			server.SQL(t, database(address), string(fixture))
			s := openAt(t, address)
			err = s.Update(t.Context(), func(tx storage.Tx) error {
				r, err := tx.Find("session", "a lookup")
				if err != nil {
					return err
				}
				if r.Account != "acc" || r.ID != "x" || r.Version != 3 || r.Due.Unix() != 1795435200 || string(r.Data) != "\x00\xffdata" || len(r.Lookups) != 2 {
					t.Errorf("got %+v", r)
				}
				due, dueErr := tx.Due("session", r.Due, 9)
				list, listErr := tx.List("acc", "session", "", 9)
				if len(due) != 1 || len(list) != 2 {
					t.Errorf("got %d due records, %d records", len(due), len(list))
				}
				return errors.Join(dueErr, listErr, tx.Update(r), tx.Delete(list[1].Key))
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestMigrationsInterrupted: the next process completes interrupted migrations.
func TestMigrationsInterrupted(t *testing.T) {
	server := pgtest.Start(t)
	steps, err := fs.Glob(os.DirFS("migrations"), "*.sql")
	if err != nil || len(steps) == 0 {
		t.Fatal(err)
	}
	for done := range steps {
		address := server.Database(t)
		server.SQL(t, database(address), "CREATE TABLE migrations (name text PRIMARY KEY)")
		for _, name := range steps[:done] {
			statement, err := os.ReadFile(filepath.Join("migrations", name))
			if err != nil {
				t.Fatal(err)
			}
			server.SQL(t, database(address), string(statement), "INSERT INTO migrations VALUES ('"+strings.TrimSuffix(name, ".sql")+"')")
		}
		s := openAt(t, address)
		r := &storage.Record{Key: storage.Key{Account: "a", Kind: "k", ID: "x"}, Lookups: []string{"l"}}
		if err := s.Update(context.WithoutCancel(t.Context()), func(tx storage.Tx) error { return tx.Create(r) }); err != nil {
			t.Errorf("after %d steps: got error %v", done, err)
		}
	}
}

// database returns the name of the database in an address.
func database(address string) string {
	_, rest, _ := strings.Cut(address, "@/")
	name, _, _ := strings.Cut(rest, "?")
	return name
}
