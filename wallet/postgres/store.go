package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"backpack/wallet/storage"
)

// A Store stores records in PostgreSQL. It is safe for concurrent use.
type Store struct {
	pool   *pgxpool.Pool
	noRoom atomic.Bool // the latest change found no room
}

var _ storage.Store = (*Store)(nil)

// Open connects to the database at address, a URL such as
// postgres://user@host/database, and brings its tables to this program's version.
func Open(ctx context.Context, address string) (*Store, error) {
	return openTraced(ctx, address, nil)
}

func openTraced(ctx context.Context, address string, tracer pgx.QueryTracer) (*Store, error) {
	cfg, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("database address: %w", err)
	}
	cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec // see doc.go
	cfg.ConnConfig.Tracer = tracer
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	s := &Store{pool: pool}
	if err := s.migrate(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return s, nil
}

// statementTimeout limits the duration of a statement. Each transaction sets it at its start,
// since a pooler forgets earlier settings.
const statementTimeout = "; SET LOCAL statement_timeout = 20000"

// commitTimeout is how long to wait for the outcome of a commit.
const commitTimeout = 30 * time.Second

var (
	reading  = pgx.TxOptions{BeginQuery: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" + statementTimeout}
	changing = pgx.TxOptions{BeginQuery: "BEGIN ISOLATION LEVEL SERIALIZABLE" + statementTimeout}
)

// View implements storage.Store.
func (s *Store) View(ctx context.Context, fn func(tx storage.Tx) error) error {
	return s.again(ctx, func() (bool, error) { return s.run(ctx, reading, fn) })
}

// Update implements storage.Store. fn runs again after a conflict with another change.
func (s *Store) Update(ctx context.Context, fn func(tx storage.Tx) error) error {
	return s.again(ctx, func() (bool, error) { return s.run(ctx, changing, fn) })
}

// Limits of retries. Waits between them grow and are random, so conflicting changes do
// not meet again.
const (
	firstWait      = time.Millisecond
	lastWait       = 100 * time.Millisecond
	mostTries      = 60
	maxDisconnects = 30 // if the database does not answer: about two seconds
)

// again calls try until it does not request a retry.
func (s *Store) again(ctx context.Context, try func() (retry bool, err error)) error {
	wait := firstWait
	for n := 1; ; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		retry, err := try()
		if !retry || n == mostTries || n == maxDisconnects && errors.Is(err, storage.ErrUnavailable) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait/2 + rand.N(wait)):
		}
		wait = min(2*wait, lastWait)
	}
}

// run runs fn in one transaction and reports whether to retry.
func (s *Store) run(ctx context.Context, options pgx.TxOptions, fn func(storage.Tx) error) (retry bool, err error) {
	ptx, err := s.pool.BeginTx(ctx, options)
	if err != nil {
		err = orContextError(ctx, fmt.Errorf("begin: %w", err))
		return disconnected(err), classify(err)
	}
	defer func() { _ = ptx.Rollback(context.WithoutCancel(ctx)) }() // no effect after a commit
	t := &tx{Guard: storage.NewGuard(ctx, options == changing), tx: ptx}
	err = fn(t)
	t.End()
	switch {
	case t.again != nil: // whatever fn returned
		return true, s.noteRoom(cmp.Or(err, t.again))
	case err != nil:
		return false, s.noteRoom(err)
	case ctx.Err() != nil:
		return false, ctx.Err()
	}
	retry, err = commit(ctx, ptx)
	switch {
	case errors.Is(err, storage.ErrUnsure) && !t.Writable(): // nothing was written
		return true, fmt.Errorf("%w: the connection was lost", storage.ErrUnavailable)
	case err == nil && t.Writable():
		s.noRoom.Store(false)
	}
	return retry, s.noteRoom(err)
}

// commit waits for the outcome even if ctx ends: without it the state of the change
// would be unknown.
func commit(ctx context.Context, t pgx.Tx) (retry bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTimeout)
	defer cancel()
	if err := t.Commit(ctx); err != nil {
		return collision(err), classifyCommit(fmt.Errorf("commit: %w", err))
	}
	return false, nil
}

// collision reports whether to run the transaction again: it is not serializable with
// others, it is part of a deadlock, or another one has just inserted a row that this
// one did not find.
func collision(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01" || e.Code == "23505")
}

// orContextError returns the context's error if that is the cause of err.
func orContextError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// Ping implements storage.Store.
func (s *Store) Ping(ctx context.Context) error {
	return s.View(ctx, func(tx storage.Tx) error {
		_, err := tx.List("", storage.KindMeta, "", 1)
		return err
	})
}

// Clock returns the database's time.
func (s *Store) Clock(ctx context.Context) (now time.Time, err error) {
	err = s.again(ctx, func() (bool, error) {
		err := pgx.BeginTxFunc(ctx, s.pool, reading, func(t pgx.Tx) error {
			return t.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&now)
		})
		return collision(err), orContextError(ctx, err)
	})
	return now, err
}

// Close implements storage.Store. It waits for running transactions.
func (s *Store) Close() error {
	s.pool.Close()
	return nil
}
