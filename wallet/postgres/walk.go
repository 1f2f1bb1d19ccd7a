package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"backpack/wallet/storage"
)

// Accounts implements storage.Tx.
func (t *tx) Accounts(after storage.AccountID, limit int) ([]storage.AccountID, error) {
	if err := t.Readable(); err != nil || limit <= 0 {
		return nil, err
	}
	rows, err := t.tx.Query(t.Context(), "SELECT DISTINCT account FROM records WHERE account > $1 ORDER BY account LIMIT $2", []byte(after), int64(limit))
	if err != nil {
		return nil, t.failed("accounts", err)
	}
	list, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (storage.AccountID, error) {
		var a []byte
		err := r.Scan(&a)
		return storage.AccountID(a), err
	})
	return list, t.failed("accounts", err)
}

// Limits of a page of a walk. The next page has half or twice as many records if this
// one has many bytes or few.
const (
	firstPage = 16
	lastPage  = 1024
	pageBytes = 1 << 20
)

// Walk implements storage.Tx. It reads pages, so no statement takes as long as fn.
func (t *tx) Walk(a storage.AccountID, fn func(r *storage.Record) error) error {
	kinds, err := t.kinds(a)
	if err != nil {
		return err
	}
	limit := firstPage
	for _, kind := range kinds {
		for after, full := "", true; full; {
			page, err := t.List(a, kind, after, limit)
			if err != nil {
				return err
			}
			size := 0
			for _, r := range page {
				if err := fn(r); err != nil {
					return err
				}
				after, size = r.ID, size+len(r.Data)
			}
			full = len(page) == limit
			limit = nextPage(limit, size)
		}
	}
	return t.Readable()
}

func nextPage(limit, size int) int {
	if size > pageBytes {
		return max(1, limit/2)
	}
	return min(lastPage, limit*2)
}

// kinds returns the kinds of the account's records in byte order, regardless of the
// database's collation.
func (t *tx) kinds(a storage.AccountID) ([]storage.Kind, error) {
	if err := t.Readable(); err != nil {
		return nil, err
	}
	rows, err := t.tx.Query(t.Context(), "SELECT DISTINCT kind FROM records WHERE account = $1", []byte(a))
	if err != nil {
		return nil, t.failed("kinds", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[storage.Kind])
	slices.Sort(list)
	return list, t.failed("kinds", err)
}

// Others returns the number of connections of other clients to the database, as far as
// the user may see them and no pooler hides them.
func (s *Store) Others(ctx context.Context) (n int, err error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Release()
	own := int(s.pool.Stat().TotalConns())
	err = conn.QueryRow(ctx, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'").Scan(&n)
	return max(0, n-own), err
}
