// Package postgres keeps a wallet's records in PostgreSQL, for many processes
// at the same time.
//
// A change is a SERIALIZABLE transaction that is run again when another one
// came in its way; a view is a read-only snapshot. The statements are of the
// kind that PostgreSQL and the databases that speak its protocol share: the
// account leads in every key, ids are made here, there is no sequence, trigger,
// extension, advisory lock or notification. Keys are bytea, which sorts by byte
// everywhere, where text sorts as the locale has it.
//
// No statement fails for what is there already, since that would end the
// transaction, and a Tx goes on after ErrExists: what collides is left out, and
// what was inserted beside it is taken back. Statements that go together are
// sent together, in one round trip, and none is prepared by name, so that a
// pooler may hand each transaction another connection.
//
// When the connection is lost before the commit nothing is kept, so the change
// is run again on another one, for about two seconds. When it is lost while the
// commit is answered, nobody knows, and the error says so (storage.ErrUnsure).
package postgres
