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

// A Store keeps records in PostgreSQL. It is safe for concurrent use.
type Store struct {
	pool   *pgxpool.Pool
	noRoom atomic.Bool // the latest change found none
}

var _ storage.Store = (*Store)(nil)

// Open connects to the database that the address names, a URL such as
// postgres://user@host/database, and brings its tables up to this program.
func Open(ctx context.Context, address string) (*Store, error) {
	return openTraced(ctx, address, nil)
}

func openTraced(ctx context.Context, address string, tracer pgx.QueryTracer) (*Store, error) {
	cfg, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("address of the database: %w", err)
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

// patience is how long a statement may take. A transaction asks for it where it
// begins, since a pooler forgets what was set before.
const patience = "; SET LOCAL statement_timeout = 20000"

// commitPatience is how long the outcome of a commit is waited for.
const commitPatience = 30 * time.Second

var (
	reading  = pgx.TxOptions{BeginQuery: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" + patience}
	changing = pgx.TxOptions{BeginQuery: "BEGIN ISOLATION LEVEL SERIALIZABLE" + patience}
)

// View implements storage.Store.
func (s *Store) View(ctx context.Context, fn func(tx storage.Tx) error) error {
	return s.again(ctx, func() (bool, error) { return s.run(ctx, reading, fn) })
}

// Update implements storage.Store. fn is run again when another change came in
// its way.
func (s *Store) Update(ctx context.Context, fn func(tx storage.Tx) error) error {
	return s.again(ctx, func() (bool, error) { return s.run(ctx, changing, fn) })
}

// Waits between tries: a little longer each time, and never of one length, so
// that those who met do not meet again.
const (
	firstWait = time.Millisecond
	lastWait  = 100 * time.Millisecond
	mostTries = 60
	mostAway  = 30 // when the database does not answer: about two seconds
)

// again calls try until it does not ask for another one.
func (s *Store) again(ctx context.Context, try func() (retry bool, err error)) error {
	wait := firstWait
	for n := 1; ; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		retry, err := try()
		if !retry || n == mostTries || n == mostAway && errors.Is(err, storage.ErrUnavailable) {
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

// run runs fn in one transaction, and reports whether to try again.
func (s *Store) run(ctx context.Context, options pgx.TxOptions, fn func(storage.Tx) error) (retry bool, err error) {
	ptx, err := s.pool.BeginTx(ctx, options)
	if err != nil {
		err = told(ctx, fmt.Errorf("begin: %w", err))
		return away(err), trouble(err)
	}
	defer func() { _ = ptx.Rollback(context.WithoutCancel(ctx)) }() // after a commit it does nothing
	t := &tx{Guard: storage.NewGuard(ctx, options == changing), tx: ptx}
	err = fn(t)
	t.End()
	switch {
	case t.again != nil: // whatever fn made of it
		return true, s.noted(cmp.Or(err, t.again))
	case err != nil:
		return false, s.noted(err)
	case ctx.Err() != nil:
		return false, ctx.Err()
	}
	retry, err = commit(ctx, ptx)
	switch {
	case errors.Is(err, storage.ErrUnsure) && !t.Writable(): // there was nothing to keep
		return true, fmt.Errorf("%w: the connection was lost", storage.ErrUnavailable)
	case err == nil && t.Writable():
		s.noRoom.Store(false)
	}
	return retry, s.noted(err)
}

// commit waits for the commit's outcome even when ctx ends: nobody would know
// whether the change is there.
func commit(ctx context.Context, t pgx.Tx) (retry bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitPatience)
	defer cancel()
	if err := t.Commit(ctx); err != nil {
		return collision(err), uncommitted(fmt.Errorf("commit: %w", err))
	}
	return false, nil
}

// collision reports whether the transaction is to be run again: it could not be
// put in order with others, they waited for each other, or another one has just
// made the row that this one looked for in vain.
func collision(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01" || e.Code == "23505")
}

// told returns the context's error when that is why the database gave none.
func told(ctx context.Context, err error) error {
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
		return collision(err), told(ctx, err)
	})
	return now, err
}

// Close implements storage.Store. It waits for transactions under way.
func (s *Store) Close() error {
	s.pool.Close()
	return nil
}
