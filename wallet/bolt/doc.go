// Package bolt keeps a wallet's records in one bbolt file.
//
// The file has few big buckets with account-first keys instead of a bucket for
// each account, which would waste pages:
//
//	records  account ␀ kind ␀ id              → version byte, header, data
//	lookups  kind ␀ lookup                    → key of the record
//	due      kind ␀ time (8 bytes) record key → nothing
//	meta     "format"                         → "1"
//
// The indexes are written by this package alone; Check walks them both ways.
// One process at a time has the file open; a second one gets ErrInUse.
//
// Changes that wait share a transaction (group.go), and each is acknowledged
// after its commit. When a commit finds no room, each change of the group is
// tried alone: one that removes something must not fail because of a neighbour
// that does not fit. After any other failed commit nothing is acknowledged any
// more, since the kernel forgets what it could not write: a second fsync that
// succeeds proves nothing. The same holds for a disk that was full only when the
// last page was synced, since readers see the change then.
//
// A change that wrote nothing is not committed. One that fails without having
// written leaves the transaction to the others; one that has written is taken
// out, and the others run again.
//
// When there is little room (Limits) small changes are still taken, so that
// people can sign in, take out what they have and remove something: a limit that
// locked them out would leave nobody to make room.
package bolt
