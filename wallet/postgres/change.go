package postgres

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"backpack/wallet/storage"
)

// Create implements storage.Tx. One round trip inserts the record and its lookups
// where none exist; after a collision the inserted rows are removed.
func (t *tx) Create(r *storage.Record) error {
	if err := t.create(r, 1); err != nil {
		return err
	}
	r.Version = 1
	return nil
}

// Restore implements storage.Tx.
func (t *tx) Restore(r *storage.Record) error {
	if err := t.Restorable(r); err != nil {
		return err
	}
	return t.create(r, r.Version)
}

func (t *tx) create(r *storage.Record, version int64) error {
	if err := t.Acceptable(r); err != nil {
		return fmt.Errorf("create: %w", err)
	}
	b := new(pgx.Batch)
	b.Queue(`INSERT INTO records (account, kind, id, due, lookups, data, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account, kind, id) DO NOTHING`, append(append(keyOf(r.Key), contentOf(r)...), version)...)
	queueLookups(b, r.Key, r.Lookups)
	n, added, err := t.insert("create", b)
	switch {
	case err != nil:
		return err
	case n == 0 || len(added) < len(r.Lookups):
		return t.takeBack(r.Key, n > 0, added)
	}
	return nil
}

// queueLookups inserts the lookups that are free.
func queueLookups(b *pgx.Batch, k storage.Key, lookups []string) {
	for _, l := range lookups {
		b.Queue("INSERT INTO lookups (lookup, kind, account, id) VALUES ($4, $2, $1, $3) ON CONFLICT (lookup, kind) DO NOTHING RETURNING lookup",
			append(keyOf(k), l)...)
	}
}

// insert sends a batch of a statement and lookups. It returns the number of rows that
// the statement changed, and the lookups that were added.
func (t *tx) insert(what string, b *pgx.Batch) (n int, added []string, err error) {
	results := t.tx.SendBatch(t.Context(), b)
	tag, err := results.Exec()
	for range b.Len() - 1 {
		if err != nil {
			break
		}
		var l string
		switch err = results.QueryRow().Scan(&l); {
		case err == nil:
			added = append(added, l)
		case errors.Is(err, pgx.ErrNoRows):
			err = nil
		}
	}
	err = errors.Join(err, results.Close())
	return int(tag.RowsAffected()), added, t.failed(what, err)
}

// takeBack removes the inserted rows of a colliding record and returns
// storage.ErrExists.
func (t *tx) takeBack(k storage.Key, record bool, lookups []string) error {
	b := new(pgx.Batch)
	b.Queue("DELETE FROM lookups WHERE kind = $1 AND lookup = ANY($2)", string(k.Kind), append([]string{}, lookups...))
	if record {
		b.Queue("DELETE FROM records WHERE account = $1 AND kind = $2 AND id = $3", keyOf(k)...)
	}
	if _, err := t.batch("take back", b); err != nil {
		return err
	}
	return storage.ErrExists
}

// Update implements storage.Tx. If the lookups stay, the usual case, it is one
// statement.
func (t *tx) Update(r *storage.Record) error {
	if err := t.Acceptable(r); err != nil {
		return fmt.Errorf("update: %w", err)
	}
	args := append(append(keyOf(r.Key), contentOf(r)...), r.Version)
	n, err := t.exec("update", `UPDATE records SET due = $4, data = $6, version = version + 1
		WHERE account = $1 AND kind = $2 AND id = $3 AND lookups = $5 AND version = $7`, args...)
	if err == nil && n == 0 {
		err = t.updateAll(r)
	}
	if err != nil {
		return err
	}
	r.Version++
	return nil
}

// updateAll changes the lookups too, or returns why it must not.
func (t *tx) updateAll(r *storage.Record) error {
	old, err := t.Get(r.Key)
	switch {
	case err != nil:
		return err
	case old.Version != r.Version:
		return storage.ErrConflict
	}
	more := without(r.Lookups, old.Lookups)
	b := new(pgx.Batch)
	b.Queue(`UPDATE records SET due = $4, lookups = $5, data = $6, version = version + 1
		WHERE account = $1 AND kind = $2 AND id = $3`, append(keyOf(r.Key), contentOf(r)...)...)
	queueLookups(b, r.Key, more)
	_, added, err := t.insert("update", b)
	switch {
	case err != nil:
		return err
	case len(added) < len(more):
		return t.putBack(old, added)
	}
	_, err = t.exec("lookups", "DELETE FROM lookups WHERE kind = $1 AND lookup = ANY($2)", string(r.Kind), without(old.Lookups, r.Lookups))
	return err
}

// putBack restores a record whose new lookups collide and returns storage.ErrExists.
func (t *tx) putBack(old *storage.Record, added []string) error {
	_, err := t.exec("put back", `UPDATE records SET due = $4, lookups = $5, data = $6, version = $7
		WHERE account = $1 AND kind = $2 AND id = $3`, append(append(keyOf(old.Key), contentOf(old)...), old.Version)...)
	if err != nil {
		return err
	}
	return t.takeBack(old.Key, false, added)
}

// without returns the lookups of list that are not in other.
func without(list, other []string) []string {
	return slices.DeleteFunc(append([]string{}, list...), func(l string) bool { return slices.Contains(other, l) })
}

// batch sends the statements together and returns the number of rows that the first
// one changed.
func (t *tx) batch(what string, b *pgx.Batch) (int, error) {
	results := t.tx.SendBatch(t.Context(), b)
	tag, err := results.Exec()
	err = errors.Join(err, results.Close())
	return int(tag.RowsAffected()), t.failed(what, err)
}

// Delete implements storage.Tx.
func (t *tx) Delete(k storage.Key) error {
	if err := t.Changeable(); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	if !storable(string(k.Kind)) {
		return storage.ErrNotFound
	}
	b := new(pgx.Batch)
	b.Queue("DELETE FROM records WHERE account = $1 AND kind = $2 AND id = $3", keyOf(k)...)
	b.Queue("DELETE FROM lookups WHERE account = $1 AND kind = $2 AND id = $3", keyOf(k)...)
	n, err := t.batch("delete", b)
	if err == nil && n == 0 {
		return storage.ErrNotFound
	}
	return err
}

// DeleteAccount implements storage.Tx.
func (t *tx) DeleteAccount(a storage.AccountID) (int, error) {
	if err := t.Deletable(a); err != nil {
		return 0, fmt.Errorf("delete account: %w", err)
	}
	b := new(pgx.Batch)
	b.Queue("DELETE FROM records WHERE account = $1", []byte(a))
	b.Queue("DELETE FROM lookups WHERE account = $1", []byte(a))
	return t.batch("delete account", b)
}

// exec runs a statement and returns the number of rows that it changed.
func (t *tx) exec(what, statement string, args ...any) (int, error) {
	tag, err := t.tx.Exec(t.Context(), statement, args...)
	return int(tag.RowsAffected()), t.failed(what, err)
}

func keyOf(k storage.Key) []any { return []any{[]byte(k.Account), string(k.Kind), []byte(k.ID)} }

// contentOf returns a record's due, lookups and data as columns.
func contentOf(r *storage.Record) []any {
	data := r.Data
	if data == nil {
		data = []byte{}
	}
	var due *int64
	if at := r.Due.Truncate(time.Second); !at.IsZero() {
		second := at.Unix()
		due = &second
	}
	return []any{due, strings.Join(r.Lookups, "\n"), data}
}
