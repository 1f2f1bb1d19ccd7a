// Package kept keeps what a check was given by others, so that it can be done
// again when they no longer answer, and by people who do not trust us to have
// done it right.
//
// Recording stands before the one Fetcher of the program: a check whose context
// has a Collector leaves in it every answer that it was given, also those out
// of a cache. Replay is a Fetcher that answers from such material alone.
//
// # The evidence of a check
//
// Write makes a ZIP file of one or more badges and the material of their
// checks, and Read reads it:
//
//	README.txt              what this is, for people
//	manifest.json           see below
//	manifest.seal           by which its maker knows it again, if there is one
//	badges/001.json         the first badge, byte for byte (.json, .jwt)
//	material/<sha256>.json  one answer, byte for byte, named by its digest
//
// manifest.json is an object with format ("backpack-evidence"), version (1),
// madeAt, maker, badges and material. Each badge has file, sha256, mediaType,
// url (of a hosted badge), checkedAt, verdict and material, the numbers, from
// 0, of what its check was given. Each material has role (issuer, status,
// refresh, badge, context, schema, image, criteria), url, accept (what was asked for),
// from (where a redirect led), status (of HTTP), mediaType, sha256, size,
// fetchedAt (when these bytes came first), confirmedAt (when they came last),
// text (a page for people, of which only the text was kept), omitted (too large
// to keep: the digest alone is there) and file. Times are RFC 3339 in UTC,
// digests SHA-256 in hexadecimal. Unknown members are ignored.
//
// # What it proves
//
// A replay shows that the badge held under the answers in the file, at the time
// that it states. That the answers are those of the issuer is the word of who
// made the file: somebody who makes both the badge and the answers can make
// them fit. So a replay never says "valid": it says what held then, and that
// nobody was asked again. Where the file has no mark of the service that reads
// it, all that rests on the answers, the issuer's keys, lists and contexts among
// them, is said to be by the file's own word, and no check that needs them
// passes. A status list in it says what was true then; whether the badge was
// taken back since, only the issuer can tell.
//
// The marks are keyed hashes of the manifest, which has the digest of all else:
// only the service that wrote them can tell that they are its own.
//
// Pages for people are reduced to their text, since their layout, scripts and
// trackers say nothing about the badge and may be large.
package kept
