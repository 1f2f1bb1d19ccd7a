package postgres

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"backpack/wallet"
)

// Create implements wallet.Tx.
func (t *tx) Create(r *wallet.Record) error {
	if err := t.create(r, 1); err != nil {
		return err
	}
	r.Version = 1
	return nil
}

// Restore implements wallet.Tx.
func (t *tx) Restore(r *wallet.Record) error {
	if r == nil || r.Version < 1 {
		return errors.New("restore: a record without a version")
	}
	return t.create(r, r.Version)
}

func (t *tx) create(r *wallet.Record, version int64) error {
	if err := t.acceptable(r); err != nil {
		return fmt.Errorf("create: %w", err)
	}
	if taken, err := t.taken(r); err != nil || taken {
		return t.exists(err)
	}
	n, err := t.exec("create", `INSERT INTO records (account, kind, id, due, lookups, data, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account, kind, id) DO NOTHING`, append(append(keyOf(r.Key), contentOf(r)...), version)...)
	if err != nil || n == 0 {
		return t.exists(err)
	}
	return t.addLookups(r)
}

// exists is the error of what is there already, unless another one is the cause.
func (t *tx) exists(err error) error {
	if err != nil {
		return err
	}
	return wallet.ErrExists
}

// Update implements wallet.Tx.
func (t *tx) Update(r *wallet.Record) error {
	if err := t.acceptable(r); err != nil {
		return fmt.Errorf("update: %w", err)
	}
	var version int64
	var lookups string
	old, err := t.Get(r.Key)
	switch {
	case err != nil:
		return err
	case old.Version != r.Version:
		return wallet.ErrConflict
	}
	if taken, err := t.taken(r); err != nil || taken {
		return t.exists(err)
	}
	version, lookups = old.Version+1, strings.Join(old.Lookups, "\n")
	args := append(keyOf(r.Key), contentOf(r)...)
	if _, err := t.exec("update", `UPDATE records SET due = $4, lookups = $5, data = $6, version = $7
		WHERE account = $1 AND kind = $2 AND id = $3`, append(args, version)...); err != nil {
		return err
	}
	if lookups != strings.Join(r.Lookups, "\n") {
		if err := t.dropLookups(r.Key, lookups); err != nil {
			return err
		}
		if err := t.addLookups(r); err != nil {
			return err
		}
	}
	r.Version = version
	return nil
}

// Delete implements wallet.Tx.
func (t *tx) Delete(k wallet.Key) error {
	if err := t.changeable(); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	old, err := t.Get(k)
	if err != nil {
		return err
	}
	if err := t.dropLookups(k, strings.Join(old.Lookups, "\n")); err != nil {
		return err
	}
	_, err = t.exec("delete", "DELETE FROM records WHERE account = $1 AND kind = $2 AND id = $3", keyOf(k)...)
	return err
}

// DeleteAccount implements wallet.Tx.
func (t *tx) DeleteAccount(a wallet.AccountID) (int, error) {
	if err := t.changeable(); err != nil {
		return 0, fmt.Errorf("delete account: %w", err)
	}
	if a == "" {
		return 0, errors.New("delete account: which one is not said")
	}
	if _, err := t.exec("delete account", "DELETE FROM lookups WHERE account = $1", []byte(a)); err != nil {
		return 0, err
	}
	return t.exec("delete account", "DELETE FROM records WHERE account = $1", []byte(a))
}

func (t *tx) acceptable(r *wallet.Record) error {
	if err := t.changeable(); err != nil {
		return err
	}
	return r.Check()
}

// taken reports whether one of r's lookups belongs to another record.
func (t *tx) taken(r *wallet.Record) (bool, error) {
	for _, l := range r.Lookups {
		var n int
		err := t.tx.QueryRow(t.ctx, "SELECT count(*) FROM lookups WHERE lookup = $1 AND kind = $2 AND NOT (account = $3 AND id = $4)",
			l, string(r.Kind), []byte(r.Account), []byte(r.ID)).Scan(&n)
		if err != nil || n > 0 {
			return n > 0, t.failed("lookup", err)
		}
	}
	return false, nil
}

func (t *tx) addLookups(r *wallet.Record) error {
	for _, l := range r.Lookups {
		if _, err := t.exec("lookup", "INSERT INTO lookups (lookup, kind, account, id) VALUES ($1, $2, $3, $4)",
			l, string(r.Kind), []byte(r.Account), []byte(r.ID)); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) dropLookups(k wallet.Key, lookups string) error {
	if lookups == "" {
		return nil
	}
	_, err := t.exec("lookup", "DELETE FROM lookups WHERE account = $1 AND kind = $2 AND id = $3", keyOf(k)...)
	return err
}

// exec returns how many rows a statement changed.
func (t *tx) exec(what, statement string, args ...any) (int, error) {
	tag, err := t.tx.Exec(t.ctx, statement, args...)
	return int(tag.RowsAffected()), t.failed(what, err)
}

func keyOf(k wallet.Key) []any { return []any{[]byte(k.Account), string(k.Kind), []byte(k.ID)} }

// contentOf are a record's due, lookups and data as columns.
func contentOf(r *wallet.Record) []any {
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
