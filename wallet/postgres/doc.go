// Package postgres stores a wallet's records in PostgreSQL, for many concurrent
// processes. Its parts:
//
//	store.go    Store: transactions and their retries
//	tx.go       reading; walk.go, whole accounts; change.go, writing
//	trouble.go  what an error of the database means
//	migrate.go  the tables
//	check.go    a check of the lookups
//
// A change is a SERIALIZABLE transaction that runs again after a conflict; a view is
// a read-only snapshot. The statements are those that PostgreSQL and databases with
// its protocol share: every key begins with the account, ids are generated here, and
// there are no sequences, triggers, extensions, advisory locks or notifications. Keys
// are bytea, which sorts by byte everywhere; text sorts by locale.
//
// No statement fails because of an existing row, since that would end the
// transaction, and a Tx goes on after ErrExists: a colliding row is skipped, and rows
// inserted along with it are removed. Related statements share one round trip, and
// none is prepared by name, so a pooler may give each transaction another connection.
//
// If the connection is lost before the commit, nothing is stored, and the change runs
// again on another one, for about two seconds. If it is lost during the commit, the
// outcome is unknown, and the error says so (storage.ErrUnsure).
package postgres
