// Package kept records what a check was given by others, so that the check can be
// repeated when they no longer answer, and by people who do not trust us. Its
// parts:
//
//	material.go  Material, Recording and Collector: the answers of one check
//	replay.go    Replay: a Fetcher that answers from material
//	evidence.go  Write and Read: an evidence file
//	readme.go    its README.txt
//	text.go      HTML to plain text
//
// Recording wraps the one Fetcher of the program: a check whose context has a
// Collector leaves every answer in it, including those from a cache. Replay is a
// Fetcher that answers from such material alone.
//
// # The evidence of a check
//
// Write writes a ZIP file with one or more badges and the material of their
// checks, and Read reads it:
//
//	README.txt              an explanation for people
//	manifest.json           see below
//	manifest.seal           the maker's marks, by which it recognizes the file; optional
//	badges/001.json         the first badge, byte for byte (.json, .jwt)
//	material/<sha256>.json  one answer, byte for byte, named by its digest
//
// manifest.json is an object with format ("backpack-evidence"), version (1),
// madeAt, maker, badges and material. Each badge has file, sha256, mediaType, url
// (of a hosted badge), checkedAt, verdict, and material: the indices, from 0, of
// the answers to its check. Each material has role (issuer, status, refresh,
// badge, context, schema, image, criteria), url, accept (the Accept header), from
// (the address after redirects), status (of HTTP), mediaType, sha256, size,
// fetchedAt (when these bytes were first received), confirmedAt (when they were
// last received), text (an HTML page reduced to its text), omitted (too large to
// keep: only the digest is present) and file. Times are RFC 3339 in UTC, digests
// SHA-256 in hexadecimal. Unknown members are ignored.
//
// # What it proves
//
// A replay shows that the badge was valid under the answers in the file at the
// stated time. That the answers came from the issuer is a claim of the file's
// maker: an attacker who makes both the badge and the answers can make them match.
// So a replay never says "valid": it says what was valid then, and that nobody was
// asked again. Without a mark of the service that reads the file, everything that
// rests on the answers, such as the issuer's keys, lists and contexts, is by the
// file's own word, and no check that needs them passes. A status list in it states
// what was true then; only the issuer can tell whether the badge has been revoked
// since.
//
// The marks are keyed hashes of the manifest, which has the digest of everything
// else: only the service that wrote them can recognize them.
//
// HTML pages are reduced to their text: their layout, scripts and trackers say
// nothing about the badge and may be large.
package kept
