package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"backpack/wallet/storage"
)

// Check returns the faults of the table of lookups: entries without a record, and
// records without their lookups. It reads both tables.
func (s *Store) Check(ctx context.Context) error {
	return s.View(ctx, func(w storage.Tx) error {
		t := w.(*tx)
		astray, err := t.number(`SELECT count(*) FROM lookups l LEFT JOIN records r
			ON r.account = l.account AND r.kind = l.kind AND r.id = l.id WHERE r.id IS NULL`)
		if err != nil {
			return err
		}
		entries, err := t.number("SELECT count(*) FROM lookups")
		if err != nil {
			return err
		}
		named, err := t.named()
		if err != nil {
			return err
		}
		var faults []error
		if astray > 0 {
			faults = append(faults, fmt.Errorf("%d lookups have no record", astray))
		}
		if entries != named {
			faults = append(faults, fmt.Errorf("the table has %d lookups, the records have %d", entries, named))
		}
		return errors.Join(faults...)
	})
}

func (t *tx) number(query string) (n int, err error) {
	err = t.tx.QueryRow(t.Context(), query).Scan(&n)
	return n, t.failed("check", err)
}

// named returns the number of lookups in the records.
func (t *tx) named() (n int, err error) {
	rows, err := t.tx.Query(t.Context(), "SELECT lookups FROM records WHERE lookups <> ''")
	if err != nil {
		return 0, t.failed("check", err)
	}
	var list string
	_, err = pgx.ForEachRow(rows, []any{&list}, func() error { n += 1 + strings.Count(list, "\n"); return nil })
	return n, t.failed("check", err)
}
