package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// migrations are numbered files of one statement each. New ones are only added, and
// an older program works with the tables of a newer one.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables to this program's version. Processes may migrate
// concurrently: each step is recorded in its own transaction, so a second process
// finds it done.
func (s *Store) migrate(ctx context.Context) error {
	if err := s.step(ctx, "CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY)", ""); err != nil {
		return err
	}
	names, err := fs.Glob(migrations, "migrations/*.sql") // in order
	if err != nil {
		return err
	}
	for _, name := range names {
		statement, err := migrations.ReadFile(name)
		if err != nil {
			return err
		}
		if err := s.step(ctx, string(statement), strings.TrimSuffix(path.Base(name), ".sql")); err != nil {
			return fmt.Errorf("migration %s: %w", path.Base(name), err)
		}
	}
	return nil
}

// step runs a statement unless it is recorded as done.
func (s *Store) step(ctx context.Context, statement, name string) error {
	return s.again(ctx, func() (bool, error) {
		err := pgx.BeginTxFunc(ctx, s.pool, changing, func(t pgx.Tx) error { return stepIn(ctx, t, statement, name) })
		return collision(err) || alreadyCreated(err), err
	})
}

func stepIn(ctx context.Context, t pgx.Tx, statement, name string) error {
	if name != "" {
		var done int
		if err := t.QueryRow(ctx, "SELECT count(*) FROM migrations WHERE name = $1", name).Scan(&done); err != nil || done > 0 {
			return err
		}
		if _, err := t.Exec(ctx, "INSERT INTO migrations (name) VALUES ($1)", name); err != nil {
			return err
		}
	}
	_, err := t.Exec(ctx, statement)
	return err
}

// alreadyCreated reports whether another process has just created the same table.
func alreadyCreated(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "42P07" || e.Code == "42710")
}
