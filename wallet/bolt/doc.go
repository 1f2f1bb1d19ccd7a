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
package bolt
