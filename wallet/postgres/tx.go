package postgres

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"backpack/wallet/storage"
)

// A tx is a storage.Tx over one transaction.
type tx struct {
	storage.Guard
	tx    pgx.Tx
	again error // a statement failed, so the transaction has to run again
}

// failed records what an error means for the transaction.
func (t *tx) failed(what string, err error) error {
	if err == nil {
		return nil
	}
	err = orContextError(t.Context(), fmt.Errorf("%s: %w", what, err))
	again := collision(err) || disconnected(err)
	if err = classify(err); again && t.again == nil {
		t.again = err
	}
	return err
}

// columns are the columns that row scans.
const columns = "r.account, r.kind, r.id, r.version, r.due, r.lookups, r.data"

func row(scan func(dest ...any) error) (*storage.Record, error) {
	var r storage.Record
	var account, id []byte
	var kind, lookups string
	var due *int64
	if err := scan(&account, &kind, &id, &r.Version, &due, &lookups, &r.Data); err != nil {
		return nil, err
	}
	r.Key = storage.Key{Account: storage.AccountID(account), Kind: storage.Kind(kind), ID: string(id)}
	if due != nil {
		r.Due = time.Unix(*due, 0).UTC()
	}
	if lookups != "" {
		r.Lookups = strings.Split(lookups, "\n")
	}
	return &r, nil
}

// one returns the record that a query finds.
func (t *tx) one(what, where string, args ...any) (*storage.Record, error) {
	if err := t.Readable(); err != nil {
		return nil, err
	}
	r, err := row(t.tx.QueryRow(t.Context(), "SELECT "+columns+" FROM "+where, args...).Scan)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, storage.ErrNotFound
	}
	return r, t.failed(what, err)
}

// many returns the records that a query finds.
func (t *tx) many(what, where string, args ...any) ([]*storage.Record, error) {
	if err := t.Readable(); err != nil {
		return nil, err
	}
	rows, err := t.tx.Query(t.Context(), "SELECT "+columns+" FROM "+where, args...)
	if err != nil {
		return nil, t.failed(what, err)
	}
	list, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (*storage.Record, error) { return row(r.Scan) })
	if len(list) == 0 {
		list = nil
	}
	return list, t.failed(what, err)
}

// storable reports whether the database can contain the kinds or lookups: they are ASCII,
// and text columns reject zero bytes.
func storable(parts ...string) bool {
	for _, p := range parts {
		if strings.IndexFunc(p, func(r rune) bool { return r < ' ' || r > '~' }) >= 0 {
			return false
		}
	}
	return true
}

// Get implements storage.Tx.
func (t *tx) Get(k storage.Key) (*storage.Record, error) {
	if !storable(string(k.Kind)) && t.Readable() == nil {
		return nil, storage.ErrNotFound
	}
	return t.one("get", "records r WHERE r.account = $1 AND r.kind = $2 AND r.id = $3", []byte(k.Account), string(k.Kind), []byte(k.ID))
}

// List implements storage.Tx.
func (t *tx) List(a storage.AccountID, kind storage.Kind, after string, limit int) ([]*storage.Record, error) {
	if !storable(string(kind)) || limit <= 0 {
		return nil, t.Readable()
	}
	return t.many("list", "records r WHERE r.account = $1 AND r.kind = $2 AND r.id > $3 ORDER BY r.id LIMIT $4",
		[]byte(a), string(kind), []byte(after), int64(limit))
}

// Find implements storage.Tx.
func (t *tx) Find(kind storage.Kind, lookup string) (*storage.Record, error) {
	if !storable(string(kind), lookup) && t.Readable() == nil {
		return nil, storage.ErrNotFound
	}
	return t.one("find", "lookups l JOIN records r ON r.account = l.account AND r.kind = l.kind AND r.id = l.id WHERE l.lookup = $1 AND l.kind = $2",
		lookup, string(kind))
}

// Due implements storage.Tx.
func (t *tx) Due(kind storage.Kind, now time.Time, limit int) ([]*storage.Record, error) {
	if !storable(string(kind)) || limit <= 0 {
		return nil, t.Readable()
	}
	return t.many("due", "records r WHERE r.kind = $1 AND r.due <= $2 ORDER BY r.due, r.account, r.id LIMIT $3",
		string(kind), now.Unix(), int64(limit))
}

// Count implements storage.Tx.
func (t *tx) Count(a storage.AccountID, kind storage.Kind) (n int, bytes int64, err error) {
	if err := t.Readable(); err != nil || !storable(string(kind)) {
		return 0, 0, err
	}
	err = t.tx.QueryRow(t.Context(), "SELECT count(*), coalesce(sum(length(data)), 0) FROM records WHERE account = $1 AND kind = $2",
		[]byte(a), string(kind)).Scan(&n, &bytes)
	return n, bytes, t.failed("count", err)
}

// Versions implements storage.Tx.
func (t *tx) Versions(a storage.AccountID, kind storage.Kind, fn func(id string, version int64) error) error {
	if err := t.Readable(); err != nil || !storable(string(kind)) {
		return err
	}
	rows, err := t.tx.Query(t.Context(), "SELECT id, version FROM records WHERE account = $1 AND kind = $2 ORDER BY id", []byte(a), string(kind))
	if err != nil {
		return t.failed("versions", err)
	}
	defer rows.Close()
	for rows.Next() {
		id, version, err := idAndVersion(rows.RawValues())
		if err != nil {
			return fmt.Errorf("versions: %w", err)
		}
		if err := fn(id, version); err != nil {
			return err
		}
	}
	return t.failed("versions", rows.Err())
}

// idAndVersion parses a row in text format: there may be thousands, and scanning each
// would take longer than finding them.
func idAndVersion(raw [][]byte) (string, int64, error) {
	digits, ok := bytes.CutPrefix(raw[0], []byte(`\x`))
	if !ok {
		return "", 0, errors.New("the bytes are not in hexadecimal")
	}
	var room [64]byte
	id, err := hex.AppendDecode(room[:0], digits)
	if err != nil {
		return "", 0, err
	}
	version, err := strconv.ParseInt(string(raw[1]), 10, 64)
	return string(id), version, err
}
