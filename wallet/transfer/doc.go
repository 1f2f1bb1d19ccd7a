// Package transfer moves all records of a store elsewhere: into another store,
// or into an archive and back. Nothing of it needs a key: the data of records is
// sealed, and stays as it is.
//
// There is one order for everything: first the installation's own records, then
// account by account, in each by kind and ID. Whoever gives records (Each for a
// store, Read for an archive) gives them to a Sink in that order, and after each
// account its digest, the SHA-256 of its records. So a copy is checked account
// by account, by reading back what was written.
//
// A store is read in one transaction from beginning to end: what is read is the
// state of one moment. In a bbolt file this keeps pages that are freed meanwhile
// from being used again until it ends, in PostgreSQL dead rows from being
// vacuumed; neither makes anybody wait. It is written in small transactions.
// While it is, a record marks it as unfinished, and no wallet starts on it. Who
// begins the same transfer again goes on: what is there already is compared and
// left, what has changed or is too much is mended.
//
// # The archive
//
// An archive is the 16 bytes "BACKPACK-BACKUP\n" and then frames: one byte that
// says what it is, the length of its content as an unsigned varint, and the
// content. A text is its length as an unsigned varint and its bytes.
//
//	H  a JSON object: the Header. The first frame.
//	R  a record: account, kind and ID as texts; version as an unsigned varint;
//	   0 when it is never due, or 1 and 8 bytes of its second, big-endian; the
//	   number of lookups as an unsigned varint, and each as a text; the data as a
//	   text.
//	A  the end of an account: it as a text, the number of its records as an
//	   unsigned varint, and the SHA-256 of the contents of its frames R, each
//	   preceded by its length as 8 bytes, big-endian.
//	E  the end: the numbers of accounts (the installation's own place among
//	   them) and records as unsigned varints, and the SHA-256 of all bytes before
//	   this frame. Nothing follows.
//
// A backup is an archive that is encrypted with age (age-encryption.org/v1), to
// a recipient or a passphrase: "age -d" gives the archive.
package transfer
