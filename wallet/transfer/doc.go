// Package transfer moves all records of a store: into another store, or into an
// dump and back. Its parts:
//
//	walk.go     Each, Sink and the digests: records in order
//	load.go     Loader, a Sink that writes to a store
//	dump.go     Writer and Reader of dumps; codec.go, their encoding
//	sealed.go   backups: encrypted dumps, verified after writing
//	compare.go  Compare: two stores, account by account
//
// No step needs a key: the data of records is sealed and stays as it is.
//
// There is one order: first the installation's own records, then account by account,
// each by kind and ID. A source (Each for a store, a Reader for a dump) passes
// records to a Sink in that order, and after each account its digest, the SHA-256 of
// its records. So a copy is verified account by account, by reading it back.
//
// A store is read in one transaction, so the records are from one moment. Meanwhile a
// bbolt file cannot reuse pages that become free, and PostgreSQL cannot vacuum dead
// rows; neither blocks anybody. A store is written in small transactions, and until
// the end a record marks it as unfinished, so no wallet starts on it. Repeating an
// interrupted transfer continues it: existing records are compared and kept, changed
// and surplus ones are corrected.
//
// # The dump
//
// A dump is the 16 bytes "BACKPACK-BACKUP\n" followed by frames: one byte for the
// kind, the length of the content as an unsigned varint, and the content. A text is
// its length as an unsigned varint and its bytes.
//
//	H  a JSON object: the Header. The first frame.
//	R  a record: account, kind and ID as texts; version as an unsigned varint;
//	   0 if it is never due, or 1 and 8 bytes of its second, big-endian; the
//	   number of lookups as an unsigned varint, and each as a text; the data as a
//	   text.
//	A  the end of an account: it as a text, the number of its records as an
//	   unsigned varint, and the SHA-256 of the contents of its frames R, each
//	   preceded by its length as 8 bytes, big-endian.
//	E  the end: the numbers of accounts (including the installation itself) and
//	   records as unsigned varints, and the SHA-256 of all bytes before this
//	   frame. Nothing follows.
//
// A backup is a dump encrypted with age (age-encryption.org/v1) for a recipient or
// with a passphrase: "age -d" returns the dump.
package transfer
