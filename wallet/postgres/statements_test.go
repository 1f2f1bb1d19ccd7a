package postgres_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"backpack/wallet/postgres"
	"backpack/wallet/postgres/pgtest"
	"backpack/wallet/storage"
)

var update = flag.Bool("update", false, "rewrite testdata/grammar/statements.sql")

// sent collects the statements that a store sends.
type sent struct {
	mu   sync.Mutex
	text []string
}

func (s *sent) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	s.add(d.SQL)
	return ctx
}
func (s *sent) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (s *sent) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}
func (s *sent) TraceBatchQuery(_ context.Context, _ *pgx.Conn, d pgx.TraceBatchQueryData) {
	s.add(d.SQL)
}
func (s *sent) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

func (s *sent) add(sql string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for one := range strings.SplitSeq(sql, ";") { // no statement has one in a literal
		if one = strings.Join(strings.Fields(one), " "); one != "" && !slices.Contains(s.text, one) {
			s.text = append(s.text, one)
		}
	}
}

// TestStatements compares the list of statements with those that the store sends. The
// module in testdata/grammar checks the list with CockroachDB's parser.
func TestStatements(t *testing.T) {
	const name = "testdata/grammar/statements.sql"
	s := &sent{}
	store, err := postgres.OpenTraced(t.Context(), pgtest.Start(t).Database(t), s)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	useAll(t, store)
	slices.Sort(s.text)
	got := strings.Join(s.text, ";\n") + ";\n"
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the sent statements differ from %s (run with -update, then make grammar):\n%s", name, diff)
	}
}

// useAll calls every method of a store and a transaction, with and without lookups and
// Due.
func useAll(t *testing.T, store *postgres.Store) {
	t.Helper()
	if n := reflect.TypeFor[storage.Tx]().NumMethod(); n != 13 {
		t.Errorf("a Tx has %d methods; call all of them here", n)
	}
	now := time.Unix(1_800_000_000, 0).UTC()
	rec := &storage.Record{Key: storage.Key{Account: "a", Kind: "k", ID: "i"}, Lookups: []string{"l", "m"}, Due: now, Data: []byte("x")}
	bare := &storage.Record{Key: storage.Key{Account: "a", Kind: "k", ID: "j"}, Data: []byte("x")}
	change := func(fn func(tx storage.Tx) error) {
		t.Helper()
		if err := store.Update(t.Context(), fn); err != nil {
			t.Fatal(err)
		}
	}
	change(func(tx storage.Tx) error { return errors.Join(tx.Create(rec), tx.Create(bare)) })
	change(func(tx storage.Tx) error {
		rec.Lookups = []string{"m", "n"}
		return errors.Join(tx.Update(rec), tx.Update(bare))
	})
	err := store.View(t.Context(), func(tx storage.Tx) error {
		_, getErr := tx.Get(rec.Key)
		_, listErr := tx.List("a", "k", "", 9)
		versionsErr := tx.Versions("a", "k", func(string, int64) error { return nil })
		_, findErr := tx.Find("k", "n")
		_, dueErr := tx.Due("k", now, 9)
		_, _, countErr := tx.Count("a", "k")
		_, accountsErr := tx.Accounts("", 9)
		walkErr := tx.Walk("a", func(*storage.Record) error { return nil })
		return errors.Join(getErr, listErr, versionsErr, findErr, dueErr, countErr, accountsErr, walkErr)
	})
	if err = errors.Join(err, store.Ping(t.Context())); err != nil {
		t.Fatal(err)
	}
	change(func(tx storage.Tx) error { return tx.Delete(rec.Key) })
	change(func(tx storage.Tx) error { return tx.Restore(rec) })
	change(func(tx storage.Tx) error {
		_, err := tx.DeleteAccount("a")
		return err
	})
}
