// Package bolt stores a wallet's records in one bbolt file. Its parts:
//
//	open.go      Open: create, lock and validate the file
//	store.go     Store: transactions, commit, backup
//	tx.go        reading; walk.go, whole accounts; change.go, writing
//	group.go     changes that share a transaction
//	codec.go     keys and the encoding of records
//	room.go      limits of the file and the disk
//	check.go     a complete check of the file
//	scrub.go     overwriting free pages
//	build.go     filling a new file
//
// The file has a few large buckets with account-first keys. A bucket per account
// would waste pages:
//
//	records  account ␀ kind ␀ id              → version byte, header, data
//	lookups  kind ␀ lookup                    → key of the record
//	due      kind ␀ time (8 bytes) record key → nothing
//	meta     "format"                         → "1"
//
// Only this package writes the indexes; Check walks them both ways. One process at
// a time has the file open; a second one gets ErrInUse.
//
// Waiting changes share a transaction (group.go), and each is acknowledged after
// its commit. If a commit finds no room, each change of the group is tried alone: a
// change that frees room must not fail because of another that does not fit. After
// any other failed commit no change is acknowledged: the kernel forgets what it
// could not write, so a later successful fsync proves nothing. The same holds if the
// disk was full only at the sync of the last page, because readers see the change
// then.
//
// A change that wrote nothing is not committed. A change that fails without having
// written leaves the transaction to the others; one that has written is removed, and
// the others run again.
//
// With little room left (Limits) small changes are still accepted, so learners can
// sign in, export and delete: a limit that locked them out would leave nobody to
// free room.
package bolt
